//! Tests on real files and folders.

use std::fs;
use std::path::Path;

use super::*;

fn files_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn output(path: &Path) -> Output {
    Output::new(OutputTarget::Path(path.to_owned()))
}

#[test]
fn appears_on_commit_with_the_right_checksum() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let mut out = output(&path);
    out.write_all(b"abc").unwrap();
    assert_eq!(files_in(folder.path()).len(), 1, "only the temporary file");
    let committed = out.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"abc");
    assert_eq!(files_in(folder.path()), ["a.txt"]);
    assert_eq!(
        committed.sha256.unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn dropping_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "old").unwrap();
    let mut out = output(&path);
    out.write_all(b"new").unwrap();
    drop(out);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(files_in(folder.path()), ["a.txt"]);
}

#[test]
fn an_empty_output_is_an_empty_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    assert_eq!(output(&path).commit().unwrap().bytes, 0);
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn errors_name_the_path_and_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere").join("a.txt");
    let error = output(&missing).prepare().unwrap_err();
    let expected = format!(
        "could not create a file in the folder `{}`",
        folder.path().join("nowhere").display()
    );
    assert_eq!(error.to_string(), expected);
    let error = output(folder.path()).prepare().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` is a folder; name a file in it",
            folder.path().display()
        )
    );
}

#[test]
fn a_folder_that_vanishes_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    let path = inner.join("a.txt");
    fs::create_dir(&inner).unwrap();
    let mut out = output(&path);
    out.write_all(b"abc").unwrap();
    fs::remove_dir_all(&inner).unwrap();
    let error = out.commit().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        format!("could not complete `{}`", path.display())
    );
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(files_in(folder.path()), [""; 0]);
}

#[test]
fn the_target_becoming_a_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let mut out = output(&path);
    out.write_all(b"abc").unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(out.commit().unwrap_err().kind(), ErrorKind::Destination);
    assert_eq!(files_in(folder.path()), ["a.txt"]);
}

#[test]
fn nothing_is_touched_before_the_first_byte() {
    let folder = tempfile::tempdir().unwrap();
    let out = output(&folder.path().join("a.txt"));
    assert_eq!(files_in(folder.path()), [""; 0]);
    drop(out);
    assert_eq!(files_in(folder.path()), [""; 0]);
}

#[test]
fn an_output_with_a_failed_write_does_not_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "old").unwrap();
    let mut out = output(&path).failing_after(4);
    out.write_all(b"abcd").unwrap();
    let error = Error::from(out.write_all(b"e").unwrap_err());
    assert_eq!(
        error.to_string(),
        format!("could not write `{}`", path.display())
    );
    let error = out.commit().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "could not complete `{}`: an earlier write failed",
            path.display()
        )
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(files_in(folder.path()), ["a.txt"]);
}

#[cfg(feature = "conformance")]
#[test]
fn what_waits_for_standard_output_fails_by_its_temporary_file() {
    let mut out = Output::new(OutputTarget::Stdout).failing_after(4);
    let error = Error::from(out.write_all(b"abcde").unwrap_err());
    assert_eq!(
        error.to_string(),
        "could not keep what is for standard output in a temporary file"
    );
    assert_eq!(error.partial(), None);
}

fn leftover_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap().to_str().unwrap();
    path.with_file_name(format!(".{name}.whapi.tmp"))
}

#[test]
fn a_second_output_onto_one_target_says_so_until_the_first_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    let mut first = output(&path);
    first.write_all(b"first").unwrap();

    let error = output(&path).prepare().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Destination);
    let expected = format!(
        "another run is writing `{}`; let it finish, or name another file",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    output(&folder.path().join("b.txt")).prepare().unwrap();

    first.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"first");
    let mut second = output(&path);
    second.write_all(b"second").unwrap();
    drop(second);
    let mut third = output(&path);
    third.write_all(b"third").unwrap();
    third.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"third");
    assert_eq!(files_in(folder.path()), ["a.txt"]);
}

#[test]
fn of_many_at_once_one_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    for _ in 0..50 {
        fs::write(leftover_of(&path), "half of an old r").unwrap();
        let barrier = std::sync::Barrier::new(4);
        let held: Vec<bool> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut out = output(&path);
                        barrier.wait();
                        let prepared = out.prepare();
                        // No run releases its file before all have tried.
                        barrier.wait();
                        prepared.is_ok()
                    })
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(held.iter().filter(|held| **held).count(), 1, "{held:?}");
        assert_eq!(files_in(folder.path()), [""; 0]);
    }
}

#[test]
fn what_a_killed_run_left_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(leftover_of(&path), "half of an old r").unwrap();
    let others = [".a.txt.tmp", ".b.txt.whapi.tmp", "a.txt.whapi.tmp"];
    for other in others {
        fs::write(folder.path().join(other), "keep").unwrap();
    }
    let mut out = output(&path);
    out.write_all(b"new").unwrap();
    out.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(
        files_in(folder.path()),
        [".a.txt.tmp", ".b.txt.whapi.tmp", "a.txt", "a.txt.whapi.tmp"]
    );
}

#[test]
fn the_temporary_file_of_a_long_name_is_locked_and_cleaned_up_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let [path, other] = ["a", "b"].map(|end| {
        let name = "n".repeat(250) + end;
        folder.path().join(name)
    });
    let mut first = output(&path);
    first.prepare().unwrap();
    // (printf %250s | tr ' ' n; printf a) | sha256sum
    let leftover = format!(".{}~2a9aa22cbaa525a0.whapi.tmp", "n".repeat(223));
    assert_eq!(files_in(folder.path()), [&*leftover]);
    let error = output(&path).prepare().unwrap_err();
    let expected = format!(
        "another run is writing `{}`; let it finish, or name another file",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    output(&other).prepare().unwrap();
    drop(first);

    fs::write(folder.path().join(leftover), "half of an old r").unwrap();
    let mut out = output(&path);
    out.write_all(b"new").unwrap();
    out.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(files_in(folder.path()), ["n".repeat(250) + "a"]);
}

#[test]
fn a_leftover_that_is_no_file_is_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::create_dir(leftover_of(&path)).unwrap();
    let error = output(&path).prepare().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` is in the way; remove it",
            leftover_of(&path).display()
        )
    );
    assert_eq!(files_in(folder.path()), [".a.txt.whapi.tmp"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_in_place_of_the_temporary_file_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious.txt");
        let path = folder.path().join("a.txt");
        fs::write(&precious, "keep").unwrap();
        symlink(&precious, leftover_of(&path)).unwrap();
        let error = output(&path).prepare().unwrap_err();
        assert_eq!(
            std::error::Error::source(&error).unwrap().to_string(),
            "it is not a regular file"
        );
        assert_eq!(fs::read(&precious).unwrap(), b"keep");
    }

    #[test]
    fn what_took_the_place_of_the_temporary_file_is_neither_committed_nor_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let mut out = output(&path);
        out.write_all(b"new").unwrap();
        fs::remove_file(leftover_of(&path)).unwrap();
        fs::write(leftover_of(&path), "another's").unwrap();
        let error = out.commit().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("could not complete `{}`", path.display())
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read(leftover_of(&path)).unwrap(), b"another's");
    }

    #[test]
    fn only_the_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        output(&path).commit().unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_link_is_replaced_and_what_it_led_to_is_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious.txt");
        let path = folder.path().join("a.txt");
        fs::write(&precious, "keep").unwrap();
        symlink(&precious, &path).unwrap();
        let mut out = output(&path);
        out.write_all(b"new").unwrap();
        out.commit().unwrap();
        assert_eq!(fs::read(&precious).unwrap(), b"keep");
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }

    #[test]
    fn a_device_is_refused() {
        let error = output(Path::new("/dev/null")).prepare().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/dev/null` is not a regular file; use `-` to write to standard output"
        );
    }
}
