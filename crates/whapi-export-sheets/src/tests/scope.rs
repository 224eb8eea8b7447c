//! What the access token may do is checked before anything is fetched.

use whapi_export::{ErrorKind, Exporter, Result, RunInfo};

use super::standin::{Fault, Kind, READ_ONLY_TOKEN};
use super::{Rig, people};

fn begin(rig: &Rig) -> Result<Box<dyn Exporter>> {
    rig.runtime.block_on(async {
        let mut exporter = rig.definition.open(&rig.ctx())?;
        exporter.begin(&RunInfo::new()).await?;
        Ok(exporter)
    })
}

#[test]
fn a_token_that_may_only_read_is_refused() {
    let rig = Rig::new();
    rig.run(&people(3));
    std::fs::write(rig.token.path(), READ_ONLY_TOKEN).unwrap();
    rig.standin.forget_journal();
    let error = begin(&rig).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(
        error.to_string(),
        format!(
            "the token from the file `{}` (by `sheets.token_file`) lacks the \
             scope https://www.googleapis.com/auth/spreadsheets; get one with this scope (Google: Request \
             had insufficient authentication scopes.)",
            rig.token.path().display()
        )
    );
    assert_eq!(rig.writes(), 0);
}

#[test]
fn a_failed_check_does_not_end_a_run() {
    let rig = Rig::new();
    begin(&rig).unwrap();
    let last = rig.standin.journal().len();
    let checks = |rig: &Rig| rig.standin.journal()[last - 1].clone();
    assert!(checks(&rig).path.ends_with("/developerMetadata:search"));
    for fault in [
        Fault::Status(404, None),
        Fault::Status(429, Some("7")),
        Fault::Html(500),
        Fault::CutBefore,
        Fault::Truncated,
    ] {
        rig.standin.forget_journal();
        rig.standin.fault(last, fault);
        begin(&rig).unwrap();
        let entry = checks(&rig);
        assert_eq!(entry.kind, Kind::Read);
        assert_ne!(entry.status, Some(200));
        assert_eq!(rig.standin.journal().len(), last);
    }
}
