//! The counts, read from the JSON.

use serde_json::{Value, json};
use whapi_classify::{Change, ClassifiedContact, ReasonIndex};
use whapi_model::Partial;
use whapi_phone::Country;
use whapi_stats::{ScanSummary, Stats, TextStyle};

use crate::people::{DAY, HOSTILE, NOW, chat, contact, count, group, id, six};

fn json_of(stats: &Stats, scan: ScanSummary) -> Value {
    serde_json::from_str(&stats.report(scan).to_json()).unwrap()
}

/// The whole object, byte for byte: its fields keep their order.
#[test]
fn everything_that_is_known_of_six() {
    insta::assert_snapshot!(
        six()
            .report(ScanSummary::complete().with_lid_links(true))
            .to_json()
    );
}

#[test]
fn names_and_ids_of_groups_are_shown_on_request() {
    let stats = six();
    let report = stats.report(ScanSummary::complete());
    assert!(!report.to_json().contains("Family"));
    let named: Value = serde_json::from_str(&report.with_names().to_json()).unwrap();
    assert_eq!(
        named["groups"]["groups"],
        json!([
            {"id": "120363000000000002@g.us", "name": HOSTILE[0], "contacts": 3},
            {"id": "120363000000000001@g.us", "name": "Family", "contacts": 2},
        ])
    );
}

#[test]
fn no_contacts_and_no_requests() {
    let found = json_of(
        &Stats::new(NOW),
        ScanSummary::incomplete(["the API said so"]).with_listed(7),
    );
    assert_eq!(
        found,
        json!({
            "schema": 1,
            "complete": false,
            "incomplete_because": ["the API said so"],
            "as_of": "2026-11-25T17:38:00Z",
            "contacts": 0,
            "listed": 7,
            "doubts": [],
            "standing": {"saved": 0, "discovered": 0, "unknown": 0},
            "permissions": {"edit": 0, "delete": 0, "create": 0, "unknown": 0},
            "kinds": {"phone": 0, "lid": 0, "other": 0},
            "business": {"yes": 0, "no": 0, "unknown": 0},
            "linked": null,
            "reasons": null,
            "countries": {"known": [], "no_country": 0, "no_number": 0},
            "groups": null,
            "activity": null,
        })
    );
}

#[test]
fn a_list_that_was_cut_short_leaves_its_part_unknown() {
    let members = [group("1203630000@g.us", "One", &["447700900101"])];
    let reason_index = ReasonIndex::new()
        .with_chats(Partial::new(
            vec![chat("447700900102", Some(NOW))],
            vec!["some".to_owned()],
        ))
        .with_groups(members)
        .with_blocked([])
        .with_account(id("447700900100"));
    let people = ["447700900101", "447700900102", "447700900103"];
    let people = people.map(|text| contact(text).with_saved(false));
    let found = json_of(&count(people, Some(&reason_index)), ScanSummary::complete());
    assert_eq!(
        found["reasons"]["primary"],
        json!({
            "account": 0, "address_book": 0, "private_chat": 1, "group": 0, "blocked": 0,
            "unexplained": 0, "unknown": 2,
        })
    );
    assert_eq!(
        found["reasons"]["any"],
        json!({
            "account": {"yes": 0, "no": 3, "unknown": 0},
            "address_book": {"yes": 0, "no": 3, "unknown": 0},
            "private_chat": {"yes": 1, "no": 0, "unknown": 2},
            "group": {"yes": 1, "no": 2, "unknown": 0},
            "blocked": {"yes": 0, "no": 3, "unknown": 0},
            "unexplained": {"yes": 0, "no": 2, "unknown": 1},
        })
    );
    assert_eq!(
        found["activity"]["chats"],
        json!({"yes": 1, "no": 0, "unknown": 2})
    );
}

/// If the API does not name the account, it is among the others: not known, and not none.
#[test]
fn an_unknown_account_is_marked() {
    let reason_index = ReasonIndex::new()
        .with_chats([])
        .with_groups([])
        .with_blocked([]);
    let stats = count(
        [contact("447700900101").with_saved(true)],
        Some(&reason_index),
    );
    let scan = ScanSummary::complete()
        .with_account_unknown()
        .with_doubts(["the account is not known"]);
    let found = json_of(&stats, scan.clone());
    assert_eq!(found["doubts"], json!(["the account is not known"]));
    assert_eq!(found["reasons"]["primary"]["account"], Value::Null);
    assert_eq!(found["reasons"]["primary"]["address_book"], 1);
    assert_eq!(
        found["reasons"]["any"]["account"],
        json!({"yes": 0, "no": 0, "unknown": 1})
    );
    let text = stats.report(scan).to_text(&TextStyle::new(80));
    let lines = text.lines().filter(|line| line.contains("account itself"));
    assert_eq!(lines.filter(|line| line.ends_with("not known")).count(), 2);
    assert!(text.contains("Not everything is known:\n  the account is not known\n"));
}

