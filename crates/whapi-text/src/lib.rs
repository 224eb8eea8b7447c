//! Text for people: classes of characters, and escaping for terminals and HTML.
//!
//! - [`CharClass`] is the one table of characters that are not drawn or have an effect; the sets
//!   [`needs_escape`], [`is_hidden`], [`is_blank_char`], [`is_line_end`] and [`is_xml_char`] are
//!   built from it.
//! - [`escape_terminal`], [`escape_html`] and [`escape_hidden`] make untrusted text safe to show.
//! - [`is_blank`] finds text that shows nothing, and [`one_line`] puts text on one line.
//! - [`grouped`], [`counted`] and [`plural`] write numbers and their nouns.
//! - `rfc_3339`, `system_time_rfc_3339`, `parse_rfc_3339`, `readable_time` and `year_and_month` (feature
//!   `dates`) are dates in UTC.
//! - [`with_causes`] writes an error with its causes.
//! - [`utf16_cut`] cuts text by UTF-16 units, and [`Utf16Reader`] reads UTF-16.
//!
//! # Examples
//!
//! ```
//! use whapi_text::{escape_html, escape_terminal, is_blank};
//!
//! let name = "<Ada>\u{202e}";
//! assert_eq!(escape_terminal(name), r"<Ada>\u{202e}");
//! assert_eq!(escape_html(name), r"&lt;Ada&gt;\u{202e}");
//! assert!(is_blank(" \u{200b}\u{3164}\t"));
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod causes;
mod char_class;
mod count;
#[cfg(feature = "dates")]
mod date;
mod escape;
mod utf16;
mod utf16_reader;
mod white_space;

pub use causes::{causes, with_causes};
pub use char_class::{
    CharClass, is_blank, is_blank_char, is_hidden, is_line_end, is_xml_char, needs_escape,
};
pub use count::{counted, grouped, plural};
#[cfg(feature = "dates")]
pub use date::{
    MONTHS, parse_rfc_3339, readable_time, rfc_3339, system_time_rfc_3339, year_and_month,
};
pub use escape::{escape_hidden, escape_html, escape_terminal};
pub use utf16::utf16_cut;
pub use utf16_reader::{ByteOrder, Utf16Reader};
pub use white_space::one_line;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
