//! Progress of an exporter, for people.

use std::fmt;
use std::sync::Arc;

/// Reports what an exporter does or waits for, so that a long pause is understood.
///
/// A note is a short line without a full stop, shown until the next one comes. It holds no contact
/// and no secret. Silent unless the caller listens.
///
/// # Examples
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use whapi_export::{StatusSink, OpenContext};
///
/// let heard = Arc::new(Mutex::new(Vec::new()));
/// let listener = Arc::clone(&heard);
/// let ctx = OpenContext::new()
///     .with_status(StatusSink::to(move |note| listener.lock().unwrap().push(note.to_owned())));
/// ctx.status().say("waiting 7 s for the quota");
/// assert_eq!(*heard.lock().unwrap(), ["waiting 7 s for the quota"]);
///
/// StatusSink::default().say("this line is dropped");
/// ```
#[derive(Clone, Default)]
pub struct StatusSink(Option<Arc<Listener>>);

type Listener = dyn Fn(&str) + Send + Sync;

impl StatusSink {
    /// A sink that calls `listener` with each line. It must not block.
    pub fn to(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Sends one line.
    pub fn say(&self, note: &str) {
        if let Some(listener) = &self.0 {
            listener(note);
        }
    }
}

impl fmt::Debug for StatusSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StatusSink")
            .field(&self.0.is_some())
            .finish()
    }
}
