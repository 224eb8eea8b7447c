//! The option `spreadsheet`: an id, or an address as people copy it from the browser.

use url::Url;
use whapi_export::Result;

use crate::api::credentials::config_error;

/// The maximum length of a spreadsheet's id.
const MAX_ID: usize = 200;
/// How the id of a published copy begins.
const PUBLISHED: &str = "2PACX-";

/// Extracts the id from an id or an address.
///
/// # Errors
///
/// [`Config`](whapi_export::ErrorKind::Config), with the reason and the way out.
pub(crate) fn spreadsheet_id(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(config_error(
            "option `spreadsheet` is missing: give the spreadsheet's address, as the browser shows \
             it, with `--set sheets.spreadsheet=ADDRESS`, or have one made with `--set \
             sheets.create=on`",
        ));
    }
    let id = if text.contains('/') {
        id_in_address(text)
    } else {
        check_id(text)
    };
    id.map_err(|problem| config_error(format!("option `spreadsheet`: {problem}")))
}

fn check_id(id: &str) -> Result<String, &'static str> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.starts_with(PUBLISHED) {
        return Err(IS_PUBLISHED);
    }
    if id.is_empty() || id.len() > MAX_ID || !id.chars().all(is_allowed) {
        return Err(
            "an id consists of letters, digits, `-` and `_`; give the spreadsheet's \
                    address, as the browser shows it",
        );
    }
    Ok(id.to_owned())
}

const IS_PUBLISHED: &str = "this is a copy that was published to the web, which programs cannot \
                            change; open the spreadsheet itself, whose address has `/edit`, and copy \
                            that address";
const IS_OTHER: &str = "this is not the address of a Google spreadsheet, which begins with \
                        `https://docs.google.com/spreadsheets/d/`; open the spreadsheet and copy \
                        its address";

fn id_in_address(text: &str) -> Result<String, &'static str> {
    // Some browsers show addresses without their beginning.
    let url = match text.split_once("://") {
        Some(_) => Url::parse(text),
        None => Url::parse(&format!("https://{text}")),
    };
    let url = url.map_err(|_| IS_OTHER)?;
    let path = url.path_segments().into_iter().flatten();
    let path: Vec<_> = path.filter(|part| !part.is_empty()).collect();
    match url.host_str() {
        Some("docs.google.com") => id_in_path(&path),
        Some("drive.google.com") => Err(problem_of_drive(&path)),
        _ => Err(IS_OTHER),
    }
}

/// Extracts the id from the path of an address of Google's editors.
fn id_in_path(path: &[&str]) -> Result<String, &'static str> {
    // The part before the editor names an organisation: `a/example.com`.
    let path = match path {
        ["a", _, rest @ ..] => rest,
        path => path,
    };
    let (editor, path) = path.split_first().ok_or(IS_OTHER)?;
    // One of the accounts with which the browser is signed in: `u/1`.
    let path = match path {
        ["u", _, rest @ ..] => rest,
        path => path,
    };
    match (*editor, path) {
        ("spreadsheets", ["d", "e", ..]) => Err(IS_PUBLISHED),
        ("spreadsheets", ["d", id, ..]) => check_id(id),
        ("document" | "presentation" | "forms" | "drawings", _) => Err(
            "this is the address of another kind of document, not of a spreadsheet; open the \
                 spreadsheet and copy its address",
        ),
        _ => Err(IS_OTHER),
    }
}

