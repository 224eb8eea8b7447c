//! The memory of the whole program against hostile APIs: a bound for each of them.
//!
//! The peak is read from `/proc` while the program runs, so these tests are for Linux.
#![cfg(target_os = "linux")]

mod enrichment;
mod hostile;
mod programs;

use std::fs;
use std::io::{BufWriter, Write};

use hostile::{
    Asked, case, check, check_case, hostile, lines_with, long_names, number, ordinary, page,
    plain_contact, with_chats, with_groups,
};

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_in_formats_that_look_ahead() {
    let url = hostile(|asked, sink| long_names(asked, sink, 5_000));
    let args = ["export", "-f", "vcard,csv", "--set", "csv.columns=all"];
    let case = check(&url, &args, 0, "");
    assert_eq!(
        lines_with(&case.path("contacts.vcf"), b"BEGIN:VCARD"),
        5_000
    );
    assert_eq!(lines_with(&case.path("contacts.csv"), b"44770"), 5_000);
}

/// The tap holds a channel until it is proven complete.
#[cfg(feature = "tap")]
#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_in_the_tap() {
    let url = hostile(|asked, sink| long_names(asked, sink, 900));
    check(&url, &["tap"], 0, "  default: 900 contacts, ");
    let url = hostile(|asked, sink| long_names(asked, sink, 5_000));
    let says = "default`: could not be read: the list of contacts fills more than 64 MiB";
    check(&url, &["tap"], 5, says);
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_in_all_formats_at_once() {
    let url = hostile(|asked, sink| long_names(asked, sink, 1_500));
    check(&url, &["export", "-f", "vcard,csv,jsonl,xlsx,html"], 0, "");
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_with_64_pages_at_a_time() {
    let url = hostile(|asked, sink| long_names(asked, sink, 8_000));
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    check(&url, &args, 0, "");
}

#[test]
#[ignore = "slow tier"]
fn pages_of_31_mb_behind_a_small_one_64_at_a_time() {
    let url = hostile(|asked, sink| match (asked.path.as_str(), asked.offset) {
        ("/contacts", 0) => page(asked, sink, "contacts", 10_000, plain_contact),
        _ => long_names(asked, sink, 10_000),
    });
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    check(&url, &args, 0, "");
}

/// Answers below 1 MiB whose rows take many times as much.
#[test]
#[ignore = "slow tier"]
fn pages_with_more_rows_than_were_asked_for() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => {
            sink.write_all(br#"{"total":900000,"contacts":["#)?;
            for place in 0..45_000 {
                write!(
                    sink,
                    r#"{{"id":{}}},"#,
                    4_477_000_000 + asked.offset + place
                )?;
            }
            sink.write_all(b"0]}")
        }
        _ => ordinary(asked, sink),
    });
    let args = ["export", "-f", "jsonl", "--concurrency", "64"];
    // Pages of 45,000 rows stand so far from each other that none waits for another.
    check(
        &url,
        &args,
        5,
        "the API's answers that wait for others fill more than 16 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn ids_of_60_kb() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => page(asked, sink, "contacts", 4_000, |place| {
            format!(r#"{{"id":"{place}{}"}}"#, "x".repeat(60_000))
        }),
        _ => ordinary(asked, sink),
    });
    check(
        &url,
        &["export", "-f", "jsonl"],
        5,
        "the ids in the list that are no numbers fill more than 32 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn an_earlier_export_with_names_of_60_kb() {
    for name in ["old.jsonl", "old.csv"] {
        let url = hostile(ordinary);
        let case = case(&url);
        let mut old = BufWriter::new(fs::File::create(case.path(name)).unwrap());
        if name.ends_with("csv") {
            old.write_all(b"id,standing,name,pushname\r\n").unwrap();
        }
        let text = "n".repeat(60_000);
        for place in 0..8_000 {
            let id = number(place);
            if name.ends_with("csv") {
                write!(old, "{id},saved,{text},\r\n").unwrap();
            } else {
                writeln!(
                    old,
                    r#"{{"id":"{id}","standing":"saved","name":"{text}","pushname":null}}"#
                )
                .unwrap();
            }
        }
        drop(old);
        let args = ["export", "-f", "jsonl", "--compare", name];
        check_case(case, &args, 0, "1,000 renamed");
    }
}

#[test]
#[ignore = "slow tier"]
fn counts_of_a_hostile_api() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/groups" => with_groups(asked, sink, 20_000, 20, |place| {
            format!("{place}{}", "g".repeat(990))
        }),
        "/chats" => with_chats(asked, sink, 20_000, &label, 200),
        _ => long_names(asked, sink, 2_000),
    });
    let args = ["stats", "--reasons", "--names"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: their names fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn a_split_by_group_with_names_of_60_kb() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/groups" => with_groups(asked, sink, 10, 500, |place| format!("Group {place}")),
        _ => long_names(asked, sink, 500),
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "jsonl",
        "--set",
        "jsonl.split=group",
    ];
    let case = check(&url, &args, 0, "");
    assert_eq!(lines_with(&case.path("contacts-group-9.jsonl"), b"{"), 500);
}

#[test]
#[ignore = "slow tier"]
fn a_split_into_more_files_than_are_written() {
    let url = hostile(|asked, sink| {
        with_groups(asked, sink, 12_000, 1, |place| format!("Group {place}"))
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "csv",
        "--set",
        "csv.split=group",
    ];
    check(&url, &args, 7, "more than 10,000 files");
}

#[test]
#[ignore = "slow tier"]
fn a_million_contacts_and_as_many_in_an_earlier_export() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts" => page(asked, sink, "contacts", 1_000_000, plain_contact),
        _ => ordinary(asked, sink),
    });
    let case = case(&url);
    let mut old = BufWriter::new(fs::File::create(case.path("old.jsonl")).unwrap());
    for place in 0..1_000_000 {
        let id = number(place + 500_000);
        writeln!(old, r#"{{"id":"{id}","standing":"saved","name":"Name"}}"#).unwrap();
    }
    old.flush().unwrap();
    let args = ["export", "-f", "vcard,jsonl", "--compare", "old.jsonl"];
    let says = "500,000 added, 0 saved, 0 removed from the address book, 500,000 renamed";
    check_case(case, &args, 0, says);
}

/// Everything that a run can hold at once, each above its budget.
#[test]
#[ignore = "slow tier"]
fn everything_at_once() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/groups" => page(asked, sink, "groups", 2_000, |place| {
            let people: Vec<_> = (0..1_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(place * 1_000 + one)))
                .collect();
            let (name, people) = ("g".repeat(900), people.join(","));
            format!(r#"{{"id":"{place}@g.us","name":"{name}","participants":[{people}]}}"#)
        }),
        "/chats" => with_chats(asked, sink, 200_000, &label[..place_of(asked)], 4),
        _ => long_names(asked, sink, 2_000),
    });
    let args = [
        "export",
        "--reasons",
        "-f",
        "vcard,csv,jsonl,xlsx,html",
        "--concurrency",
        "64",
        "--json",
    ];
    check(&url, &args, 0, "");
}

/// Short labels first, long ones later.
fn place_of(asked: &Asked) -> usize {
    if asked.offset < 100_000 { 1 } else { 900 }
}
