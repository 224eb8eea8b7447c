//! One run over many channels.
//!
//! Each channel is read to its end before the first of its contacts is written, so that one that fails
//! leaves nothing in the result. Some are read at the same time; their contacts are written in the order
//! in which the channels were given.

mod channel;
mod people;
mod read;
mod report;
mod run;
mod totals;

pub use channel::Channel;
pub(crate) use people::People;
pub use report::ChannelReport;
