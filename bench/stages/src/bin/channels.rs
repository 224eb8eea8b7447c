//! Serves many emulated channels, for measurements of runs over them.
//!
//! ```console
//! channels 300 2000 FOLDER        # 300 channels of 2,000 contacts each
//! channels 300 2000 FOLDER 100    # the same, and each answer comes after 100 ms
//! ```
//!
//! Writes `config.toml` with an entry for each channel, and a file for each token, into the folder. Then prints
//! the address and serves until it is ended. No two channels have a contact in common: of all lists of this
//! length, that is the one of which merging has to keep the most people.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use whapi_emulator::people::{DEFAULT_SEED, made_up};
use whapi_emulator::{Emulator, EmulatorBuilder};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let usage = || "usage: channels CHANNELS CONTACTS FOLDER [MILLISECONDS]".to_owned();
    let args: Vec<_> = std::env::args().skip(1).collect();
    let [channels, contacts, folder, latency @ ..] = &args[..] else {
        return Err(usage());
    };
    let number = |text: &String| text.parse::<u32>().map_err(|_| usage());
    let latency = latency.first().map_or(Ok(0), number)?;
    let latency = Duration::from_millis(latency.into());
    let api = serve(
        number(channels)? as usize,
        number(contacts)? as usize,
        latency,
    )
    .map_err(|error| format!("could not serve: {error}"))?;
    configure(&api, Path::new(folder))
        .map_err(|error| format!("could not write {folder}: {error}"))?;
    println!("{}", api.base_url());
    loop {
        std::thread::park();
    }
}

fn serve(channels: usize, contacts: usize, latency: Duration) -> io::Result<Emulator> {
    let people = made_up(channels * contacts, DEFAULT_SEED);
    let channels = people.chunks(contacts).zip(1..).map(|(people, number)| {
        let token = format!("token-of-channel-{number}");
        let channel = Emulator::builder().token(token).latency(latency);
        channel.contacts(people.to_vec())
    });
    let all = channels.reduce(EmulatorBuilder::and_channel);
    all.ok_or(io::ErrorKind::InvalidInput)?.start_blocking()
}

fn configure(api: &Emulator, folder: &Path) -> io::Result<()> {
    let mut config = String::new();
    for (channel, number) in api.channels().iter().zip(1..) {
        let file = format!("c{number}.token");
        write_private(&folder.join(&file), channel.token())?;
        let address = api.base_url();
        writeln!(
            config,
            "[channels.c{number}]\ntoken_file = \"{file}\"\nbase_url = \"{address}\"\n"
        )
        .expect("a String takes everything");
    }
    fs::write(folder.join("config.toml"), config)
}

/// Other users may not read a file with a token: `whapi` refuses it.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}
