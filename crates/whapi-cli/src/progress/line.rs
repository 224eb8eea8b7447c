//! A line that fits into the width of a terminal.

use console::{measure_text_width, truncate_str};

/// The width of the bar.
const BAR: std::ops::RangeInclusive<usize> = 10..=30;

/// What a line says, from which as much is shown as fits.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Left out where the line is short: `reading`.
    verb: Option<&'static str>,
    text: String,
    /// How much is done, and of how much.
    done: Option<(u64, u64)>,
    /// Further details, the most important one first.
    pub(super) details: Vec<Detail>,
    /// Whether the first detail is more important than the text.
    pub(super) is_urgent: bool,
    /// Whether the line counts contacts, which have a rate.
    pub(super) is_of_contacts: bool,
}

/// A detail, and its short form.
#[derive(Debug)]
pub(super) struct Detail {
    pub(super) long: String,
    pub(super) short: String,
}

impl Detail {
    /// A detail without a short form.
    pub(super) fn one(text: String) -> Self {
        Self {
            short: text.clone(),
            long: text,
        }
    }
}

/// The characters to draw with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyphs {
    pub(super) spinner: &'static [&'static str],
    full: &'static str,
    empty: &'static str,
    ellipsis: &'static str,
}

impl Glyphs {
    pub(super) const UNICODE: Self = Self {
        spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
        full: "█",
        empty: "░",
        ellipsis: "…",
    };
    pub(super) const ASCII: Self = Self {
        spinner: &["|", "/", "-", "\\"],
        full: "#",
        empty: ".",
        ellipsis: "..",
    };
}

impl Line {
    pub(super) fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// A line with a bar, if the total is known.
    pub(super) fn count(verb: &'static str, text: &str, done: u64, total: Option<u64>) -> Self {
        Self {
            verb: Some(verb),
            text: text.to_owned(),
            done: total.map(|total| (done, total)),
            ..Self::default()
        }
    }

    /// Says that the line counts contacts, which have a rate.
    pub(super) fn of_contacts(mut self) -> Self {
        self.is_of_contacts = true;
        self
    }

    /// Returns the line in at most `width` columns: with a bar if there is room for it and for the
    /// most important detail, and with as many details as fit.
    pub(super) fn fit(&self, width: usize, glyphs: Glyphs) -> String {
        let with_bar = self.done.map(|done| self.choose(width, Some(done), glyphs));
        if let Some(line) = with_bar.flatten() {
            return line;
        }
        if let Some(line) = self.choose(width, None, glyphs) {
            return line;
        }
        match self.details.first().filter(|_| self.is_urgent) {
            Some(detail) if measure_text_width(&detail.long) <= width => detail.long.clone(),
            Some(detail) => cut(&detail.short, width, glyphs.ellipsis),
            None => cut(&self.text, width, glyphs.ellipsis),
        }
    }

    /// Returns the longest form that fits, with at least the first detail.
    fn choose(&self, width: usize, done: Option<(u64, u64)>, glyphs: Glyphs) -> Option<String> {
        let counts = || (self.details.len().min(1)..=self.details.len()).rev();
        let forms: [fn(&Detail) -> &str; 2] = [|detail| &detail.long, |detail| &detail.short];
        let sets = forms.into_iter().flat_map(|form| {
            counts().map(move |count| {
                let details = self.details[..count].iter().map(form);
                details.collect::<Vec<_>>().join(", ")
            })
        });
        let long = self.verb.map(|verb| format!("{verb} {}", self.text));
        let heads = [long.as_ref(), Some(&self.text)];
        let heads = || heads.into_iter().flatten();
        sets.into_iter()
            .flat_map(|details| heads().map(move |head| (head, details.clone())))
            .find_map(|(head, details)| compose(head, &details, width, done, glyphs))
    }
}

/// Cuts a text to so many columns.
fn cut(text: &str, width: usize, ellipsis: &str) -> String {
    if width < measure_text_width(ellipsis) {
        return String::new();
    }
    truncate_str(text, width, ellipsis).into_owned()
}

