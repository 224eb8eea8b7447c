//! Programs that write to the target instead of `staging`: what was there is put back.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use whapi_export::conformance::sample_contacts;
use whapi_export::{Error, ErrorKind, OpenContext, Result, RunInfo, Summary};

use crate::support::{HELLO, Script, definition, export, names, runtime, to};

/// A script with shell commands for each message. `$target` is what it finds beside `staging`.
fn script(at_begin: &str, at_batch: &str, at_finish: &str) -> Script {
    Script::whole(&format!(
        r#"echo '{HELLO}'
seq=0
while read -r line; do
    case $line in
    *'"begin"'*)
        staging=$(printf '%s' "$line" | sed 's/.*"staging":"\([^"]*\)".*/\1/')
        name=$(basename "$staging")
        name=${{name#.}}
        target=$(dirname "$staging")/${{name%.whapi.tmp}}
        {at_begin}
        echo '{{"type":"ready"}}';;
    *'"batch"'*)
        seq=$((seq + 1))
        written=7; [ $seq = 2 ] && written=2
        {at_batch}
        echo "{{\"type\":\"ack\",\"seq\":$seq,\"written\":$written}}";;
    *'"finish"'*)
        {at_finish}
        echo '{{"type":"done","written":9,"skipped":0}}'
        exit 0;;
    *) exit 0;;
    esac
done
"#
    ))
}

fn run(script: &Script, ctx: &OpenContext) -> Result<Summary> {
    runtime().block_on(async {
        let definition = definition(script.command()).await?;
        export(&definition, ctx, &RunInfo::new(), &sample_contacts()[..9]).await
    })
}

/// A folder with an earlier result, mode 0640, of an hour ago.
fn earlier() -> (TempDir, PathBuf, SystemTime) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "before\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let hour = SystemTime::now() - Duration::from_secs(3600);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(hour).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    (folder, path, modified)
}

/// Checks the error of a program that broke the protocol, behind its path.
#[track_caller]
fn check_error(script: &Script, error: &Error, expected: &str) {
    let program = script.path();
    assert_eq!(
        error.to_string(),
        format!("the program `{}` {expected}", program.display())
    );
    assert_eq!(error.kind(), ErrorKind::Program);
}

/// Runs a script over an earlier result, which must be as before.
#[track_caller]
fn check(script: &Script, expected: &str) {
    let (folder, path, modified) = earlier();
    let error = run(script, &to(&path)).unwrap_err();
    let shown = path.display();
    let note = format!("; it changed `{shown}`, which is as before again");
    check_error(script, &error, &format!("{expected}{note}"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    let found = fs::metadata(&path).unwrap();
    assert_eq!(found.mode() & 0o777, 0o640);
    assert_eq!(found.modified().unwrap(), modified);
    assert_eq!(names(folder.path()), ["a.txt"]);
}

#[test]
fn a_file_that_is_changed_at_any_step_is_put_back() {
    let crash = r#"echo half > "$target"; kill -9 $$"#;
    check(&script(crash, "", ""), "ended with signal 9 before `ready`");
    check(&script("", crash, ""), "ended with signal 9 before `ack`");
    check(&script("", "", crash), "ended with signal 9 before `done`");
    let empty = "counts 9 contacts as written, and the file `staging` is empty; it must write there, and \
                 nowhere else";
    check(&script(": > \"$target\"", "", ""), empty);
    check(&script("", "", "echo Ada >> \"$target\""), empty);
}

#[test]
fn a_file_that_is_replaced_removed_or_locked_is_put_back() {
    for change in [
        r#"echo half > "$target.new"; mv "$target.new" "$target""#,
        r#"rm "$target""#,
        r#"chmod 000 "$target""#,
        r#"rm "$target"; mkdir "$target"; echo half > "$target/deep""#,
        r#"ln -sf /etc/hostname "$target""#,
        // The same bytes are as good as others.
        r#"echo before > "$target""#,
    ] {
        let script = script(&format!("{change}; exit 3"), "", "");
        check(&script, "ended with exit code 3 before `ready`");
    }
}

#[test]
fn a_file_that_is_created_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let script = script("", "echo half > \"$target\"", "");
    let error = run(&script, &to(&path)).unwrap_err();
    let shown = path.display();
    check_error(
        &script,
        &error,
        &format!(
            "counts 9 contacts as written, and the file `staging` is empty; it must write there, and \
             nowhere else; it created `{shown}`, which is removed again"
        ),
    );
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_a_link_leads_to_is_put_back() {
    let (folder, path, _) = earlier();
    let link = folder.path().join("link.txt");
    symlink("a.txt", &link).unwrap();
    let script = script("echo half > \"$target\"; exit 3", "", "");
    let error = run(&script, &to(&link)).unwrap_err();
    let changed = fs::canonicalize(&path).unwrap();
    let changed = changed.display();
    check_error(
        &script,
        &error,
        &format!(
            "ended with exit code 3 before `ready`; it changed `{changed}`, which is as before again"
        ),
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("a.txt"));
    assert_eq!(names(folder.path()), ["a.txt", "link.txt"]);
}

#[test]
fn a_result_that_is_complete_replaces_what_the_program_left() {
    let (folder, path, _) = earlier();
    let script = script("", "", "echo Ada > \"$staging\"; echo half > \"$target\"");
    let summary = run(&script, &to(&path)).unwrap();
    assert_eq!(summary.destination, path.display().to_string());
    assert_eq!(fs::read_to_string(&path).unwrap(), "Ada\n");
    assert_eq!(names(folder.path()), ["a.txt"]);
}

#[test]
fn a_run_that_is_aborted_puts_back_what_was_changed() {
    let (folder, path, modified) = earlier();
    let script = script("echo half > \"$target\"", "", "");
    runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let mut exporter = definition.open(&to(&path)).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "half\n");
        exporter.abort().await.unwrap();
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), modified);
    assert_eq!(names(folder.path()), ["a.txt"]);
}

