//! Tests of the emulator over real HTTP.

mod channel;
mod channels;
mod common;
mod documented;
mod endpoints;
mod faults;
mod lids;
mod odd_answers;
mod partner;
mod people;
mod server;
mod spellings;
