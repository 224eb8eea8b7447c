//! Credentials from files and variables.

use std::ffi::OsString;

use serde_json::json;
use whapi_export::{ErrorKind, RunEnd};

use super::sign_in::run_with;
use super::{Rig, people};
use crate::SheetsConfig;
use crate::api::credentials::{FILE_VARIABLE, TOKEN_VARIABLE};
use crate::config::credentials;

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
        "are for an OAuth client, not for an account; sign in with `whapi login google --client \
         FILE`, or give a service account's key",
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
    let config = SheetsConfig::new(super::ID)
        .with_endpoint(rig.standin.endpoint())
        .with_token_file(rig.token.path());
    let shown = format!("{:?}", crate::SheetsExporter::new(&config).unwrap());
    assert!(!shown.contains(super::TOKEN), "{shown}");
}

/// The origin of the credentials, or the beginning of the error.
fn origin(config: &SheetsConfig, variables: &[(&str, &str)]) -> String {
    let variable = |name: &str| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    };
    match credentials(config, variable) {
        Ok(credentials) => credentials.origin,
        Err(error) => error.to_string().split(';').next().unwrap().to_owned(),
    }
}

#[test]
fn the_first_credentials_that_are_given_count() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let user = r#"{"client_id": "ci", "client_secret": "cs", "refresh_token": "rt"}"#;
    let by_file = |name: &str, named_by: &str| {
        let path = folder.path().join(name);
        format!("the file `{}` (by {named_by})", path.display())
    };
    let path = folder.path().join("google.json");
    let config = SheetsConfig::new(super::ID).with_sign_in(&path);
    let none = "there are no credentials for Google";
    assert_eq!(origin(&config, &[]), none);
    write("google.json", user);
    assert_eq!(
        origin(&config, &[]),
        by_file("google.json", "`whapi login google`")
    );
    assert_eq!(origin(&SheetsConfig::new(super::ID), &[]), none);

    let file = write("variable.json", user);
    let empty = [(FILE_VARIABLE, ""), (TOKEN_VARIABLE, "")];
    assert_eq!(
        origin(&config, &empty),
        by_file("google.json", "`whapi login google`")
    );
    let file = (FILE_VARIABLE, file.to_str().unwrap());
    assert_eq!(
        origin(&config, &[file]),
        by_file("variable.json", FILE_VARIABLE)
    );
    let both = [file, (TOKEN_VARIABLE, "token")];
    assert_eq!(
        origin(&config, &both),
        "the environment variable WHAPI_SHEETS_TOKEN"
    );
    let config = config.with_credentials(write("option.json", user));
    assert_eq!(
        origin(&config, &both),
        by_file("option.json", "`sheets.credentials`")
    );
    let config = config.with_token_file(write("token", "token"));
    assert_eq!(
        origin(&config, &both),
        by_file("token", "`sheets.token_file`")
    );
}

#[test]
fn a_damaged_sign_in_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let config = SheetsConfig::new(super::ID).with_sign_in(file.path());
    assert_eq!(
        credentials(&config, |_| None).unwrap_err().to_string(),
        format!(
            "the credentials from the file `{}` (by `whapi login google`) are not valid: JSON error \
             in line 1",
            file.path().display()
        )
    );
}

#[test]
fn the_file_of_a_sign_in_is_no_option() {
    let rig = Rig::new();
    let ctx = rig.ctx().with_option("sign_in", "google.json");
    let error = rig.try_run(&ctx, &people(1), &RunEnd::complete());
    let error = error.unwrap_err().to_string();
    let (refusal, known) = error.split_once("; known: ").unwrap();
    assert_eq!(refusal, "unknown option `sheets.sign_in`");
    assert!(!known.contains("sign_in"), "{known}");
    assert!(ctx.options::<SheetsConfig>().is_err());
}
