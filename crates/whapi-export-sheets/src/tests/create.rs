//! The option `create`.

use whapi_export::{ClassifiedContact, ErrorKind, OpenContext, RunEnd, RunInfo};

use super::standin::{Fault, ID, Kind};
use super::{Rig, people, sign_in};

impl Rig {
    /// Without a spreadsheet, which is made.
    fn creating(&self) -> OpenContext {
        OpenContext::new()
            .with_option("create", "on")
            .with_option("endpoint", self.standin.endpoint())
            .with_option("token_file", self.token.path().to_str().unwrap())
    }
}

#[test]
fn a_spreadsheet_is_made_and_its_address_shown() {
    for count in [5, 9000] {
        let rig = Rig::new();
        let contacts = people(count);
        let end = RunEnd::complete();
        let summary = rig.try_run(&rig.creating(), &contacts, &end).unwrap();
        rig.holds(&contacts);
        assert_eq!(rig.standin.titles(), ["Contacts"]);
        let address = format!("https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0");
        assert_eq!(summary.destination, address);
        assert_eq!(
            summary.messages,
            ["the spreadsheet is new: give its address with `sheets.spreadsheet` next time"]
        );
        let first = &rig.standin.journal()[0];
        assert_eq!(
            (first.kind, first.path.as_str()),
            (Kind::Write, "/v4/spreadsheets")
        );
        assert_eq!(first.body["properties"]["title"], "WhatsApp contacts");
    }
}

#[test]
fn a_given_spreadsheet_is_used() {
    let rig = Rig::new();
    let ctx = rig.ctx().with_option("create", "on");
    rig.run_in(&ctx, &people(3), &RunEnd::complete());
    assert_eq!(rig.standin.titles(), ["Sheet1", "Contacts"]);
}

#[test]
fn nothing_is_made_when_the_run_is_aborted_or_only_planned() {
    let rig = Rig::new();
    rig.runtime.block_on(async {
        let mut exporter = rig.definition.open(&rig.creating()).unwrap();
        exporter.begin(&RunInfo::new()).await.unwrap();
        let _ = exporter.write_batch(&people(3)).await.unwrap();
        exporter.abort().await.unwrap();
    });
    assert_eq!(rig.standin.journal().len(), 0);
}

#[test]
fn a_forecast_of_a_new_spreadsheet_matches_the_run() {
    for count in [5, 9000] {
        let rig = Rig::new();
        let contacts: Vec<ClassifiedContact> = people(count);
        let forecast = rig.forecast(&rig.creating(), &RunInfo::new(), &contacts);
        assert_eq!(forecast.destination, "a new Google spreadsheet");
        assert_eq!(rig.standin.journal().len(), 0);
        rig.run_in(&rig.creating(), &contacts, &RunEnd::complete());
        let sent = |kind| rig.standin.count(kind) as u64;
        assert_eq!(forecast.amounts[0], ("reads".into(), sent(Kind::Read)));
        assert_eq!(forecast.amounts[1], ("writes".into(), sent(Kind::Write)));
    }
}

#[test]
fn a_spreadsheet_that_may_have_been_made_is_not_made_again() {
    let rig = Rig::new();
    rig.standin.fault(1, Fault::Status(429, None));
    rig.standin.fault(2, Fault::CutAfter);
    let run = rig.try_run(&rig.creating(), &people(3), &RunEnd::complete());
    let error = run.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Destination);
    let rest = "; a spreadsheet `WhatsApp contacts` may have been made: look for it in Google \
                Sheets, and give its address with `sheets.spreadsheet`";
    assert!(error.to_string().ends_with(rest), "{error}");
    assert_eq!(rig.standin.journal().len(), 2);
}

#[test]
fn a_failure_after_it_was_made_names_the_spreadsheet() {
    let rig = Rig::new();
    rig.standin.fault_from(2, Fault::Status(403, None));
    let run = rig.try_run(&rig.creating(), &people(3), &RunEnd::complete());
    let error = run.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    let rest = format!(
        "; the spreadsheet https://docs.google.com/spreadsheets/d/{ID}/edit was made and is empty"
    );
    assert!(error.to_string().ends_with(&rest), "{error}");
}

#[test]
fn a_service_account_makes_none() {
    let rig = Rig::new();
    let key = sign_in::service_key("https://oauth2.example.com/token");
    let ctx = OpenContext::new()
        .with_option("create", "on")
        .with_option("credentials", key.path().to_str().unwrap());
    let error = rig.definition.open(&ctx).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "option `create`: a service account cannot make a spreadsheet, because it has no storage; \
         make one in the browser, share it with the account, and give its address with \
         `sheets.spreadsheet` (format `sheets`)"
    );
}
