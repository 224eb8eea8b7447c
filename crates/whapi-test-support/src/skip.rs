//! The line about a test that is skipped.

use std::env;
use std::io::{self, Write as _};

/// Reports that a test is skipped because `missing` is.
///
/// # Panics
///
/// When `required` and CI demands all readers through `WHAPI_REQUIRE_READERS`.
pub(crate) fn skip(missing: &str, required: bool) {
    assert!(
        !required || env::var_os("WHAPI_REQUIRE_READERS").is_none(),
        "missing: {missing}"
    );
    // The test harness captures what `eprintln!` prints.
    writeln!(io::stderr(), "SKIPPED, missing: {missing}").expect("standard error is open");
}
