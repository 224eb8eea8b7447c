//! What a run says that it wrote, and what is there afterwards, when the system refuses something
//! late: folders that cannot be flushed, limits on file sizes, long names, closed outputs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::support::{Case, Ran, api, run_in_shell, sha256, small_api};

const EXPORT: [&str; 4] = ["export", "--format", "csv", "--quiet"];

/// What is said of a folder that cannot be flushed.
fn not_flushed(error: &str) -> String {
    format!(
        "The folder could not be flushed to disk ({error}): after a power cut, what was there \
         before this run may be back."
    )
}

/// Runs the program in a folder that it may write and not read, as a user for whom that counts.
fn run_in_an_unreadable_folder(case: &Case, args: &[&str]) -> Ran {
    let folder = case.path("");
    for folder in [folder.parent().unwrap(), &folder] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o333)).unwrap();
    let child = case.unprivileged(args).spawn().unwrap();
    case.finish_with(child, args, || {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    })
}

#[test]
fn a_folder_that_cannot_be_read_gets_its_file_and_a_warning() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let warning = not_flushed("Permission denied (os error 13)");
    let ran = run_in_an_unreadable_folder(&case, &EXPORT);
    ran.check(0, &format!("warning: csv: {warning}\n"));
    assert_eq!(ran.names(), ["contacts.csv"]);

    let case = Case::at(&api);
    let args = [&EXPORT[..], &["--json"]].concat();
    let ran = run_in_an_unreadable_folder(&case, &args);
    ran.check_code(0);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(summary["outcome"], "complete");
    assert_eq!(
        summary["exports"],
        json!([{
            "format": "csv", "destination": "contacts.csv", "written": 3, "skipped": [],
            "warnings": [warning], "sha256": sha256(case.read("contacts.csv")),
        }])
    );
}

#[test]
fn a_split_into_a_folder_that_cannot_be_read_is_whole_and_warned_of_once() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = [&EXPORT[..], &["--set", "split=1"]].concat();
    let ran = run_in_an_unreadable_folder(&case, &args);
    let warning = not_flushed("Permission denied (os error 13)");
    ran.check(0, &format!("warning: csv: {warning}\n"));
    assert_eq!(
        ran.names(),
        ["contacts-001.csv", "contacts-002.csv", "contacts-003.csv"]
    );
}

/// Runs the program under `strace`, whose `inject` makes a system call fail. `None` where `strace`
/// does not work.
#[expect(
    clippy::explicit_write,
    reason = "the harness swallows what eprintln! says"
)]
#[cfg(target_os = "linux")]
fn run_with_a_fault(case: &Case, inject: &str, args: &[&str]) -> Option<Ran> {
    use std::io::Write;
    use std::process::Command;

    use crate::support::is_installed;

    let inject = format!("inject={inject}");
    let strace = ["-f", "-qq", "-o", "/dev/null", "-e", &inject];
    let works = is_installed("strace")
        && Command::new("strace")
            .args(strace)
            .arg("true")
            .status()
            .is_ok_and(|status| status.success());
    if !works {
        writeln!(std::io::stderr(), "SKIPPED: strace does not work here").unwrap();
        return None;
    }
    let program = case.command(args);
    let mut command = Command::new("strace");
    command
        .args(strace)
        .arg(program.get_program())
        .args(program.get_args());
    Some(case.run_by(command, args))
}

/// The file is flushed first and its folder second.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_flushing_fails_has_its_file_and_a_warning() {
    let warning = not_flushed("Input/output error (os error 5)");
    let api = small_api().start_blocking().unwrap();
    for (args, call, names) in [
        (&EXPORT[..], 2, &["contacts.csv"][..]),
        (
            &["export", "-f", "csv", "-q", "--set", "split=2"],
            3,
            &["contacts-001.csv", "contacts-002.csv"],
        ),
    ] {
        let case = Case::at(&api);
        let fault = format!("fsync:error=EIO:when={call}");
        let Some(ran) = run_with_a_fault(&case, &fault, args) else {
            return;
        };
        ran.check(0, &format!("warning: csv: {warning}\n"));
        assert_eq!(ran.names(), names);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_of_stats_is_written_and_its_folder_warned_of() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["stats", "--html", "page.html", "--quiet"];
    let Some(ran) = run_with_a_fault(&case, "fsync:error=EIO:when=2", &args) else {
        return;
    };
    let warning = not_flushed("Input/output error (os error 5)");
    ran.check(0, &format!("warning: {warning}\n"));
    assert_eq!(ran.names(), ["page.html"]);
}

