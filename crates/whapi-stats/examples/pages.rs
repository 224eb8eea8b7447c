//! Writes pages of made-up channels into the folder that is named, to be looked at in a browser:
//! `cargo run -p whapi-stats --example pages -- target/pages`.

use std::path::Path;

use whapi_classify::{ClassifiedContact, ReasonIndex};
use whapi_model::{Contact, Partial};
use whapi_phone::Country;
use whapi_stats::{ScanSummary, Stats, TextStyle};

#[path = "../tests/it/people.rs"]
mod people;

use people::{DAY, HOSTILE, NOW, chat, contact, count, group, id, six};

fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "target/pages".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let many = channel(1_317, true);
    let incomplete = ScanSummary::incomplete([
        "the Whapi API counts 1,320 contacts and gave 1,317 of them",
        "the list moved in each of 3 readings",
    ]);
    let pages = [
        ("none", Stats::new(NOW), ScanSummary::complete(), false),
        (
            "one",
            count([contact("447700900101").with_saved(true)], None),
            ScanSummary::complete(),
            false,
        ),
        (
            "six",
            six(),
            ScanSummary::complete().with_lid_links(true).with_listed(9),
            true,
        ),
        ("simple", count(people(1_317), None), incomplete, false),
        (
            "many",
            many.clone(),
            ScanSummary::complete().with_lid_links(true),
            false,
        ),
        (
            "named",
            many,
            ScanSummary::complete().with_lid_links(true),
            true,
        ),
        (
            "partly",
            channel(1_317, false),
            ScanSummary::complete()
                .with_doubts(["the groups are not all known: the Whapi API answered 403"]),
            true,
        ),
        (
            "million",
            channel(1_000_000, true),
            ScanSummary::complete(),
            false,
        ),
    ];
    for (name, stats, scan, names) in pages {
        let mut report = stats.report(scan);
        if names {
            report = report.with_names();
        }
        std::fs::write(folder.join(name).with_extension("html"), report.to_html())?;
        std::fs::write(folder.join(name).with_extension("json"), report.to_json())?;
        let text = report.to_text(&TextStyle::new(80));
        std::fs::write(folder.join(name).with_extension("txt"), text)?;
    }
    Ok(())
}

/// Calling codes that are one country's alone, and numbers under them.
fn people(number: u32) -> impl Iterator<Item = Contact> {
    const CODES: [u32; 40] = [
        44, 49, 55, 52, 54, 33, 34, 351, 972, 91, 62, 60, 966, 971, 90, 20, 27, 234, 254, 31, 32,
        41, 43, 45, 46, 48, 51, 56, 57, 63, 65, 66, 81, 82, 84, 86, 92, 94, 98, 380,
    ];
    assert!(CODES.len() < Country::all().len());
    (0..number).map(|n| {
        // Some countries are much more than others.
        let code = CODES[usize::try_from(n % 7 * (n % 5) + n % 13).unwrap_or(0)];
        let text = if n % 11 == 3 {
            format!("8495837{n:07}@lid")
        } else {
            format!("{code}7700{:06}", n % 1_000_000)
        };
        let mut contact = contact(&text);
        if n % 97 != 0 {
            contact = contact.with_saved(n % 14 < 5);
        }
        if n % 3 == 0 {
            contact = contact.with_is_business(n % 9 == 0);
        }
        contact
    })
}

fn channel(number: u32, groups_known: bool) -> Stats {
    let ids: Vec<_> = people(number)
        .map(|contact| contact.id().as_str().to_owned())
        .collect();
    let chats = ids
        .iter()
        .enumerate()
        .filter(|(n, _)| n % 4 == 1)
        .map(|(n, text)| {
            let n = i64::try_from(n).unwrap_or(0);
            chat(text, (n % 50 != 1).then_some(NOW - (n * n / 7 % 700) * DAY))
        });
    let groups = (0..40).map(|n| {
        let members: Vec<_> = ids
            .iter()
            .skip(n)
            .step_by(2 + n * n / 2)
            .map(String::as_str)
            .collect();
        let name = HOSTILE
            .get(n)
            .map_or(format!("Group of {n}"), |title| (*title).to_owned());
        group(&format!("1203630000000000{n:02}@g.us"), &name, &members)
    });
    let missing = (!groups_known).then(|| "the last page".to_owned());
    let blocked: Vec<_> = ids.iter().step_by(200).map(|text| id(text)).collect();
    let reason_index = ReasonIndex::new()
        .with_chats(chats.collect::<Vec<_>>())
        .with_groups(Partial::new(
            groups.collect(),
            missing.into_iter().collect(),
        ))
        .with_blocked(blocked)
        .with_account(id(&ids[0]));
    let mut stats = Stats::new(NOW);
    for (n, contact) in people(number).enumerate() {
        let reasons = reason_index.reasons_of(&contact, None);
        let mut classified = ClassifiedContact::new(contact).with_reasons(reasons);
        if n % 6 == 0 {
            let other = id(&format!("7777{n}@lid"));
            classified = match n % 12 {
                0 => classified.with_merged_id(other),
                _ => classified.with_other_id(other),
            };
        }
        stats.add(&classified);
    }
    stats
}
