//! How wide a column is, and how much text it ordinarily has.

/// The width of a new column, in pixels.
pub(crate) fn pixels(name: &str) -> i32 {
    looks(name).0
}

/// A text of ordinary length, for an estimate.
pub(crate) fn sample_text(name: &str) -> &'static str {
    looks(name).1
}

fn looks(name: &str) -> (i32, &'static str) {
    match name {
        "id" => (170, "84958372615243@lid"),
        "kind" => (65, "phone"),
        "phone" => (140, "+4915112345678"),
        "display_name" => (200, "A name of twenty-two c"),
        "name" => (200, ""),
        "pushname" => (160, "A name of twenty-two c"),
        "saved" => (70, "false"),
        "standing" => (95, "discovered"),
        "can_edit" => (80, "false"),
        "can_delete" => (90, "false"),
        "can_create" => (90, "true"),
        "is_business" => (95, "false"),
        _ => (120, ""),
    }
}
