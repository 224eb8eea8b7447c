//! Several files in place of one: which, with what in them, and what is left when it fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use whapi_export::whapi_classify::{NameSource, ReasonIndex};
use whapi_export::whapi_model::{Contact, ContactId, Group, IdKind, Participant, Phone, Rank};
use whapi_export::{
    Available, BatchReport, ClassifiedContact, Definition, Encoded, Encoder, ErrorKind, Exporter,
    Message, Needs, NoOptions, OpenContext, OutputTarget, Part, Result, RunEnd, RunInfo, Summary,
};

/// A header and a line per contact; skips ids that are neither a phone number nor a LID.
#[derive(Default)]
struct Lines {
    altered: u64,
}

impl Encoder for Lines {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    fn header(&mut self, _run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"id\n");
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let id = contact.id();
        if id.kind() == IdKind::Other {
            return Ok(Encoded::skipped(
                "other-id",
                "It is no phone number and no LID.",
            ));
        }
        let altered = u64::from(contact.display_name().text().contains('!'));
        self.altered += altered;
        out.extend_from_slice(format!("{id}\n").as_bytes());
        Ok(Encoded::altered(altered))
    }

    fn messages(&self) -> Vec<Message> {
        vec![match self.altered {
            0 => Message::Note("Nothing was altered.".to_owned()),
            _ => Message::Warning("Something was altered.".to_owned()),
        }]
    }
}

fn definition() -> Definition {
    let make = |_: NoOptions| Ok(Lines::default());
    Definition::file("lines", "one id a line", make).extension("txt")
}

/// A folder of its own, and how to write into it.
struct Case {
    folder: tempfile::TempDir,
    target: String,
    split: &'static str,
    available: Available,
}

