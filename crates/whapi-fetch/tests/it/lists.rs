//! Lists that do not move, of correct and of faulty APIs.

use std::time::Duration;

use whapi_emulator::{Effect, Emulator, Fault, Person, TotalMode, Trigger};
use whapi_fetch::{ErrorKind, PageSource, Scan, ScanOptions};

use crate::common::{always, numbered, scan, start, usual};

#[tokio::test]
async fn pages_share_two_rows_and_say_count_and_offset() {
    let setup = start(usual()).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    let expected: Vec<String> = setup.api.people().into_iter().map(|p| p.id).collect();
    assert_eq!(run.ids, expected);
    assert_eq!(run.counts(), (1, 3, 4, 0));
    assert_eq!(setup.offsets(), [0, 498, 996]);
    for page in setup.pages() {
        assert_eq!(
            page.query,
            format!("count=500&offset={}", page.offset.unwrap())
        );
    }
    let report = run.report;
    assert_eq!((report.contacts, report.reported_total), (1317, Some(1317)));
    assert_eq!((report.moves, report.duplicates), (0, 0));
    assert_eq!((report.earlier_pass_only, report.unusable_rows), (0, 0));
}

#[tokio::test]
async fn lengths_around_the_end_of_a_page() {
    for (people, offsets) in [
        // An empty list is read three times.
        (0, &[0, 0, 0][..]),
        (1, &[0]),
        (499, &[0]),
        // A full page does not show that the list ends with it.
        (500, &[0, 498]),
        (501, &[0, 498]),
        (997, &[0, 498]),
        (998, &[0, 498, 996]),
        (1000, &[0, 498, 996]),
    ] {
        let setup = start(Emulator::builder().contacts(numbered(people))).await;
        let run = setup.scan().await;
        run.assert_complete_with(&setup.api.people());
        assert_eq!(run.ids.len(), people);
        assert_eq!(setup.offsets(), offsets, "{people} people");
        let pages = offsets.len() as u64;
        let passes = if people == 0 { 3 } else { 1 };
        assert_eq!(run.counts(), (passes, pages, pages + 1, 0));
    }
}

#[tokio::test]
async fn pages_capped_at_100_although_500_are_asked() {
    let setup = start(usual().page_cap(100)).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (1, 14, 15, 0));
    let expected: Vec<u64> = (0..14).map(|page| page * 98).collect();
    assert_eq!(setup.offsets(), expected);
}

#[tokio::test]
async fn a_first_page_that_is_short_by_chance_does_not_make_all_pages_small() {
    // 3 rows of a list of 1,317, and 500 at a time from then on.
    let first = format!(
        r#"{{"contacts":[{}],"count":3,"total":1317}}"#,
        numbered(3)
            .iter()
            .map(Person::to_json)
            .collect::<Vec<_>>()
            .join(",")
    );
    let setup = start(usual().fault(always(Effect::Json(first)).times(1))).await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(setup.offsets(), [0, 1, 499, 997]);
    assert_eq!(run.counts(), (1, 4, 5, 0));
}

#[tokio::test]
async fn gaps_of_short_pages_are_filled() {
    // The second page ends after 100 of its 500 rows.
    let people = numbered(1317);
    let short = format!(
        r#"{{"contacts":[{}],"count":100,"total":1317}}"#,
        people[498..598]
            .iter()
            .map(Person::to_json)
            .collect::<Vec<_>>()
            .join(",")
    );
    let fault = Fault::new(Trigger::Offset(498), Effect::Json(short));
    let setup = start(usual().fault(fault.times(1))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&people);
    assert_eq!(setup.offsets(), [0, 498, 596, 996]);
    assert_eq!(run.counts(), (1, 4, 5, 0));
    let filled = setup.pages().into_iter().find(|p| p.offset == Some(596));
    assert_eq!(filled.unwrap().count, Some(402));
}

#[tokio::test]
async fn pages_of_one_row_share_none_so_four_passes_must_agree() {
    let setup = start(Emulator::builder().contacts(numbered(20)).page_cap(1)).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    // 20 rows, an empty page behind them and the last row again, four times.
    assert_eq!(run.counts(), (4, 88, 89, 0));
}

