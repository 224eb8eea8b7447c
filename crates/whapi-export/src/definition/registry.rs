//! Exporters by name.

use super::Definition;
use super::nearest::nearest;
use crate::contract::{Error, ErrorKind, Result};

/// The exporters that a program knows, in the order of registration.
///
/// # Examples
///
/// ```
/// use whapi_export::{Definition, Registry};
///
/// # fn open(_: &whapi_export::OpenContext) -> whapi_export::Result<Box<dyn whapi_export::Exporter>> {
/// #     unreachable!("nothing is opened here")
/// # }
/// let mut registry = Registry::new();
/// registry.register(Definition::new("csv", "comma-separated values", open));
/// registry.register(Definition::new("vcard", "address book cards", open).alias("vcf"));
///
/// assert_eq!(registry.get("vcf")?.name(), "vcard");
/// assert_eq!(
///     registry.get("vcrad").unwrap_err().to_string(),
///     "unknown format `vcrad`, did you mean `vcard`? known: csv, vcard"
/// );
/// # Ok::<(), whapi_export::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Registry {
    definitions: Vec<Definition>,
}

impl Registry {
    /// No exporters.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an exporter. One of the same name is replaced, in its place, and returned.
    pub fn register(&mut self, definition: Definition) -> Option<Definition> {
        let same = |known: &&mut Definition| known.name() == definition.name();
        if let Some(known) = self.definitions.iter_mut().find(same) {
            return Some(std::mem::replace(known, definition));
        }
        self.definitions.push(definition);
        None
    }

    /// The exporter of that name or alias.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownFormat`]: lists the known names, and the nearest one if it is near.
    pub fn get(&self, name: &str) -> Result<&Definition> {
        // A name goes before another exporter's alias.
        self.definitions
            .iter()
            .find(|known| known.name().eq_ignore_ascii_case(name))
            .or_else(|| self.definitions.iter().find(|known| known.answers_to(name)))
            .ok_or_else(|| self.unknown(name))
    }

    /// The exporter whose files have this extension, in any letter case; `None` when there is
    /// none.
    pub fn by_extension(&self, extension: &str) -> Option<&Definition> {
        self.definitions.iter().find(|known| {
            known
                .file_extension()
                .is_some_and(|known| known.eq_ignore_ascii_case(extension))
        })
    }

    /// All exporters, in the order of registration.
    pub fn iter(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }

    fn unknown(&self, name: &str) -> Error {
        let names = self.definitions.iter().flat_map(|known| {
            std::iter::once(known.name()).chain(known.aliases().iter().map(String::as_str))
        });
        let hint = nearest(name, names)
            .map_or(String::new(), |known| format!(", did you mean `{known}`?"));
        let separator = if hint.is_empty() { ";" } else { "" };
        let names: Vec<_> = self.definitions.iter().map(Definition::name).collect();
        Error::new(
            ErrorKind::UnknownFormat,
            format!(
                "unknown format `{name}`{hint}{separator} known: {}",
                names.join(", ")
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn define(name: &str) -> Definition {
        Definition::new(name, "", |_| unreachable!("never opened"))
    }

    #[test]
    fn a_second_definition_replaces_the_first_in_its_place() {
        let mut registry = Registry::new();
        assert!(registry.register(define("a")).is_none());
        assert!(registry.register(define("b").extension("b")).is_none());
        let replaced = registry.register(define("a").extension("x")).unwrap();
        assert_eq!(replaced.file_extension(), None);
        let names: Vec<_> = registry.iter().map(Definition::name).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(registry.by_extension("X").unwrap().name(), "a");
    }

    #[test]
    fn a_name_far_from_all_gets_no_guess() {
        let mut registry = Registry::new();
        registry.register(define("csv"));
        assert_eq!(
            registry.get("spreadsheet").unwrap_err().to_string(),
            "unknown format `spreadsheet`; known: csv"
        );
    }
}
