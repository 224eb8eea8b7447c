//! The page in Chromium: what is shown, what the controls and keys do, and that no name does anything.

mod channels;
#[path = "../common/mod.rs"]
mod common;
mod controls;
mod hostile;
mod keyboard;
mod page;
mod paper;
mod people;
mod size;
