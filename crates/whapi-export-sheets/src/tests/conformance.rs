//! The conformance suite.

use std::rc::Rc;

use serde_json::json;
use whapi_export::OpenContext;
use whapi_export::conformance::{Destination, Subject};

use super::Rig;
use super::standin::{Fault, ID};

impl Destination for Rig {
    fn context(&self) -> OpenContext {
        self.ctx()
    }

    /// The values and the format, without the time in the note and the ids of tabs.
    fn contents(&self) -> Option<Vec<u8>> {
        let sheet = self.standin.sheet("Contacts")?;
        let filter = sheet.filter.as_ref().map(|filter| {
            let mut range = filter["range"].clone();
            range["sheetId"] = json!(null);
            range
        });
        let looks = json!({
            "texts": sheet.texts(), "rows": sheet.rows, "frozen": sheet.frozen,
            "widths": sheet.widths, "filter": filter,
        });
        Some(looks.to_string().into_bytes())
    }

    fn leftovers(&self) -> Vec<String> {
        let mut titles = self.standin.titles();
        titles.retain(|title| title != "Contacts" && title != "Sheet1");
        titles
    }

    fn name(&self) -> Option<String> {
        Some(format!(
            "https://docs.google.com/spreadsheets/d/{ID}/edit#gid="
        ))
    }

    fn failing(&self, nth: usize, _complete: &[u8]) -> Option<OpenContext> {
        // After the requests so far follow the reads of `begin` and `finish`, and then the write.
        let fault = [
            Fault::Status(503, None),
            Fault::Status(400, None),
            Fault::Status(403, None),
            Fault::Status(429, Some("400")),
            Fault::CutBefore,
        ];
        let fault = fault.get(nth)?.clone();
        self.standin
            .fault_from(self.standin.journal().len() + 3, fault);
        Some(self.ctx())
    }

    fn unwritable(&self) -> Option<OpenContext> {
        Some(self.ctx().with_option("spreadsheet", "no-such-id"))
    }
}

fn subject() -> Subject {
    let rig = Rc::new(Rig::new());
    let definition = rig.definition.clone();
    let token = rig.token.path().to_str().unwrap().to_owned();
    let key = super::sign_in::service_key("https://oauth2.example.com/token");
    let key = Rc::new(key);
    let key_path = key.path().to_str().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    Subject::new(definition)
        .destination(Rig::new)
        .block_on(move |future| {
            let _ = (&rig, &key);
            runtime.block_on(future);
        })
        .sample("spreadsheet", "1AbC_d-9")
        .sample(
            "spreadsheet",
            "https://docs.google.com/spreadsheets/d/1AbC/edit#gid=0",
        )
        .bad_sample("spreadsheet", "no id")
        .sample("tab", "It's mine!")
        .bad_sample("tab", " ")
        .sample("columns", "plain")
        .sample("columns", "all")
        .sample("columns", "name, id, groups")
        .bad_sample("columns", "id,id")
        .bad_sample("columns", "about")
        .bad_sample("columns", ",")
        .sample("credentials", key_path)
        .sample("token_file", token)
        .bad_sample("token_file", "/no/such/file")
        .sample("endpoint", "https://sheets.example.com")
        .bad_sample("endpoint", "http://sheets.example.com")
}

whapi_export::conformance_tests!(subject());

mod all_columns {
    whapi_export::conformance_tests!(super::subject().option("columns", "all"));
}
