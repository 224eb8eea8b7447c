//! Writes contacts of many channels as a dataset: a folder of partitions, and the proof that they are
//! complete.
//!
//! ```text
//! contacts/
//!   dt=2026-11-29/
//!     _manifest.json
//!     channel=office/part-0.jsonl
//!     channel=shop/part-0.jsonl
//! ```
//!
//! [`definition`] is the exporter `dataset`, and [`check()`] tests what it wrote. The records are those of
//! `whapi-export-jsonl`.
//!
//! # Features
//!
//! `parquet`, not enabled by default, writes the same records as Parquet: [`DatasetConfig::file`].
//!
//! # What this crate does not do
//!
//! It distributes nothing: runs that share the channels need no coordinator, because a channel belongs to
//! one of them by its name.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod check;
mod config;
mod exporter;
mod manifest;
mod partition;
mod partitions;
mod shard;

pub use check::{Checked, check};
pub use config::{DatasetConfig, DatasetDate, DatasetFile};
pub use exporter::{DatasetExporter, definition};
pub use manifest::{Manifest, ManifestShard, PartitionEntry};
pub use shard::{InvalidShard, Shard};
pub use whapi_export;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
