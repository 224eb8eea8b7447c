//! The listing of one crate: an item on each line.

use std::path::Path;

use public_api::Builder;

/// Lists the public items that rustdoc's JSON describes.
///
/// Blanket implementations are left out. So are those of auto traits, except where a type lacks one:
/// the line `impl !Sync for X` appears when a type can no longer be shared between threads.
pub(crate) fn of(json: &Path) -> Result<String, String> {
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .build()
        .map_err(|error| format!("could not list {}: {error}", json.display()))?;
    let mut listing = String::new();
    for item in api.items() {
        let line = item.to_string();
        if is_listed(&line) {
            listing.push_str(&line);
            listing.push('\n');
        }
    }
    Ok(listing)
}

/// The paths of the auto traits, and of a trait that every `derive(PartialEq)` brings along.
const LEFT_OUT: &[&str] = &[
    "core::marker::Freeze",
    "core::marker::Send",
    "core::marker::StructuralPartialEq",
    "core::marker::Sync",
    "core::marker::Unpin",
    "core::marker::UnsafeUnpin",
    "core::panic::unwind_safe::RefUnwindSafe",
    "core::panic::unwind_safe::UnwindSafe",
];

fn is_listed(line: &str) -> bool {
    let Some(implementation) = line.strip_prefix("impl") else {
        return true;
    };
    let left_out = LEFT_OUT.iter().any(|name| {
        implementation
            .split_once(" for ")
            .is_some_and(|(before, _)| {
                before.ends_with(name) && !before.ends_with(&format!("!{name}"))
            })
    });
    !left_out && !implementation.contains(" !core::marker::Freeze ")
}

#[cfg(test)]
mod tests {
    use super::is_listed;

    #[test]
    fn auto_traits_are_listed_where_they_are_absent() {
        assert!(is_listed("impl core::fmt::Debug for x::Chat"));
        assert!(is_listed("impl x::Chat"));
        assert!(is_listed(
            "pub fn x::Chat::new() -> core::marker::Send for x"
        ));
        assert!(is_listed("impl !core::marker::Sync for x::Filter"));
        assert!(is_listed("impl<'a> !core::marker::Sync for x::Filter<'a>"));
        assert!(!is_listed("impl core::marker::Sync for x::Chat"));
        assert!(!is_listed(
            "impl<T> core::marker::Sync for x::Page<T> where T: core::marker::Sync"
        ));
        assert!(!is_listed(
            "impl core::marker::StructuralPartialEq for x::Chat"
        ));
        assert!(!is_listed("impl !core::marker::Freeze for x::Chat"));
    }
}
