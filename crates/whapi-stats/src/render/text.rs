//! Text with bars.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;
use whapi_text::{counted, escape_hidden, readable_time};

use crate::data::{DOUBTS, ReportData};
use crate::sections::{Label, Row, Section};

/// The shortest bar that is drawn, in columns.
const SHORTEST_BAR: usize = 8;
/// The longest bar that is drawn, in columns.
const LONGEST_BAR: usize = 50;
const BOLD: &str = "\u{1b}[1m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

/// The style of text: width, characters and colours.
///
/// # Examples
///
/// ```
/// use whapi_stats::{ScanSummary, Stats, TextStyle};
///
/// let style = TextStyle::new(60).with_ascii();
/// let text = Stats::new(0).report(ScanSummary::complete()).to_text(&style);
/// assert!(text.is_ascii());
/// assert!(text.lines().all(|line| line.len() <= 60));
/// ```
#[derive(Debug, Clone)]
pub struct TextStyle {
    width: usize,
    ascii: bool,
    colors: bool,
    titles: fn(&str) -> Cow<'_, str>,
}

impl TextStyle {
    /// A style with block characters, no colours, and lines of at most `width` columns.
    ///
    /// The width is at least 40.
    pub fn new(width: usize) -> Self {
        Self {
            width: width.max(40),
            ascii: false,
            colors: false,
            titles: escape_hidden,
        }
    }

    /// Draws bars with `#`. Names of groups do not change.
    pub fn with_ascii(mut self) -> Self {
        self.ascii = true;
        self
    }

    /// Uses the colours of the terminal, by ANSI escape sequences. Default: no colours.
    pub fn with_colors(mut self) -> Self {
        self.colors = true;
        self
    }

    /// Sets the function that escapes names of groups. Default: [`escape_hidden`].
    pub fn with_titles(mut self, escape: fn(&str) -> Cow<'_, str>) -> Self {
        self.titles = escape;
        self
    }

