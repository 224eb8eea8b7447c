//! The `whapi` command line, with `--format tsv`.

use std::process::ExitCode;

use whapi_cli::App;

fn main() -> ExitCode {
    App::new()
        .bin_name("whapi-tsv")
        .register(tsv::definition())
        .main()
}
