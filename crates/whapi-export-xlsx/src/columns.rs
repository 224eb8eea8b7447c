//! The columns: which fields of a contact a sheet has, and how wide each is.

use whapi_export::Available;
use whapi_export::fields::{
    BASE_FIELDS, CHANNEL, ENRICHMENT_FIELDS, Field, NAME_WARNINGS, PEOPLE_FIELDS,
};

/// The columns that come first, in this order: what tells rows of one contact apart, and what people look
/// for.
const FIRST: [&str; 3] = ["channel", "display_name", "phone"];

/// The columns of a file, by the run's optional information.
pub(crate) fn columns(available: Available) -> Vec<&'static Field> {
    let found = ENRICHMENT_FIELDS
        .iter()
        .chain([&CHANNEL])
        .chain(PEOPLE_FIELDS)
        .filter(|field| (field.comes_with)(available));
    let mut columns: Vec<_> = BASE_FIELDS
        .iter()
        .chain(found)
        .chain([&NAME_WARNINGS])
        .collect();
    // Stable: the others stay in their order.
    columns.sort_by_key(|field| {
        let place = FIRST.iter().position(|first| *first == field.name);
        place.unwrap_or(FIRST.len())
    });
    columns
}

/// The default width of a column.
const ORDINARY: u8 = 24;

/// How wide a column is, in Excel's unit: about so many digits.
pub(crate) fn width(name: &str) -> u8 {
    match name {
        "kind" => 8,
        "saved" => 9,
        "merged" => 10,
        "can_edit" => 11,
        "standing" => 12,
        "can_delete" | "can_create" => 13,
        "is_business" | "reason" => 14,
        "channel" | "phone" => 18,
        "last_activity" => 22,
        "reasons" | "change" => 26,
        "display_name" | "name" | "pushname" => 28,
        "groups" | "names" => 40,
        _ => ORDINARY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(available: Available) -> Vec<&'static str> {
        columns(available).iter().map(|field| field.name).collect()
    }

    fn all_available() -> Available {
        let mut available = Available::default();
        available.reasons = true;
        available.lid_links = true;
        available.changes = true;
        available.channels = true;
        available.merged_channels = true;
        available
    }

    #[test]
    fn what_the_run_did_not_request_is_no_column() {
        let plain = headers(Available::default());
        assert_eq!(
            plain.join(","),
            "display_name,phone,id,kind,name,pushname,saved,standing,can_edit,can_delete,\
             can_create,is_business,name_warnings"
        );
        let mut available = Available::default();
        available.reasons = true;
        assert_eq!(
            headers(available)[12..].join(","),
            "reason,reasons,last_activity,labels,groups,name_warnings"
        );
        available = Available::default();
        available.lid_links = true;
        assert_eq!(
            headers(available)[12..].join(","),
            "other_id,merged,name_warnings"
        );
        available = Available::default();
        available.changes = true;
        assert_eq!(headers(available)[12..].join(","), "change,name_warnings");
        available = Available::default();
        available.channels = true;
        let of_channels = headers(available);
        assert_eq!(of_channels[0], "channel");
        assert_eq!(of_channels[1..], plain);
        available = Available::default();
        available.merged_channels = true;
        assert_eq!(
            headers(available)[12..].join(","),
            "channels,saved_in,names,name_warnings"
        );
    }

    #[test]
    fn every_header_has_room_beside_its_filter() {
        for name in headers(all_available()) {
            assert!(usize::from(width(name)) >= name.len() + 3, "{name}");
        }
    }
}
