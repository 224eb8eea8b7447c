//! Limits on memory. `docs/limits.md` says what happens beyond each.

/// Contacts in the name buffer. Few channels have more.
pub(crate) const MAX_BUFFERED: usize = 50_000;
/// Bytes in the name buffer: 50,000 contacts with "About" texts and pictures.
pub(crate) const MAX_BUFFERED_BYTES: usize = 32 << 20;
/// Bytes of a batch for exporters. 500 ordinary contacts take much less.
pub(crate) const MAX_BATCH_BYTES: usize = 2 << 20;