/// Joins the parts of a line, if they fit.
fn compose(
    head: &str,
    details: &str,
    width: usize,
    done: Option<(u64, u64)>,
    glyphs: Glyphs,
) -> Option<String> {
    let Some(done) = done else {
        let comma = if details.is_empty() { "" } else { ", " };
        let line = format!("{head}{comma}{details}");
        return (measure_text_width(&line) <= width).then_some(line);
    };
    let space = if details.is_empty() { "" } else { " " };
    let rest = format!("{head} {space}{details}");
    let room = width.checked_sub(measure_text_width(&rest))?;
    let bar = bar(room.min(*BAR.end()), done, glyphs);
    (room >= *BAR.start()).then(|| format!("{head} {bar}{space}{details}"))
}

fn bar(width: usize, (done, total): (u64, u64), glyphs: Glyphs) -> String {
    let part = u128::from(done) * width as u128 / u128::from(total.max(1));
    let full = usize::try_from(part).unwrap_or(width).min(width);
    glyphs.full.repeat(full) + &glyphs.empty.repeat(width - full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(line: &Line) -> Vec<String> {
        let widths = [120, 79, 50, 39, 20, 5, 0];
        widths
            .map(|width| {
                let shown = line.fit(width, Glyphs::UNICODE);
                assert!(measure_text_width(&shown) <= width, "{width}: {shown}");
                shown
            })
            .to_vec()
    }

    #[test]
    fn a_line_is_as_long_as_there_is_room() {
        let mut line = Line::count("reading", "contacts 500 of 1,317", 500, Some(1317));
        line.details = vec![
            Detail {
                long: "120/s, 7 s left".to_owned(),
                short: "7 s left".to_owned(),
            },
            Detail::one("chats 1,200 of 3,400".to_owned()),
            Detail::one("groups 12 of 57".to_owned()),
        ];
        assert_eq!(
            fitted(&line),
            [
                "reading contacts 500 of 1,317 ███████████░░░░░░░░░░░░░░░░░░░ 120/s, 7 s left, \
                 chats 1,200 of 3,400, groups 12 of 57",
                "reading contacts 500 of 1,317 ████░░░░░░░ 120/s, 7 s left, chats 1,200 of 3,400",
                "contacts 500 of 1,317 ████░░░░░░░░ 120/s, 7 s left",
                "contacts 500 of 1,317, 120/s, 7 s left",
                "contacts 500 of 1,3…",
                "cont…",
                "",
            ]
        );
    }

    #[test]
    fn a_wait_is_shown_before_everything_else() {
        let mut line = Line::count("reading", "contacts 500 of 1,317", 500, Some(1317));
        line.is_urgent = true;
        line.details = vec![Detail {
            long: "a request failed; trying again in 2 s".to_owned(),
            short: "again in 2 s".to_owned(),
        }];
        assert_eq!(
            fitted(&line),
            [
                "reading contacts 500 of 1,317 ███████████░░░░░░░░░░░░░░░░░░░ \
                 a request failed; trying again in 2 s",
                "reading contacts 500 of 1,317 ████░░░░░░░ a request failed; trying again in 2 s",
                "contacts 500 of 1,317 █████░░░░░░░░░░ again in 2 s",
                "contacts 500 of 1,317, again in 2 s",
                "again in 2 s",
                "agai…",
                "",
            ]
        );
    }

    /// A wide letter takes two columns, and is not cut into halves.
    #[test]
    fn wide_letters_are_cut_by_their_width() {
        let line = Line::text("表シート「連絡先」へコピー中");
        assert_eq!(
            fitted(&line)[2..],
            [
                "表シート「連絡先」へコピー中",
                "表シート「連絡先」へコピー中",
                "表シート「連絡先」…",
                "表シ…",
                "",
            ]
        );
    }

    #[test]
    fn a_bar_is_never_longer_than_full() {
        for (done, total, expected) in [
            (0, 10, ".........."),
            (9, 10, "#########."),
            (10, 10, "##########"),
            (11, 10, "##########"),
            (0, 0, ".........."),
            (u64::MAX, u64::MAX, "##########"),
        ] {
            assert_eq!(bar(10, (done, total), Glyphs::ASCII), expected);
        }
    }
}
