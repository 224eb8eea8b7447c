//! Forecasts, compared with the run that follows.

use std::time::Duration;

use whapi_export::{ClassifiedContact, Forecast, OpenContext, RunEnd, RunInfo};

use super::standin::Kind;
use super::{Rig, people, renamed};

impl Rig {
    pub(super) fn forecast(
        &self,
        ctx: &OpenContext,
        info: &RunInfo,
        contacts: &[ClassifiedContact],
    ) -> Forecast {
        self.runtime.block_on(async {
            let mut exporter = self.definition.open(ctx).unwrap();
            exporter.begin(info).await.unwrap();
            let _ = exporter.write_batch(contacts).await.unwrap();
            exporter.forecast(&RunEnd::complete()).await.unwrap()
        })
    }
}

/// Checks every amount of a forecast against the run that follows.
#[track_caller]
fn check(rig: &Rig, ctx: &OpenContext, contacts: &[ClassifiedContact]) {
    rig.standin.forget_journal();
    let forecast = rig.forecast(ctx, &RunInfo::new(), contacts);
    assert_eq!(rig.writes(), 0, "a forecast writes nothing");
    assert!(!forecast.is_estimate);
    rig.standin.forget_journal();
    rig.run_in(ctx, contacts, &RunEnd::complete());
    let journal = rig.standin.journal();
    let of = |kind| journal.iter().filter(move |entry| entry.kind == kind);
    let bytes: usize = of(Kind::Write).map(|entry| entry.bytes).sum();
    let amounts = |noun: &str| {
        let found = forecast.amounts.iter().find(|(known, _)| *known == noun);
        usize::try_from(found.unwrap().1).unwrap()
    };
    assert_eq!(amounts("reads"), of(Kind::Read).count(), "reads");
    assert_eq!(amounts("writes"), of(Kind::Write).count(), "writes");
    // The number of digits in the ids of metadata is not known before.
    let tolerance = 40 * of(Kind::Write).count();
    assert!(
        bytes.abs_diff(amounts("bytes")) <= tolerance,
        "{} and {bytes} bytes",
        amounts("bytes")
    );
}

#[test]
fn a_forecast_matches_the_run() {
    for count in [0, 5, 4000] {
        let rig = Rig::new();
        let mut contacts = people(count);
        check(&rig, &rig.ctx(), &contacts);
        check(&rig, &rig.ctx(), &contacts);
        if let Some(first) = contacts.first_mut() {
            *first = renamed(first, "Renamed");
        }
        let upsert = rig.ctx().with_option("mode", "upsert");
        check(&rig, &upsert, &contacts);
        contacts.reverse();
        check(&rig, &rig.ctx(), &contacts);
    }
}

/// Every second contact changes, so whole rows are written in place of single cells.
#[test]
fn a_forecast_matches_a_run_with_many_scattered_changes() {
    let rig = Rig::limited_to(40_000);
    let mut contacts = people(600);
    rig.run(&contacts);
    for contact in contacts.iter_mut().step_by(2) {
        *contact = renamed(contact, "Renamed");
    }
    check(&rig, &rig.ctx(), &contacts);
}

#[test]
fn a_forecast_matches_a_run_with_other_columns() {
    for count in [5, 4000] {
        let rig = Rig::new();
        let contacts = people(count);
        for columns in ["id,name", "all", "groups,name", "plain"] {
            let ctx = rig.ctx().with_option("columns", columns);
            check(&rig, &ctx, &contacts);
            check(&rig, &ctx, &contacts[..count - 1]);
            // Another minute of the quota.
            rig.standin.clock().advance(Duration::from_secs(60));
        }
    }
}

#[test]
fn an_estimate_needs_no_contacts() {
    let rig = Rig::new();
    let info = RunInfo::new().with_expected_contacts(4000);
    let forecast = rig.forecast(&rig.ctx(), &info, &[]);
    assert!(forecast.is_estimate);
    assert_eq!(forecast.amounts[1], ("writes".into(), 3));
    let cells = 26_000 + 4001 * 12 + 4000 * 12;
    assert_eq!(forecast.amounts[3], ("cells".into(), cells));

    for (columns, writes, width) in [("all", 3, 25), ("id,name", 1, 2)] {
        let ctx = rig.ctx().with_option("columns", columns);
        let forecast = rig.forecast(&ctx, &info, &[]);
        assert_eq!(forecast.amounts[1], ("writes".into(), writes), "{columns}");
        let staged = if writes > 1 { 4000 * width } else { 0 };
        let cells = 26_000 + 4001 * width + staged;
        assert_eq!(forecast.amounts[3], ("cells".into(), cells), "{columns}");
    }
}
