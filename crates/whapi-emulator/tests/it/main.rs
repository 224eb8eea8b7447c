//! Tests of the emulator over real HTTP.

mod common;
mod endpoints;
mod faults;
mod people;
mod server;
