//! Sign-in and credentials.

use serde_json::json;
use whapi_export::{ErrorKind, RunEnd};

use super::standin::{Fault, Kind};
use super::{Rig, people};

/// Created for this test with `openssl genrsa 2048`. It gives access to nothing.
const KEY: &str = include_str!("test_key.pem");

pub(super) fn service_key(token_uri: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let key = json!({
        "type": "service_account",
        "client_email": "robot@example.iam.gserviceaccount.com",
        "private_key": KEY,
        "private_key_id": "k1",
        "token_uri": token_uri,
    });
    std::fs::write(file.path(), key.to_string()).unwrap();
    file
}

fn user(token_uri: &str, secret: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let user = json!({
        "type": "authorized_user", "client_id": "ci", "client_secret": secret,
        "refresh_token": "rt", "token_uri": token_uri, "universe_domain": "googleapis.com",
    });
    std::fs::write(file.path(), user.to_string()).unwrap();
    file
}

fn run_with(rig: &Rig, file: &tempfile::NamedTempFile) -> whapi_export::Result<()> {
    let ctx = whapi_export::OpenContext::new()
        .with_option("spreadsheet", super::ID)
        .with_option("endpoint", rig.standin.endpoint())
        .with_option("credentials", file.path().to_str().unwrap());
    rig.try_run(&ctx, &people(3), &RunEnd::complete()).map(drop)
}

#[test]
fn a_service_account_requests_one_scope() {
    let rig = Rig::new();
    let token_uri = format!("{}token", rig.standin.endpoint());
    run_with(&rig, &service_key(&token_uri)).unwrap();
    rig.holds(&people(3));
    assert_eq!(
        rig.standin.count(Kind::Token),
        1,
        "one token serves all requests"
    );
}

#[test]
fn a_token_is_reused() {
    let rig = Rig::new();
    let token_uri = format!("{}token", rig.standin.endpoint());
    run_with(&rig, &user(&token_uri, "cs")).unwrap();
    rig.holds(&people(3));
    assert_eq!(rig.standin.count(Kind::Token), 1);
}

#[test]
fn a_refused_token_is_renewed_once() {
    let rig = Rig::new();
    let token_uri = format!("{}token", rig.standin.endpoint());
    rig.standin.fault(2, Fault::Status(401, None));
    run_with(&rig, &user(&token_uri, "cs")).unwrap();
    rig.holds(&people(3));
    assert_eq!(rig.standin.count(Kind::Token), 2);
}

#[test]
fn a_failed_sign_in_is_retried() {
    let rig = Rig::new();
    let token_uri = format!("{}token", rig.standin.endpoint());
    rig.standin.fault(1, Fault::Html(503));
    rig.standin.fault(2, Fault::CutBefore);
    run_with(&rig, &user(&token_uri, "cs")).unwrap();
    rig.holds(&people(3));
}

#[test]
fn a_revoked_sign_in_is_reported_without_secrets() {
    let rig = Rig::new();
    let token_uri = format!("{}token", rig.standin.endpoint());
    let file = user(&token_uri, "hush-secret");
    let error = run_with(&rig, &file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(
        error.to_string(),
        format!(
            "Google's sign-in refused the credentials from the file `{}` (by \
             `sheets.credentials`): invalid_grant; create new ones, and check this computer's clock",
            file.path().display()
        )
    );
}

#[test]
fn a_refused_write_names_the_account() {
    let rig = Rig::new();
    rig.standin.read_only();
    let token_uri = format!("{}token", rig.standin.endpoint());
    let error = run_with(&rig, &service_key(&token_uri)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(
        error.to_string().starts_with(
            "`robot@example.iam.gserviceaccount.com` may not change the spreadsheet \
             `1standin-Spreadsheet_id`; share it with this address as an editor"
        ),
        "{error}"
    );
}

/// How a hostile server could send `test-token` back.
const ECHOES: [&str; 5] = [
    "test-token",
    "%74est-token",
    r"test-t\\u006fken",
    // `Bearer test-token`, and `x=test-token;`
    "QmVhcmVyIHRlc3QtdG9rZW4=",
    "eD10ZXN0LXRva2VuOw",
];

#[test]
fn quoted_messages_have_no_token_and_are_short() {
    for echo in ECHOES {
        for (nth, status) in [(1, 400), (1, 401), (1, 403), (2, 400), (2, 404)] {
            let rig = Rig::new();
            let said = format!(
                "{{\"error\":{{\"message\":\"<{echo}>\\u2028{}\"}}}}",
                "x".repeat(400)
            );
            rig.standin.fault(nth, Fault::Says(status, said));
            let error = rig
                .try_run(&rig.ctx(), &people(3), &RunEnd::complete())
                .unwrap_err();
            let quoted = format!(" (Google: <[token]> {})", "x".repeat(300 - 10));
            assert!(error.to_string().ends_with(&quoted), "{echo}: {error}");
        }
    }
}

#[test]
fn quoted_sign_in_errors_have_no_secret() {
    for (secret, echo) in [("cs", "hush-secret"), ("rt", "rt-refresh-hush"), ("", "x")] {
        let rig = Rig::new();
        let token_uri = format!("{}token", rig.standin.endpoint());
        let file = tempfile::NamedTempFile::new().unwrap();
        let user = json!({
            "type": "authorized_user", "client_id": "ci", "client_secret": "hush-secret",
            "refresh_token": "rt-refresh-hush", "token_uri": token_uri,
        });
        std::fs::write(file.path(), user.to_string()).unwrap();
        let said = json!({"error": format!("no\n{echo}\u{2028}{}", "y".repeat(400))});
        rig.standin.fault(1, Fault::Says(400, said.to_string()));
        let error = run_with(&rig, &file).unwrap_err();
        let mark = if secret.is_empty() { "x" } else { "[token]" };
        let quoted = format!("no {mark} {}", "y".repeat(300 - 4 - mark.len()));
        assert_eq!(
            error.to_string(),
            format!(
                "Google's sign-in refused the credentials from the file `{}` (by \
                 `sheets.credentials`): {quoted}; create new ones, and check this computer's clock",
                file.path().display()
            )
        );
    }
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    let rig = Rig::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "a".repeat((64 << 10) + 1)).unwrap();
    let path = file.path().display();
    for (key, named_by) in [
        ("token_file", "`sheets.token_file`"),
        ("credentials", "`sheets.credentials`"),
    ] {
        let ctx = whapi_export::OpenContext::new()
            .with_option("spreadsheet", super::ID)
            .with_option("endpoint", rig.standin.endpoint())
            .with_option(key, file.path().to_str().unwrap());
        let error = rig
            .try_run(&ctx, &people(3), &RunEnd::complete())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            format!(
                "could not read the file `{path}` (by {named_by}): larger than 64 KiB (format \
                 `sheets`)"
            )
        );
    }
    assert_eq!(rig.standin.journal().len(), 0);
}

