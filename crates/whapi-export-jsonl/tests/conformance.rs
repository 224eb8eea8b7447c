//! The rules that every exporter passes.

use whapi_export::conformance::Subject;

mod plain {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(whapi_export_jsonl::definition()));
}

mod everything {
    use super::*;

    whapi_export::conformance_tests!(
        Subject::new(whapi_export_jsonl::definition())
            .option("phone", "on")
            .option("about", "on")
            .option("pictures", "on")
    );
}

mod split {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(whapi_export_jsonl::definition()).split("50"));
}
