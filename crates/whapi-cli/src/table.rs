//! Lists in columns, for a terminal.

use unicode_width::UnicodeWidthStr;
use whapi_text::{escape_terminal, grouped, one_line};

/// Ids that take more columns are not waited for by the others.
const WIDEST_ID: usize = 40;

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
    let heading = (size.to_owned(), "ID".to_owned(), "NAME".to_owned());
    let rows = rows.iter().map(|row| {
        let name = row.name.map_or("(no name)".into(), shown);
        (grouped(row.size), shown(row.id), name)
    });
    let lines: Vec<_> = [heading].into_iter().chain(rows).collect();
    let widest = |width: fn(&(String, String, String)) -> usize| lines.iter().map(width).max();
    let size_width = widest(|(size, ..)| size.width()).unwrap_or(0);
    let id_width = widest(|(_, id, _)| id.width()).unwrap_or(0).min(WIDEST_ID);
    let lines = lines.iter().map(|(size, id, name)| {
        let before = size_width.saturating_sub(size.width());
        let behind = id_width.saturating_sub(id.width());
        format!("{:before$}{size}  {id}{:behind$}  {name}", "", "")
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
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
        let wide = "1".repeat(WIDEST_ID + 1);
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
}