impl Case {
    fn new(split: &'static str) -> Self {
        let mut available = Available::default();
        available.reasons = true;
        Self {
            folder: tempfile::tempdir().unwrap(),
            target: "contacts.txt".to_owned(),
            split,
            available,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ctx(&self) -> OpenContext {
        OpenContext::new()
            .with_target(OutputTarget::Path(self.path(&self.target)))
            .with_option("split", self.split)
            .with_country_of(country_of)
    }

    fn begun(&self) -> Result<Box<dyn Exporter>> {
        let mut exporter = definition().open(&self.ctx())?;
        let run = RunInfo::new().with_available(self.available);
        pollster::block_on(exporter.begin(&run))?;
        Ok(exporter)
    }

    fn run(&self, batches: &[&[ClassifiedContact]]) -> (BatchReport, Summary) {
        let mut exporter = self.begun().unwrap();
        pollster::block_on(async {
            let mut report = BatchReport::default();
            for batch in batches {
                report += exporter.write_batch(batch).await.unwrap();
            }
            (report, exporter.finish(&RunEnd::complete()).await.unwrap())
        })
    }

    /// Everything in the folder, by name.
    fn files(&self) -> BTreeMap<String, String> {
        fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    }

    #[track_caller]
    fn check_files(&self, expected: &[(&str, &str)]) {
        let expected = expected.iter();
        let expected: BTreeMap<_, _> = expected
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        assert_eq!(self.files(), expected);
    }
}

fn country_of(phone: Phone<'_>) -> Option<&'static str> {
    [("44", "GB"), ("49", "DE"), ("55", "BR")]
        .into_iter()
        .find_map(|(code, country)| phone.digits().starts_with(code).then_some(country))
}

fn contact(id: &str) -> Contact {
    Contact::new(ContactId::parse(id).unwrap())
}

fn plain(id: &str) -> ClassifiedContact {
    ClassifiedContact::new(contact(id))
}

/// So many contacts with numbers that are set aside for fiction.
fn people(count: u32) -> Vec<ClassifiedContact> {
    (0..count)
        .map(|nth| plain(&format!("4477009{nth:05}")))
        .collect()
}

fn names(summary: &Summary) -> Vec<(String, u64)> {
    let name = |part: &Part| {
        let path = Path::new(&part.destination);
        path.file_name().unwrap().to_str().unwrap().to_owned()
    };
    let parts = summary.parts.iter();
    parts.map(|part| (name(part), part.written)).collect()
}

fn owned(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let expected = expected.iter();
    expected
        .map(|(name, written)| ((*name).to_owned(), *written))
        .collect()
}

/// One more than the 10,000 that are written; nothing is written then.
#[test]
fn more_files_than_a_folder_should_have_are_refused() {
    let case = Case::new("1");
    let person = |place: u32| {
        let id = ContactId::parse(&format!("44770{place:07}")).unwrap();
        ClassifiedContact::new(Contact::new(id))
    };
    let mut exporter = case.begun().unwrap();
    let most: Vec<_> = (0..10_000).map(person).collect();
    let report = pollster::block_on(exporter.write_batch(&most)).unwrap();
    assert_eq!(report.written, 10_000);
    let error = pollster::block_on(exporter.write_batch(&[person(10_000)])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        "`split=1` would write more than 10,000 files"
    );
    pollster::block_on(exporter.abort()).unwrap();
    case.check_files(&[]);
}

/// More than is held in memory, so that it comes back from the temporary file.
#[test]
fn files_beyond_what_is_held_in_memory_are_complete() {
    let case = Case::new("2");
    let person = |place: u32| {
        let id = ContactId::parse(&format!("{place}{}@lid", "1".repeat(1 << 20))).unwrap();
        ClassifiedContact::new(Contact::new(id))
    };
    let contacts: Vec<_> = (0..41).map(person).collect();
    let (report, summary) = case.run(&[&contacts]);
    assert_eq!((report.written, summary.parts.len()), (41, 21));
    let files = case.files();
    for (part, pair) in summary.parts.iter().zip(contacts.chunks(2)) {
        let path = Path::new(&part.destination);
        let name = path.file_name().unwrap().to_str().unwrap();
        let lines = pair.iter().map(|one| format!("{}\n", one.id()));
        let expected = "id\n".to_owned() + &lines.collect::<String>();
        assert!(files[name] == expected, "{name}");
    }
    assert_eq!(files.len(), 21);
}

#[test]
fn by_number_in_the_order_of_the_contacts() {
    let case = Case::new("2");
    let everybody = people(5);
    let (report, summary) = case.run(&[&everybody[..1], &[], &everybody[1..4], &everybody[4..]]);
    case.check_files(&[
        ("contacts-001.txt", "id\n447700900000\n447700900001\n"),
        ("contacts-002.txt", "id\n447700900002\n447700900003\n"),
        ("contacts-003.txt", "id\n447700900004\n"),
    ]);
    assert_eq!(report, BatchReport::written(5));
    assert_eq!(
        names(&summary),
        owned(&[
            ("contacts-001.txt", 2),
            ("contacts-002.txt", 2),
            ("contacts-003.txt", 1)
        ])
    );
    // printf 'id\n447700900004\n' | sha256sum
    let sum = "7490c5d5a1751b24909ee832926aa21a7a28b612b1a8671fbc80fb581479a427";
    let mut third = Part::new(case.path("contacts-003.txt").display().to_string(), 1);
    third.sha256 = Some(sum.to_owned());
    assert_eq!(summary.parts[2], third);
    let pattern = case.path("contacts-*.txt").display().to_string();
    assert_eq!((summary.destination, summary.sha256), (pattern, None));
    assert_eq!(summary.warnings, [""; 0]);
    let [first, second, third] = [1, 2, 3].map(|n| {
        case.path(&format!("contacts-00{n}.txt"))
            .display()
            .to_string()
    });
    assert_eq!(
        summary.messages,
        [format!("{first}, {second}, {third}: Nothing was altered.")]
    );
}

#[test]
fn numbers_get_as_many_digits_as_the_last_one_needs() {
    let case = Case::new("1");
    let (_, summary) = case.run(&[&people(1000)]);
    let found = names(&summary);
    assert_eq!(found[0], ("contacts-0001.txt".to_owned(), 1));
    assert_eq!(found[999], ("contacts-1000.txt".to_owned(), 1));
    assert_eq!(case.files().len(), 1000);
}

#[test]
fn by_standing() {
    let case = Case::new("standing");
    let batch = [
        contact("447700900001").with_saved(false).into(),
        contact("447700900002").with_saved(true).into(),
        contact("447700900003").with_saved(false).into(),
    ];
    let (report, summary) = case.run(&[&batch]);
    case.check_files(&[
        (
            "contacts-discovered.txt",
            "id\n447700900001\n447700900003\n",
        ),
        ("contacts-saved.txt", "id\n447700900002\n"),
    ]);
    assert_eq!(report.written, 3);
    assert_eq!(
        names(&summary),
        owned(&[("contacts-saved.txt", 1), ("contacts-discovered.txt", 2)])
    );
}

#[test]
fn by_country_of_the_number_that_is_known() {
    let case = Case::new("country");
    let phone = ContactId::parse("5511999999999").unwrap();
    let lid = plain("84958372615243@lid");
    let batch = [
        plain("4915112345678"),
        // Not of Britain: the digits of a LID are no number.
        plain("447700900123@lid"),
        lid.clone().with_other_id(phone.clone(), false),
        plain("999123456"),
        plain("84958372615244@lid").with_other_id(phone, true),
        plain("447700900001"),
    ];
    let _ = case.run(&[&batch]);
    case.check_files(&[
        ("contacts-br.txt", "id\n84958372615244@lid\n"),
        ("contacts-de.txt", "id\n4915112345678\n"),
        ("contacts-gb.txt", "id\n447700900001\n"),
        (
            "contacts-no-country.txt",
            "id\n447700900123@lid\n84958372615243@lid\n999123456\n",
        ),
    ]);
}

/// Contacts with reasons, from groups given by number and name with their members' last digits.
fn in_groups(groups: &[(u8, Option<&str>, &[u8])], people: &[u8]) -> Vec<ClassifiedContact> {
    let id = |last: u8| ContactId::parse(&format!("44770090000{last}")).unwrap();
    let groups = groups.iter().map(|(number, name, members)| {
        let group = ContactId::parse(&format!("12036300000000000{number}@g.us"));
        let mut group = Group::new(group.unwrap());
        group.name = name.map(str::to_owned);
        let members = members.iter();
        let members = members.map(|member| Participant::new(id(*member), Rank::Member));
        group.participants = members.collect();
        group
    });
    let reason_index = ReasonIndex::new().with_groups(groups, true);
    let classified = people.iter().map(|last| {
        let contact = Contact::new(id(*last));
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    });
    classified.collect()
}

#[test]
fn by_group_everybody_in_each_of_theirs_and_counted_once() {
    let case = Case::new("group");
    let everybody = in_groups(
        &[
            (1, Some("Football Sundays"), &[1, 2, 3]),
            (2, Some("../../etc/passwd\0\u{202e}"), &[2]),
            (4, Some("football  SUNDAYS"), &[3]),
            (3, Some("football sundays!"), &[2, 3]),
            (5, None, &[5]),
            (6, Some("No group"), &[6]),
        ],
        &[1, 2, 3, 4, 5, 6],
    );
    let (report, summary) = case.run(&[&everybody[..2], &everybody[2..]]);
    case.check_files(&[
        ("contacts-120363000000000005-g-us.txt", "id\n447700900005\n"),
        ("contacts-etc-passwd.txt", "id\n447700900002\n"),
        (
            "contacts-football-sundays-2.txt",
            "id\n447700900002\n447700900003\n",
        ),
        ("contacts-football-sundays-3.txt", "id\n447700900003\n"),
        (
            "contacts-football-sundays.txt",
            "id\n447700900001\n447700900002\n447700900003\n",
        ),
        ("contacts-no-group-2.txt", "id\n447700900006\n"),
        ("contacts-no-group.txt", "id\n447700900004\n"),
    ]);
    assert_eq!(report, BatchReport::written(6));
    let written: u64 = summary.parts.iter().map(|part| part.written).sum();
    assert_eq!(written, 10);
    assert_eq!(
        summary.parts.last().unwrap().destination,
        case.path("contacts-no-group.txt").display().to_string()
    );
    assert_eq!(
        summary.messages[1],
        "2 contacts are in several of the files, and counted once as written."
    );
}

#[test]
fn nobody_is_one_file_with_nobody_in_it() {
    for (split, name) in [
        ("7", "contacts-001.txt"),
        ("standing", "contacts-saved.txt"),
        ("country", "contacts-no-country.txt"),
        ("group", "contacts-no-group.txt"),
    ] {
        let case = Case::new(split);
        let (report, summary) = case.run(&[]);
        case.check_files(&[(name, "id\n")]);
        assert_eq!(report, BatchReport::default());
        assert_eq!(names(&summary), owned(&[(name, 0)]));
    }
}

#[test]
fn skips_come_once_and_in_order_and_warnings_name_their_files() {
    let case = Case::new("group");
    let mut everybody = in_groups(&[(1, Some("a"), &[1, 2]), (2, Some("b"), &[2])], &[1, 2]);
    everybody[1] = everybody[1]
        .clone()
        .with_display_name("!", NameSource::Name);
    everybody.insert(1, plain("one@g.us"));
    everybody.push(plain("two@g.us"));
    let (report, summary) = case.run(&[&everybody]);
    let skipped = report.skipped.iter().map(|skipped| skipped.id.as_str());
    assert_eq!(skipped.collect::<Vec<_>>(), ["one@g.us", "two@g.us"]);
    assert_eq!((report.written, report.altered), (2, 2));
    let [a, b, none] = ["a", "b", "no-group"].map(|name| {
        case.path(&format!("contacts-{name}.txt"))
            .display()
            .to_string()
    });
    assert_eq!(
        summary.warnings,
        [format!("{a}, {b}: Something was altered.")]
    );
    assert_eq!(
        summary.messages,
        [
            format!("{none}: Nothing was altered."),
            "1 contact is in several of the files, and counted once as written.".to_owned()
        ]
    );
}

#[test]
fn files_of_an_earlier_run_are_pointed_out_and_not_touched() {
    let case = Case::new("2");
    let _ = case.run(&[&people(7)]);
    fs::write(case.path("contacts.txt"), "unsplit").unwrap();
    fs::write(case.path("contacts-mine.txt"), "mine").unwrap();
    let (_, summary) = case.run(&[&people(3)]);
    let [third, fourth] = ["003", "004"].map(|n| {
        case.path(&format!("contacts-{n}.txt"))
            .display()
            .to_string()
    });
    assert_eq!(
        summary.warnings,
        [format!(
            "Files of an earlier run may be left beside these, and nothing was done to them: \
             {third}, {fourth}."
        )]
    );
    case.check_files(&[
        ("contacts-001.txt", "id\n447700900000\n447700900001\n"),
        ("contacts-002.txt", "id\n447700900002\n"),
        ("contacts-003.txt", "id\n447700900004\n447700900005\n"),
        ("contacts-004.txt", "id\n447700900006\n"),
        ("contacts-mine.txt", "mine"),
        ("contacts.txt", "unsplit"),
    ]);
    fs::remove_file(&fourth).unwrap();
    let (_, summary) = case.run(&[&people(3)]);
    assert_eq!(
        summary.warnings,
        [format!(
            "A file of an earlier run may be left beside these, and nothing was done to it: {third}."
        )]
    );
}

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
fn of_a_split_by_group_that_fails_everybody_who_is_there_counts_once() {
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
        "option `split`: `some` is neither a number of contacts from 1 nor standing, country or \
         group (format `lines`)"
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
