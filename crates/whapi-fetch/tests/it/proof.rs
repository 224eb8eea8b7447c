//! Answers that look like the end of a list, or like a page of it, and are not.

use whapi_emulator::{Effect, Emulator, Fault, ListChange, Person, TotalMode, Trigger};
use whapi_fetch::ScanOptions;

use crate::common::{always, numbered, people_from, scan, start, usual};

/// An answer of no rows, with this total.
fn empty(total: &str) -> Effect {
    Effect::Json(format!(r#"{{"contacts":[],"count":0,"total":{total}}}"#))
}

fn without_total() -> whapi_emulator::EmulatorBuilder {
    usual().total(TotalMode::Missing)
}

/// Only an empty answer at the end's offset ends a list without a total.
#[tokio::test]
async fn one_answer_of_one_row_is_not_the_end() {
    for request in 2..=5 {
        for rows in [1, 2] {
            let fault = Fault::new(Trigger::Request(request), Effect::Rows(rows));
            let setup = start(without_total().fault(fault)).await;
            let run = setup.scan_one_by_one().await;
            run.assert_complete_with(&numbered(1317));
            assert_eq!(run.report.passes, 1, "{rows} rows in answer {request}");
        }
    }
}

#[tokio::test]
async fn a_short_page_in_front_of_a_deletion_is_not_the_end() {
    // Of the 321 rows of the last page 320 come; then another contact goes, and the page behind
    // them is empty.
    let setup = start(
        without_total()
            .fault(Fault::new(Trigger::Request(3), Effect::Rows(320)))
            .fault(Fault::new(
                Trigger::Request(4),
                Effect::Change(ListChange::RemoveAt(vec![10])),
            )),
    )
    .await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.ids.len(), 1317);
}

#[tokio::test]
async fn an_empty_second_reading_proves_nothing_after_a_move() {
    // Three contacts go during the first reading, which hides two; the second one is empty.
    for total in ["0", "null", "1314"] {
        let setup = start(
            usual()
                .fault(Fault::new(
                    Trigger::Request(2),
                    Effect::Change(ListChange::RemoveAt(vec![10, 20, 30])),
                ))
                .fault(Fault::new(Trigger::Request(4), empty(total))),
        )
        .await;
        let run = setup.scan_one_by_one().await;
        run.assert_complete_with(&setup.api.people());
    }
}

#[tokio::test]
async fn a_list_that_empties_after_its_first_reading_is_incomplete() {
    let setup = start(
        usual()
            .fault(Fault::new(
                Trigger::Request(2),
                Effect::Change(ListChange::RemoveAt(vec![10, 20, 30])),
            ))
            .fault(Fault::new(Trigger::From(4), empty("0"))),
    )
    .await;
    let run = setup.scan_one_by_one().await;
    // One of the 1,317 slipped through between the pages.
    run.assert_incomplete(&["the last pass listed only 0 of the 1316 contacts that were listed"]);
}

#[tokio::test]
async fn a_list_that_is_empty_is_read_three_times() {
    let setup = start(usual().fault(Fault::new(Trigger::Request(1), empty("0")))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&numbered(1317));

    let setup = start(Emulator::builder().contacts(Vec::new())).await;
    let run = setup.scan().await;
    run.assert_complete_with(&[]);
    assert_eq!(run.counts(), (3, 3, 4, 0));
}

/// The total of an earlier answer does not end the scan.
#[tokio::test]
async fn only_the_total_of_an_answer_itself_ends_the_list() {
    // The first answer says that there are 900; from the second on no answer has a total.
    let rows: Vec<_> = numbered(500).iter().map(Person::to_json).collect();
    let first = format!(r#"{{"contacts":[{}],"total":900}}"#, rows.join(","));
    let setup = start(
        without_total()
            .fault(Fault::new(Trigger::Request(1), Effect::Json(first)))
            .fault(Fault::new(Trigger::Request(2), Effect::Rows(402))),
    )
    .await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&numbered(1317));
}

/// A contact that the API lists twice, whose second row comes to where the first one was.
#[tokio::test]
async fn a_duplicate_at_the_edge_of_a_page_is_no_shared_row() {
    let mut people = numbered(1317);
    people.insert(502, people[499].clone());
    let api = Emulator::builder().contacts(people);
    let change = ListChange::All(vec![
        ListChange::RemoveAt(vec![10, 20, 30]),
        ListChange::Append(people_from(5000, 3)),
    ]);
    let setup = start(api.fault(Fault::new(Trigger::Request(2), Effect::Change(change)))).await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
}

#[tokio::test]
async fn duplicates_in_pages_of_one_row_are_incomplete() {
    let mut people = numbered(20);
    people.insert(5, people[4].clone());
    let setup = start(
        Emulator::builder()
            .contacts(people)
            .page_cap(1)
            .total(TotalMode::Missing),
    )
    .await;
    let run = setup.scan().await;
    run.assert_incomplete(&["pages of so few rows prove nothing without a total that agrees"]);
}

#[tokio::test]
async fn offsets_that_are_rounded_to_tens_are_no_loss() {
    let setup = start(usual().fault(always(Effect::RoundOffset(10)))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&numbered(1317));
    assert_eq!(run.report.passes, 2);

    let setup = start(without_total().fault(always(Effect::RoundOffset(10)))).await;
    let run = setup.scan().await;
    assert_eq!(run.ids.len(), 1317);
    run.assert_incomplete(&[
        "contacts that were listed before come again from offset 1317 on, without an end",
    ]);
}

#[tokio::test]
async fn offsets_that_are_rounded_to_whole_pages_are_incomplete_and_say_so() {
    let setup = start(usual().fault(always(Effect::RoundOffset(500)))).await;
    let run = setup.scan().await;
    run.assert_complete_with(&numbered(1317));

    let setup = start(without_total().fault(always(Effect::RoundOffset(500)))).await;
    let run = setup.scan().await;
    assert!(!run.report.complete, "{:?}", run.report);
}

#[tokio::test]
async fn offsets_that_are_clamped_are_incomplete_and_say_so() {
    let api = Emulator::builder().contacts(numbered(3000));
    let setup = start(api.fault(always(Effect::ClampOffset(900)))).await;
    let run = setup.scan_one_by_one().await;
    run.assert_incomplete(&[
        "the Whapi API says that there are 3000 contacts but lists 1600 fewer",
        "the Whapi API answers offset 1398 with contacts of another offset",
    ]);
    assert_eq!(run.ids.len(), 1400);
}

#[tokio::test]
async fn a_list_that_begins_anew_behind_its_end_costs_few_requests() {
    for (cap, requests) in [(500, 13), (7, 73)] {
        let api = Emulator::builder()
            .contacts(numbered(150))
            .page_cap(cap)
            .total(TotalMode::Missing);
        let setup = start(api.fault(always(Effect::StartOver))).await;
        let run = scan(setup.client(), ScanOptions::default()).await;
        assert_eq!(run.ids.len(), 150);
        run.assert_incomplete(&[
            "contacts that were listed before come again from offset 150 on, without an end",
        ]);
        assert_eq!(run.report.requests, requests);
    }
}
