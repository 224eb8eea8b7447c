//! Programs of the system that tests run.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

/// Whether a program is installed. Reports that the test is skipped where it is not.
///
/// # Panics
///
/// For a missing program when CI demands all of them through `WHAPI_REQUIRE_PROGRAMS`.
///
/// # Examples
///
/// ```
/// use whapi_test_support::has_program;
///
/// assert!(has_program("cargo"));
/// ```
pub fn has_program(name: &str) -> bool {
    let run = Command::new(name)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if run.is_ok() {
        return true;
    }
    assert!(
        env::var_os("WHAPI_REQUIRE_PROGRAMS").is_none(),
        "missing: {name}"
    );
    // The test harness captures what `eprintln!` prints.
    writeln!(io::stderr(), "SKIPPED, missing: {name}").expect("standard error is open");
    false
}
