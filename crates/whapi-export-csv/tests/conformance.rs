//! The rules that every exporter passes.

use whapi_export::conformance::Subject;

fn subject() -> Subject {
    Subject::new(whapi_export_csv::definition())
        .sample("columns", "all")
        .sample("columns", "phone,display_name")
        .bad_sample("columns", "fone")
        .bad_sample("columns", "id,id")
}

whapi_export::conformance_tests!(subject());

mod split {
    whapi_export::conformance_tests!(super::subject().split("50"));
}
