//! Plots, as SVG.

use std::fmt::Write;

use whapi_text::grouped;

use crate::number::{Count, short};
use crate::sections::{Label, Row, Section, Shape};

/// The shortest visible bar, in percent.
const SHORTEST: f64 = 0.8;
/// Classes of the parts of a whole. Patterns tell them apart without colours.
const PARTS: [&str; 3] = ["one", "two", "three"];
/// The base line of columns in pixels from the top, and the height of the highest.
const BASE: f64 = 160.0;
const HEIGHT: f64 = 136.0;

/// A bar. Shares have a track behind it. The table shows the number.
pub(super) fn bar(number: u64, section: &Section) -> String {
    let track = match section.shape {
        Shape::Shares => r#"<rect class="track" width="100%" height="100%" rx="3"/>"#,
        _ => "",
    };
    let fill = match percent(number, section.most()) {
        0.0 => String::new(),
        width => format!(
            r#"<rect class="one" width="{:.2}%" height="100%" rx="3"/>"#,
            width.max(SHORTEST)
        ),
    };
    format!(r#"<svg class="bar" aria-hidden="true">{track}{fill}</svg>"#)
}

/// The parts of a whole, side by side.
pub(super) fn stack(section: &Section) -> String {
    let mut parts = String::new();
    let mut from = 0.0;
    for (place, row) in section.rows().iter().enumerate() {
        let width = percent(row.count.number(), section.whole);
        if width > 0.0 {
            let place_and_size = format!(r#"x="{from:.2}%" width="{width:.2}%" height="100%""#);
            let part = part(place);
            let _ = write!(
                parts,
                "<rect class=\"{part}\" {place_and_size}/><rect fill=\"url(#marks-{part})\" {place_and_size}/>"
            );
            if from > 0.0 {
                let _ = write!(
                    parts,
                    "<rect class=\"gap\" x=\"{from:.2}%\" width=\"2\" height=\"100%\"/>"
                );
            }
            from += width;
        }
    }
    let described: Vec<_> = section.rows().iter().map(described).collect();
    format!(
        "<svg class=\"stack\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}.</desc>\n\
         <defs><pattern id=\"marks-one\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"></pattern>\
         <pattern id=\"marks-two\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path class=\"marks\" d=\"M0 0v8\"/></pattern>\
         <pattern id=\"marks-three\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><circle class=\"dots\" cx=\"2.5\" cy=\"2.5\" r=\".75\"/></pattern></defs>\n\
         <rect class=\"track\" width=\"100%\" height=\"100%\"/>{parts}\n</svg>\n",
        section.title,
        described.join(", "),
        id = section.id,
    )
}

/// The swatch of a part, for the legend.
pub(super) fn swatch(place: usize) -> String {
    let part = part(place);
    format!(
        r#"<svg class="swatch" aria-hidden="true"><rect class="{part}" width="100%" height="100%" rx="3"/><rect fill="url(#marks-{part})" width="100%" height="100%" rx="3"/></svg>"#
    )
}

/// A column for each month, with its number above and its name below.
pub(super) fn columns(section: &Section) -> String {
    let rows = section.rows();
    let most = section.most();
    let step = percent(1, rows.len() as u64);
    let mut columns = String::new();
    let mut left = 0.0;
    // Two years beside each other do not fit.
    let january_follows = rows
        .get(1)
        .is_some_and(|row| matches!(&row.label, Label::Month(month) if month.name() == "Jan"));
    for row in rows {
        let Label::Month(month) = &row.label else {
            continue;
        };
        let middle = left + step / 2.0;
        let height = match percent(row.count.number(), most) * HEIGHT / 100.0 {
            0.0 => 0.0,
            height => height.max(2.0),
        };
        let top = BASE - height;
        let _ = write!(
            columns,
            "<rect class=\"one\" x=\"{:.2}%\" y=\"{top:.1}\" width=\"{:.2}%\" height=\"{height:.1}\" rx=\"2\"/>\
             <text class=\"value\" x=\"{middle:.2}%\" y=\"{:.1}\">{}</text>\
             <text x=\"{middle:.2}%\" y=\"{}\">{}</text>",
            left + step * 0.14,
            step * 0.72,
            top - 5.0,
            value(row.count),
            BASE + 17.0,
            month.name(),
        );
        if month.name() == "Jan" || (left == 0.0 && !january_follows) {
            let _ = write!(
                columns,
                "<text x=\"{middle:.2}%\" y=\"{}\">{}</text>",
                BASE + 32.0,
                month.year()
            );
        }
        columns.push('\n');
        left += step;
    }
    let highest = rows.iter().max_by_key(|row| row.count.number());
    let desc = match highest {
        Some(row) if most > 0 => format!("The most: {}", described(row)),
        _ => "None".to_owned(),
    };
    format!(
        "<svg class=\"columns\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{desc}.</desc>\n\
         {columns}<line x1=\"0\" x2=\"100%\" y1=\"{BASE}\" y2=\"{BASE}\"/>\n</svg>\n",
        section.title,
        id = section.id,
    )
}

fn part(place: usize) -> &'static str {
    PARTS[place % PARTS.len()]
}

fn value(count: Count) -> String {
    if count.is_known() {
        short(count.number())
    } else {
        "?".to_owned()
    }
}

/// `saved 472`.
fn described(row: &Row) -> String {
    format!("{} {}", row.label.own_text(), grouped(row.count.number()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a plot shows less than a float holds"
)]
fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}