#[tokio::test]
async fn a_page_size_of_one_is_the_same() {
    let setup = start(Emulator::builder().contacts(numbered(20))).await;
    let options = ScanOptions::default().with_page_size(1).unwrap();
    let run = scan(setup.client(), options).await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (4, 88, 89, 0));
}

#[tokio::test]
async fn a_total_50_too_high_is_incomplete() {
    let setup = start(usual().total(TotalMode::Off(50))).await;
    let run = setup.scan().await;
    run.assert_incomplete(&["the Whapi API says that there are 1367 contacts but lists 50 fewer"]);
    assert_eq!(run.ids.len(), 1317);
    assert_eq!(run.counts(), (2, 10, 11, 0));
}

#[tokio::test]
async fn a_total_50_too_low_is_complete() {
    let setup = start(usual().total(TotalMode::Off(-50))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    // An empty page behind the last row, and the last rows again.
    assert_eq!(run.counts(), (1, 5, 6, 0));
    assert_eq!(run.report.reported_total, Some(1267));
}

#[tokio::test]
async fn a_total_far_too_low_is_complete() {
    let people = numbered(20_000);
    let setup = start(
        Emulator::builder()
            .contacts(people)
            .total(TotalMode::Fixed(10)),
    )
    .await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (1, 43, 44, 0));
}

#[tokio::test]
async fn a_total_far_too_high_costs_only_what_is_under_way() {
    let setup = start(usual().total(TotalMode::Fixed(900_000))).await;
    let run = setup.scan().await;
    run.assert_incomplete(&[
        "the Whapi API says that there are 900000 contacts but lists 898683 fewer",
    ]);
    assert_eq!(run.ids.len(), 1317);
    assert!(run.report.requests < 40, "{}", run.report.requests);
}

