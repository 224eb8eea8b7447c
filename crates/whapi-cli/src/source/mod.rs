//! The source of contacts.

pub(crate) mod channel;
pub(crate) mod channels;
pub(crate) mod token;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use whapi_emulator::Emulator;
use whapi_fetch::{
    ApiSource, Client, ContactSource, EnrichmentRequest, Error, FetchEvent, RequestLimit,
    SavedAnswers, ScanOptions, Token,
};

use crate::args::{ApiArgs, SourceArgs};
use crate::blocking::run_blocking;
use crate::console::Console;
use crate::emulator::{emulator, start};
use crate::error::CliError;

/// An opened source of contacts.
pub(crate) enum Source {
    /// The API, real or emulated.
    Api {
        client: Client,
        options: ScanOptions,
        enrichment_request: EnrichmentRequest,
        /// The emulated API. Dropping it stops it.
        demo: Option<Emulator>,
    },
    Saved(SavedAnswers),
}

/// A client of the API, real or emulated.
pub(crate) struct Api {
    pub(crate) client: Client,
    /// The channel of the configuration. `None` if the token is from elsewhere.
    pub(crate) channel: Option<String>,
    /// The emulated API. Dropping it stops it.
    pub(crate) demo: Option<Emulator>,
}

/// Opens the source of the arguments. Sends no request.
pub(crate) async fn open(
    args: &SourceArgs,
    enrichment_request: EnrichmentRequest,
    console: Console,
) -> Result<Source, CliError> {
    if let Some(path) = &args.from {
        return Ok(Source::Saved(open_saved(path).await?));
    }
    let options = scan_options(args)?;
    let concurrency = usize::from(args.concurrency);
    let Api { client, demo, .. } = open_api(&args.api, concurrency, console).await?;
    Ok(Source::Api {
        client,
        options,
        enrichment_request,
        demo,
    })
}

/// How lists are read.
pub(crate) fn scan_options(args: &SourceArgs) -> Result<ScanOptions, CliError> {
    Ok(ScanOptions::default()
        .with_page_size(args.page_size)?
        .with_concurrency(usize::from(args.concurrency))?)
}

/// Opens the API of the arguments: finds the token, and sends no request.
pub(crate) async fn open_api(
    args: &ApiArgs,
    concurrency: usize,
    console: Console,
) -> Result<Api, CliError> {
    let build = |token, base_url: &str| {
        let shared = Shared::default();
        client(token, base_url, concurrency, args.max_requests, shared)
    };
    if args.demo {
        let demo = start(emulator(None))?;
        let token = Token::new(demo.token(), "the emulated Whapi API")?;
        return Ok(Api {
            client: build(token, demo.base_url())?,
            channel: None,
            demo: Some(demo),
        });
    }
    let access = token::find(args, console).await?;
    Ok(Api {
        client: build(access.token, &access.base_url)?,
        channel: access.channel,
        demo: None,
    })
}

/// What clients of several channels have in common. Default: nothing.
#[derive(Clone, Copy, Default)]
struct Shared<'a> {
    /// The most requests of all together.
    max_requests: Option<&'a RequestLimit>,
    /// The client whose connections are used.
    connections: Option<&'a Client>,
}

/// A client of a channel. Sends nothing.
fn client(
    token: Token,
    base_url: &str,
    concurrency: usize,
    max_requests: Option<u64>,
    shared: Shared,
) -> Result<Client, Error> {
    let mut builder = Client::builder(token)
        .base_url(base_url)
        .concurrency(concurrency);
    if let Some(most) = max_requests {
        builder = builder.max_requests(most);
    }
    if let Some(limit) = shared.max_requests {
        builder = builder.shared_limit(limit.clone());
    }
    if let Some(other) = shared.connections {
        builder = builder.connections_of(other);
    }
    builder.build()
}

async fn open_saved(path: &Path) -> Result<SavedAnswers, CliError> {
    if path == Path::new("-") {
        return Ok(SavedAnswers::from_blocking_reader(
            io::stdin(),
            "standard input",
        ));
    }
    if path.is_file() {
        return Ok(SavedAnswers::open(path)?);
    }
    // Opening or reading a named pipe may block.
    let name = format!("`{}`", path.display());
    let path = PathBuf::from(path);
    let file = run_blocking(|| File::open(path)).await;
    let file = file.map_err(|error| CliError::input(format!("could not open {name}: {error}")))?;
    Ok(SavedAnswers::from_blocking_reader(file, name))
}

impl Api {
    /// Prints that answers are made up, if they are.
    pub(crate) fn announce_demo(&self, console: Console) {
        if let Some(demo) = &self.demo {
            announce(demo, console);
        }
    }
}

fn announce(demo: &Emulator, console: Console) {
    console.info(format_args!(
        "This is a demo: made-up contacts from an emulated Whapi API at {}.",
        demo.base_url()
    ));
}

impl Source {
    /// Prints that contacts are made up, if they are.
    pub(crate) fn announce_demo(&self, console: Console) {
        if let Self::Api {
            demo: Some(demo), ..
        } = self
        {
            announce(demo, console);
        }
    }

    /// What a run does until the first contacts are there, for people.
    pub(crate) fn first_step(&self) -> &'static str {
        match self {
            Self::Api { .. } => "connecting to the Whapi API",
            Self::Saved(_) => "reading the saved answers",
        }
    }

    /// Returns the contacts, and the emulated API that must live as long.
    ///
    /// `observer` receives the progress of an API.
    pub(crate) fn into_parts(
        self,
        observer: impl Fn(&FetchEvent) + Send + Sync + 'static,
    ) -> (Box<dyn ContactSource>, Option<Emulator>) {
        match self {
            Self::Api {
                client,
                options,
                enrichment_request,
                demo,
            } => {
                let source = ApiSource::new(client, options)
                    .with_enrichment_request(enrichment_request)
                    .observe(observer);
                (Box::new(source), demo)
            }
            Self::Saved(saved) => (Box::new(saved), None),
        }
    }
}
