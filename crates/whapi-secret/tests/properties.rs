//! A secret is found in each encoding that is promised, whatever it and the text around it are.

use proptest::prelude::*;
use whapi_secret::redact;

/// How a character of a text is written.
#[derive(Debug, Clone, Copy)]
enum Style {
    Plain,
    Percent,
    Json,
    Backslash,
    PercentOfJson,
    PercentOfPercent,
}

fn style() -> impl Strategy<Value = Style> {
    prop::sample::select(vec![
        Style::Plain,
        Style::Percent,
        Style::Json,
        Style::Backslash,
        Style::PercentOfJson,
        Style::PercentOfPercent,
    ])
}

/// A style and the case of hexadecimal digits for each character of a text.
fn styles() -> impl Strategy<Value = Vec<(Style, bool)>> {
    prop::collection::vec((style(), any::<bool>()), 1..100)
}

fn hex(byte: u8, upper: bool) -> String {
    if upper {
        format!("{byte:02X}")
    } else {
        format!("{byte:02x}")
    }
}

fn written(text: &str, styles: &[(Style, bool)]) -> String {
    let styles = styles.iter().cycle();
    let written = text.bytes().zip(styles).map(|(byte, (style, upper))| {
        let plain = char::from(byte).to_string();
        let hex = hex(byte, *upper);
        match style {
            Style::Percent => format!("%{hex}"),
            Style::Json => format!("\\u00{hex}"),
            Style::Backslash if matches!(byte, b'/' | b'"' | b'\\') => format!("\\{plain}"),
            Style::PercentOfJson => format!("%5Cu00{hex}"),
            Style::PercentOfPercent => format!("%25{hex}"),
            Style::Plain | Style::Backslash => plain,
        }
    });
    written.collect()
}

fn base64(bytes: &[u8], last: [u8; 2], padded: bool) -> String {
    let mut alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').collect();
    alphabet.extend(b'0'..=b'9');
    alphabet.extend(last);
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, place| {
            bits << 8 | usize::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..=group.len() {
            text.push(char::from(alphabet[bits >> (18 - 6 * place) & 63]));
        }
        if padded {
            text.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
    }
    text
}

/// Visible ASCII, without what stands around it in the texts here.
const SECRET: &str = "[!-;=?-~]{8,48}";

proptest! {
    #[test]
    fn any_characters_escaped(secret in SECRET, styles in styles()) {
        let text = format!("é <{}> 😀", written(&secret, &styles));
        prop_assert_eq!(redact(&text, &secret), "é <[token]> 😀");
    }

    #[test]
    fn in_base64_of_a_longer_text(
        secret in SECRET,
        before in prop::collection::vec(any::<u8>(), 0..20),
        behind in prop::collection::vec(any::<u8>(), 0..20),
        for_urls in any::<bool>(),
        padded in any::<bool>(),
        inner in styles(),
        outer in styles(),
        escaped in any::<(bool, bool)>(),
    ) {
        let last = if for_urls { *b"-_" } else { *b"+/" };
        let plain = [(Style::Plain, true)];
        let inner = if escaped.0 { &inner[..] } else { &plain };
        let outer = if escaped.1 { &outer[..] } else { &plain };
        let bytes = [&before[..], written(&secret, inner).as_bytes(), &behind].concat();
        let text = format!("<{}>", written(&base64(&bytes, last, padded), outer));
        prop_assert_eq!(redact(&text, &secret), "<[token]>");
    }

    #[test]
    fn behind_a_run_of_base64_that_is_not_aligned(
        secret in SECRET,
        run in "[A-Za-z0-9_/+-]{0,9}",
    ) {
        let text = format!("<{run}{}>", base64(secret.as_bytes(), *b"+/", false));
        prop_assert_eq!(redact(&text, &secret), "<[token]>");
    }

    #[test]
    fn text_without_the_secret_stays(secret in "[a-m]{8,20}", text in "[n-z%\\\\ é]{0,60}") {
        prop_assert_eq!(redact(&text, &secret), text);
    }
}