fn problem_of_drive(path: &[&str]) -> &'static str {
    if path.contains(&"folders") {
        "this is the address of a folder in Google Drive; open the spreadsheet in it and copy that \
         address"
    } else if path.starts_with(&["file"]) {
        "this is the address of a file in Google Drive, such as an Excel workbook, and not of a \
         Google spreadsheet; open the file with Google Sheets, choose File, Save as Google Sheets, \
         and copy the address of the new spreadsheet"
    } else {
        "this is an address of Google Drive; open the spreadsheet and copy its address"
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use whapi_export::ErrorKind;

    use super::*;

    const ID: &str = "1AbC_dEf-GhIjKlMnOpQrStUvWxYz0123456789abcdE";

    #[track_caller]
    fn check(text: &str) {
        assert_eq!(spreadsheet_id(text).unwrap(), ID, "{text}");
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        let error = spreadsheet_id(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            format!("option `spreadsheet`{expected}"),
            "{text}"
        );
    }

    #[test]
    fn an_id_is_taken_as_it_is() {
        check(ID);
        check(&format!("\u{a0} {ID}\r\n"));
        let long = "x".repeat(MAX_ID);
        assert_eq!(spreadsheet_id(&long).unwrap(), long);
    }

    #[test]
    fn the_id_is_found_in_every_address_of_a_spreadsheet() {
        for end in [
            "",
            "/",
            "/edit",
            "/edit#gid=0",
            "/edit?gid=0#gid=0",
            "/edit?usp=sharing&pli=1",
            "/edit/copy",
            "/copy",
            "/view",
            "/preview?rm=minimal",
            "/htmlview#",
            "/export?format=csv&gid=0",
            "?authuser=1",
            "#gid=5",
        ] {
            for start in [
                "https://docs.google.com/spreadsheets/d/",
                "https://docs.google.com/spreadsheets/u/1/d/",
                "https://docs.google.com/a/example.com/spreadsheets/d/",
                "https://docs.google.com/a/example.com/spreadsheets/u/0/d/",
                "HTTPS://Docs.Google.com//spreadsheets/d/",
                "http://docs.google.com/spreadsheets/d/",
                "docs.google.com/spreadsheets/d/",
            ] {
                check(&format!("{start}{ID}{end}"));
                check(&format!(" \t{start}{ID}{end}\n"));
            }
        }
    }

    #[test]
    fn a_missing_value_and_other_texts_are_refused() {
        for text in ["", " ", "\n"] {
            check_refused(
                text,
                " is missing: give the spreadsheet's address, as the browser shows it, with `--set \
                 sheets.spreadsheet=ADDRESS`, or have one made with `--set sheets.create=on`",
            );
        }
        let long = "x".repeat(MAX_ID + 1);
        for text in [
            "no id",
            "1AbC…",
            "contacts.xlsx",
            &long,
            &format!("https://docs.google.com/spreadsheets/d/{long}/edit"),
            "https://docs.google.com/spreadsheets/d/1AbC%20/edit",
        ] {
            check_refused(
                text,
                ": an id consists of letters, digits, `-` and `_`; give the spreadsheet's address, as \
                 the browser shows it",
            );
        }
    }

    #[test]
    fn a_published_copy_is_refused() {
        for text in [
            "2PACX-1vQabc",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vQabc/pubhtml",
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vQabc/pub?gid=0&output=csv",
            "https://docs.google.com/spreadsheets/u/1/d/e/2PACX-1vQabc/pubhtml?gid=0",
        ] {
            check_refused(
                text,
                ": this is a copy that was published to the web, which programs cannot change; open \
                 the spreadsheet itself, whose address has `/edit`, and copy that address",
            );
        }
    }

    #[test]
    fn other_addresses_of_google_are_refused() {
        for editor in ["document", "presentation", "forms", "drawings"] {
            for path in ["d", "u/0/d"] {
                check_refused(
                    &format!("https://docs.google.com/{editor}/{path}/{ID}/edit"),
                    ": this is the address of another kind of document, not of a spreadsheet; open \
                     the spreadsheet and copy its address",
                );
            }
        }
        for text in ["drive/folders", "drive/u/0/folders"] {
            check_refused(
                &format!("https://drive.google.com/{text}/{ID}?usp=sharing"),
                ": this is the address of a folder in Google Drive; open the spreadsheet in it and \
                 copy that address",
            );
        }
        check_refused(
            &format!("https://drive.google.com/file/d/{ID}/view?usp=drive_link"),
            ": this is the address of a file in Google Drive, such as an Excel workbook, and not of a \
             Google spreadsheet; open the file with Google Sheets, choose File, Save as Google \
             Sheets, and copy the address of the new spreadsheet",
        );
        for path in ["", "drive/my-drive", "open?id=1AbC"] {
            check_refused(
                &format!("https://drive.google.com/{path}"),
                ": this is an address of Google Drive; open the spreadsheet and copy its address",
            );
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "https://docs.google.com/",
            "https://docs.google.com/spreadsheets/u/0/",
            "https://docs.google.com/spreadsheets/d/",
            &format!("https://docs.google.com/a/{ID}"),
            &format!("https://example.com/spreadsheets/d/{ID}/edit"),
            &format!("https://docs.google.com@example.com/spreadsheets/d/{ID}"),
            &format!("'https://docs.google.com/spreadsheets/d/{ID}/edit'"),
            &format!("/d/{ID}/edit"),
            "https:///",
            "http://[",
            "https://sheets.new/",
            "file:///home/lena/contacts.xlsx",
            r"C:/Users/lena/contacts.xlsx",
        ] {
            check_refused(
                text,
                ": this is not the address of a Google spreadsheet, which begins with \
                 `https://docs.google.com/spreadsheets/d/`; open the spreadsheet and copy its address",
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_returned_is_always_an_id(
            start in "(https://docs.google.com/spreadsheets/(u/[0-9]/)?d/)?",
            text in r"\PC{0,50}",
        ) {
            if let Ok(id) = spreadsheet_id(&format!("{start}{text}")) {
                prop_assert!(!id.is_empty() && id.len() <= MAX_ID);
                prop_assert!(id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            }
        }
    }
}
