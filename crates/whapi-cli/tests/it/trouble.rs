//! Destinations in trouble: two runs at once, strange umasks, full disks, folders that cannot be
//! written or that vanish.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use whapi_emulator::Emulator;

use crate::support::{
    BOUND, Case, OLD, TOKEN, api, api_that_answers, in_shell, run_in_shell, signal, small_api,
    three_people, wait,
};

const EXPORT: [&str; 4] = ["export", "--format", "csv", "--quiet"];

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn files_have_0600_and_folders_0700_under_any_umask() {
    for umask in ["000", "002", "022", "077", "177", "277", "777"] {
        let api = small_api().start_blocking().unwrap();
        let case = Case::at(&api);
        let args = [
            "export",
            "--format",
            "vcard,csv",
            "--quiet",
            "--output-dir",
            "new/deep",
        ];
        let ran = run_in_shell(&case, &format!("umask {umask}"), &args);
        ran.check(0, "");
        for folder in ["new", "new/deep"] {
            assert_eq!(mode(&case.path(folder)), 0o700, "umask {umask}: {folder}");
        }
        for file in ["new/deep/contacts.csv", "new/deep/contacts.vcf"] {
            assert_eq!(mode(&case.path(file)), 0o600, "umask {umask}: {file}");
        }
    }
}

#[test]
fn the_temporary_file_is_for_its_owner_from_the_start() {
    let api = small_api().latency(BOUND * 10).start_blocking().unwrap();
    let case = Case::at(&api);
    let child = in_shell(&case, "umask 000", &EXPORT).spawn().unwrap();
    wait(api.wait_for_requests(2));
    assert_eq!(mode(&case.path(".contacts.csv.whapi.tmp")), 0o600);
    signal(child.id(), "INT");
    let ran = case.finish(child, &EXPORT);
    ran.check_code(130);
    assert!(ran.files.is_empty(), "{ran}");
}

#[test]
fn the_second_run_onto_one_file_says_so_and_the_first_goes_on() {
    let slow = small_api()
        .latency(Duration::from_secs(600))
        .start_blocking()
        .unwrap();
    let case = Case::at(&slow).old("contacts.csv");
    let first = case.command(&EXPORT).spawn().unwrap();
    wait(slow.wait_for_requests(2));

    let quick = small_api().start_blocking().unwrap();
    let mut second = case.command(&EXPORT);
    second.env("WHAPI_BASE_URL", quick.base_url());
    let second = case.finish(second.spawn().unwrap(), &EXPORT);
    second.check(
        7,
        "error: another run is writing `contacts.csv`; let it finish, or name another file\n",
    );
    assert!(
        quick.journal().is_empty(),
        "found out before anything is asked"
    );
    assert_eq!(second.names(), [".contacts.csv.whapi.tmp", "contacts.csv"]);
    assert_eq!(second.files["contacts.csv"], "as it was");

    // Another file in the same folder is not locked.
    let args = [&EXPORT[..], &["--output", "other.csv"]].concat();
    let mut other = case.command(&args);
    other.env("WHAPI_BASE_URL", quick.base_url());
    case.finish(other.spawn().unwrap(), &args).check(0, "");

    signal(first.id(), "INT");
    let first = case.finish(first, &EXPORT);
    first.check_code(130);
    assert_eq!(first.names(), ["contacts.csv", "other.csv"]);
}

/// The rows of a workbook wait in a temporary file, which is the first to reach the limit.
#[test]
fn a_workbook_whose_temporary_files_may_not_grow_leaves_the_old_one() {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.xlsx");
    let prelude = "ulimit -f 64";
    let ran = run_in_shell(&case, prelude, &["export", "--format", "xlsx", "--quiet"]);
    ran.check(
        7,
        "error: could not write a temporary file in the folder `.`: File too large (os error 27)\n",
    );
    assert_eq!(ran.names(), ["contacts.xlsx"]);
    ran.check_nothing_written(7);
}

/// Whether a small disk in memory can be mounted where only a child sees it. Says so where not.
#[cfg(target_os = "linux")]
#[expect(
    clippy::explicit_write,
    reason = "past the test harness, which would swallow it"
)]
fn may_mount() -> bool {
    let script = "cd /mnt && mount -t tmpfs -o size=64k none .";
    let may = Command::new("unshare")
        .args(["-rm", "sh", "-c", script])
        .output()
        .is_ok_and(|output| output.status.success());
    if !may {
        writeln!(
            std::io::stderr(),
            "SKIPPED: no disk can be mounted here; the limit on file sizes is tested all the same"
        )
        .unwrap();
    }
    may
}

