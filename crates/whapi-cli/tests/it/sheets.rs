//! Google Sheets without Google: options and errors.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::json;

use crate::support::Case;

const SHEET: [&str; 4] = ["export", "--format", "google-sheets", "--demo"];

fn run(case: &Case, more: &[&str]) -> crate::support::Ran {
    case.run(&[&SHEET[..], more].concat())
}

#[test]
fn a_spreadsheet_must_be_named() {
    run(&Case::new(), &[]).check(
        2,
        "error: option `spreadsheet` is missing: give the spreadsheet's address, as the browser \
         shows it, with `--set sheets.spreadsheet=ADDRESS`, or have one made with `--set \
         sheets.create=on` (format `sheets`)\n",
    );
}

#[test]
fn credentials_must_be_given() {
    run(&Case::new(), &["--set", "spreadsheet=abc"]).check(
        2,
        "error: there are no credentials for Google; sign in with `whapi login google`, or give a \
         service account's key or a saved sign-in with `--set sheets.credentials=FILE` or \
         GOOGLE_APPLICATION_CREDENTIALS=FILE, or a bearer token with `--set sheets.token_file=FILE` or \
         WHAPI_SHEETS_TOKEN (format `sheets`)\n",
    );
}

#[test]
fn it_writes_no_file() {
    let case = Case::new().env("WHAPI_SHEETS_TOKEN", "hush");
    run(&case, &["--set", "spreadsheet=abc", "-o", "x.csv"]).check(
        2,
        "error: sheets writes no file, so --output has no effect\n",
    );
}

/// A service that answers every request with one refusal.
fn refusing() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let error = json!({"error": {"code": 404, "message": "Not found."}}).to_string();
            let _ = write!(
                stream,
                "HTTP/1.1 404 X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{error}",
                error.len()
            );
        }
    });
    address
}

#[test]
fn a_missing_spreadsheet_fails_before_the_first_request() {
    let case = Case::new().env("WHAPI_SHEETS_TOKEN", "hush\n");
    let endpoint = format!("sheets.endpoint={}", refusing());
    let spreadsheet =
        "sheets.spreadsheet=https://docs.google.com/spreadsheets/d/abc/edit?gid=0#gid=0";
    let more = ["--set", spreadsheet, "--set", &endpoint];
    for dry_run in [&[][..], &["--dry-run"]] {
        let ran = run(&case, &[&more[..], dry_run].concat());
        ran.check_code(7);
        let message = "there is no spreadsheet `abc`, or the account that signed in has no access to it; \
                    compare `sheets.spreadsheet` with the address in the browser, and share the \
                    spreadsheet with this account (Google: Not found.)";
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
        assert!(!ran.stderr.contains("hush"));
    }
}

#[test]
fn an_unknown_column_is_refused_with_those_that_are_known() {
    let case = Case::new().env("WHAPI_SHEETS_TOKEN", "hush");
    let more = ["--set", "spreadsheet=abc", "--set", "columns=id,about"];
    run(&case, &more).check(
        2,
        "error: option `columns`: unknown column `about`; known: id, kind, phone, display_name, \
         name, pushname, saved, standing, can_edit, can_delete, can_create, is_business, \
         name_warnings, reason, reasons, last_activity, labels, groups, group_ids, other_id, merged, \
         change, country, phone_international, phone_variants (format `sheets`)\n",
    );
}
