//! The scan against a model of an API whose list moves between any two answers.
//!
//! The model answers without HTTP. What moves, moves just before an answer is made, and requests
//! under way together are answered in a shuffled order, so that neighbouring pages show the list
//! at different times.

mod model;
mod rates;
mod scripts;

use crate::model::*;
use crate::scripts::*;
use proptest::prelude::*;
use whapi_fetch::{Error, Scan};

fn check(script: &Script) -> Result<(), TestCaseError> {
    let outcome = match block_on(run(script, MOST_CONTACTS)) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return Ok(()),
        Err(_) if changes_offsets(script) => return Ok(()),
        Err(error) => return Err(TestCaseError::fail(error.to_string())),
    };
    let hides = outcome.report.complete && !outcome.hidden.is_empty();
    prop_assert!(!hides, "called complete: {outcome:?}");
    prop_assert!(
        outcome.answers as u64 <= outcome.most_answers,
        "more than {}: {outcome:?}",
        outcome.most_answers
    );
    Ok(())
}

fn check_scripts(world: World, scripts_to_run: u32) {
    check_scripts_with(world, scripts_to_run, check);
}

fn check_scripts_with(
    world: World,
    scripts_to_run: u32,
    check: fn(&Script) -> Result<(), TestCaseError>,
) {
    for with_api_trouble in [false, true] {
        let config = ProptestConfig {
            cases: scripts_to_run / 2,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(script in scripts(world, with_api_trouble))| check(&script)?);
    }
}

/// Outside of what is promised about hiding: what `run` asserts, and an end.
#[test]
fn whatever_happens_each_id_comes_once_and_the_scan_ends() {
    check_scripts_with(World::Both, 512, |script| {
        match block_on(run(script, MOST_CONTACTS)) {
            Err(error) if !changes_offsets(script) => Err(TestCaseError::fail(error.to_string())),
            _ => Ok(()),
        }
    });
}

#[test]
fn contacts_that_come_and_go_hide_no_contact() {
    check_scripts(World::ComeAndGo, 512);
}

#[test]
fn contacts_that_change_places_hide_no_contact() {
    check_scripts(World::ChangePlaces, 512);
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_come_and_go_hide_no_contact_in_20000_scripts() {
    check_scripts(
        World::ComeAndGo,
        std::env::var("SCRIPTS").map_or(20_000, |n| n.parse().unwrap()),
    );
}

#[test]
#[ignore = "slow tier"]
fn contacts_that_change_places_hide_no_contact_in_20000_scripts() {
    check_scripts(
        World::ChangePlaces,
        std::env::var("SCRIPTS").map_or(20_000, |n| n.parse().unwrap()),
    );
}

/// A list that does not move, with rows that the Whapi API lists twice, is complete and told apart from
/// one that moves.
#[test]
fn duplicates_of_an_api_at_rest_are_complete() {
    let config = ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let duplicates = prop::collection::vec(any::<(u16, u16)>(), 1..6);
    proptest!(config, |(
        people in 1u64..40,
        page_size in 3u32..9,
        concurrency in 1usize..9,
        duplicates in duplicates,
    )| {
        let twice = duplicates.len() as u64;
        let script = Script { people, duplicates, page_size, concurrency, total_shown: true, gaps: Vec::new(), endless: false, order: 1 };
        let model = Model::new(&script);
        let mut scan = Scan::new(model.clone(), options(&script, MOST_CONTACTS));
        block_on(async { while scan.next_batch().await?.is_some() {} Ok::<_, Error>(()) })
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let report = scan.report();
        prop_assert!(report.complete, "{report:?}");
        prop_assert_eq!(report.contacts, people);
        prop_assert_eq!(report.duplicates, twice);
        prop_assert_eq!(report.passes, 2);
    });
}

/// Pages of `size` rows, until one is short: what a list that does not move costs at least.
fn requests_of_a_plain_loop(people: u64, size: u64) -> u64 {
    people / size + 1
}

fn check_cost(people: u64, page_size: u32, total_shown: bool) {
    let script = Script {
        people,
        duplicates: Vec::new(),
        page_size,
        concurrency: 8,
        total_shown,
        gaps: Vec::new(),
        endless: false,
        order: people,
    };
    let model = Model::new(&script);
    let mut scan = Scan::new(model.clone(), options(&script, 1_000_000));
    let contacts = block_on(async {
        let mut contacts = 0;
        while let Some(batch) = scan.next_batch().await.unwrap() {
            contacts += batch.len() as u64;
        }
        contacts
    });
    let case = format!("{people} people, {page_size} to a page, total shown: {total_shown}");
    assert!(scan.report().complete, "{case}");
    assert_eq!(contacts, people, "{case}");
    let requests = model.state().answers as u64;
    assert_eq!(scan.report().pages, requests, "{case}");
    let size = u64::from(page_size);
    let plain = requests_of_a_plain_loop(people, size - shared_rows(size));
    // Without a total the end is an empty page behind the last row, and the last rows once more.
    let most = match (people, total_shown) {
        (0, _) => 3,
        (_, true) => plain + 1,
        (_, false) => plain + 2,
    };
    assert!(requests <= most, "{case}: {requests}, and a loop {plain}");
}

/// The lengths around the ends of pages, where a mistake by one shows.
#[test]
fn a_list_at_rest_costs_at_most_one_request_more_than_a_loop_over_the_rows_not_shared() {
    for (page_size, most) in [(2, 60), (3, 60), (7, 200)] {
        for people in 0..=most {
            check_cost(people, page_size, true);
            check_cost(people, page_size, false);
        }
    }
    for pages in 0..=5 {
        for people in (pages * 498_u64).saturating_sub(2)..=pages * 500 + 2 {
            check_cost(people, 500, true);
            check_cost(people, 500, false);
        }
    }
}

#[test]
#[ignore = "slow tier"]
fn a_list_of_any_length_to_2600_costs_at_most_one_request_more() {
    // Pages of three rows bring one each, so that a long list takes very many.
    for (page_size, most) in [(2, 300), (3, 300), (7, 2600), (500, 2600)] {
        for people in 0..=most {
            check_cost(people, page_size, true);
        }
    }
}
