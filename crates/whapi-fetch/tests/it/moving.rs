//! Lists that move while they are read, and APIs that fail meanwhile.

use std::collections::HashSet;
use std::time::Duration;

use proptest::prelude::*;
use whapi_emulator::{Effect, Emulator, Fault, ListChange, Person, TotalMode, Trigger};
use whapi_fetch::ScanOptions;

use crate::common::{Run, Setup, people_from, scan, start, usual};

/// Scans 1,317 people, of whom something happens to some during the second page, one request at a
/// time and 8 at a time. Gives the first of these runs, whose order is known.
async fn scan_while(change: ListChange) -> (Run, Setup) {
    let api = || {
        usual().fault(Fault::new(
            Trigger::Request(2),
            Effect::Change(change.clone()),
        ))
    };
    let setup = start(api()).await;
    let run = setup.scan().await;
    run.assert_complete_with(&setup.api.people());
    let setup = start(api()).await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
    (run, setup)
}

#[tokio::test]
async fn three_removed_during_the_second_page() {
    let (run, _) = scan_while(ListChange::RemoveAt(vec![10, 20, 30])).await;
    // Two slipped out between the pages, three are gone and were seen before.
    assert_eq!(run.ids.len(), 1317);
    assert_eq!(run.report.earlier_pass_only, 3);
    assert_eq!(run.counts(), (3, 9, 10, 0));
    assert_eq!(run.report.reported_total, Some(1314));
    assert_eq!(run.report.moves, 2);
}

#[tokio::test]
async fn three_removed_and_three_added_with_the_same_total() {
    let (run, _) = scan_while(ListChange::All(vec![
        ListChange::RemoveAt(vec![10, 20, 30]),
        ListChange::Append(people_from(5000, 3)),
    ]))
    .await;
    assert_eq!(run.ids.len(), 1320);
    assert_eq!(run.report.earlier_pass_only, 3);
    assert_eq!(run.counts(), (3, 9, 10, 0));
    assert_eq!(run.report.moves, 1);
}

#[tokio::test]
async fn four_inserted_at_the_front() {
    let (run, _) = scan_while(ListChange::InsertFront(people_from(5000, 4))).await;
    assert_eq!(run.ids.len(), 1321);
    assert_eq!(run.report.earlier_pass_only, 0);
    assert_eq!(run.counts(), (3, 9, 10, 0));
    assert_eq!(run.report.moves, 2);
}

#[tokio::test]
async fn appended_during_the_second_page() {
    let (run, _) = scan_while(ListChange::Append(people_from(5000, 4))).await;
    assert_eq!(run.ids.len(), 1321);
    // The pages connect, but a total that changes is a move: once more.
    assert_eq!(run.counts(), (2, 6, 7, 0));
    assert_eq!(run.report.moves, 1);
}

#[tokio::test]
async fn two_that_change_places_across_pages() {
    // No page shares either of them: only a contact that comes twice shows it.
    let (run, _) = scan_while(ListChange::Swap(100, 700)).await;
    assert_eq!(run.ids.len(), 1317);
    assert_eq!(run.counts(), (3, 9, 10, 0));
    assert_eq!(run.report.moves, 1);
    assert_eq!(
        (run.report.duplicates, run.report.earlier_pass_only),
        (0, 0)
    );
}

#[tokio::test]
async fn two_that_change_places_across_pages_of_an_api_without_a_total() {
    let change = Effect::Change(ListChange::Swap(100, 700));
    let api = usual().total(TotalMode::Missing);
    let setup = start(api.fault(Fault::new(Trigger::Request(2), change))).await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
    assert_eq!(run.counts(), (3, 15, 16, 0));
}

#[tokio::test]
async fn two_that_change_places_in_step_with_the_passes_are_no_duplicate_of_the_api() {
    // The second request of a pass shows 100 where 700 was, and the first one shows it at home:
    // 700 is never seen, and two passes are the same.
    let setup = start(
        usual()
            .fault(Fault::new(
                Trigger::Offset(0),
                Effect::ChangeAfter(ListChange::Swap(100, 700)),
            ))
            .fault(Fault::new(
                Trigger::Offset(498),
                Effect::ChangeAfter(ListChange::Swap(100, 700)),
            )),
    )
    .await;
    let run = setup.scan_one_by_one().await;
    assert!(!run.ids.contains(&"447000000700".to_owned()));
    run.assert_incomplete(&[
        "the Whapi API says that there are 1317 contacts but lists 1 fewer",
        "the list was still moving in the last of 5 passes",
    ]);
}

