//! Runs the command line and this repository's chores.

fn main() {}
