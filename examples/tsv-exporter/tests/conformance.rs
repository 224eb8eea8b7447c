//! The suite that every exporter passes, with one file and with several.

use whapi_export::conformance::Subject;

whapi_export::conformance_tests!(Subject::new(tsv::definition()));

mod split {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(tsv::definition()).split("50"));
}
