//! What is refused, and what is left when a split fails.

use std::fs;

use whapi_export::{
    ClassifiedContact, Definition, ErrorKind, OpenContext, OutputTarget, RunEnd, RunInfo,
};

/// A header and a line per contact; skips ids that are neither a phone number nor a LID.
use crate::support::*;

#[test]
fn until_the_end_there_is_nothing_but_the_lock() {
    for end in ["abort", "drop"] {
        let case = Case::new("1");
        let mut exporter = case.begun().unwrap();
        pollster::block_on(async {
            let _ = exporter.write_batch(&people(3)).await.unwrap();
            case.check_files(&[(".contacts.txt.whapi.tmp", "")]);
            if end == "abort" {
                exporter.abort().await.unwrap();
            } else {
                drop(exporter);
            }
        });
        case.check_files(&[]);
    }
}

#[test]
fn a_second_run_onto_the_same_files_is_refused() {
    let case = Case::new("1");
    let first = case.begun().unwrap();
    let error = case.begun().err().unwrap();
    let target = case.path("contacts.txt");
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        format!(
            "another run is writing `{}`; let it finish, or name another file",
            target.display()
        )
    );
    drop(first);
    let _ = case.run(&[&people(1)]);
}

/// Hands these over and ends with the error.
fn failing(case: &Case, batch: &[ClassifiedContact]) -> whapi_export::Error {
    let mut exporter = case.begun().unwrap();
    pollster::block_on(async {
        let _ = exporter.write_batch(batch).await.unwrap();
        exporter.finish(&RunEnd::complete()).await.unwrap_err()
    })
}

#[test]
fn when_a_file_cannot_be_written_those_before_it_stay_and_are_named() {
    let case = Case::new("1");
    // In the way of the temporary file, which is found out only when it is made.
    let in_the_way = case.path(".contacts-003.txt.whapi.tmp");
    fs::create_dir(&in_the_way).unwrap();
    fs::write(case.path("contacts-004.txt"), "old").unwrap();
    let error = failing(&case, &people(4));
    let [first, second] = ["001", "002"].map(|n| {
        case.path(&format!("contacts-{n}.txt"))
            .display()
            .to_string()
    });
    assert_eq!(error.kind(), ErrorKind::Destination);
    assert_eq!(
        error.to_string(),
        format!("only 2 of 4 files were written: {first}, {second}")
    );
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        format!("`{}` is in the way; remove it", in_the_way.display())
    );
    let partial = error.partial().unwrap();
    assert_eq!((partial.written, partial.warnings.len()), (2, 0));
    let parts: Vec<_> = partial.parts.iter().collect();
    let parts: Vec<_> = parts
        .iter()
        .map(|part| (&*part.destination, part.written))
        .collect();
    assert_eq!(parts, [(&*first, 1), (&*second, 1)]);
    fs::remove_dir(&in_the_way).unwrap();
    case.check_files(&[
        ("contacts-001.txt", "id\n447700900000\n"),
        ("contacts-002.txt", "id\n447700900001\n"),
        ("contacts-004.txt", "old"),
    ]);
}

/// Each is counted once, however many of the files that are there hold them.
#[test]
fn of_a_split_by_group_that_fails_each_written_contact_counts_once() {
    let case = Case::new("group");
    let batch = in_groups(
        &[
            (1, Some("a"), &[1, 2]),
            (2, Some("b"), &[2, 3]),
            (3, Some("c"), &[1, 4]),
        ],
        &[1, 2, 3, 4, 5],
    );
    fs::create_dir(case.path(".contacts-c.txt.whapi.tmp")).unwrap();
    let error = failing(&case, &batch);
    let partial = error.partial().unwrap();
    let written: Vec<_> = partial.parts.iter().map(|part| part.written).collect();
    // 1 and 2 are in a, 2 and 3 in b; 4 is in c only, and 5 in none of them.
    assert_eq!((written, partial.written), (vec![2, 2], 3));
}

#[test]
fn a_folder_in_the_way_of_any_file_is_found_out_before_the_first_is_written() {
    let case = Case::new("1");
    let third = case.path("contacts-003.txt");
    fs::create_dir(&third).unwrap();
    fs::write(case.path("contacts-001.txt"), "old").unwrap();
    let error = failing(&case, &people(4));
    assert_eq!(
        error.to_string(),
        format!("`{}` is a folder; name a file in it", third.display())
    );
    assert_eq!(error.partial(), None);
    fs::remove_dir(&third).unwrap();
    case.check_files(&[("contacts-001.txt", "old")]);
}

/// The name of a group that is short enough comes first, and its file is not written either.
#[test]
fn a_group_whose_file_has_too_long_a_name_leaves_everything_as_it_was() {
    let mut case = Case::new("group");
    case.target = format!("{}.txt", "n".repeat(230));
    let long = "g".repeat(40);
    let groups = [(1, Some("a"), &[1][..]), (2, Some(&*long), &[2])];
    let error = failing(&case, &in_groups(&groups, &[1, 2]));
    let name = format!("{}-{long}.txt", "n".repeat(230));
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` is too long a name for the file system",
            case.path(&name).display()
        )
    );
    assert_eq!(error.partial(), None);
    case.check_files(&[]);
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_touched() {
    let case = Case::new("some");
    assert_eq!(
        case.begun().err().unwrap().to_string(),
        "option `split`: `some` is neither a number of contacts from 1 nor standing, country, \
         group or channel (format `lines`)"
    );
    let ctx = case.ctx().with_option("split", "5");
    let stdout = ctx.clone().with_target(OutputTarget::Stdout);
    let error = definition().open(&stdout).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "`split=5` writes several files, and standard output is one; name a file (format `lines`)"
    );
    let error = definition().open(&ctx.with_option("colour", "red"));
    assert_eq!(
        error.err().unwrap().to_string(),
        "unknown option `lines.colour`; known: lines.split"
    );

    let mut case = Case::new("group");
    case.available.reasons = false;
    let error = case.begun().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string(), "`split=group` requires `--reasons`");
    let error = Case::new("channel").begun().err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "`split=channel` requires a run over several channels: `--channel` given twice, \
         `--channel-tag` or `--all-channels`"
    );
    let ctx = OpenContext::new()
        .with_target(OutputTarget::Path(case.path("contacts.txt")))
        .with_option("split", "country");
    let mut exporter = definition().open(&ctx).unwrap();
    let error = pollster::block_on(exporter.begin(&RunInfo::new())).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`split=country` requires the country of each phone number, which this program does not know"
    );
    case.check_files(&[]);
}

#[test]
fn needs_what_its_files_need() {
    let exporter = definition().open(&Case::new("5").ctx()).unwrap();
    assert!(exporter.needs().equal_names);
}

/// An exporter that is no encoder refuses `split` as an unknown option.
#[test]
fn only_file_formats_can_be_split() {
    let definition = Definition::new("service", "writes to a service", |_| {
        unreachable!("options are checked first")
    });
    let error = definition.open(&OpenContext::new().with_option("split", "5"));
    assert_eq!(
        error.err().unwrap().to_string(),
        "unknown option `service.split`; service has no options"
    );
}

#[cfg(unix)]
#[test]
fn each_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let case = Case::new("1");
    let _ = case.run(&[&people(2)]);
    for name in ["contacts-001.txt", "contacts-002.txt"] {
        let mode = fs::metadata(case.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
