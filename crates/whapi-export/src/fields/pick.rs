//! Fields that are chosen by name.

use super::field::Field;
use crate::{Error, ErrorKind, Result};

/// Finds fields by name, in the order of the names: what an option `columns` lists.
///
/// # Errors
///
/// [`ErrorKind::Config`] without any name, for a name that no `known` field has, and for a name that is
/// listed twice.
///
/// # Examples
///
/// ```
/// use whapi_export::fields::{BASE_FIELDS, Field, pick_fields};
///
/// let known: Vec<&'static Field> = BASE_FIELDS[..3].iter().collect();
/// let picked = pick_fields(&["phone".to_owned(), "id".to_owned()], &known)?;
/// assert_eq!(picked[0].name, "phone");
/// assert_eq!(picked[1].name, "id");
///
/// let error = pick_fields(&["fone".to_owned()], &known).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "option `columns`: unknown column `fone`; known: id, kind, phone"
/// );
/// # Ok::<(), whapi_export::Error>(())
/// ```
pub fn pick_fields(names: &[String], known: &[&'static Field]) -> Result<Vec<&'static Field>> {
    if names.is_empty() {
        return Err(refused("no column is named; give a comma list or `all`"));
    }
    let mut picked: Vec<&'static Field> = Vec::with_capacity(names.len());
    for name in names {
        if picked.iter().any(|field| field.name == name) {
            return Err(refused(format!("column `{name}` is named twice")));
        }
        let field = known.iter().find(|field| field.name == name);
        picked.push(field.ok_or_else(|| {
            let known: Vec<_> = known.iter().map(|field| field.name).collect();
            let known = known.join(", ");
            refused(format!("unknown column `{name}`; known: {known}"))
        })?);
    }
    Ok(picked)
}

fn refused(why: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Config, format!("option `columns`: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::BASE_FIELDS;

    #[track_caller]
    fn check(names: &[&str], expected: Result<&[&str], &str>) {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let known: Vec<_> = BASE_FIELDS[..4].iter().collect();
        let found = pick_fields(&names, &known)
            .map(|fields| fields.iter().map(|field| field.name).collect::<Vec<_>>())
            .map_err(|error| {
                assert_eq!(error.kind(), ErrorKind::Config);
                error.to_string()
            });
        assert_eq!(found, expected.map(<[_]>::to_vec).map_err(str::to_owned));
    }

    #[test]
    fn a_choice_keeps_its_order_and_names_what_is_wrong() {
        check(&["phone", "id"], Ok(&["phone", "id"]));
        check(
            &["id", "phone", "id"],
            Err("option `columns`: column `id` is named twice"),
        );
        check(
            &[],
            Err("option `columns`: no column is named; give a comma list or `all`"),
        );
        check(
            &["id", "fone"],
            Err("option `columns`: unknown column `fone`; known: id, kind, phone, display_name"),
        );
    }
}
