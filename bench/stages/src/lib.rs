//! Nothing but benches; see `benches/stages.rs`.
