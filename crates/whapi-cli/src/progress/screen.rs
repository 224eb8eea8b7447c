//! The line of a terminal in which progress is drawn.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use console::measure_text_width;
use indicatif::TermLike;

/// The terminal cuts what does not fit into its width (DECAWM).
const NO_WRAP: &str = "\x1b[?7l";
/// The terminal wraps what does not fit into its width, as by default.
const WRAP: &str = "\x1b[?7h";

/// Draws one line, and keeps the cursor at its start.
///
/// When the terminal becomes narrower, it wraps the line. The cursor then is still at the start of it, so
/// that clearing it and the rows below leaves no remains.
#[derive(Debug, Clone)]
pub(super) struct Screen<T> {
    pub(super) terminal: T,
    /// The columns of the line that is drawn.
    drawn: Arc<AtomicUsize>,
}

impl<T> Screen<T> {
    pub(super) fn new(terminal: T) -> Self {
        Self {
            terminal,
            drawn: Arc::default(),
        }
    }
}

impl<T: TermLike> TermLike for Screen<T> {
    fn width(&self) -> u16 {
        self.terminal.width()
    }

    fn height(&self) -> u16 {
        self.terminal.height()
    }

    // There is one line only.
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        // indicatif fills the line with spaces, which would wrap as well.
        if text.trim_end_matches(' ').is_empty() {
            return Ok(());
        }
        let columns = measure_text_width(text);
        self.drawn.store(columns, Ordering::Relaxed);
        // Between its own resize and ours, a terminal cuts the line instead of wrapping it.
        self.terminal.write_str(&format!("{NO_WRAP}{text}{WRAP}\r"))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.terminal.clear_line()?;
        let columns = self.drawn.swap(0, Ordering::Relaxed);
        let width = usize::from(self.width()).max(1);
        // Not by one "erase below", for which some terminals scroll.
        let below = columns.saturating_sub(1) / width;
        for _ in 0..below {
            self.terminal.move_cursor_down(1)?;
            self.terminal.clear_line()?;
        }
        self.terminal.move_cursor_up(below)
    }

    fn flush(&self) -> io::Result<()> {
        self.terminal.flush()
    }
}
