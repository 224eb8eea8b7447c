//! What a program gets: environment, working folder, process group, open files, signals.
//!
//! Open files and signals are read from `/proc`, so this is for Linux.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::script::{Faulty, Step};
use crate::support::{TOKEN, small_api};

/// What a program leaves beside itself of its environment, folder and open files.
const LOOKS_AROUND: &str = r#"env > "$own/env"
(pwd; ls -A; stat -c %a .) > "$own/folder"
cut -d ' ' -f 5 /proc/$$/stat > "$own/group"; echo $$ >> "$own/group"
ls -l /proc/$$/fd > "$own/files"
grep '^SigIgn:' /proc/$$/status > "$own/signals"
exit 3"#;

/// What `ls -l` shows of open files, behind the arrows.
fn targets(listing: &str) -> impl Iterator<Item = &str> {
    listing
        .lines()
        .filter_map(|line| Some(line.split_once(" -> ")?.1))
}

/// The files that any program gets from what runs these tests.
fn inherited_files() -> Vec<String> {
    let listed = Command::new("sh")
        .args(["-c", "ls -l /proc/$$/fd"])
        .output();
    let listing = String::from_utf8(listed.unwrap().stdout).unwrap();
    targets(&listing).map(str::to_owned).collect()
}

#[test]
fn what_it_gets() {
    let api = small_api().start_blocking().unwrap();
    let faulty = Faulty::at(Step::Ready, LOOKS_AROUND);
    let case = faulty.case(&api).env("WHAPI_SHEETS_TOKEN", TOKEN);
    // The file of the other format is open when the program starts.
    let ran = case.run(&["export", "-f", "csv,faulty", "-q"]);
    ran.check_nothing_written(7);
    assert_eq!(ran.names(), ["contacts.txt"]);
    faulty.check_nothing_left();

    let seen = |name: &str| fs::read_to_string(faulty.beside(name)).unwrap();
    let env = seen("env");
    let names: Vec<_> = env
        .lines()
        .filter_map(|line| line.split('=').next())
        .collect();
    assert!(
        names.contains(&"PATH") && names.contains(&"TMPDIR"),
        "{env}"
    );
    assert!(
        !names.iter().any(|name| name.starts_with("WHAPI_")),
        "{env}"
    );
    assert!(!env.contains(TOKEN), "{env}");

    let folder = seen("folder");
    let [path, mode] = folder.lines().collect::<Vec<_>>()[..] else {
        panic!("the working folder is not empty: {folder}")
    };
    let name = Path::new(path).file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("whapi-exporter-") && !Path::new(path).exists());
    assert_eq!(mode, "700");

    let group = seen("group");
    let [group, own] = group.split_whitespace().collect::<Vec<_>>()[..] else {
        panic!("{group}")
    };
    assert_eq!(group, own);

    // Pipes, the script itself, and where `ls` writes to: no socket, and no file of another format.
    let files = seen("files");
    let inherited = inherited_files();
    let path = faulty.path();
    let listing = faulty.beside("files").display().to_string();
    for file in targets(&files).filter(|file| !inherited.contains(&(*file).to_owned())) {
        let is_own = [&*path, &*listing, "/dev/null"].contains(&file);
        assert!(file.starts_with("pipe:[") || is_own, "{file}: {files}");
    }
    assert_eq!(targets(&files).filter(|file| *file == path).count(), 1);

    // As a shell would start it: a closed pipe ends it.
    let signals = seen("signals");
    let ignored = signals.split_whitespace().nth(1).unwrap();
    let ignored = u64::from_str_radix(ignored, 16).unwrap();
    assert_eq!(
        ignored & (1 << (13 - 1)),
        0,
        "SIGPIPE is ignored: {signals}"
    );
}
