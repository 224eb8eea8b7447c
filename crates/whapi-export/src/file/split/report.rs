//! The sentences about a result of several files.

use std::path::Path;

use whapi_text::plural;

/// How many file names a sentence lists.
const NAMES: usize = 5;

/// The files' messages, each sentence once, with the files that it is about.
pub(super) fn together<'a>(files: impl Iterator<Item = (&'a Path, &'a [String])>) -> Vec<String> {
    let mut sentences: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, said) in files {
        for sentence in said {
            let name = path.display().to_string();
            match sentences.iter_mut().find(|(known, _)| known == sentence) {
                Some((_, names)) => names.push(name),
                None => sentences.push((sentence, vec![name])),
            }
        }
    }
    let with_names = sentences.into_iter();
    with_names
        .map(|(sentence, names)| format!("{}: {sentence}", listed(&names)))
        .collect()
}

pub(super) fn repeated_note(contacts: u64) -> Option<String> {
    let who = plural(contacts, "contact is", "contacts are");
    (contacts > 0)
        .then(|| format!("{contacts} {who} in several of the files, and counted once as written."))
}

pub(super) fn left_warning(names: &[String]) -> Option<String> {
    let (what, it) = match names.len() {
        0 => return None,
        1 => ("A file of an earlier run", "it"),
        _ => ("Files of an earlier run", "them"),
    };
    Some(format!(
        "{what} may be left beside these, and nothing was done to {it}: {}.",
        listed(names)
    ))
}

/// `a, b and 3 more`.
pub(super) fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES)].join(", ");
    match names.len() - names.len().min(NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
            .map(str::to_owned)
            .into();
        assert_eq!(listed(&names[..1]), "a");
        assert_eq!(listed(&names[..5]), "a, b, c, d, e");
        assert_eq!(listed(&names), "a, b, c, d, e and 2 more");
    }

    #[test]
    fn sentences_are_said_once_with_the_files_that_they_are_of() {
        let said = [
            ("a.vcf", vec!["One.".to_owned(), "Two.".to_owned()]),
            ("b.vcf", Vec::new()),
            ("c.vcf", vec!["Two.".to_owned()]),
        ];
        let said = said.iter().map(|(path, said)| (Path::new(path), &**said));
        assert_eq!(together(said), ["a.vcf: One.", "a.vcf, c.vcf: Two."]);
    }
}