#[tokio::test]
async fn an_absurd_total_ends_the_run() {
    let setup = start(usual().total(TotalMode::Fixed(u64::MAX))).await;
    let error = setup.scan().await.error.unwrap();
    assert_eq!(
        error.to_string(),
        "the Whapi API says that it lists 18446744073709551615 contacts, more than the 1000000 that are taken"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
}

#[tokio::test]
async fn more_contacts_than_are_taken_end_the_run() {
    let setup = start(usual().total(TotalMode::Missing)).await;
    let options = ScanOptions::default().with_max_contacts(1000);
    let error = scan(setup.client(), options).await.error.unwrap();
    assert_eq!(
        error.to_string(),
        "the list goes on after 1000 contacts, the most that are taken"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
}

#[tokio::test]
async fn no_total_at_all_is_complete() {
    let setup = start(usual().total(TotalMode::Missing)).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (1, 5, 6, 0));
    assert_eq!(setup.offsets(), [0, 498, 996, 1314, 1317]);
    assert_eq!(run.report.reported_total, None);
}

#[tokio::test]
async fn answers_without_their_offset_are_as_good() {
    let setup = start(usual().echo_offset(false)).await;
    setup.scan().await.assert_complete_with(&setup.api.people());
}

#[tokio::test]
async fn the_same_page_for_every_offset_ends_the_run() {
    let setup = start(usual().fault(always(Effect::SamePage))).await;
    let run = setup.scan().await;
    let error = run.error.unwrap();
    assert_eq!(
        error.to_string(),
        "the Whapi API gives the same 500 contacts for every offset, so the rest cannot be read"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    // The channel's state, three pages, and a look far behind the end.
    assert_eq!(run.report.requests, 5);
}

#[tokio::test]
async fn the_same_page_without_a_total_ends_the_run() {
    let api = usual().total(TotalMode::Missing);
    let setup = start(api.fault(always(Effect::SamePage))).await;
    let run = setup.scan().await;
    assert_eq!(run.error.unwrap().kind(), ErrorKind::Api);
    assert_eq!(run.report.requests, 4);
}

#[tokio::test]
async fn the_same_one_row_for_every_offset_ends_the_run() {
    let setup = start(usual().page_cap(1).fault(always(Effect::SamePage))).await;
    let run = setup.scan().await;
    assert_eq!(
        run.error.unwrap().to_string(),
        "the Whapi API gives the same contact for every offset, so the rest cannot be read"
    );
}

#[tokio::test]
async fn an_id_listed_twice_is_of_the_api_and_no_move() {
    // Near enough to be seen in one answer, and too far apart for that.
    for (copy, looks) in [(12, 1), (900, 6)] {
        let mut people = numbered(1316);
        people.insert(copy, Person::new(format!("{}@c.us", people[10].id)));
        let setup = start(Emulator::builder().contacts(people)).await;
        let run = setup.scan().await;
        run.assert_complete_with(&numbered(1316));
        assert_eq!(run.ids.len(), 1316);
        assert_eq!((run.report.duplicates, run.report.moves), (1, 0));
        assert_eq!(run.counts(), (2, 6, 7 + looks, 0));
    }
}

#[tokio::test]
async fn a_row_without_an_id_is_incomplete() {
    let mut people = numbered(1316);
    people.insert(7, Person::raw_text(r#"{"name":"No Id"}"#));
    let setup = start(Emulator::builder().contacts(people)).await;
    let run = setup.scan().await;
    run.assert_incomplete(&["1 of the Whapi API's rows has no id, so its contact is unknown"]);
    assert_eq!((run.ids.len(), run.report.unusable_rows), (1316, 1));
    assert_eq!(run.counts(), (1, 3, 4, 0));
}

#[tokio::test]
async fn a_hundred_thousand_people_with_8_pages_under_way() {
    let api = Emulator::builder().contacts(numbered(100_000));
    // Long enough that eight are under way on a busy machine, too.
    let setup = start(api.latency(Duration::from_millis(25))).await;
    let run = setup.scan().await;
    assert!(run.report.complete);
    let expected: Vec<String> = setup.api.people().into_iter().map(|p| p.id).collect();
    assert_eq!(run.ids, expected);
    assert_eq!(run.counts(), (1, 201, 202, 0));
    let most = setup.api.journal().iter().map(|e| e.in_flight).max();
    assert_eq!(most, Some(8));
}

#[tokio::test]
async fn a_consumer_that_takes_its_time_makes_no_request_run_into_its_timeout() {
    let setup = start(Emulator::builder().contacts(numbered(3000))).await;
    let client = setup
        .builder()
        .request_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let mut scan = Scan::new(client, ScanOptions::default());
    scan.next_batch().await.unwrap().unwrap();
    scan.next_batch().await.unwrap().unwrap();
    // All pages are under way; something else takes longer than they may.
    let elsewhere = start(Emulator::builder().latency(Duration::from_millis(600))).await;
    elsewhere.client().contacts(0, 1).await.unwrap();
    while scan.next_batch().await.unwrap().is_some() {}
    let report = scan.report();
    assert!(report.complete);
    assert_eq!((report.requests, report.retries), (7, 0));
}

#[tokio::test]
async fn a_scan_that_failed_sends_nothing_more() {
    let api = Emulator::builder().contacts(numbered(3000));
    let fault = Fault::new(Trigger::From(2), Effect::Status(503));
    let setup = start(api.fault(fault)).await;
    let client = setup.client();
    let mut scan = Scan::new(client.clone(), ScanOptions::default());
    scan.next_batch().await.unwrap().unwrap();
    scan.next_batch().await.unwrap_err();
    let sent = client.stats().requests;
    // Whatever a task left behind would do next, it would do while this waits.
    client.channel_state().await.unwrap();
    assert_eq!(client.stats().requests, sent + 1);
    assert!(scan.next_batch().await.unwrap().is_none());
}

/// Round trips are what a run over a network takes: the channel's state is asked beside the first
/// page, and all others together.
#[tokio::test]
async fn a_list_of_three_pages_takes_two_rounds_of_requests() {
    // Long enough that whatever is asked together is under way together.
    let setup = start(usual().latency(Duration::from_millis(400))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&numbered(1317));

    let mut rounds: Vec<Vec<String>> = Vec::new();
    for entry in setup.api.journal() {
        let asked = match entry.offset {
            Some(offset) => format!("{} from {offset}", entry.path),
            None => entry.path,
        };
        match rounds.last_mut() {
            Some(round) if entry.in_flight > 1 => round.push(asked),
            _ => rounds.push(vec![asked]),
        }
    }
    for round in &mut rounds {
        round.sort_unstable();
    }
    assert_eq!(
        rounds,
        [
            ["/contacts from 0", "/health"],
            ["/contacts from 498", "/contacts from 996"],
        ]
    );
}
