//! The client, the scan and the sources over real HTTP, against an emulated API.

mod bodies;
mod canary;
mod channel_limits;
mod common;
mod connections;
mod enrichment;
mod errors;
mod gzip;
mod health;
mod lids;
mod limits;
mod lists;
mod moving;
mod observer;
mod partner;
mod proof;
mod raw;
mod saved;
mod throttle;
mod torture;
mod whole_lists;
