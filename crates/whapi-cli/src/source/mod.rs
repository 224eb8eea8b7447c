//! Where the contacts come from.

mod token;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use whapi_emulator::Emulator;
use whapi_fetch::{Client, ContactSource, GateSource, SavedAnswers, ScanOptions, SideCalls, Token};

use crate::args::SourceArgs;
use crate::console::Console;
use crate::error::CliError;

/// Holds the gate's address.
const BASE_URL_VARIABLE: &str = "WHAPI_BASE_URL";

/// Where the contacts come from, ready to be asked.
pub(crate) enum Source {
    /// A gate, real or emulated: the path is the same, only the address differs.
    Api {
        client: Client,
        options: ScanOptions,
        side_calls: SideCalls,
        /// The emulated gate, which serves as long as this lives.
        demo: Option<Emulator>,
    },
    Saved(SavedAnswers),
}

/// Opens what the arguments name. Asks nothing of a gate yet.
pub(crate) async fn open(args: &SourceArgs, side_calls: SideCalls) -> Result<Source, CliError> {
    if let Some(path) = &args.from {
        return Ok(Source::Saved(open_saved(path).await?));
    }
    let options = ScanOptions::default()
        .with_page_size(args.page_size)?
        .with_concurrency(usize::from(args.concurrency))?;
    if args.demo {
        let gate = Emulator::builder().start().await.map_err(|error| {
            CliError::unexpected(format!("could not start the emulated gate: {error}"))
        })?;
        let token = Token::new(gate.token(), "the emulated gate")?;
        let client = client(args, token, gate.base_url())?;
        return Ok(Source::Api {
            client,
            options,
            side_calls,
            demo: Some(gate),
        });
    }
    let token_file = args.token_file.clone();
    let token = run_blocking(move || token::read(token_file.as_deref())).await?;
    let client = client(args, token, &base_url(args)?)?;
    Ok(Source::Api {
        client,
        options,
        side_calls,
        demo: None,
    })
}

/// The flag, else the variable, else the public gate. A variable that is empty counts as not set.
fn base_url(args: &SourceArgs) -> Result<String, CliError> {
    if let Some(url) = &args.base_url {
        return Ok(url.clone());
    }
    match std::env::var_os(BASE_URL_VARIABLE).filter(|url| !url.is_empty()) {
        None => Ok(whapi_fetch::DEFAULT_BASE_URL.to_owned()),
        Some(url) => url
            .into_string()
            .map_err(|_| CliError::usage(format!("{BASE_URL_VARIABLE} is not an address"))),
    }
}

fn client(args: &SourceArgs, token: Token, base_url: &str) -> Result<Client, CliError> {
    let mut builder = Client::builder(token)
        .base_url(base_url)
        .concurrency(usize::from(args.concurrency));
    if let Some(most) = args.max_requests {
        builder = builder.max_requests(most);
    }
    Ok(builder.build()?)
}

async fn open_saved(path: &Path) -> Result<SavedAnswers, CliError> {
    if path == Path::new("-") {
        return Ok(SavedAnswers::from_slow_reader(
            io::stdin(),
            "standard input",
        ));
    }
    if path.is_file() {
        return Ok(SavedAnswers::open(path)?);
    }
    // A pipe with a name, say, may keep whoever opens or reads it waiting.
    let name = format!("`{}`", path.display());
    let path = PathBuf::from(path);
    let file = run_blocking(|| File::open(path)).await;
    let file = file.map_err(|error| CliError::input(format!("could not open {name}: {error}")))?;
    Ok(SavedAnswers::from_slow_reader(file, name))
}

/// Does something that may keep its caller waiting on a thread of its own, so that it can be
/// cancelled meanwhile. The thread ends with the program if nobody needs it any more.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl Source {
    /// Says where the contacts come from when that might surprise.
    pub(crate) fn announce_demo(&self, console: Console) {
        if let Self::Api {
            demo: Some(gate), ..
        } = self
        {
            console.info(format_args!(
                "This is a demo: made-up contacts from an emulated gate at {}.",
                gate.base_url()
            ));
        }
    }

    /// The contacts, and what must live as long as they are read.
    pub(crate) fn into_parts(self) -> (Box<dyn ContactSource>, Option<Emulator>) {
        match self {
            Self::Api {
                client,
                options,
                side_calls,
                demo,
            } => {
                let source = GateSource::new(client, options).with_side_calls(side_calls);
                (Box::new(source), demo)
            }
            Self::Saved(saved) => (Box::new(saved), None),
        }
    }
}
