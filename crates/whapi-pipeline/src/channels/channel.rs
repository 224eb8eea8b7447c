//! A channel of a run.

use std::fmt;
use std::sync::Arc;

use whapi_fetch::ContactSource;

/// A channel of a [run over many](crate::Pipeline::run_channels): a name, and the source of its contacts.
pub struct Channel {
    pub(super) name: Arc<str>,
    pub(super) source: Box<dyn ContactSource>,
}

impl Channel {
    /// A channel. Its contacts have this [name](whapi_classify::ClassifiedContact::channel).
    pub fn new(name: impl Into<Arc<str>>, source: Box<dyn ContactSource>) -> Self {
        let name = name.into();
        Self { name, source }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
