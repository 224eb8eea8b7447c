//! The counts as one HTML page.

mod plot;

use std::borrow::Cow;

use whapi_text::{counted, escape_html, grouped, plural, readable_time};

use crate::data::{DOUBTS, ReportData};
use crate::sections::{Label, Row, Section, Shape};
use crate::when;

/// Longer names of groups are cut, in characters. WhatsApp allows 100.
const LONGEST_TITLE: usize = 100;
const STYLE: &str = include_str!("page.css");
/// SHA-256 of the style. The policy of the page allows only this style.
const STYLE_HASH: &str = "Et70xpcm+IQMks/qeODlokskAHWM5glJ944UDLYZr3A=";
const CHECK: &str = r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.8 2.8L16.2 9.4"/>"#;
const WARNING: &str = r#"<path d="M12 3.5 2.5 20h19ZM12 10v4.5M12 17.4v.1"/>"#;

pub(crate) fn render(report: &ReportData<'_>) -> String {
    let mut page = head(report);
    page.push_str(&header(report));
    let sections = report.sections();
    // Few cards are in columns, many in pairs.
    let few = sections.iter().any(|section| section.id == "reasons");
    page.push_str(if few {
        "<main class=\"few\">\n"
    } else {
        "<main>\n"
    });
    for section in &sections {
        page.push_str(&card(section));
    }
    page.push_str("</main>\n");
    page.push_str(&footer(report));
    page.push_str("</body>\n</html>\n");
    page
}

fn head(report: &ReportData<'_>) -> String {
    let total = counted(report.stats.total, "contact");
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{total}, {}</title>
<style>{STYLE}</style>
</head>
<body>
"#,
        readable_time(report.stats.now)
    )
}

fn header(report: &ReportData<'_>) -> String {
    let scan = &report.scan;
    let now = report.stats.now;
    let verdict = if scan.complete {
        notice("complete", CHECK, report.verdict(), &[])
    } else {
        notice("incomplete", WARNING, report.verdict(), &scan.reasons)
    };
    let doubts = if scan.doubts.is_empty() {
        String::new()
    } else {
        notice("incomplete", WARNING, DOUBTS, &scan.doubts)
    };
    let selection = report.selection().map_or(String::new(), |selection| {
        format!("<p class=\"selection\">{selection}</p>\n")
    });
    let noun = plural(report.stats.total, "contact", "contacts");
    format!(
        r#"<header>
<p class="when"><time datetime="{iso}">{readable}</time></p>
<h1><b>{total}</b> {noun}</h1>
{verdict}{doubts}{selection}</header>
"#,
        iso = when::iso(now),
        readable = readable_time(now),
        total = grouped(report.stats.total),
    )
}

fn notice(class: &str, icon: &str, text: &str, list: &[String]) -> String {
    let items = list.iter();
    let items = items.map(|item| format!("<li>{}</li>", escape_html(item)));
    let items: String = items.collect();
    let list = if items.is_empty() {
        items
    } else {
        format!("<ul>{items}</ul>")
    };
    format!(
        "<div class=\"notice {class}\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">{icon}</svg>\
         <div><p><strong>{text}</strong></p>{list}</div></div>\n"
    )
}

fn footer(report: &ReportData<'_>) -> String {
    let names = if report.names {
        "It contains names of groups, which are private."
    } else {
        "It contains no names."
    };
    format!(
        "<footer><p>This page is complete: it has no scripts and loads nothing. {names} \
         Shares are of all counted contacts, those of months of all private chats.</p></footer>\n"
    )
}

fn card(section: &Section) -> String {
    let Section {
        id, title, shape, ..
    } = section;
    let class = match (&section.rows, shape) {
        (None, _) => r#" class="unknown""#,
        (Some(_), Shape::Parts) => r#" class="whole""#,
        _ => "",
    };
    let about = match (shape, section.full_bar()) {
        (Shape::Ranking, Some(full)) => format!("{} {full}", section.about),
        _ => section.about.clone(),
    };
    let about = escape_html(&about);
    let body = match (&section.rows, shape) {
        (None, _) => String::new(),
        (Some(rows), _) if rows.is_empty() => String::new(),
        (Some(rows), Shape::Shares | Shape::Ranking) => table(section, rows),
        (Some(rows), Shape::Parts) => plot::stack(section) + &parts(section, rows),
        (Some(rows), Shape::Columns) => format!(
            "<figure>\n{}<details><summary>Numbers</summary>\n{}</details>\n</figure>\n",
            plot::columns(section),
            table(section, rows)
        ),
    };
    format!(
        "<section{class} aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n\
         <p class=\"about\">{about}</p>\n{body}</section>\n"
    )
}

/// A table with a bar below each label.
fn table(section: &Section, rows: &[Row]) -> String {
    let Section {
        id, heading, unit, ..
    } = section;
    let bars = section.shape != Shape::Columns;
    let rows = rows.iter().map(|row| {
        let class = if row.drawn { "" } else { r#" class="rest""# };
        let bar = if row.drawn && bars {
            plot::bar(row.count.number(), section)
        } else {
            String::new()
        };
        format!(
            "<tr{class}><th scope=\"row\">{}{bar}</th><td class=\"number\">{}</td>\
             <td class=\"number share\">{}</td></tr>\n",
            label(&row.label),
            row.count,
            escape_html(&row.count.share(section.whole))
        )
    });
    format!(
        "<table class=\"bars\" aria-labelledby=\"{id}\">\n<thead><tr><th scope=\"col\">{heading}</th>\
         <th scope=\"col\" class=\"number\">{unit}</th><th scope=\"col\" class=\"number share\">Share</th>\
         </tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
        rows.collect::<String>()
    )
}

/// A table with a column for each part, below the plot of the whole.
fn parts(section: &Section, rows: &[Row]) -> String {
    let cells = |cell: &dyn Fn(usize, &Row) -> String| -> String {
        rows.iter()
            .enumerate()
            .map(|(place, row)| cell(place, row))
            .collect()
    };
    format!(
        "<table class=\"parts\" aria-labelledby=\"{}\">\n<thead><tr>{}</tr></thead>\n\
         <tbody>\n<tr class=\"big\">{}</tr>\n<tr class=\"small\">{}</tr>\n</tbody>\n</table>\n",
        section.id,
        cells(&|place, row| format!(
            "<th scope=\"col\">{}{}</th>",
            plot::swatch(place),
            label(&row.label)
        )),
        cells(&|_, row| format!("<td>{}</td>", row.count)),
        cells(&|_, row| format!("<td>{}</td>", escape_html(&row.count.share(section.whole)))),
    )
}

fn label(label: &Label) -> String {
    match label {
        Label::Country(country) => format!(
            "<span class=\"label\"><abbr class=\"code\">{}</abbr> {}</span>",
            country.as_str(),
            escape_html(country.name())
        ),
        Label::GroupName(title) => format!(
            "<span class=\"label\"><bdi>{}</bdi></span>",
            escape_title(title)
        ),
        ours => format!(
            "<span class=\"label\">{}</span>",
            escape_html(&ours.own_text())
        ),
    }
}

/// Escapes the name of a group and cuts it after [`LONGEST_TITLE`] characters.
fn escape_title(title: &str) -> Cow<'_, str> {
    match title.char_indices().nth(LONGEST_TITLE) {
        Some((end, _)) => escape_html(&title[..end]) + "…",
        None => escape_html(title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_titles_are_cut() {
        let hundred = "é".repeat(100);
        assert_eq!(escape_title(&hundred), hundred);
        assert_eq!(escape_title(&format!("{hundred}x")), format!("{hundred}…"));
    }
}
