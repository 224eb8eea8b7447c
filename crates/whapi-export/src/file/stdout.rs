//! Standard output: whether it is open, and how data gets there.

use std::io::{self, BufReader, IsTerminal, LineWriter, Read, Seek, Write};

use super::terminal;
use crate::contract::{Error, ErrorKind, PartialOutput, Result};

/// Whether standard output was closed at the start, so that everything written to it is lost.
///
/// A program that is started with its standard output closed (`>&-`) has `/dev/null` there, opened
/// for reading and writing: Rust's runtime puts it there, and every write succeeds. `>/dev/null` in
/// a shell opens it for writing only, which tells the two apart. So `<>/dev/null`, and what starts
/// programs with such a standard output (Python's `subprocess.DEVNULL` does), is taken for closed,
/// too. Always `false` on Windows.
///
/// # Examples
///
/// ```no_run
/// if whapi_export::stdout::is_closed() {
///     eprintln!("standard output is closed");
/// }
/// ```
pub fn is_closed() -> bool {
    is_closed_here()
}

#[cfg(unix)]
fn is_closed_here() -> bool {
    use rustix::fs::{OFlags, fcntl_getfl};

    let stdout = io::stdout();
    match fcntl_getfl(&stdout) {
        Ok(flags) => flags & OFlags::RWMODE == OFlags::RDWR && is_null_device(&stdout),
        // A `main` that is not Rust's puts nothing in its place.
        Err(error) => error == rustix::io::Errno::BADF,
    }
}

#[cfg(not(unix))]
fn is_closed_here() -> bool {
    false
}

#[cfg(unix)]
fn is_null_device(file: &impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::MetadataExt;

    let file = file.as_fd().try_clone_to_owned().map(std::fs::File::from);
    let here = file.and_then(|file| file.metadata());
    let null = std::fs::metadata("/dev/null");
    matches!((here, null), (Ok(here), Ok(null)) if here.rdev() != 0 && here.rdev() == null.rdev())
}

/// The error of a run that would write to a closed standard output.
pub(crate) fn check_open() -> Result<()> {
    if is_closed() {
        return Err(Error::new(
            ErrorKind::Destination,
            "standard output is closed, or `/dev/null` opened for reading and writing; redirect it \
             to a file or a pipe",
        ));
    }
    Ok(())
}

/// Copies data to standard output. Returns whether all of it was taken: a reader that goes away is
/// no error. A terminal is shown what would steer it.
///
/// An error is marked as [partial](Error::partial) once a byte has been written.
pub(crate) fn copy(mut data: impl Read + Seek) -> Result<bool> {
    let shown = io::stdout().is_terminal();
    let mut written = 0;
    let copied = unbuffered().and_then(|stdout| {
        data.rewind()?;
        let mut out = Counted {
            inner: stdout,
            written: &mut written,
        };
        if shown {
            let mut lines = LineWriter::new(&mut out);
            terminal::show(BufReader::new(data), &mut lines)?;
            lines.flush()?;
        } else {
            io::copy(&mut data, &mut out)?;
        }
        out.flush()
    });
    match copied {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => {
            let failed = Error::new(ErrorKind::Destination, "could not write to standard output")
                .with_source(error);
            Err(match written {
                0 => failed,
                _ => failed.with_partial(PartialOutput::default()),
            })
        }
        Ok(()) => Ok(true),
    }
}

/// Standard output without a buffer, so that what was taken is known to the byte when it fails.
#[cfg(unix)]
fn unbuffered() -> io::Result<std::fs::File> {
    use std::os::fd::AsFd;

    let mut stdout = io::stdout().lock();
    stdout.flush()?;
    Ok(stdout.as_fd().try_clone_to_owned()?.into())
}

/// Standard output as it is: a console has to be written to in its own way.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature on every platform")]
fn unbuffered() -> io::Result<io::StdoutLock<'static>> {
    Ok(io::stdout().lock())
}

/// Counts the bytes that are taken.
struct Counted<'a, W> {
    inner: W,
    written: &'a mut u64,
}

impl<W: Write> Write for Counted<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        *self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
