//! Phone numbers: country, usual spelling, and the other spelling that a number may have.
//!
//! Pure functions over [`Phone`](whapi_model::Phone): no I/O, no async, nothing that can fail. A
//! number is only ever described. None is refused, corrected or merged with another, because
//! real WhatsApp ids fail the checks of numbering plans.
//!
//! - [`look_up`] gives [`PhoneDetails`]: valid or not, the country, the number with its spaces.
//! - [`country_of`] gives the [`Country`] alone, and faster.
//! - [`variant_of`] gives the other spelling of a number from Brazil, Mexico or Argentina.
//!
//! # Examples
//!
//! ```
//! use whapi_model::ContactId;
//! use whapi_phone::{country_of, look_up, variant_of};
//!
//! let id = ContactId::parse("46701740605")?;
//! let details = look_up(id.phone().unwrap());
//! assert_eq!(details.international, "+46 70 174 06 05");
//! assert_eq!(details.country.unwrap().name(), "Sweden");
//! assert!(details.valid);
//!
//! // A number of WhatsApp that no numbering plan knows: kept as it is.
//! let id = ContactId::parse("551187654321")?;
//! let phone = id.phone().unwrap();
//! let details = look_up(phone);
//! assert_eq!(details.international, "+551187654321");
//! assert!(!details.valid);
//! assert_eq!(country_of(phone).unwrap().as_str(), "BR");
//! assert_eq!(variant_of(phone).as_deref(), Some("+5511987654321"));
//! # Ok::<(), whapi_model::InvalidId>(())
//! ```
//!
//! # What it costs
//!
//! Nothing until it is asked: the first [`look_up`] or [`country_of`] of a program loads the numbering
//! plans, and what a country needs is prepared when its first number comes. Measured on two cores
//! with `cargo run --release --package whapi-phone --example phone_cost`, other builds at work beside it:
//!
//! | | |
//! | --- | --- |
//! | the first call | 9 to 25 ms (dev build: 23 to 60 ms) |
//! | `look_up` | 4 to 7 µs; 29 µs for `+1`, which 25 countries share |
//! | `country_of`, where one country has the calling code | 9 ns |
//! | `country_of` of `+1` | 17 to 22 µs |
//! | `variant_of` | 20 ns; it loads nothing |
//! | memory of the process, numbers from all over the world among its ids | 21 MB at most |
//!
//! # What this crate does not do
//!
//! A LID has no number, so there is nothing here for it: [`Phone`](whapi_model::Phone) cannot be
//! made from one. Whether a number has WhatsApp, only WhatsApp knows.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod country;
mod details;
mod names;
mod plan;
mod variant;

pub use country::{Country, UnknownCountry};
pub use details::{PhoneDetails, country_of, country_of_person, look_up};
pub use variant::variant_of;
pub use whapi_model;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
