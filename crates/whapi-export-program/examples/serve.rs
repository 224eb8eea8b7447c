//! A built-in format as an exporter program: `serve csv`, `serve vcard` or `serve jsonl`.

#![expect(clippy::print_stderr, reason = "says how to call it")]

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    let definition = match env::args().nth(1).as_deref() {
        Some("csv") => whapi_export_csv::definition(),
        Some("vcard") => whapi_export_vcard::definition(),
        Some("jsonl") => whapi_export_jsonl::definition(),
        _ => {
            eprintln!("name a format: csv, vcard or jsonl");
            return ExitCode::FAILURE;
        }
    };
    whapi_export_program::serve(&definition)
}
