//! The suite that every exporter passes.

whapi_export::conformance_tests!(whapi_export::conformance::Subject::new(tsv::definition()));
