//! The files in `packaging/` with their placeholders filled.

use crate::files::read;
use crate::root::root;

/// Reads a file of `packaging/` and fills it.
pub(crate) fn fill_file(
    path: &str,
    value: impl Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let bytes = read(&root().join("packaging").join(path))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("packaging/{path}: {error}"))?;
    fill(&text, value).map_err(|error| format!("packaging/{path}: {error}"))
}

/// Replaces each `{{key}}` by its value.
fn fill(text: &str, value: impl Fn(&str) -> Result<String, String>) -> Result<String, String> {
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part
            .split_once("}}")
            .ok_or_else(|| format!("`{{{{{part}` has no end"))?;
        filled.push_str(&value(key)?);
        filled.push_str(rest);
    }
    Ok(filled)
}

/// Looks a key up in pairs of keys and values.
pub(crate) fn lookup<'a>(
    values: &'a [(&'a str, &'a str)],
) -> impl Fn(&str) -> Result<String, String> + 'a {
    |key| {
        let known = values.iter().find(|(known, _)| *known == key);
        let value = known.map(|(_, value)| (*value).to_owned());
        value.ok_or_else(|| format!("`{key}` is unknown"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled() {
        let values = [("name", "whapi"), ("version", "1.2.3")];
        let values = lookup(&values);
        for (text, expected) in [
            ("", Ok("")),
            ("no placeholder, { } alone", Ok("no placeholder, { } alone")),
            ("{{name}} {{version}}, {{name}}", Ok("whapi 1.2.3, whapi")),
            ("{{other}}", Err("`other` is unknown")),
            ("a {{name", Err("`{{name` has no end")),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(fill(text, &values), expected, "{text}");
        }
    }

    #[test]
    fn an_error_names_the_file() {
        let values = lookup(&[]);
        let error = fill_file("python/METADATA", values).unwrap_err();
        assert_eq!(error, "packaging/python/METADATA: `name` is unknown");
    }
}
