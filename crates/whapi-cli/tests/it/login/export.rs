//! Exports with the saved sign-in.

use std::fs;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::google::{
    ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, Fields, Google, REFRESH_TOKEN, answer, read_request,
};
use super::sign_in::{case, check_no_secret, saved};
use super::{check_saved, sign_in};
use crate::support::{Case, Ran};

/// A Sheets API without any spreadsheet, and the `Authorization` of each request.
fn sheets() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (send, received) = channel();
    // Ends with the test's process.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let Some((head, _)) = read_request(&mut stream) else {
                continue;
            };
            let mut lines = head.lines();
            let authorization = lines.find_map(|line| line.strip_prefix("authorization: "));
            send.send(authorization.unwrap_or_default().to_owned())
                .unwrap();
            let error = r#"{"error":{"code":404,"message":"Not found."}}"#;
            answer(&mut stream, 404, "", error);
        }
    });
    (address, received)
}

fn export(case: &Case, endpoint: &str) -> Ran {
    let endpoint = format!("sheets.endpoint={endpoint}");
    let sheets = ["--format", "sheets", "--set", "sheets.spreadsheet=abc"];
    case.run(&[&["export", "--demo"], &sheets[..], &["--set", &endpoint]].concat())
}

/// A case with a saved sign-in.
fn signed_in(google: &Google) -> Case {
    let case = case(google);
    let (_, ran) = sign_in(&case, google, &[]);
    check_saved(&case, google, &ran);
    case
}

#[test]
fn an_export_uses_the_saved_sign_in() {
    let google = Google::start();
    let case = signed_in(&google);
    let (endpoint, authorizations) = sheets();
    let ran = export(&case, &endpoint);
    // The stand-in has no spreadsheet, and the request for it has the token of the sign-in.
    ran.check_code(7);
    let last = ran.stderr.lines().last().unwrap();
    assert_eq!(
        last,
        "error: there is no spreadsheet `abc`, or the account that signed in has no \
         access to it; compare `sheets.spreadsheet` with the address in the browser, and share the \
         spreadsheet with this account (Google: Not found.)"
    );
    check_no_secret(&ran.stderr, &google);
    let authorizations: Vec<_> = authorizations.try_iter().collect();
    assert_eq!(authorizations, [format!("Bearer {ACCESS_TOKEN}")]);
    let form: Fields = [
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", REFRESH_TOKEN),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(google.forms()[1..], [form]);
}

#[test]
fn credentials_of_the_environment_take_precedence() {
    let google = Google::start();
    let case = signed_in(&google);
    let (endpoint, authorizations) = sheets();
    let case = case.env("WHAPI_SHEETS_TOKEN", "given");
    export(&case, &endpoint).check_code(7);
    let authorizations: Vec<_> = authorizations.try_iter().collect();
    assert_eq!(authorizations, ["Bearer given"]);
    assert_eq!(google.forms().len(), 1);

    let case = case
        .env("WHAPI_SHEETS_TOKEN", "")
        .env("GOOGLE_APPLICATION_CREDENTIALS", "missing.json");
    export(&case, &endpoint).check(
        2,
        "error: could not read the file `missing.json` (by GOOGLE_APPLICATION_CREDENTIALS): No such \
         file or directory (os error 2) (format `sheets`)\n",
    );
}

#[test]
fn after_logout_there_are_no_credentials() {
    let google = Google::start();
    let case = signed_in(&google);
    case.run(&["logout", "google"]).check_code(0);
    let ran = export(&case, "http://127.0.0.1:9");
    ran.check_code(2);
    let said = "error: there are no credentials for Google; ";
    assert!(ran.stderr.starts_with(said), "{}", ran.stderr);
}

#[test]
fn a_sign_in_that_was_revoked_is_named() {
    let google = Google::start();
    let case = signed_in(&google);
    let file = fs::read_to_string(saved(&case)).unwrap();
    fs::write(saved(&case), file.replace(REFRESH_TOKEN, "revoked")).unwrap();
    let (endpoint, authorizations) = sheets();
    let ran = export(&case, &endpoint);
    ran.check_code(7);
    let said = format!(
        "Google's sign-in refused the credentials from the file `{}` (by `whapi login google`): the \
         sign-in was revoked or has expired",
        saved(&case).display()
    );
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    assert_eq!(authorizations.try_iter().count(), 0);
}
