//! The page around the contacts: markup, style, script, and the policy that allows nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use whapi_text::{counted, escape_html};

const STYLE: &str = include_str!("page/page.css");
const HEAD: &str = include_str!("page/head.html");
const TAIL: &str = include_str!("page/tail.html");

/// One script: its parts in the order in which they use each other.
const SCRIPT: &str = concat!(
    include_str!("page/contacts.js"),
    include_str!("page/search.js"),
    include_str!("page/facets.js"),
    include_str!("page/order.js"),
    include_str!("page/list.js"),
    include_str!("page/details.js"),
    include_str!("page/paper.js"),
    include_str!("page/main.js"),
);

/// What stands before the JSON of the contacts.
pub(crate) fn head(title: &str) -> String {
    fill(HEAD, |place| match place {
        "TITLE" => escape_html(title).into_owned(),
        "POLICY" => policy(),
        "STYLE" => STYLE.to_owned(),
        _ => unreachable!("no place in the head is called {place}"),
    })
}

/// What stands behind the JSON of the contacts.
pub(crate) fn tail(contacts: u64) -> String {
    fill(TAIL, |place| match place {
        "CONTACTS" => counted(contacts, "contact"),
        "SCRIPT" => SCRIPT.to_owned(),
        _ => unreachable!("no place in the tail is called {place}"),
    })
}

/// Allows the style and the script of the page and nothing else: no request, no form, no frame, and no
/// text of a contact as markup.
fn policy() -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// The source expression that allows a script or a style of this text.
fn hash(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// Fills each `{{PLACE}}` of a template. A filled text is not searched for places.
fn fill(template: &str, text_of: impl Fn(&str) -> String) -> String {
    let mut parts = template.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once("}}").expect("every place is closed");
        filled.push_str(&text_of(place));
        filled.push_str(rest);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_a_place_is_no_template() {
        let filled = fill("<{{A}}|{{B}}>", |place| match place {
            "A" => "{{B}}".to_owned(),
            _ => "b".to_owned(),
        });
        assert_eq!(filled, "<{{B}}|b>");
    }

    /// Browsers hash what they have parsed, in which CR LF is LF and U+0000 is U+FFFD.
    #[test]
    fn a_parser_of_html_changes_no_byte_of_script_and_style() {
        for text in [SCRIPT, STYLE] {
            assert!(!text.contains(['\r', '\0']));
            assert!(!text.contains("</") && !text.contains("<!--"));
        }
    }
}
