//! The columns: what each is called, how wide it is, and what it says about a contact.

use whapi_export::whapi_classify::{
    Change, Membership, Operation, PrivateChat, ReasonKind, Reasons,
};
use whapi_export::whapi_model::ContactId;
use whapi_export::{ClassifiedContact, Facts};

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) header: &'static str,
    /// In Excel's unit: about so many digits.
    pub(crate) width: u8,
    /// Pushes the cell's text for a contact; an empty cell is nothing.
    pub(crate) cell: fn(&ClassifiedContact, &mut String),
    /// Whether a file has the column, by what its run finds out.
    there: fn(Facts) -> bool,
}

/// The columns of a file whose run finds out these facts.
pub(crate) fn columns(facts: Facts) -> Vec<&'static Column> {
    COLUMNS
        .iter()
        .filter(|column| (column.there)(facts))
        .collect()
}

const fn column(
    header: &'static str,
    width: u8,
    cell: fn(&ClassifiedContact, &mut String),
) -> Column {
    Column {
        header,
        width,
        cell,
        there: |_| true,
    }
}

impl Column {
    const fn when(mut self, there: fn(Facts) -> bool) -> Self {
        self.there = there;
        self
    }
}

static COLUMNS: [Column; 21] = [
    column("id", 24, |contact, cell| {
        cell.push_str(contact.id().as_str());
    }),
    column("kind", 8, |contact, cell| {
        cell.push_str(contact.id().kind().as_str());
    }),
    column("phone", 18, |contact, cell| {
        if let Some(phone) = contact.phone() {
            cell.push('+');
            cell.push_str(phone.digits());
        }
    }),
    column("display_name", 28, |contact, cell| {
        cell.push_str(contact.display_name().text());
    }),
    column("name", 28, |contact, cell| {
        cell.push_str(contact.contact().name().unwrap_or_default());
    }),
    column("pushname", 28, |contact, cell| {
        cell.push_str(contact.contact().pushname().unwrap_or_default());
    }),
    column("saved", 9, |contact, cell| {
        cell.push_str(flag(contact.contact().saved()));
    }),
    column("standing", 12, |contact, cell| {
        cell.push_str(contact.standing().as_str());
    }),
    column("can_edit", 11, |contact, cell| {
        cell.push_str(allowed(contact, Operation::Edit));
    }),
    column("can_delete", 13, |contact, cell| {
        cell.push_str(allowed(contact, Operation::Delete));
    }),
    column("can_create", 13, |contact, cell| {
        cell.push_str(allowed(contact, Operation::Create));
    }),
    column("is_business", 14, |contact, cell| {
        cell.push_str(flag(contact.contact().is_business()));
    }),
    column("reason", 14, |contact, cell| cell.push_str(reason(contact)))
        .when(|facts| facts.reasons),
    column("reasons", 26, |contact, cell| {
        let kinds = contact.reasons().into_iter().flat_map(Reasons::kinds);
        join(cell, " ", kinds, |kind, cell| cell.push_str(kind.as_str()));
    })
    .when(|facts| facts.reasons),
    column("last_activity", 22, |contact, cell| {
        let time = chat(contact).and_then(PrivateChat::last_activity_text);
        cell.push_str(&time.unwrap_or_default());
    })
    .when(|facts| facts.reasons),
    column("labels", 24, |contact, cell| {
        let labels = chat(contact).into_iter().flat_map(|chat| &chat.labels);
        join(cell, "; ", labels, |label, cell| cell.push_str(&label.name));
    })
    .when(|facts| facts.reasons),
    column("groups", 40, |contact, cell| {
        join(cell, "; ", groups(contact), |part, cell| {
            cell.push_str(part.group.title());
            cell.push_str(" (");
            cell.push_str(part.rank.as_str());
            cell.push(')');
        });
    })
    .when(|facts| facts.reasons),
    column("other_id", 24, |contact, cell| {
        cell.push_str(contact.other_id().map_or("", ContactId::as_str));
    })
    .when(|facts| facts.links),
    column("merged", 10, |contact, cell| {
        cell.push_str(flag(contact.other_id().map(|_| contact.is_merged())));
    })
    .when(|facts| facts.links),
    column("change", 26, |contact, cell| {
        cell.push_str(contact.change().map_or("", Change::as_str));
    })
    .when(|facts| facts.changes),
    column("name_warnings", 24, |contact, cell| {
        let warnings = contact.name_warnings();
        join(cell, " ", warnings.iter(), |warning, cell| {
            cell.push_str(warning.as_str());
        });
    }),
];

fn flag(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "true",
        Some(false) => "false",
        None => "",
    }
}

fn allowed(contact: &ClassifiedContact, operation: Operation) -> &'static str {
    flag(Some(contact.permissions().verdict(operation).is_allowed()))
}

fn reason(contact: &ClassifiedContact) -> &'static str {
    contact.reasons().map_or("", |reasons| {
        reasons.primary().map_or("unknown", ReasonKind::as_str)
    })
}

fn chat(contact: &ClassifiedContact) -> Option<&PrivateChat> {
    contact.reasons()?.private_chat()
}

fn groups(contact: &ClassifiedContact) -> &[Membership] {
    contact.reasons().map_or(&[], |reasons| reasons.groups())
}

/// Pushes a list. An item without text has its place all the same.
fn join<T>(
    cell: &mut String,
    between: &str,
    items: impl IntoIterator<Item = T>,
    push: impl Fn(T, &mut String),
) {
    for (place, item) in items.into_iter().enumerate() {
        if place > 0 {
            cell.push_str(between);
        }
        push(item, cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(facts: Facts) -> Vec<&'static str> {
        columns(facts).iter().map(|column| column.header).collect()
    }

    #[test]
    fn what_nobody_asked_for_is_no_column() {
        let plain = headers(Facts::default());
        assert_eq!(
            plain.join(","),
            "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,\
             can_create,is_business,name_warnings"
        );
        let mut facts = Facts::default();
        facts.reasons = true;
        assert_eq!(
            headers(facts)[12..].join(","),
            "reason,reasons,last_activity,labels,groups,name_warnings"
        );
        facts = Facts::default();
        facts.links = true;
        assert_eq!(
            headers(facts)[12..].join(","),
            "other_id,merged,name_warnings"
        );
        facts = Facts::default();
        facts.changes = true;
        assert_eq!(headers(facts)[12..].join(","), "change,name_warnings");
    }

    #[test]
    fn every_header_has_room_beside_its_filter() {
        for column in &COLUMNS {
            assert!(
                usize::from(column.width) >= column.header.len() + 3,
                "{}",
                column.header
            );
        }
    }

    #[test]
    fn the_mapping_document_lists_every_column_in_order() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/mapping/xlsx.md");
        let document = std::fs::read_to_string(path).unwrap();
        let listed: Vec<_> = document
            .lines()
            .skip_while(|line| !line.starts_with("| column "))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| line.split('`').nth(1).unwrap())
            .collect();
        let known: Vec<_> = COLUMNS.iter().map(|column| column.header).collect();
        assert_eq!(listed, known);
    }
}