    fn colored(&self, color: &str, text: &str) -> String {
        if self.colors && !text.is_empty() {
            format!("{color}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }

    /// A bar for `number`. `most` has a bar of `length` columns; every number above 0 has a bar.
    fn bar(&self, number: u64, most: u64, length: usize) -> String {
        if number == 0 || most == 0 || length == 0 {
            return String::new();
        }
        let steps: u128 = if self.ascii { 1 } else { 8 };
        let most = u128::from(most);
        let drawn = u128::from(number) * length as u128 * steps;
        let drawn = ((drawn + most / 2) / most).max(1);
        let of_whole = |steps: u128| usize::try_from(steps).unwrap_or(length);
        if self.ascii {
            return "#".repeat(of_whole(drawn));
        }
        let mut bar = "█".repeat(of_whole(drawn / 8));
        bar.push_str(["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][of_whole(drawn % 8)]);
        bar
    }
}

pub(crate) fn render(report: &ReportData<'_>, style: &TextStyle) -> String {
    let mut lines = head(report, style);
    let sections = report.sections();
    let layout = TextLayout::of(&sections, style);
    if layout.bar > 0 && report.stats.total > 0 {
        let full = "A full bar is all contacts, unless a part says otherwise.";
        lines.extend(wrapped(full, style.width, ""));
    }
    for section in &sections {
        lines.push(String::new());
        lines.push(style.colored(BOLD, section.title));
        let full_bar = section.full_bar().filter(|_| layout.bar > 0);
        let about = full_bar.map_or(section.about.clone(), |full| {
            format!("{} {full}", section.about)
        });
        lines.extend(wrapped(&about, style.width, "  "));
        lines.extend(
            section
                .rows()
                .iter()
                .map(|row| layout.line(row, section, style)),
        );
    }
    lines.push(String::new());
    lines.join("\n")
}

fn head(report: &ReportData<'_>, style: &TextStyle) -> Vec<String> {
    let when = readable_time(report.stats.now);
    let total = counted(report.stats.total, "contact");
    let mut lines = vec![
        format!("Contacts, {when}"),
        String::new(),
        style.colored(BOLD, &total),
    ];
    let color = if report.scan.complete { GREEN } else { YELLOW };
    lines.push(style.colored(color, report.verdict()));
    for because in &report.scan.reasons {
        lines.extend(wrapped(&escape_hidden(because), style.width, "  "));
    }
    if !report.scan.doubts.is_empty() {
        lines.push(style.colored(YELLOW, DOUBTS));
    }
    for doubt in &report.scan.doubts {
        lines.extend(wrapped(&escape_hidden(doubt), style.width, "  "));
    }
    lines.extend(report.selection());
    lines
}

/// The widths of the columns, the same in all sections.
struct TextLayout {
    label: usize,
    count: usize,
    share: usize,
    bar: usize,
}

impl TextLayout {
    fn of(sections: &[Section], style: &TextStyle) -> Self {
        let rows = || {
            sections
                .iter()
                .flat_map(|section| section.rows().iter().map(move |row| (section, row)))
        };
        let labels = rows().map(|(_, row)| row.label.own_text().width());
        let counts = rows().map(|(_, row)| row.count.to_string().len());
        let shares = rows().map(|(section, row)| row.count.share(section.whole).len());
        let count = counts.max().unwrap_or(0);
        let share = shares.max().unwrap_or(0);
        // Two spaces before each column.
        let taken = count + share + 8;
        let label = labels
            .max()
            .unwrap_or(0)
            .min(style.width.saturating_sub(taken));
        let left = style.width.saturating_sub(taken + label);
        let bar = if left < SHORTEST_BAR {
            0
        } else {
            left.min(LONGEST_BAR)
        };
        Self {
            label,
            count,
            share,
            bar,
        }
    }

    fn line(&self, row: &Row, section: &Section, style: &TextStyle) -> String {
        let count = row.count.to_string();
        let share = row.count.share(section.whole);
        let numbers = format!("{count:>0$}  {share:>1$}", self.count, self.share);
        let number = if row.drawn { row.count.number() } else { 0 };
        let line = match &row.label {
            // A name from right to left must be last, because it may move what follows.
            Label::GroupName(title) => {
                let length = self.bar.min(20);
                if length == 0 {
                    return format!("  {numbers}  {}", cut(&(style.titles)(title), self.label));
                }
                let bar = style.bar(number, section.most(), length);
                let space = " ".repeat(length - bar.width().min(length));
                let bar = style.colored(GREEN, &bar);
                let rest = self.label + self.bar - length;
                let title = cut(&(style.titles)(title), rest);
                format!("  {numbers}  {bar}{space}  {title}")
            }
            label => {
                let label = padded(&label.own_text(), self.label);
                let bar = style.bar(number, section.most(), self.bar);
                format!("  {label}  {numbers}  {}", style.colored(GREEN, &bar))
            }
        };
        line.trim_end().to_owned()
    }
}

fn padded(label: &str, width: usize) -> String {
    let label = cut(label, width);
    let space = " ".repeat(width - label.width().min(width));
    label + &space
}

/// Cuts `text` to so many columns, with `..` at the end.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        let longer = format!("{kept}{c}");
        if longer.width() + 2 > width {
            break;
        }
        kept = longer;
    }
    kept + &"..".chars().take(width).collect::<String>()
}

fn wrapped(text: &str, width: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share_of_the_longest() {
        let style = TextStyle::new(80);
        let table = [
            (80, "██████████"),
            (79, "█████████▉"),
            (45, "█████▋"),
            (40, "█████"),
            (1, "▏"),
            (0, ""),
        ];
        for (number, bar) in table {
            assert_eq!(style.bar(number, 80, 10), bar, "{number}");
        }
        assert_eq!(style.bar(1, 1_000_000, 10), "▏");
        assert_eq!(style.bar(u64::MAX, u64::MAX, 3), "███");
        let ascii = style.with_ascii();
        assert_eq!(ascii.bar(45, 80, 10), "######");
        assert_eq!(ascii.bar(1, 80, 10), "#");
        assert_eq!(ascii.bar(0, 0, 10), "");
    }

    #[test]
    fn names_are_cut_by_the_columns_they_take() {
        assert_eq!(cut("家族家族", 8), "家族家族");
        assert_eq!(cut("家族家族", 7), "家族..");
        assert_eq!(cut("Family", 5), "Fam..");
        assert_eq!(cut("Family", 1), ".");
        assert_eq!(padded("家族", 6), "家族  ");
    }

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(
            wrapped("a bb ccc dddddddd", 8, "  "),
            ["  a bb", "  ccc", "  dddddddd"]
        );
    }
}