/// Runs the program with such a disk of `size` KiB.
///
/// The disk is the program's folder, with the file `old` in it; without `old` it is the folder for
/// temporary files. Returns standard error, and the exit code, the files on the disk and the content
/// of the old one.
#[cfg(target_os = "linux")]
fn on_a_small_disk(size: u32, old: Option<&str>, args: &[&str]) -> (String, String) {
    let api = api().start_blocking().unwrap();
    let case = Case::at(&api);
    let program = case.command(args);
    let disk = if old.is_some() { "." } else { "/mnt" };
    let script = format!(
        "mount -t tmpfs -o size={size}k none {disk} && cd \"$PWD\"\n\
         [ -z \"$NAME\" ] || printf %s \"$OLD\" > \"$NAME\"\n\
         \"$@\" > /dev/null; echo \"exit $?\"; ls -A {disk}\n\
         [ -z \"$NAME\" ] || cat \"$NAME\""
    );
    let output = Command::new("unshare")
        .args(["-rm", "sh", "-c", &script, "sh"])
        .arg(program.get_program())
        .args(args)
        .current_dir(case.path(""))
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("WHAPI_BASE_URL", api.base_url())
        .env("WHAPI_TOKEN", TOKEN)
        .env("TMPDIR", "/mnt")
        .env("NAME", old.unwrap_or_default())
        .env("OLD", OLD)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stderr), text(output.stdout))
}

/// A disk that is really full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_file() {
    if !may_mount() {
        return;
    }
    let (stderr, stdout) = on_a_small_disk(64, Some("contacts.csv"), &EXPORT);
    assert_eq!(
        stderr,
        "error: could not write `contacts.csv`: No space left on device (os error 28)\n"
    );
    assert_eq!(stdout, format!("exit 7\ncontacts.csv\n{OLD}"));
}

/// The rows of a workbook wait on the same disk, uncompressed, and are the first to find it full.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_without_room_for_the_rows_of_a_workbook_leaves_the_old_one() {
    if !may_mount() {
        return;
    }
    let args = ["export", "--format", "xlsx", "--quiet"];
    let (stderr, stdout) = on_a_small_disk(64, Some("contacts.xlsx"), &args);
    assert_eq!(
        stderr,
        "error: could not write a temporary file in the folder `.`: No space left on device \
         (os error 28)\n"
    );
    assert_eq!(stdout, format!("exit 7\ncontacts.xlsx\n{OLD}"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_folder_for_temporary_files_is_named() {
    if !may_mount() {
        return;
    }
    let args = ["export", "--format", "xlsx", "--quiet", "--output", "-"];
    let (stderr, stdout) = on_a_small_disk(64, None, &args);
    assert_eq!(
        stderr,
        "error: could not write a temporary file in the folder `/mnt`: No space left on device \
         (os error 28)\n"
    );
    assert_eq!(stdout, "exit 7\n");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_the_old_file() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).old("contacts.csv");
    let folder = case.path("");
    let everything_up_to_it = [folder.parent().unwrap(), &folder];
    for folder in everything_up_to_it {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::set_permissions(case.path("contacts.csv"), fs::Permissions::from_mode(0o666)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = case.unprivileged(&EXPORT);
    let ran = case.finish(command.spawn().unwrap(), &EXPORT);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    ran.check(
        7,
        "error: could not create a file in the folder `.`: Permission denied (os error 13)\n",
    );
    assert_eq!(ran.names(), ["contacts.csv"]);
    ran.check_nothing_written(7);
    assert!(
        api.journal().is_empty(),
        "found out before anything is asked"
    );
}

#[test]
fn a_folder_that_vanishes_during_the_run() {
    let case = Case::new();
    let out = case.path("out");
    fs::create_dir(&out).unwrap();
    let answer = Emulator::answer(&three_people(), 0, 500);
    let api = api_that_answers(move || {
        // The second request finds it gone already.
        let _ = fs::remove_dir_all(&out);
        ("200 OK", answer.clone())
    });
    let case = case.env("WHAPI_BASE_URL", api).env("WHAPI_TOKEN", TOKEN);
    let args = [&EXPORT[..], &["--output", "out/contacts.csv"]].concat();
    let ran = case.run(&args);
    ran.check(
        7,
        "error: could not complete `out/contacts.csv`: another program removed `out/.contacts.csv.whapi.tmp`\n",
    );
    assert!(ran.files.is_empty(), "{ran}");
}

#[test]
fn a_link_at_the_target_is_replaced_and_not_followed() {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api).input("precious", OLD);
    std::os::unix::fs::symlink("../in/precious", case.path("contacts.csv")).unwrap();
    case.run(&EXPORT).check(0, "");
    assert_eq!(case.read("../in/precious"), OLD.as_bytes());
    let target = fs::symlink_metadata(case.path("contacts.csv")).unwrap();
    assert!(target.is_file());
}
