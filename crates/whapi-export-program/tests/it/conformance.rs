//! The conformance suite over a process.

use whapi_export::conformance::Subject;

use crate::support::{definition, runtime, serve};

fn subject(format: &str) -> Subject {
    let runtime = runtime();
    let definition = runtime.block_on(definition(serve(format))).unwrap();
    Subject::new(definition).block_on(move |future| runtime.block_on(future))
}

mod vcard {
    whapi_export::conformance_tests!(super::subject("vcard"));
}

mod jsonl {
    whapi_export::conformance_tests!(super::subject("jsonl"));
}

mod split {
    whapi_export::conformance_tests!(super::subject("vcard").split("25"));
}
