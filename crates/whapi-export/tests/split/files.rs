//! Which files a split writes, with which contacts.

use std::fs;
use std::path::Path;

use whapi_export::whapi_classify::NameSource;
use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{BatchReport, ClassifiedContact, ErrorKind, Part};

/// A header and a line per contact; skips ids that are neither a phone number nor a LID.
use crate::support::*;

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
    let contacts = people(5);
    let (report, summary) = case.run(&[&contacts[..1], &[], &contacts[1..4], &contacts[4..]]);
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
        lid.clone().with_other_id(phone.clone()),
        plain("999123456"),
        plain("84958372615244@lid").with_merged_id(phone),
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

#[test]
fn by_group_a_contact_is_in_each_of_its_groups_and_counted_once() {
    let case = Case::new("group");
    let contacts = in_groups(
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
    let (report, summary) = case.run(&[&contacts[..2], &contacts[2..]]);
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
fn by_channel_in_which_ids_may_be_the_same() {
    let mut case = Case::new("channel");
    case.available.channels = true;
    let batch = [
        plain("447700900001").with_channel("shop"),
        plain("447700900002").with_channel("shop"),
        plain("447700900001").with_channel("Office_2"),
        plain("447700900003").with_channel("../../etc/passwd"),
        plain("447700900004").with_channel("SHOP"),
        plain("447700900005"),
    ];
    let (report, summary) = case.run(&[&batch[..3], &batch[3..]]);
    case.check_files(&[
        ("contacts-etc-passwd.txt", "id\n447700900003\n"),
        ("contacts-no-channel.txt", "id\n447700900005\n"),
        ("contacts-office-2.txt", "id\n447700900001\n"),
        ("contacts-shop-2.txt", "id\n447700900001\n447700900002\n"),
        ("contacts-shop.txt", "id\n447700900004\n"),
    ]);
    assert_eq!(report, BatchReport::written(6));
    let files = ["etc-passwd", "office-2", "shop", "shop-2", "no-channel"];
    let files = files.map(|name| format!("contacts-{name}.txt"));
    let named: Vec<_> = names(&summary).into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, files);
}

#[test]
fn without_contacts_there_is_one_file() {
    for (split, name) in [
        ("7", "contacts-001.txt"),
        ("standing", "contacts-saved.txt"),
        ("country", "contacts-no-country.txt"),
        ("group", "contacts-no-group.txt"),
        ("channel", "contacts-no-channel.txt"),
    ] {
        let mut case = Case::new(split);
        case.available.channels = true;
        let (report, summary) = case.run(&[]);
        case.check_files(&[(name, "id\n")]);
        assert_eq!(report, BatchReport::default());
        assert_eq!(names(&summary), owned(&[(name, 0)]));
    }
}

#[test]
fn skips_come_once_and_in_order_and_warnings_name_their_files() {
    let case = Case::new("group");
    let mut contacts = in_groups(&[(1, Some("a"), &[1, 2]), (2, Some("b"), &[2])], &[1, 2]);
    contacts[1] = contacts[1].clone().with_display_name("!", NameSource::Name);
    contacts.insert(1, plain("one@g.us"));
    contacts.push(plain("two@g.us"));
    let (report, summary) = case.run(&[&contacts]);
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
