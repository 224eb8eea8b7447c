//! The rules that every exporter passes.

use whapi_export::conformance::Subject;

mod plain {
    use super::*;

    whapi_export::conformance_tests!(
        Subject::new(whapi_export_html::definition()).bad_sample("title", " \u{200b}")
    );
}

mod split {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(whapi_export_html::definition()).split("50"));
}
