//! Plays the program of a recorded conversation: `replay FILE REPORT`.
//!
//! Writes to the file REPORT what the host said differently from the recording.

#![expect(clippy::print_stdout, reason = "speaks with its host")]

use std::env;
use std::fs;
use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    let args: Vec<_> = env::args().skip(1).collect();
    let [recording, report] = &args[..] else {
        return ExitCode::FAILURE;
    };
    match replay(recording) {
        Ok(status) => ExitCode::from(status),
        Err(difference) => {
            let _ = fs::write(report, difference);
            ExitCode::from(99)
        }
    }
}

fn replay(recording: &str) -> Result<u8, String> {
    let text = fs::read_to_string(recording).map_err(|error| error.to_string())?;
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let header = lines.next().expect("a header");
    let mut input = io::stdin().lock().lines();
    let mut is_first = true;
    for line in lines {
        let message = &line["message"];
        if line["from"] == "program" {
            println!("{message}");
            io::stdout().flush().map_err(|error| error.to_string())?;
            continue;
        }
        let sent: Value = match input.next() {
            Some(Ok(sent)) => serde_json::from_str(&sent).map_err(|error| error.to_string())?,
            _ if line["end_of_input"] == true => continue,
            _ => {
                return Err(format!(
                    "the host said nothing where {message} was recorded"
                ));
            }
        };
        // Every program is described before its run.
        if is_first && sent == serde_json::json!({"type": "describe", "v": 1}) && sent != *message {
            return Ok(0);
        }
        is_first = false;
        if let Some(staging) = sent["staging"].as_str() {
            leave(staging, &header["staged"]).map_err(|error| error.to_string())?;
        }
        let (sent, recorded) = (compared(&sent), compared(message));
        if sent != recorded {
            return Err(format!("the host said {sent}\nrecorded is   {recorded}"));
        }
    }
    let status = header["exit_status"].as_u64().unwrap_or_default();
    u8::try_from(status).map_err(|error| error.to_string())
}

/// Writes what the program leaves: a file, or files in a folder.
fn leave(staging: &str, staged: &Value) -> io::Result<()> {
    match staged {
        Value::String(text) => fs::write(staging, text),
        Value::Object(files) => files.iter().try_for_each(|(name, text)| {
            fs::write(
                format!("{staging}/{name}"),
                text.as_str().unwrap_or_default(),
            )
        }),
        _ => Ok(()),
    }
}

/// A message without what differs in every run, and without fields of later versions.
fn compared(message: &Value) -> Value {
    match message {
        Value::Object(fields) => {
            let made_up = ["staging", "expected", "started_at", "source"];
            let fields = fields
                .iter()
                .filter(|(name, _)| !name.starts_with("x_") && !made_up.contains(&name.as_str()));
            fields
                .map(|(name, value)| (name.clone(), compared(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(compared).collect(),
        other => other.clone(),
    }
}
