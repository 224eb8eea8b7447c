//! "did you mean".

/// The known name that a wrong one most likely stands for.
///
/// At most two letters differ, and fewer than half of the longer name: `vcrad` is `vcard`, but `pdf`
/// is not `vcf`.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let distances = known.into_iter().map(|known| {
        let distance = strsim::damerau_levenshtein(&known.to_ascii_lowercase(), &name);
        (distance, known)
    });
    let near = distances.filter(|(distance, known)| {
        let longer = known.chars().count().max(name.chars().count());
        *distance <= 2 && distance * 2 < longer
    });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let formats = ["vcard", "vcf", "csv", "jsonl", "xlsx", "sheets"];
        for (name, expected) in [
            ("vcrad", Some("vcard")),
            ("VCRAD", Some("vcard")),
            ("v-card", Some("vcard")),
            ("cvs", Some("csv")),
            ("xls", Some("xlsx")),
            ("json", Some("jsonl")),
            ("sheet", Some("sheets")),
            ("pdf", None),
            ("xml", None),
            ("x", None),
            ("", None),
            ("spreadsheet", None),
        ] {
            assert_eq!(nearest(name, formats), expected, "{name}");
        }
    }
}
