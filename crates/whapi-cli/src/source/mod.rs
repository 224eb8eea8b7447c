//! The source of contacts.

mod token;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use whapi_emulator::Emulator;
use whapi_fetch::{
    ApiSource, Client, ContactSource, EnrichmentRequest, FetchEvent, SavedAnswers, ScanOptions,
    Token,
};

use crate::args::SourceArgs;
use crate::console::Console;
use crate::emulator::emulator;
use crate::error::CliError;

/// The environment variable for the address of the API.
const BASE_URL_VARIABLE: &str = "WHAPI_BASE_URL";

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

/// Opens the source of the arguments. Sends no request.
pub(crate) async fn open(
    args: &SourceArgs,
    enrichment_request: EnrichmentRequest,
) -> Result<Source, CliError> {
    if let Some(path) = &args.from {
        return Ok(Source::Saved(open_saved(path).await?));
    }
    let options = ScanOptions::default()
        .with_page_size(args.page_size)?
        .with_concurrency(usize::from(args.concurrency))?;
    if args.demo {
        let api = emulator(None).start().await.map_err(|error| {
            CliError::unexpected(format!("could not start the emulated Whapi API: {error}"))
        })?;
        let token = Token::new(api.token(), "the emulated Whapi API")?;
        let client = client(args, token, api.base_url())?;
        return Ok(Source::Api {
            client,
            options,
            enrichment_request,
            demo: Some(api),
        });
    }
    let token_file = args.token_file.clone();
    let token = run_blocking(move || token::read(token_file.as_deref())).await?;
    let client = client(args, token, &base_url(args)?)?;
    Ok(Source::Api {
        client,
        options,
        enrichment_request,
        demo: None,
    })
}

/// Returns the address: the flag, else the variable, else the public API.
///
/// An empty variable counts as not set.
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
    // Opening or reading a named pipe may block.
    let name = format!("`{}`", path.display());
    let path = PathBuf::from(path);
    let file = run_blocking(|| File::open(path)).await;
    let file = file.map_err(|error| CliError::input(format!("could not open {name}: {error}")))?;
    Ok(SavedAnswers::from_slow_reader(file, name))
}

/// Runs blocking work on another thread, so that the caller can be cancelled.
///
/// The thread ends with the program if it is not needed any more.
pub(crate) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl Source {
    /// Prints that contacts are made up, if they are.
    pub(crate) fn announce_demo(&self, console: Console) {
        if let Self::Api {
            demo: Some(api), ..
        } = self
        {
            console.info(format_args!(
                "This is a demo: made-up contacts from an emulated Whapi API at {}.",
                api.base_url()
            ));
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
