//! `login google`: signs in at Google, and saves the sign-in.

use std::future::pending;
use std::time::Duration;

use whapi_export::{Committed, Error, ErrorKind, Result};

use crate::args::{GoogleLoginArgs, VerbosityArgs};
use crate::blocking::run_blocking;
use crate::console::Console;
use crate::error::CliError;
use crate::exit;
use crate::google::{
    self, Arrived, Attempt, Listener, Loopback, NewSignIn, OAuthClient, Page, Redirect, Scope,
};
use crate::runner::{cancellable, run_to_end};

/// How long to wait for the browser.
const DEADLINE: Duration = Duration::from_secs(5 * 60);

/// Signs in and returns the exit code.
pub(super) fn run(args: &GoogleLoginArgs) -> u8 {
    let console = Console::new(false);
    let run = cancellable(async {
        sign_in(args, console).await.map_err(CliError::sign_in)?;
        Ok(exit::COMPLETE)
    });
    run_to_end(run, &VerbosityArgs::default(), None, console)
}

async fn sign_in(args: &GoogleLoginArgs, console: Console) -> Result<()> {
    let client = read_client(args, console).await?;
    let new = NewSignIn::prepare(google::path()?)?;
    let mut sign_in = SignIn::start(client, args).await?;
    console.notice(sign_in.instructions(args.no_browser));
    let arrived = if args.no_browser {
        let pasted = google::pasted_redirect(&sign_in.attempt.state, console);
        wait(&mut sign_in.listener, pasted).await?
    } else {
        google::open_browser(&sign_in.attempt.address(&sign_in.client));
        wait(&mut sign_in.listener, pending()).await?
    };
    let saved = sign_in.complete(arrived, new).await?;
    for warning in &saved.warnings {
        console.warn(warning);
    }
    console.notice(format_args!(
        "You are signed in. The sign-in is saved in {}; `export --format sheets` uses it unless it is \
         given other credentials.",
        saved.target
    ));
    Ok(())
}

async fn read_client(args: &GoogleLoginArgs, console: Console) -> Result<OAuthClient> {
    let path = args.client.clone();
    let client = run_blocking(move || OAuthClient::read(&path)).await?;
    if client.is_exposed {
        console.warn(format_args!(
            "other users of this computer can read the OAuth client in {}; run `chmod 600` on the file",
            client.origin
        ));
    }
    Ok(client)
}

/// Waits for the redirect: from the browser, or pasted.
async fn wait(listener: &mut Listener, pasted: impl Future<Output = Redirect>) -> Result<Arrived> {
    tokio::select! {
        arrived = listener.redirect() => Ok(arrived),
        redirect = pasted => Ok(Arrived::without_browser(redirect)),
        () = tokio::time::sleep(DEADLINE) => Err(Error::new(
            ErrorKind::Auth,
            format!(
                "the access was not allowed within {} minutes; sign in again, with --no-browser if the \
                 browser is on another computer",
                DEADLINE.as_secs() / 60
            ),
        )),
    }
}

/// A sign-in at Google that waits for its redirect.
struct SignIn {
    client: OAuthClient,
    attempt: Attempt,
    port: u16,
    listener: Listener,
}

impl SignIn {
    async fn start(client: OAuthClient, args: &GoogleLoginArgs) -> Result<Self> {
        let loopback = Loopback::bind().await.map_err(|error| {
            Error::new(ErrorKind::Destination, "could not listen on 127.0.0.1").with_source(error)
        })?;
        let scope = if args.only_own {
            Scope::OwnFiles
        } else {
            Scope::Spreadsheets
        };
        let attempt = Attempt::new(loopback.redirect_uri(), scope);
        Ok(Self {
            client,
            port: loopback.port,
            listener: loopback.serve(attempt.state.clone()),
            attempt,
        })
    }

    /// What a person has to do in the browser.
    fn instructions(&self, no_browser: bool) -> String {
        let minutes = DEADLINE.as_secs() / 60;
        let address = self.attempt.address(&self.client);
        if !no_browser {
            return format!(
                "A browser opens in which you can allow the access, within {minutes} minutes. If none \
                 does, open this address:\n{address}"
            );
        }
        let (port, redirect_uri) = (self.port, &self.attempt.redirect_uri);
        format!(
            "Open this address in a browser, and allow the access within {minutes} minutes:\n{address}\n\
             If the browser is on another computer, first run this there, with the name of this \
             computer in place of COMPUTER:\nssh -L {port}:127.0.0.1:{port} COMPUTER\n\
             Or allow the access without that, copy the address at which the browser ends with an error \
             ({redirect_uri}?…), paste it here, and press Enter."
        )
    }

    /// Saves the sign-in of a redirect, and shows in the browser how it ended.
    async fn complete(self, arrived: Arrived, new: NewSignIn) -> Result<Committed> {
        let saved = self.save(&arrived.redirect, new).await;
        let page = match (&saved, &arrived.redirect) {
            (Ok(_), _) => Page::SignedIn,
            (Err(_), Redirect::Refused(_)) => Page::NotAllowed,
            (Err(_), Redirect::Code(_)) => Page::Failed,
        };
        arrived.show(page);
        self.listener.close().await;
        saved
    }

    /// Exchanges the code of a redirect, and saves the refresh token.
    async fn save(&self, redirect: &Redirect, new: NewSignIn) -> Result<Committed> {
        let code = match redirect {
            Redirect::Code(code) => code,
            Redirect::Refused(error) => {
                return Err(Error::new(ErrorKind::Auth, not_allowed(error)));
            }
        };
        let refresh_token = google::exchange(&self.client, &self.attempt, code).await?;
        new.save(&self.client, &refresh_token)
    }
}

fn not_allowed(error: &str) -> String {
    if error == "access_denied" {
        return "the access was not allowed; sign in again, and choose Continue on Google's page"
            .to_owned();
    }
    let said = whapi_secret::quote(error, &[]);
    format!("Google refused the access: {said}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time passes only while the sign-in waits, so that it times out at once.
    #[tokio::test(start_paused = true)]
    async fn a_sign_in_that_is_not_finished_ends_after_five_minutes() {
        let begun = tokio::time::Instant::now();
        let mut listener = Loopback::bind().await.unwrap().serve("state".to_owned());
        let error = wait(&mut listener, pending()).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert_eq!(
            error.to_string(),
            "the access was not allowed within 5 minutes; sign in again, with --no-browser if the \
             browser is on another computer"
        );
        let elapsed = begun.elapsed();
        assert!((DEADLINE..DEADLINE + Duration::from_secs(1)).contains(&elapsed));
    }
}
