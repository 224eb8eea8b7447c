//! The rules that every exporter passes.

use whapi_export::conformance::Subject;

whapi_export::conformance_tests!(Subject::new(whapi_export_xlsx::definition()));
