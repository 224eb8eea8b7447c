//! Splitting into several files: which, with which contacts, and what a failure leaves.

mod faults;
mod files;
mod support;
