//! Lists in columns, for a terminal.

use unicode_width::UnicodeWidthStr;
use whapi_text::{escape_terminal, grouped, one_line};

/// Cells that take more columns are not waited for by the others.
const WIDEST: usize = 40;

/// A row: a size, an id and a name.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) size: u64,
    pub(crate) id: &'a str,
    /// `None` if the API gives none.
    pub(crate) name: Option<&'a str>,
}

/// Returns rows below a heading, without a newline at the end. `None` if there are no rows.
///
/// Names are last, because no column behind them depends on how wide a terminal draws their letters
/// and in which direction. Names and ids are untrusted: they are escaped, and kept on one line.
pub(crate) fn render(size: &str, rows: &[Row<'_>]) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let sizes: Vec<_> = rows.iter().map(|row| grouped(row.size)).collect();
    let widths = sizes.iter().map(|size| size.width());
    let width = widths.chain([size.width()]).max().unwrap_or(0);
    let heading = vec![
        format!("{size:>width$}"),
        "ID".to_owned(),
        "NAME".to_owned(),
    ];
    let lines = rows.iter().zip(&sizes).map(|(row, size)| {
        let name = row.name.map_or("(no name)".into(), shown);
        vec![format!("{size:>width$}"), shown(row.id), name]
    });
    Some(aligned(
        &[heading].into_iter().chain(lines).collect::<Vec<_>>(),
    ))
}

/// Returns rows below their headings, without a newline at the end, and without columns in which no row
/// has anything. `None` if there are no rows.
///
/// Cells are untrusted: they are escaped, and kept on one line.
pub(crate) fn columns(headings: &[&str], rows: &[Vec<String>]) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let is_used = |column: &usize| rows.iter().any(|row| !row[*column].is_empty());
    let used: Vec<_> = (0..headings.len()).filter(is_used).collect();
    let heading = used.iter().map(|column| headings[*column].to_owned());
    let lines = rows.iter().map(|row| {
        let cells = used.iter().map(|column| shown(&row[*column]));
        cells.collect()
    });
    Some(aligned(
        &[heading.collect()]
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>(),
    ))
}

/// Joins the cells of each line, so that columns are aligned.
fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].width());
        widths.max().unwrap_or(0).min(WIDEST)
    };
    let columns = lines.first().map_or(0, Vec::len);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let lines = lines.iter().map(|line| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| {
            let behind = width.saturating_sub(cell.width());
            format!("{cell}{:behind$}", "")
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        line.trim_end_matches(' ').to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(text: &str) -> String {
    escape_terminal(&one_line(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row<'a>(size: u64, id: &'a str, name: Option<&'a str>) -> Row<'a> {
        Row { size, id, name }
    }

    #[test]
    fn columns_are_aligned_by_the_width_of_letters() {
        let rows = [
            row(1317, "1@g.us", Some("家族 🎾")),
            row(2, "家族", Some("Padel")),
            row(0, "12@g.us", None),
        ];
        assert_eq!(
            render("MEMBERS", &rows).unwrap(),
            "MEMBERS  ID       NAME\n  \
               1,317  1@g.us   家族 🎾\n      \
                   2  家族     Padel\n      \
                   0  12@g.us  (no name)"
        );
    }

    #[test]
    fn text_of_others_stays_on_its_line_and_steers_nothing() {
        let wide = "1".repeat(WIDEST + 1);
        let rows = [
            row(1, "2\u{1b}[2J", Some("a\r\nb\u{202e}c")),
            row(1, &wide, Some("x")),
        ];
        let expected = format!(
            "CHATS  ID{:38}  NAME\n    1  2\\u{{1b}}[2J{:30}  a b\\u{{202e}}c\n    1  {wide}  x",
            "", ""
        );
        assert_eq!(render("CHATS", &rows), Some(expected));
        assert_eq!(render("CHATS", &[]), None);
    }

    #[test]
    fn columns_without_anything_are_left_out() {
        let rows = [["a", "", "x\u{1b}", ""], ["家族", "", "", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            columns(&["NAME", "TAGS", "TOKEN", "ADDRESS"], &rows).unwrap(),
            "NAME  TOKEN\na     x\\u{1b}\n家族"
        );
        assert_eq!(columns(&["NAME"], &[]), None);
    }
}
