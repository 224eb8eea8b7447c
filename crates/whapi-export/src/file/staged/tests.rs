use std::fs;
use std::path::{Path, PathBuf};

use super::{StagedFile, StagedFolder};
use crate::file::OutputTarget;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn target(folder: &tempfile::TempDir) -> (PathBuf, StagedFile) {
    let path = folder.path().join("a.txt");
    (path.clone(), StagedFile::new(OutputTarget::Path(path)))
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_file_that_another_program_renames_into_place_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut staged) = target(&folder);
    let staging = staged.prepare().unwrap().to_owned();
    let own = folder.path().join("own");
    fs::write(&own, "Ada\n").unwrap();
    fs::rename(&own, &staging).unwrap();
    let committed = staged.commit().unwrap();
    // printf 'Ada\n' | sha256sum
    let sum = "c4b7d45359e10813d1787293eb7ffa9a074e837fcf99c0281610eab5fe907e79";
    assert_eq!(committed.sha256.as_deref(), Some(sum));
    assert_eq!(fs::read_to_string(&path).unwrap(), "Ada\n");
    assert_eq!(names(folder.path()), ["a.txt"]);
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn a_file_that_another_program_removed_or_replaced_by_a_link_is_refused() {
    for replace in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut staged) = target(&folder);
        fs::write(&path, "before\n").unwrap();
        let staging = staged.prepare().unwrap().to_owned();
        fs::remove_file(&staging).unwrap();
        if replace {
            #[cfg(unix)]
            std::os::unix::fs::symlink("/etc/hostname", &staging).unwrap();
        }
        let error = staged.commit().unwrap_err();
        let expected = format!("could not complete `{}`", path.display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before\n");
    }
}

#[test]
fn a_dropped_file_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, mut staged) = target(&folder);
    fs::write(staged.prepare().unwrap(), "Ada\n").unwrap();
    assert_eq!((staged.len(), staged.is_empty()), (Some(4), false));
    drop(staged);
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn a_folder_replaces_only_what_a_commit_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards");
    for nth in ["one", "two"] {
        let mut staged = StagedFolder::new(path.clone());
        let staging = staged.prepare().unwrap();
        #[cfg(unix)]
        assert_eq!(mode(staging), 0o700);
        fs::create_dir(staging.join("deep")).unwrap();
        fs::write(staging.join("deep").join(nth), nth).unwrap();
        assert!(!staged.is_empty());
        assert_eq!(staged.commit().unwrap().bytes, 3);
        assert_eq!(names(&path.join("deep")), [nth]);
        assert_eq!(names(folder.path()), ["cards"]);
    }
    let theirs = folder.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    fs::write(theirs.join("letter"), "").unwrap();
    assert_eq!(
        StagedFolder::new(theirs.clone())
            .prepare()
            .unwrap_err()
            .to_string(),
        format!(
            "`{}` is a folder with files of others; name another",
            theirs.display()
        )
    );
    assert_eq!(names(folder.path()), ["cards", "theirs"]);
}

#[test]
fn a_second_run_into_one_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cards");
    let mut first = StagedFolder::new(path.clone());
    first.prepare().unwrap();
    assert!(StagedFolder::new(path.clone()).prepare().is_err());
    drop(first);
    StagedFolder::new(path).prepare().unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
}
