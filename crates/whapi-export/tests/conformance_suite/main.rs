//! The conformance suite, tested: correct exporters pass, and for each rule a broken one fails it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use whapi_export::conformance::{self, RULES, Rule, Subject};

mod lines;
mod shelf;

use lines::Quirk;

mod a_file {
    whapi_export::conformance_tests!(crate::lines::subject(None));
}

mod an_encoder {
    use crate::lines::{encoded, header_option};

    whapi_export::conformance_tests!(encoded(Some(header_option())));
}

mod several_files {
    use crate::lines::{encoded, header_option};

    whapi_export::conformance_tests!(encoded(Some(header_option())).split("25"));
}

mod a_service {
    whapi_export::conformance_tests!(crate::shelf::subject());
}

/// Each deviation, the rule that it is there for, and the rules that it cannot help breaking too.
const BROKEN: &[(Quirk, &str, &[&str])] = &[
    (Quirk::NameInCapitals, "definition_is_well_formed", &[]),
    (Quirk::SummaryIsASentence, "definition_is_well_formed", &[]),
    (Quirk::OptionWithoutHelp, "definition_is_well_formed", &[]),
    (Quirk::OptionTwice, "definition_is_well_formed", &[]),
    (Quirk::SecretWithDefault, "definition_is_well_formed", &[]),
    (Quirk::ExtensionWithDot, "definition_is_well_formed", &[]),
    (
        Quirk::OptionThatNothingReads,
        "every_option_is_accepted",
        &[],
    ),
    (Quirk::OptionWithoutSample, "every_option_is_accepted", &[]),
    (
        Quirk::FieldWithoutOption,
        "every_field_of_the_config_has_an_option",
        &[],
    ),
    (Quirk::DefaultIsAnother, "a_default_changes_nothing", &[]),
    (
        Quirk::TakesEveryOption,
        "unknown_option_is_refused_and_named",
        &[],
    ),
    (
        Quirk::TakesEveryValue,
        "bad_option_value_is_refused_and_named",
        &[],
    ),
    (
        Quirk::ErrorNamesNoOption,
        "bad_option_value_is_refused_and_named",
        &[],
    ),
    (Quirk::FindsAnOutputItself, "missing_output_is_refused", &[]),
    (Quirk::PanicsWithoutOutput, "missing_output_is_refused", &[]),
    (
        Quirk::PromisesStandardOutput,
        "standard_output_opens_if_promised",
        &[],
    ),
    (Quirk::SecretInAnError, "secrets_stay_secret", &[]),
    (Quirk::SecretInACause, "secrets_stay_secret", &[]),
    (Quirk::SecretInTheSummary, "secrets_stay_secret", &[]),
    (Quirk::SecretInTheResult, "secrets_stay_secret", &[]),
    (Quirk::LocksOnOpen, "open_touches_nothing", &[]),
    (Quirk::NothingForAnEmptyRun, "empty_run", &[]),
    (Quirk::FirstContactIsLost, "one_contact", &[]),
    (Quirk::BlankLineForAnEmptyBatch, "empty_batch", &[]),
    (Quirk::LineBetweenBatches, "batches_add_up", &[]),
    (Quirk::AlteredOncePerBatch, "batches_add_up", &[]),
    (Quirk::SkippedCountedTwice, "counts_add_up", &[]),
    (
        Quirk::BelievesTheEstimate,
        "wrong_estimate_changes_nothing",
        &[],
    ),
    (
        Quirk::WritesTheEstimate,
        "wrong_estimate_changes_nothing",
        &[],
    ),
    (
        Quirk::CountsItsRuns,
        "same_input_same_output",
        &[
            "a_default_changes_nothing",
            "empty_batch",
            "batches_add_up",
            "wrong_estimate_changes_nothing",
            "replaces_and_never_doubles",
        ],
    ),
    (Quirk::Appends, "replaces_and_never_doubles", &[]),
    (
        Quirk::IncompleteIsEmpty,
        "incomplete_scan_is_still_written",
        &[],
    ),
    (Quirk::SummaryIsEmpty, "summary_names_the_destination", &[]),
    (Quirk::SummaryIsVague, "summary_names_the_destination", &[]),
    (Quirk::WrongChecksum, "checksum_is_of_the_result", &[]),
    (
        Quirk::RefusesControlCharacters,
        "hostile_text_is_carried",
        &[],
    ),
    (Quirk::CutsInsideACharacter, "hostile_text_is_carried", &[]),
    (
        Quirk::CountsAnIdOnce,
        "channels_are_carried_or_refused",
        &[],
    ),
    (
        Quirk::RefusesChannelsLate,
        "channels_are_carried_or_refused",
        &[],
    ),
    (
        Quirk::RefusesChannelsAsAnOption,
        "channels_are_carried_or_refused",
        &[],
    ),
    (Quirk::SkipsInSilence, "skips_are_explained", &[]),
    (Quirk::SkipsWithACodeOfWords, "skips_are_explained", &[]),
    (Quirk::SkipsSomebodyElse, "skips_are_explained", &[]),
    (
        Quirk::SkipsWithAReasonlessReason,
        "skips_are_explained",
        &[],
    ),
    (Quirk::SkipsWithTheNumber, "skips_are_explained", &[]),
    (
        Quirk::ShowsItselfEarly,
        "nothing_visible_before_finish",
        &[],
    ),
    (
        Quirk::NeverShowsItself,
        "nothing_visible_before_finish",
        &[],
    ),
    (
        Quirk::BeginsBlindly,
        "begin_finds_an_unwritable_destination",
        &[],
    ),
    (
        Quirk::AbortCommits,
        "abort_leaves_the_previous_result",
        &["cancelling_leaves_the_previous_result"],
    ),
    (Quirk::AbortFails, "abort_leaves_the_previous_result", &[]),
    (
        Quirk::DropCommits,
        "drop_leaves_the_previous_result",
        &["cancelling_leaves_the_previous_result"],
    ),
    (
        Quirk::VisibleWhileItWaits,
        "cancelling_leaves_the_previous_result",
        &[],
    ),
    (
        Quirk::SwallowsWriteErrors,
        "failure_midway_leaves_the_previous_result",
        &[],
    ),
    (
        Quirk::PanicsOnWriteErrors,
        "failure_midway_leaves_the_previous_result",
        &["no_leftovers"],
    ),
    (
        Quirk::BlamesTheEncoding,
        "failure_midway_leaves_the_previous_result",
        &[],
    ),
    (
        Quirk::FailureRemovesThePrevious,
        "failure_midway_leaves_the_previous_result",
        &[],
    ),
    (Quirk::LeavesABackup, "no_leftovers", &[]),
    (Quirk::LeavesAPart, "no_leftovers", &[]),
    (Quirk::LeavesAPartAfterFailure, "no_leftovers", &[]),
];

