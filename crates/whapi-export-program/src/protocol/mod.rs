//! The messages of the protocol, version 1: one JSON object a line.

mod hello;
mod host_message;
mod program_message;

pub(crate) use hello::{Hello, OutputKind, OutputSpec, ProgramOption};
pub(crate) use host_message::{BatchLine, Begin, Facts, Finish, HostMessage, RunFacts};
pub(crate) use program_message::{Ack, Done, Failure, FailureKind, ProgramMessage, SkippedContact};

/// The version of the protocol that this crate speaks.
pub(crate) const VERSION: u32 = 1;

/// The most bytes of a line, its end included.
pub(crate) const MAX_LINE: usize = 8 << 20;
