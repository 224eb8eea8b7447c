//! Lists beside contacts: groups, chats, blocked ids and LIDs.

use std::io;
use std::sync::Arc;

use super::hostile::{
    Asked, Sink, check, check_reasons, hostile, lines_with, long_names, number, ordinary, page,
    plain_contact, with_chats, with_groups,
};

#[test]
#[ignore = "slow tier"]
fn group_names_of_1_mib_with_1000_members_each() {
    let name = |_| "g".repeat(500 << 10);
    let url = hostile(move |asked, sink| with_groups(asked, sink, 60, 1_000, name));
    check_reasons(
        &url,
        "the groups are not all known: names longer than 1 KiB were left out",
    );
}

#[test]
#[ignore = "slow tier"]
fn many_groups_with_names_of_1000_bytes() {
    let name = |place| format!("{place}{}", "g".repeat(990));
    let url = hostile(move |asked, sink| with_groups(asked, sink, 20_000, 20, name));
    check_reasons(
        &url,
        "the groups are not all known: their names fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn groups_with_a_million_members() {
    let url = hostile(|asked, sink| {
        if asked.path != "/groups" {
            return ordinary(asked, sink);
        }
        page(asked, sink, "groups", 2_000, |place| {
            let people: Vec<_> = (0..1_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(place * 1_000 + one)))
                .collect();
            let people = people.join(",");
            format!(r#"{{"id":"12036300{place:010}@g.us","name":"G","participants":[{people}]}}"#)
        })
    });
    check_reasons(
        &url,
        "the groups are not all known: they fill more than 48 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn groups_that_are_cut_and_long_when_asked_for_alone() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/groups" => page(asked, sink, "groups", 2_000, |place| {
            format!(r#"{{"id":"{place}@g.us","name":"G","participants_count":30000}}"#)
        }),
        path if path.starts_with("/groups/") => {
            let id = path.trim_start_matches("/groups/").replace("%40", "@");
            let people: Vec<_> = (0..30_000)
                .map(|one| format!(r#"{{"id":"{}"}}"#, number(one)))
                .collect();
            write!(
                sink,
                r#"{{"id":"{id}","name":"G","participants":[{}]}}"#,
                people.join(",")
            )
        }
        _ => ordinary(asked, sink),
    });
    let args = ["export", "--reasons", "-f", "jsonl", "--concurrency", "64"];
    check(
        &url,
        &args,
        0,
        "the groups are not all known: they fill more than 48 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn labels_of_1_mib() {
    let label = "l".repeat(300_000);
    let url = hostile(move |asked, sink| with_chats(asked, sink, 1_000, &label, 1));
    check_reasons(
        &url,
        "the chats are not all known: labels longer than 1 KiB were left out",
    );
}

#[test]
#[ignore = "slow tier"]
fn chats_with_230_labels_each() {
    let label = "l".repeat(900);
    let url = hostile(move |asked, sink| with_chats(asked, sink, 1_000, &label, 230));
    check_reasons(
        &url,
        "the chats are not all known: their labels fill more than 4 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn a_million_chats() {
    let url = hostile(|asked, sink| with_chats(asked, sink, 1_000_000, "", 0));
    check_reasons(
        &url,
        "the chats are not all known: they fill more than 32 MiB",
    );
}

#[test]
#[ignore = "slow tier"]
fn blocked_ids_and_lids_of_1_mib() {
    let long = Arc::new("1".repeat(1 << 20));
    let url = hostile(move |asked, sink| match asked.path.as_str() {
        "/blacklist" => {
            let ids: Vec<_> = (0..30)
                .map(|one| format!(r#""{one}{}""#, &long[9..]))
                .collect();
            write!(sink, "[{}]", ids.join(","))
        }
        "/contacts/lids" => {
            let lids: Vec<_> = (0..30)
                .map(|one| format!(r#""{}":{{"lid":"{one}{}@lid"}}"#, number(one), &long[9..]))
                .collect();
            write!(sink, "{{{}}}", lids.join(","))
        }
        // Ten batches of LIDs, of which eight are under way: more take time and no more memory.
        "/contacts" => page(asked, sink, "contacts", 2_000, plain_contact),
        _ => ordinary(asked, sink),
    });
    let args = [
        "export",
        "--reasons",
        "--resolve-lids",
        "-f",
        "jsonl",
        "--concurrency",
        "64",
    ];
    check(&url, &args, 0, "of the blocked entries are no ids");
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_with_lids_end_the_run() {
    let url = hostile(|asked, sink| long_names(asked, sink, 8_000));
    let args = ["export", "--resolve-lids", "-f", "jsonl"];
    let case = check(&url, &args, 5, "without --resolve-lids");
    assert!(!case.path("contacts.jsonl").exists());
}

#[test]
#[ignore = "slow tier"]
fn names_of_60_kb_wait_for_reasons() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/chats" => with_chats(asked, sink, 40_000, "label", 2),
        _ => long_names(asked, sink, 3_000),
    });
    let args = ["export", "--reasons", "-f", "jsonl"];
    let case = check(&url, &args, 0, "");
    assert_eq!(lines_with(&case.path("contacts.jsonl"), b"{"), 3_000);
}

/// A LID for each number that is asked for.
fn lids(asked: &Asked, sink: Sink<'_>) -> io::Result<()> {
    let numbers = asked.query.trim_start_matches("ContactIDList=");
    let numbers = numbers.replace("%2C", ",");
    let pairs = numbers
        .split(',')
        .map(|number| format!(r#""{number}":{{"lid":"9{number}@lid"}}"#));
    write!(sink, "{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

#[test]
#[ignore = "slow tier"]
fn half_a_million_contacts_with_a_lid_each() {
    let url = hostile(|asked, sink| match asked.path.as_str() {
        "/contacts/lids" => lids(asked, sink),
        "/contacts" => page(asked, sink, "contacts", 500_000, plain_contact),
        "/groups" => with_groups(asked, sink, 2_000, 1_000, |_| "Group".to_owned()),
        "/chats" => with_chats(asked, sink, 200_000, "label", 1),
        _ => ordinary(asked, sink),
    });
    let args = ["export", "--reasons", "--resolve-lids", "-f", "jsonl,csv"];
    let says = "the LIDs fill more than 48 MiB, and the rest was not asked for";
    check(&url, &args, 0, says);
}