#[test]
fn each_broken_exporter_fails_the_rules_that_it_breaks_and_no_other() {
    // Most of the time is spent waiting for the disk.
    std::thread::scope(|scope| {
        for some in BROKEN.chunks(8) {
            scope.spawn(|| some.iter().for_each(check));
        }
    });
}

fn check((quirk, rule, others): &(Quirk, &str, &[&str])) {
    let subject = lines::subject(Some(*quirk));
    let expected: BTreeSet<_> = others.iter().chain([rule]).copied().collect();
    let broken = RULES.iter().filter(|rule| rule.check(&subject).is_err());
    let found: BTreeSet<_> = broken.map(Rule::name).collect();
    assert_eq!(found, expected, "{quirk:?}");
}

#[test]
fn each_rule_has_a_broken_exporter() {
    let covered: BTreeSet<_> = BROKEN.iter().map(|(_, rule, _)| *rule).collect();
    let rules: BTreeSet<_> = RULES.iter().map(Rule::name).collect();
    assert_eq!(covered, rules);
}

fn panic_of(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).expect_err("it panics");
    *panic.downcast::<String>().expect("with a text")
}

#[test]
fn a_rules_function_panics_with_what_the_rule_found() {
    let subject = lines::subject(Some(Quirk::SummaryIsVague));
    let text = panic_of(|| conformance::summary_names_the_destination(&subject));
    let (beginning, end) = text.split_once("expected `").expect("the expectation");
    assert_eq!(
        beginning,
        "exporter `lines` breaks the rule `summary_names_the_destination`: "
    );
    assert!(
        end.ends_with("contacts.txt` as the summary's destination, found `a file`"),
        "{text}"
    );
}

#[test]
fn an_exporters_own_panic_is_reported() {
    let subject = lines::subject(Some(Quirk::PanicsWithoutOutput));
    assert_eq!(
        panic_of(|| conformance::missing_output_is_refused(&subject)),
        "exporter `lines` breaks the rule `missing_output_is_refused`: \
         it panicked: there is always an output"
    );
}

#[test]
fn run_all_tells_every_broken_rule() {
    let subject = lines::subject(Some(Quirk::AbortCommits));
    let text = panic_of(|| conformance::run_all(&subject));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(
        lines[0].contains("`abort_leaves_the_previous_result`"),
        "{text}"
    );
    assert!(
        lines[1].contains("`cancelling_leaves_the_previous_result`"),
        "{text}"
    );
}

#[test]
fn a_secret_that_got_out_is_not_printed_again() {
    for quirk in [Quirk::SecretInTheSummary, Quirk::SecretInTheResult] {
        let subject = lines::subject(Some(quirk));
        let text = panic_of(|| conformance::secrets_stay_secret(&subject));
        assert!(
            text.contains("<secret>") && !text.contains(lines::TOKEN),
            "{text}"
        );
    }
}

#[test]
fn a_sample_of_an_option_that_does_not_exist_is_reported() {
    let subject = lines::subject(None).sample("seperator", ";");
    assert_eq!(
        panic_of(|| conformance::every_option_is_accepted(&subject)),
        "exporter `lines` breaks the rule `every_option_is_accepted`: \
         expected samples of options that exist, found one of `seperator`"
    );
}

#[test]
fn everything_runs_on_the_given_runtime() {
    let futures = Rc::new(Cell::new(0));
    let seen = Rc::clone(&futures);
    let subject = Subject::new(shelf::definition())
        .option("shelf", "1")
        .block_on(move |future| {
            seen.set(seen.get() + 1);
            pollster::block_on(future);
        });
    let subject = subject.destination(|| Box::new(conformance::FileDestination::new("unused")));
    conformance::unknown_option_is_refused_and_named(&subject);
    assert_eq!(futures.get(), 1);
    assert_eq!(
        format!("{subject:?}").lines().count(),
        1,
        "a subject can be shown, without the options' values"
    );
}
