//! The rules that every exporter passes.

use whapi_export::conformance::Subject;

fn subject() -> Subject {
    Subject::new(whapi_export_xlsx::definition()).bad_sample("sheets", "two")
}

whapi_export::conformance_tests!(subject());

mod a_sheet_for_each_standing {
    whapi_export::conformance_tests!(super::subject().option("sheets", "standing"));
}
