//! The contract that every exporter keeps.

use whapi_export::conformance::Subject;
use whapi_export_vcard::definition;

mod v3 {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(definition()).bad_sample("version", "2.1"));
}

mod v4 {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(definition()).option("version", "4.0"));
}

mod without_note {
    use super::*;

    whapi_export::conformance_tests!(
        Subject::new(definition())
            .option("note", "off")
            .bad_sample("note", "no")
    );
}

mod split {
    use super::*;

    whapi_export::conformance_tests!(Subject::new(definition()).split("50"));
}
