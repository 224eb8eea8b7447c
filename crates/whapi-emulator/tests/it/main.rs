//! The gate over real HTTP: `endpoints` has the calls and their rules, `faults` what goes wrong on
//! request, `gate` the gate's own life, its journal and its people.

mod common;
mod endpoints;
mod faults;
mod gate;