/// A file that cannot be flushed is not renamed.
#[cfg(target_os = "linux")]
#[test]
fn a_file_whose_flushing_fails_leaves_the_old_one() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.csv");
    let Some(ran) = run_with_a_fault(&case, "fsync:error=EIO:when=1", &EXPORT) else {
        return;
    };
    ran.check(
        7,
        "error: could not complete `contacts.csv`: Input/output error (os error 5)\n",
    );
    assert_eq!(ran.names(), ["contacts.csv"]);
    ran.check_nothing_written(7);
}

/// The signal that comes with the limit would end a program that does not handle it.
#[test]
fn a_file_size_limit_leaves_the_old_file() {
    let api = api().start_blocking().unwrap();
    for (format, name) in [("csv", "contacts.csv"), ("vcard", "contacts.vcf")] {
        let case = Case::at(&api).old(name);
        let args = ["export", "--format", format];
        let ran = run_in_shell(&case, "ulimit -f 64", &args);
        ran.check_nothing_written(7);
        assert_eq!(
            ran.stderr,
            format!(
                "{format}: nothing written to {name}\n\
                 error: could not write `{name}`: File too large (os error 27)\n"
            )
        );
        assert_eq!(ran.names(), [name]);
    }
}

#[test]
fn a_file_size_limit_on_the_page_of_stats_leaves_the_old_file() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("page.html");
    let args = ["stats", "--html", "page.html", "--quiet"];
    let ran = run_in_shell(&case, "ulimit -f 1", &args);
    ran.check(
        7,
        "error: could not write `page.html`: File too large (os error 27)\n",
    );
    assert_eq!(ran.names(), ["page.html"]);
    ran.check_nothing_written(7);
}

/// A limit that the first of two files keeps to and the second does not.
#[test]
fn of_several_formats_the_written_ones_are_reported() {
    let api = api().start_blocking().unwrap();
    let whole = Case::at(&api);
    whole.run(&["export", "-f", "csv,vcard", "-q"]).check(0, "");
    let (csv, vcf) = (whole.read("contacts.csv"), whole.read("contacts.vcf"));
    let blocks = csv.len().div_ceil(512);
    assert!(vcf.len() > blocks * 512);

    let case = Case::at(&api).old("contacts.csv").old("contacts.vcf");
    let args = ["export", "-f", "csv,vcard", "--json"];
    let ran = run_in_shell(&case, &format!("ulimit -f {blocks}"), &args);
    ran.check_code(7);
    assert_eq!(
        ran.stderr,
        "csv: 1,317 contacts written to contacts.csv, before the run ended\n\
         vcard: nothing written to contacts.vcf\n\
         error: could not write `contacts.vcf`: File too large (os error 27)\n"
    );
    assert!(case.read("contacts.csv") == csv);
    assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    assert_eq!(ran.files["contacts.vcf"], "as it was");
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        summary["exports"],
        json!([
            {
                "format": "csv", "destination": "contacts.csv", "written": 1317, "skipped": [],
                "warnings": [], "sha256": sha256(csv),
            },
            {
                "format": "vcard", "destination": "contacts.vcf", "written": 0, "skipped": [],
                "warnings": [], "sha256": null,
            },
        ])
    );
}

/// The same limit on the files of a split: the saved are fewer than the discovered.
#[test]
fn of_a_split_the_written_files_are_reported() {
    let api = api().start_blocking().unwrap();
    let whole = Case::at(&api);
    let split = ["--set", "split=standing"];
    let export = ["export", "-f", "csv"];
    whole
        .run(&[&export[..], &split, &["-q"]].concat())
        .check(0, "");
    let saved = whole.read("contacts-saved.csv");
    let blocks = saved.len().div_ceil(512);
    assert!(whole.read("contacts-discovered.csv").len() > blocks * 512);

    let case = Case::at(&api).old("contacts-discovered.csv");
    let args = [&export[..], &split, &["--json"]].concat();
    let ran = run_in_shell(&case, &format!("ulimit -f {blocks}"), &args);
    ran.check_code(7);
    assert_eq!(
        ran.stderr,
        "csv: only in part: 472 contacts written to 1 file: contacts-saved.csv\n\
         error: only 1 of 2 files were written: contacts-saved.csv: could not write \
         `contacts-discovered.csv`: File too large (os error 27)\n"
    );
    assert_eq!(
        ran.names(),
        ["contacts-discovered.csv", "contacts-saved.csv"]
    );
    assert_eq!(ran.files["contacts-discovered.csv"], "as it was");
    assert!(case.read("contacts-saved.csv") == saved);
    let summary: Value = serde_json::from_str(ran.out()).unwrap();
    assert_eq!(
        summary["exports"],
        json!([{
            "format": "csv", "destination": "contacts-*.csv", "written": 472, "skipped": [],
            "warnings": [], "sha256": null, "partial": true,
            "files": [
                {"path": "contacts-saved.csv", "written": 472, "sha256": sha256(saved)},
            ],
        }])
    );
}

