//! The sign-in of a person at Google, by OAuth 2.0 for native apps (RFC 8252) with PKCE (RFC 7636).
//!
//! `attempt.rs` has the secrets of one sign-in and the address that the browser opens. Google sends the
//! browser back to `listener.rs` on loopback, or a person pastes that address to `pasted.rs`; both read
//! it with `redirect.rs`. `exchange.rs` exchanges the code in it for a refresh token, and
//! `saved_sign_in.rs` saves that in the form of a credentials file.
//!
//! Types with a secret implement no `Debug`.

mod attempt;
mod browser;
mod exchange;
mod listener;
mod oauth_client;
mod page;
mod pasted;
mod redirect;
mod saved_sign_in;

pub(crate) use attempt::{Attempt, Scope};
pub(crate) use browser::open_browser;
pub(crate) use exchange::exchange;
pub(crate) use listener::{Arrived, Listener, Loopback};
pub(crate) use oauth_client::{CONNECTIONS, OAuthClient};
pub(crate) use page::Page;
pub(crate) use pasted::pasted_redirect;
pub(crate) use redirect::Redirect;
pub(crate) use saved_sign_in::{NewSignIn, delete, path};
