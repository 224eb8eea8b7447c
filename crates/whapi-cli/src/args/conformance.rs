//! The arguments of `conformance`.

use std::ffi::OsString;

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct ConformanceArgs {
    /// Set an option of the program in every test; repeatable.
    ///
    /// Needed for options without a default that the program cannot do without.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) options: Vec<String>,

    /// The program and its arguments, behind `--`.
    #[arg(value_name = "PROGRAM", required = true, last = true)]
    pub(crate) program: Vec<OsString>,
}
