//! Creating, renaming and deleting contacts.

use axum::response::{IntoResponse, Response};

use crate::answer;
use crate::people::person::{Person, phone_digits};

/// Why the API rejects a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// 400, with the reason.
    BadRequest(String),
    /// 404: no contact has this id.
    NotFound,
    /// 403: not in the address book. The rule is documented, the status is assumed.
    NotSaved,
    /// 409: in the address book already, or without `saved`.
    Exists,
}

impl ApiError {
    pub(crate) fn bad_phone() -> Self {
        Self::BadRequest("phone must be 4 to 15 digits".to_owned())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::BadRequest(details) => answer::error(400, &details),
            Self::NotFound => answer::error(404, "no such contact"),
            Self::NotSaved => answer::error(403, "the contact is not in the address book"),
            Self::Exists => answer::error(409, "the contact is in the address book already"),
        }
    }
}

/// `PUT /contacts`: saves a phone number and returns its row.
pub(crate) fn create(
    people: &mut Vec<Person>,
    phone: &str,
    name: &str,
) -> Result<Person, ApiError> {
    if phone_digits(phone) != Some(phone) {
        return Err(ApiError::bad_phone());
    }
    let Some(known) = people.iter_mut().find(|p| p.is(phone)) else {
        let person = Person::new(phone).with_name(name).with_saved(true);
        people.push(person.clone());
        return Ok(person);
    };
    if in_address_book(known) != Some(false) {
        return Err(ApiError::Exists);
    }
    *known = std::mem::take(known).with_name(name);
    set_in_address_book(known, true);
    Ok(known.clone())
}

/// `PATCH /contacts/{id}`: renames a saved contact.
pub(crate) fn edit(people: &mut [Person], id: &str, name: &str) -> Result<(), ApiError> {
    let person = find_saved(people, id)?;
    *person = std::mem::take(person).with_name(name);
    Ok(())
}

/// `DELETE /contacts/{id}`: removes a contact from the address book.
///
/// It stays in the list, as a discovered contact.
pub(crate) fn delete(people: &mut [Person], id: &str) -> Result<(), ApiError> {
    let person = find_saved(people, id)?;
    *person = std::mem::take(person).without_raw();
    set_in_address_book(person, false);
    person.name = None;
    Ok(())
}

fn find_saved<'a>(people: &'a mut [Person], id: &str) -> Result<&'a mut Person, ApiError> {
    let person = people
        .iter_mut()
        .find(|p| p.is(id))
        .ok_or(ApiError::NotFound)?;
    if in_address_book(person) == Some(true) {
        Ok(person)
    } else {
        Err(ApiError::NotSaved)
    }
}

/// `phonebook` decides where a row has it, `saved` elsewhere.
fn in_address_book(person: &Person) -> Option<bool> {
    person.phonebook.or(person.saved)
}

fn set_in_address_book(person: &mut Person, saved: bool) {
    person.saved = Some(saved);
    person.phonebook = person.phonebook.map(|_| saved);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Vec<Person> {
        vec![
            Person::new("447700900001")
                .with_name("Ada")
                .with_saved(true),
            Person::new("447700900002")
                .with_pushname("bo")
                .with_saved(false),
            Person::new("447700900003"),
        ]
    }

    #[test]
    fn creating() {
        let mut people = book();
        assert_eq!(
            create(&mut people, "447700900001", "x"),
            Err(ApiError::Exists)
        );
        assert_eq!(
            create(&mut people, "447700900003", "x"),
            Err(ApiError::Exists)
        );
        for bad in [
            "",
            "123",
            "1234567890123456",
            "+4477",
            "447700900001@c.us",
            "٤٤٧٧",
        ] {
            assert_eq!(
                create(&mut people, bad, "x"),
                Err(ApiError::bad_phone()),
                "{bad}"
            );
        }
        assert_eq!(people, book());
        let bo = create(&mut people, "447700900002", "Bo").unwrap();
        assert_eq!(
            bo.to_json(),
            r#"{"id":"447700900002","name":"Bo","pushname":"bo","saved":true}"#
        );
        assert_eq!(people[1], bo);
        let new = create(&mut people, "447700900004", "Cy").unwrap();
        assert_eq!(people[3], new);
        assert_eq!(
            new,
            Person::new("447700900004").with_name("Cy").with_saved(true)
        );
    }

    #[test]
    fn editing_and_deleting() {
        let mut people = book();
        for id in ["447700900002", "447700900003"] {
            assert_eq!(edit(&mut people, id, "x"), Err(ApiError::NotSaved));
            assert_eq!(delete(&mut people, id), Err(ApiError::NotSaved));
        }
        assert_eq!(
            edit(&mut people, "447700900009", "x"),
            Err(ApiError::NotFound)
        );
        assert_eq!(delete(&mut people, "447700900009"), Err(ApiError::NotFound));
        assert_eq!(people, book());
        edit(&mut people, "447700900001@c.us", "Ada B").unwrap();
        assert_eq!(people[0].name.as_deref(), Some("Ada B"));
        delete(&mut people, "447700900001@s.whatsapp.net").unwrap();
        assert_eq!(
            people[0].to_json(),
            r#"{"id":"447700900001","saved":false}"#
        );
    }

    #[test]
    fn the_phonebook_decides() {
        let person = |saved, phonebook| {
            let person = Person::new("447700900001").with_saved(saved);
            vec![person.with_phonebook(phonebook)]
        };
        let mut people = person(true, false);
        assert_eq!(
            edit(&mut people, "447700900001", "x"),
            Err(ApiError::NotSaved)
        );
        let created = create(&mut people, "447700900001", "Ada").unwrap();
        assert_eq!(
            created.to_json(),
            r#"{"id":"447700900001","name":"Ada","saved":true,"phonebook":true}"#
        );
        let mut people = person(false, true);
        assert_eq!(
            create(&mut people, "447700900001", "x"),
            Err(ApiError::Exists)
        );
        edit(&mut people, "+44 7700 900001", "Ada").unwrap();
        delete(&mut people, "447700900001:5@s.whatsapp.net").unwrap();
        assert_eq!(
            people[0].to_json(),
            r#"{"id":"447700900001","saved":false,"phonebook":false}"#
        );
    }
}
