//! Keeps tokens and other secrets out of messages.
//!
//! - [`quote`] prepares an API's own words for a message: redacted, on one line, of bounded length.
//! - [`redact()`] replaces a secret in a text, in each encoding that is listed there.
//! - [`is_secret_not_path`] finds a secret that was given where a path is expected.
//! - [`holds_token`] finds a token in a text that may hold anything, such as an argument of a command.
//! - [`read_bounded`] reads a secret and refuses more bytes than a secret has.
//! - [`mode_open_to_others`] finds a file that other users of the computer can access.
//!
//! # Examples
//!
//! ```
//! use whapi_secret::quote;
//!
//! let said = "no channel for canary%2F5Yx\nask the administrator";
//! assert_eq!(quote(said, &["canary/5Yx"]), "no channel for [token] ask the administrator");
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod file;
mod mode;
mod path;
mod redact;
mod run;

pub use file::read_bounded;
pub use mode::mode_open_to_others;
pub use path::is_secret_not_path;
pub use redact::{MOST_QUOTED, quote, redact};
pub use run::holds_token;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
