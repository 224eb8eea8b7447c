//! Where the tested exporter writes to.

use std::fmt::Write as _;
use std::fs;

use tempfile::TempDir;

use crate::{OpenContext, OutputTarget, Split};

/// One place that an exporter writes to, as a test sees it.
///
/// The methods are called outside of [`Subject::block_on`](super::Subject::block_on), so they may
/// block.
///
/// # Examples
///
/// A destination behind an exporter's option, such as a made-up service on this machine:
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use whapi_export::OpenContext;
/// use whapi_export::conformance::Destination;
///
/// struct Shelf(Arc<Mutex<Option<Vec<u8>>>>);
///
/// impl Destination for Shelf {
///     fn context(&self) -> OpenContext {
///         OpenContext::new().with_option("shelf", "7")
///     }
///
///     fn contents(&self) -> Option<Vec<u8>> {
///         self.0.lock().unwrap().clone()
///     }
/// }
///
/// let shelf = Shelf(Arc::default());
/// assert_eq!(shelf.contents(), None);
/// assert_eq!(shelf.leftovers(), [""; 0]);
/// ```
pub trait Destination {
    /// What the exporter is opened with to write here.
    fn context(&self) -> OpenContext;

    /// The result that is visible now, in a form that is equal for equal results; `None` when there
    /// is none.
    fn contents(&self) -> Option<Vec<u8>>;

    /// What lies beside the result and should not, by name. Nothing unless overridden.
    fn leftovers(&self) -> Vec<String> {
        Vec::new()
    }

    /// What the summary must contain as the destination. `None`, the default, when any text will do.
    fn name(&self) -> Option<String> {
        None
    }

    /// The `nth` way, from 0, of failing while the exporter writes; `None` when there are no more.
    ///
    /// Each way is tried on a destination of its own. `complete` is what a run of the same contacts
    /// leaves when nothing fails. Cannot fail unless overridden.
    fn failing(&self, nth: usize, complete: &[u8]) -> Option<OpenContext> {
        let _ = (nth, complete);
        None
    }

    /// A context like this destination's, but of a place that can never be written. `None`, the
    /// default, when there is no such place.
    fn unwritable(&self) -> Option<OpenContext> {
        None
    }
}

impl<D: Destination + ?Sized> Destination for Box<D> {
    fn context(&self) -> OpenContext {
        (**self).context()
    }

    fn contents(&self) -> Option<Vec<u8>> {
        (**self).contents()
    }

    fn leftovers(&self) -> Vec<String> {
        (**self).leftovers()
    }

    fn name(&self) -> Option<String> {
        (**self).name()
    }

    fn failing(&self, nth: usize, complete: &[u8]) -> Option<OpenContext> {
        (**self).failing(nth, complete)
    }

    fn unwritable(&self) -> Option<OpenContext> {
        (**self).unwritable()
    }
}

/// A file in a fresh temporary folder, removed with everything in it on drop.
///
/// It fails as a full disk does, at four sizes up to one byte short of the complete file
/// ([`OpenContext::with_byte_limit`]); everything else in the folder is a leftover.
#[derive(Debug)]
pub struct FileDestination {
    folder: TempDir,
    name: String,
}

impl FileDestination {
    /// A file of that name, which does not exist yet.
    ///
    /// # Panics
    ///
    /// When no temporary folder can be made.
    pub fn new(name: &str) -> Self {
        Self {
            folder: fresh_folder(),
            name: name.to_owned(),
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join(&self.name)
    }
}

impl Destination for FileDestination {
    fn context(&self) -> OpenContext {
        OpenContext::new().with_target(OutputTarget::Path(self.path()))
    }

    fn contents(&self) -> Option<Vec<u8>> {
        fs::read(self.path()).ok()
    }

    fn leftovers(&self) -> Vec<String> {
        let mut names = names_in(&self.folder);
        names.retain(|name| *name != self.name);
        names
    }

    fn name(&self) -> Option<String> {
        Some(self.path().display().to_string())
    }

    fn failing(&self, nth: usize, complete: &[u8]) -> Option<OpenContext> {
        let size = complete.len() as u64;
        let mut limits = vec![0, 1, size / 2, size.saturating_sub(1)];
        limits.retain(|limit| *limit < size);
        limits.dedup();
        let limit = limits.get(nth)?;
        Some(self.context().with_byte_limit(*limit))
    }

    fn unwritable(&self) -> Option<OpenContext> {
        let path = self.folder.path().join("no-such-folder").join(&self.name);
        Some(OpenContext::new().with_target(OutputTarget::Path(path)))
    }
}

/// The files of a split in a fresh temporary folder, removed with everything in it on drop.
///
/// They fail as a full disk does, each of them at the same size.
#[derive(Debug)]
pub(super) struct SplitDestination {
    folder: TempDir,
    name: String,
}

impl SplitDestination {
    /// Files that are named after this one.
    pub(super) fn new(name: &str) -> Self {
        Self {
            folder: fresh_folder(),
            name: name.to_owned(),
        }
    }

    fn files(&self) -> Vec<String> {
        let path = self.folder.path().join(&self.name);
        // A group may have any name, so these are all that are ever written.
        let files = Split::Group.existing_files(&path).into_iter();
        files
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect()
    }
}

impl Destination for SplitDestination {
    fn context(&self) -> OpenContext {
        OpenContext::new().with_target(OutputTarget::Path(self.folder.path().join(&self.name)))
    }

    fn contents(&self) -> Option<Vec<u8>> {
        let files = self.files();
        if files.is_empty() {
            return None;
        }
        let mut list = String::new();
        let mut contents = Vec::new();
        for file in files {
            let bytes = fs::read(self.folder.path().join(&file)).ok()?;
            writeln!(list, "{file}: {} bytes", bytes.len()).expect("a String takes all");
            contents.extend(bytes);
        }
        Some([list.into_bytes(), contents].concat())
    }

    fn leftovers(&self) -> Vec<String> {
        let files = self.files();
        let mut names = names_in(&self.folder);
        names.retain(|name| !files.contains(name));
        names
    }

    fn name(&self) -> Option<String> {
        let pattern = Split::Group.pattern(&self.folder.path().join(&self.name));
        Some(pattern.display().to_string())
    }

    fn failing(&self, nth: usize, complete: &[u8]) -> Option<OpenContext> {
        // Less than the largest file has, among a handful of them.
        let limit = [0, 1, complete.len() as u64 / 8].into_iter().nth(nth)?;
        Some(self.context().with_byte_limit(limit))
    }

    fn unwritable(&self) -> Option<OpenContext> {
        let path = self.folder.path().join("no-such-folder").join(&self.name);
        Some(OpenContext::new().with_target(OutputTarget::Path(path)))
    }
}

fn fresh_folder() -> TempDir {
    tempfile::Builder::new()
        .prefix("whapi-conformance-")
        .tempdir()
        .expect("a temporary folder can be made")
}

fn names_in(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .expect("the temporary folder is there")
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