/// The names that leave the temporary file no room, and those that need three bytes a letter.
#[test]
fn a_name_may_be_as_long_as_the_file_system_takes() {
    let api = small_api().start_blocking().unwrap();
    for stem in [
        "n".repeat(240),
        "n".repeat(241),
        "n".repeat(251),
        "é".repeat(125),
        "語".repeat(83),
    ] {
        let name = format!("{stem}.csv");
        let case = Case::at(&api).old(&name);
        let args = [&EXPORT[..], &["--output", &name]].concat();
        let ran = case.run(&args);
        ran.check(0, "");
        assert_eq!(ran.names(), [&name]);
        assert!(case.read(&name).starts_with(b"id,kind,"));
    }
}

#[test]
fn a_name_that_is_too_long_is_refused_before_the_first_request() {
    let api = small_api().start_blocking().unwrap();
    let long = format!("{}.csv", "n".repeat(252));
    let case = Case::at(&api);
    let args = [&EXPORT[..], &["--output", &long]].concat();
    let ran = case.run(&args);
    ran.check(
        7,
        &format!("error: `{long}` is too long a name for the file system\n"),
    );
    assert!(ran.files.is_empty(), "{ran}");

    for (split, part) in [
        ("2", "001"),
        ("standing", "discovered"),
        ("country", "no-country"),
    ] {
        // The target's own name is short enough, and the names of the files are not.
        let stem = "n".repeat(250);
        let (target, split) = (format!("{stem}.csv"), format!("split={split}"));
        let args = [&EXPORT[..], &["--output", &target, "--set", &split]].concat();
        let ran = case.run(&args);
        let name = format!("{stem}-{part}.csv");
        ran.check(
            7,
            &format!("error: `{name}` is too long a name for the file system\n"),
        );
        assert!(ran.files.is_empty(), "{ran}");
    }
    assert!(api.journal().is_empty());
}

/// Closed by the shell before the program starts, alone and with standard input; and what cannot be
/// told from that.
#[test]
fn a_closed_standard_output_is_no_place_to_write_to() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let closed = "error: standard output is closed, or `/dev/null` opened for reading and writing; \
                  redirect it to a file or a pipe\n";
    for format in ["csv", "vcard", "jsonl", "xlsx", "html"] {
        for redirection in [">&-", "<&- >&-", "<>/dev/null 1>&0"] {
            let args = ["export", "-f", format, "-o", "-"];
            let ran = run_in_shell(&case, &format!("exec {redirection}"), &args);
            let nothing = format!("{format}: nothing written to standard output\n");
            ran.check(7, &(nothing + closed));
        }
    }
    assert!(
        api.journal().is_empty(),
        "found out before anything is asked"
    );
    let args = ["stats", "--html", "-", "--quiet"];
    run_in_shell(&case, "exec >&-", &args).check(7, closed);
}

#[test]
fn a_standard_output_that_drops_everything_is_one() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "-q", "-o", "-"];
    run_in_shell(&case, "exec >/dev/null", &args).check(0, "");
}

/// The files are written, so the run is a success.
#[test]
fn a_summary_for_a_closed_standard_output_is_warned_of() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "--quiet", "--json"];
    let ran = run_in_shell(&case, "exec >&-", &args);
    ran.check(
        0,
        "warning: standard output is closed, or `/dev/null` is open for reading and writing; its \
         data is lost\n",
    );
    assert_eq!(ran.names(), ["contacts.csv"]);
}

/// A file behind standard output that may not grow holds a part, which is not nothing.
#[test]
fn a_part_on_standard_output_is_not_called_nothing() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let args = ["export", "-f", "csv", "-o", "-"];
    let ran = run_in_shell(&case, "ulimit -f 64; exec >../in/out", &args);
    ran.check(
        7,
        "csv: only in part: written to standard output up to where it failed\n\
         error: could not write to standard output: File too large (os error 27)\n",
    );
    assert_eq!(case.read("../in/out").len(), 64 * 512);

    // Not a byte fits on this one.
    #[cfg(target_os = "linux")]
    run_in_shell(&case, "exec >/dev/full", &args).check(
        7,
        "csv: nothing written to standard output\n\
         error: could not write to standard output: No space left on device (os error 28)\n",
    );
}