#[test]
fn an_exporter_that_is_dropped_puts_back_what_was_changed() {
    let (folder, path, _) = earlier();
    let script = script("echo half > \"$target\"", "", "");
    runtime().block_on(async {
        let definition = definition(script.command()).await.unwrap();
        let mut exporter = definition.open(&to(&path)).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "half\n");
    });
    assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    assert_eq!(names(folder.path()), ["a.txt"]);
}

#[test]
fn a_folder_is_put_back_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards");
    let ctx = to(&path);
    let fill = r#"
        mkdir "$staging/deep"
        echo one > "$staging/deep/one.txt"
        ln -s deep/one.txt "$staging/link"
        chmod 500 "$staging/deep""#;
    let kind = |script: Script| {
        let text = fs::read_to_string(script.path()).unwrap();
        Script::whole(
            text.trim_start_matches("#!/bin/sh\n")
                .replace(
                    r#"{"kind":"file","extension":"txt"}"#,
                    r#"{"kind":"folder"}"#,
                )
                .as_str(),
        )
    };
    let made = run(&kind(script("", "", fill)), &ctx).unwrap();
    assert_eq!(made.destination, path.display().to_string());
    let before = tree(&path);
    assert_eq!(
        before,
        [
            (".whapi-export".to_owned(), 0o644),
            ("deep".to_owned(), 0o500),
            ("deep/one.txt".to_owned(), 0o644),
            ("link".to_owned(), 0o777),
        ]
    );
    for change in [
        r#"chmod 700 "$target/deep"; echo half >> "$target/deep/one.txt""#,
        r#"rm -r "$target""#,
        r#"echo half > "$target/new.txt""#,
        r#"rm -r "$target"; echo half > "$target""#,
        r#"rm "$target/link""#,
    ] {
        let script = kind(script(&format!("{change}; exit 3"), "", ""));
        let error = run(&script, &ctx).unwrap_err();
        let shown = path.display();
        check_error(
            &script,
            &error,
            &format!(
                "ended with exit code 3 before `ready`; it changed `{shown}`, which is as before again"
            ),
        );
        assert_eq!(tree(&path), before, "{change}");
        let one = fs::read_to_string(path.join("deep/one.txt")).unwrap();
        assert_eq!(one, "one\n");
        let link = fs::read_link(path.join("link")).unwrap();
        assert_eq!(link, Path::new("deep/one.txt"));
        assert_eq!(names(folder.path()), ["cards"], "{change}");
    }
}

/// What is below a folder, and its modes.
fn tree(folder: &Path) -> Vec<(String, u32)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for name in names(&next) {
            let path = next.join(name);
            let found = fs::symlink_metadata(&path).unwrap();
            let below = path.strip_prefix(folder).unwrap();
            all.push((below.display().to_string(), found.mode() & 0o777));
            if found.is_dir() {
                folders.push(path);
            }
        }
    }
    all.sort();
    all
}

#[test]
fn files_of_an_earlier_split_run_are_put_back() {
    let (folder, path, _) = earlier();
    let parts = ["a-saved.txt", "a-discovered.txt"].map(|name| folder.path().join(name));
    for part in &parts {
        fs::write(part, "before\n").unwrap();
    }
    let script = script(
        "",
        &format!("echo half > '{}'; exit 3", parts[0].display()),
        "",
    );
    let ctx = to(&path).with_option("split", "standing");
    let error = run(&script, &ctx).unwrap_err();
    let shown = parts[0].display();
    check_error(
        &script,
        &error,
        &format!(
            "ended with exit code 3 before `ack`; it changed `{shown}`, which is as before again"
        ),
    );
    for path in parts.iter().chain([&path]) {
        assert_eq!(fs::read_to_string(path).unwrap(), "before\n");
    }
    let left = ["a-discovered.txt", "a-saved.txt", "a.txt"];
    assert_eq!(names(folder.path()), left);
}
