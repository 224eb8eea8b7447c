//! The arguments of `login` and `logout`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    #[command(subcommand)]
    pub(crate) service: LoginService,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LoginService {
    /// Sign in to Google in a browser, for `--format sheets`.
    Google(GoogleLoginArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GoogleLoginArgs {
    /// Your OAuth client of the type "Desktop app": the JSON file that Google's console downloads.
    #[arg(long, value_name = "FILE")]
    pub(crate) client: PathBuf,

    /// Request access only to the spreadsheets that this program created, and not to all of yours.
    #[arg(long)]
    pub(crate) only_own: bool,

    /// Do not open a browser. Open the printed address yourself, on any computer; the address at which
    /// the browser ends can be pasted.
    #[arg(long)]
    pub(crate) no_browser: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    #[command(subcommand)]
    pub(crate) service: LogoutService,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogoutService {
    /// Delete the saved sign-in at Google.
    Google,
}
