//! The messages of the protocol, version 1: one JSON object a line.

mod hello;
mod host_message;
mod list;
mod program_message;

use serde::Serialize;

pub(crate) use hello::{Hello, OutputKind, OutputSpec, ProgramOption};
pub(crate) use host_message::{BatchLine, Begin, Facts, Finish, HostMessage, RunFacts};
pub(crate) use program_message::{Ack, Done, Failure, ProgramMessage, SkippedContact, Status};

/// The version of the protocol that this crate speaks.
pub(crate) const VERSION: u32 = 1;

/// The most bytes of a line, its end included.
pub(crate) const MAX_LINE: usize = 8 << 20;

/// A message as a line.
pub(crate) fn line_of(message: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).expect("texts and numbers become JSON");
    line.push(b'\n');
    line
}