#[test]
fn two_ids_of_one_person() {
    let phone = |text| ClassifiedContact::new(contact(text));
    let mut stats = Stats::new(NOW);
    stats.add(&phone("4915112345678").with_merged_id(id("84958372615243@lid")));
    stats.add(&phone("84958372615244@lid").with_merged_id(id("46701740605")));
    stats.add(&phone("84958372615245@lid").with_other_id(id("46701740606")));
    stats.add(&phone("447700900103"));
    stats.add(&phone("447700900104").with_change(Change::Gone));
    let found = json_of(&stats, ScanSummary::complete().with_lid_links(true));
    assert_eq!(found["contacts"], 4);
    assert_eq!(
        found["linked"],
        json!({"yes": 3, "no": 1, "unknown": 0, "merged": 2})
    );
    let not_to_the_end = json_of(&stats, ScanSummary::complete().with_lid_links(false));
    assert_eq!(
        not_to_the_end["linked"],
        json!({"yes": 3, "no": 0, "unknown": 1, "merged": 2})
    );
    // A merged entry has the other's number; one that is only linked does not.
    assert_eq!(
        found["countries"],
        json!({
            "known": [
                {"code": "DE", "name": "Germany", "contacts": 1},
                {"code": "SE", "name": "Sweden", "contacts": 1},
            ],
            "no_country": 1,
            "no_number": 1,
        })
    );
}

#[test]
fn chats_fall_into_the_month_of_their_last_activity() {
    let people = [
        "447700900101",
        "447700900102",
        "447700900103",
        "447700900104",
    ];
    let times = [NOW + DAY, NOW - 25 * DAY, NOW - 330 * DAY, NOW - 366 * DAY];
    let chats = people
        .iter()
        .zip(times)
        .map(|(person, time)| chat(person, Some(time)));
    let reason_index = ReasonIndex::new().with_chats(chats.collect::<Vec<_>>());
    let found = json_of(
        &count(people.map(contact), Some(&reason_index)),
        ScanSummary::complete(),
    );
    let activity = &found["activity"];
    let ages = [
        "last_7_days",
        "days_8_to_30",
        "days_31_to_90",
        "days_91_to_365",
        "older",
    ];
    assert_eq!(
        ages.map(|age| activity[age].as_u64().unwrap()),
        [1, 1, 0, 1, 1]
    );
    let months = activity["months"].as_array().unwrap();
    let some = months.iter().filter(|month| month["chats"] != 0);
    assert!(some.eq([
        &json!({"month": "2025-12", "chats": 1}),
        &json!({"month": "2026-10", "chats": 1}),
        &json!({"month": "2026-11", "chats": 1}),
    ]));
    assert_eq!(months.len(), 12);
}

/// One contact for the last country that has a calling code of its own, two for the last but one,
/// and so on.
#[test]
fn all_countries_are_in_the_json_and_fifteen_before_the_rest_elsewhere() {
    let mut stats = Stats::new(NOW);
    let codes = (1..1000).filter(|code| {
        let alone = contact(&format!("{code}5550000"));
        let phone = alone.id().phone().unwrap();
        whapi_phone::country_of(phone).is_some()
    });
    let codes: Vec<u32> = codes.collect();
    for (number, code) in codes.iter().rev().enumerate() {
        for _ in 0..=number {
            let one = contact(&format!("{code}5550000"));
            stats.add(&ClassifiedContact::new(one));
        }
    }
    let found = json_of(&stats, ScanSummary::complete());
    let known = found["countries"]["known"].as_array().unwrap();
    let shown: u64 = known
        .iter()
        .map(|country| country["contacts"].as_u64().unwrap())
        .sum();
    assert_eq!(shown, stats.total());
    let sizes = known
        .iter()
        .map(|country| country["contacts"].as_u64().unwrap());
    assert!(sizes.is_sorted_by(|a, b| a >= b));
    assert!(known.len() > 150 && known.len() <= Country::all().len());

    let html = stats.report(ScanSummary::complete()).to_html();
    assert_eq!(html.matches("<abbr class=\"code\">").count(), 15);
    let others = format!("{} other countries", known.len() - 15);
    assert_eq!(html.matches(&others).count(), 1);
}

#[test]
fn debug_names_no_group() {
    assert_eq!(format!("{:?}", six()), "Stats { total: 6, .. }");
}
