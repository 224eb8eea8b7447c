//! What an exporter can do.

/// What an exporter can do, so that impossible requests are refused early.
///
/// ```
/// use whapi_export::Capabilities;
///
/// assert!(Capabilities::default().stdout);
/// let service = Capabilities::remote().with_forecasts();
/// assert!(service.remote && service.forecasts && !service.stdout);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Its output may go to standard output. Default: `true`.
    pub stdout: bool,
    /// It writes to a service and not to a file. Default: `false`.
    pub remote: bool,
    /// It can say what a run would do at the destination: [`Exporter::forecast`](crate::Exporter::forecast). Default: `false`.
    pub forecasts: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            stdout: true,
            remote: false,
            forecasts: false,
        }
    }
}

impl Capabilities {
    /// An exporter that writes to a service: no file, no standard output.
    pub fn remote() -> Self {
        Self {
            stdout: false,
            remote: true,
            ..Self::default()
        }
    }

    /// Sets [`forecasts`](Self::forecasts).
    pub fn with_forecasts(mut self) -> Self {
        self.forecasts = true;
        self
    }
}
