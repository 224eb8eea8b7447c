//! Runs one stage, to count its instructions or its time on the processor.
//!
//! ```console
//! hot once parse answers.ndjson     # under callgrind: collects between entering and leaving `measured`
//! hot cpu parse answers.ndjson 7    # prints nanoseconds of processor time a contact, the median of 7
//! hot list                          # prints the names of the stages
//! ```

use std::fs;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use whapi_bench::{Stage, Work, stages};

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let done = match args[..] {
        ["list"] => {
            list();
            Ok(())
        }
        ["once", name, answers] => once(name, answers),
        ["cpu", name, answers, rounds] => cpu(name, answers, rounds),
        _ => Err("usage: hot list | once STAGE ANSWERS | cpu STAGE ANSWERS ROUNDS".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The stages' names do not depend on the contacts, of which there are none here.
fn list() {
    let (stages, _) = stages(br#"{"contacts":[],"total":0}"#);
    for stage in stages {
        println!("{}", stage.name);
    }
}

fn stage(name: &str, answers: &str) -> Result<(Stage, usize), String> {
    let answers =
        fs::read(answers).map_err(|error| format!("could not read {answers}: {error}"))?;
    let (stages, contacts) = stages(&answers);
    let stage = stages.into_iter().find(|stage| stage.name == name);
    stage
        .map(|stage| (stage, contacts))
        .ok_or_else(|| format!("there is no stage `{name}`"))
}

fn once(name: &str, answers: &str) -> Result<(), String> {
    let (stage, contacts) = stage(name, answers)?;
    let work = stage.prepare();
    black_box(measured(work));
    println!("{contacts}");
    Ok(())
}

/// What callgrind collects; never inlined, so that it finds it by name.
#[inline(never)]
fn measured(work: Work) -> usize {
    work()
}

fn cpu(name: &str, answers: &str, rounds: &str) -> Result<(), String> {
    let rounds: usize = rounds
        .parse()
        .map_err(|_| format!("`{rounds}` is no number of rounds"))?;
    let (stage, contacts) = stage(name, answers)?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        let work = stage.prepare();
        let before = on_processor();
        black_box(measured(work));
        times.push(on_processor() - before);
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    println!("{}", median / contacts.max(1) as u64);
    Ok(())
}

/// Nanoseconds that this thread has been on a processor.
fn on_processor() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = Duration::from_secs(time.tv_sec.unsigned_abs());
    let all = seconds + Duration::from_nanos(time.tv_nsec.unsigned_abs());
    u64::try_from(all.as_nanos()).expect("less than 500 years")
}