#[tokio::test]
async fn the_state_that_was_seen_first_wins() {
    let rename = ListChange::Rename {
        id: "447000000499".into(),
        name: "Renamed".into(),
    };
    let setup = start(usual().fault(Fault::new(Trigger::Request(2), Effect::Change(rename)))).await;
    let run = setup.scan_one_by_one().await;
    run.assert_complete_with(&setup.api.people());
    // A row that two pages share, with another name in each, is the same row.
    assert_eq!(run.counts(), (1, 3, 4, 0));
}

#[tokio::test]
async fn a_list_that_never_rests_is_incomplete_and_says_so() {
    let setup = start(usual().fault(Fault::new(
        Trigger::Every(2),
        Effect::Change(ListChange::Swap(100, 1200)),
    )))
    .await;
    let run = setup.scan_one_by_one().await;
    assert!(!run.report.complete);
    assert_eq!(run.report.passes, 5);
}

#[tokio::test]
async fn every_fifth_answer_spoilt() {
    let rate_limited = Effect::RateLimited {
        retry_after: Some("2".into()),
    };
    for effect in [
        Effect::Status(503),
        rate_limited.clone(),
        Effect::CutBody,
        Effect::TruncatedJson,
        Effect::Html,
        Effect::CloseConnection,
    ] {
        let api = usual().page_cap(100);
        let setup = start(api.fault(Fault::new(Trigger::Every(5), effect.clone()))).await;
        let run = setup.scan().await;
        run.assert_complete_with(&setup.api.people());
        // 14 sound answers, with the 5th, 10th and 15th spoilt, and the channel's state.
        assert_eq!(run.counts(), (1, 14, 18, 3), "{effect:?}");
        assert_eq!(setup.pages().len(), 17);
        let waits = setup.clock.sleeps();
        if effect == rate_limited {
            assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(2)));
            assert!(waits.contains(&Duration::from_secs(2)));
        } else {
            assert_eq!(waits.len(), 3, "{effect:?}");
            // The same page may be hit each time.
            assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(2)));
        }
    }
}

/// What happens to a list of people before some request.
fn changes(in_order: bool) -> BoxedStrategy<Vec<(u64, ListChange)>> {
    let place = 0usize..60;
    let change = if in_order {
        prop_oneof![
            (place.clone(), 1000usize..9000)
                .prop_map(|(at, new)| ListChange::Insert(at, people_from(new, 1))),
            place.prop_map(|at| ListChange::RemoveAt(vec![at])),
        ]
        .boxed()
    } else {
        prop_oneof![
            (place.clone(), place).prop_map(|(a, b)| ListChange::Swap(a, b)),
            any::<u64>().prop_map(ListChange::Shuffle),
        ]
        .boxed()
    };
    // Each new contact has a new id, so that none goes and comes back in another place.
    prop::collection::vec((2u64..20, change), 0..6)
        .prop_filter("a contact comes twice", |changes| {
            let new: Vec<_> = changes
                .iter()
                .filter_map(|(_, change)| match change {
                    ListChange::Insert(_, people) => Some(people[0].id.clone()),
                    _ => None,
                })
                .collect();
            new.iter().collect::<HashSet<_>>().len() == new.len()
        })
        .boxed()
}

fn check_script(
    people: usize,
    cap: usize,
    changes: Vec<(u64, ListChange)>,
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let before = crate::common::numbered(people);
        let mut api = Emulator::builder().contacts(before.clone()).page_cap(cap);
        for (request, change) in changes {
            api = api.fault(Fault::new(
                Trigger::Request(request),
                Effect::Change(change),
            ));
        }
        let setup = start(api).await;
        let run = scan(setup.client(), ScanOptions::default()).await;
        prop_assert!(run.error.is_none(), "{:?}", run.error);
        let now: HashSet<String> = setup.api.people().into_iter().map(|p| p.id).collect();
        let seen: HashSet<&String> = run.ids.iter().collect();
        let hidden: Vec<&Person> = before
            .iter()
            .filter(|person| now.contains(&person.id) && !seen.contains(&person.id))
            .collect();
        prop_assert!(
            !run.report.complete || hidden.is_empty(),
            "{:?}",
            run.report
        );
        prop_assert_eq!(run.report.requests, setup.api.journal().len() as u64);
        Ok(())
    })
}

#[test]
fn scripts_over_http_hide_no_contact() {
    for in_order in [true, false] {
        let config = ProptestConfig {
            cases: 30,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(people in 0usize..60, cap in 1usize..9, changes in changes(in_order))| {
            check_script(people, cap, changes)?;
        });
    }
}