#[test]
fn a_secret_given_as_a_path_is_not_repeated() {
    let rig = Rig::new();
    for (key, value, named_by) in [
        ("token_file", "ya29.a0AfH6SMBx-yz_1", "`sheets.token_file`"),
        (
            "credentials",
            "{\"private_key\":\"hush\"}",
            "`sheets.credentials`",
        ),
    ] {
        let ctx = whapi_export::OpenContext::new()
            .with_option("spreadsheet", super::ID)
            .with_option("endpoint", rig.standin.endpoint())
            .with_option(key, value);
        let error = rig
            .try_run(&ctx, &people(3), &RunEnd::complete())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(
            error.to_string(),
            format!(
                "{named_by} takes the path of a file, but its value looks like a secret; save the \
                 secret in a file that only you can read (format `sheets`)"
            )
        );
    }
}

#[track_caller]
fn check_refused(text: &str, expected: &str) {
    let rig = Rig::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let error = run_with(&rig, &file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let origin = format!(
        "the file `{}` (by `sheets.credentials`)",
        file.path().display()
    );
    let found = error.to_string().replace(&origin, "FILE");
    assert_eq!(
        found,
        format!("the credentials from FILE {expected} (format `sheets`)")
    );
    assert_eq!(rig.standin.journal().len(), 0);
}

#[test]
fn other_json_files_are_refused() {
    check_refused(
        "{\n\"type\": 7, \"private_key\": \"hush\"}",
        "are not valid: JSON error in line 2",
    );
    check_refused(
        r#"{"installed": {"client_id": "x", "client_secret": "hush"}}"#,
        "are for an OAuth client, not for an account; give a service account's key, or the file \
         that `gcloud auth application-default login` writes",
    );
    check_refused(
        r#"{"type": "service_account", "client_email": "a@b"}"#,
        "have no `private_key`",
    );
    check_refused(
        r#"{"type": "external_account"}"#,
        "have an unknown type; known types: `service_account`, `authorized_user`",
    );
    check_refused(
        r#"{"type": "service_account", "token_uri": "http://evil.example/"}"#,
        "have a `token_uri` that is neither https nor on this computer",
    );
}

#[cfg(unix)]
#[test]
fn credentials_readable_by_others_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let rig = Rig::new();
    assert_eq!(rig.summary(&people(1)).warnings, [""; 0]);
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(rig.token.path(), mode).unwrap();
    assert_eq!(
        rig.summary(&people(1)).warnings,
        [format!(
            "other users of this computer can read the credentials in the file `{}` (by \
             `sheets.token_file`); run `chmod 600` on the file.",
            rig.token.path().display()
        )]
    );
}

#[test]
fn a_missing_file_is_named() {
    let rig = Rig::new();
    let ctx = whapi_export::OpenContext::new()
        .with_option("spreadsheet", super::ID)
        .with_option("credentials", "/no/such/file");
    let error = rig
        .try_run(&ctx, &people(3), &RunEnd::complete())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .starts_with("could not read the file `/no/such/file` (by `sheets.credentials`): "),
        "{error}"
    );
}

#[test]
fn an_invalid_key_is_refused_without_showing_it() {
    let rig = Rig::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    let key = json!({"type": "service_account", "client_email": "a@b", "private_key": "hush"});
    std::fs::write(file.path(), key.to_string()).unwrap();
    let error = run_with(&rig, &file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        format!(
            "the `private_key` from the file `{}` (by `sheets.credentials`) is not an RSA key in \
             PEM format (format `sheets`)",
            file.path().display()
        )
    );
    assert!(!format!("{error:?}").contains("hush"));
}

#[test]
fn debug_shows_no_secret() {
    let rig = Rig::new();
    let config = crate::SheetsConfig::new(super::ID)
        .with_endpoint(rig.standin.endpoint())
        .with_token_file(rig.token.path());
    let shown = format!("{:?}", crate::SheetsExporter::new(&config).unwrap());
    assert!(!shown.contains(super::TOKEN), "{shown}");
}
