//! How wide a column is, and how much text it ordinarily has.

/// The width of a column that has none of its own, in pixels.
const ORDINARY: i32 = 120;

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
        "id" | "other_id" => (170, "84958372615243@lid"),
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
        "name_warnings" | "labels" => (160, ""),
        "reason" => (110, "group"),
        "reasons" => (160, "private_chat group"),
        "last_activity" => (160, "2026-01-01T00:00:00Z"),
        "groups" => (280, "A group of twenty-two (member)"),
        "group_ids" => (190, "120363000000000001@g.us"),
        "merged" => (75, "false"),
        "change" => (180, "unchanged"),
        "country" => (75, "DE"),
        "phone_international" => (165, "+49 1511 2345678"),
        "phone_variants" => (150, ""),
        _ => (ORDINARY, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::known_fields;

    #[test]
    fn every_header_has_room_beside_its_filter() {
        for name in known_fields().map(|field| field.name) {
            let needed = i32::try_from(8 * name.len() + 7).unwrap();
            assert!(pixels(name) >= needed, "{name}");
            assert_ne!(pixels(name), ORDINARY, "{name} has no width of its own");
        }
    }
}
