//! Made-up contacts. Their numbers are from ranges that are reserved for fiction.

use whapi_model::{Contact, ContactId};

use crate::ClassifiedContact;

/// Ordinary contacts: saved, discovered and unknown ones, with a phone number and without.
///
/// The first is saved, with a name and a phone number. No id comes twice.
///
/// ```
/// use whapi_export::conformance::sample_contacts;
/// use whapi_export::whapi_classify::Standing;
///
/// assert_eq!(sample_contacts()[0].standing(), Standing::Saved);
/// assert_eq!(sample_contacts(), sample_contacts());
/// ```
pub fn sample_contacts() -> Vec<ClassifiedContact> {
    let contacts = [
        phone(0).with_name("Ada Beispiel").with_saved(true),
        phone(1)
            .with_name("Bruno Muster")
            .with_pushname("bruno")
            .with_about("At the sea")
            .with_saved(true),
        phone(2).with_pushname("Chloé").with_saved(false),
        phone(3).with_saved(false),
        phone(4)
            .with_pushname("Dora's Bakery")
            .with_is_business(true)
            .with_saved(false),
        phone(5).with_name("Emil"),
        contact("447700900006@s.whatsapp.net")
            .with_name("Fatima Example")
            .with_profile_pic("https://example.com/small.jpg")
            .with_profile_pic_full("https://example.com/full.jpg")
            .with_is_business(false)
            .with_saved(true),
        contact("84958372615243@lid")
            .with_pushname("gus")
            .with_saved(false),
        contact("120363012345678901@g.us").with_name("A group"),
    ];
    contacts.into_iter().map(ClassifiedContact::new).collect()
}

/// Contacts with one nasty thing each, as untrusted names can have.
///
/// No id comes twice, though one phone number comes a second time as a LID's digits.
pub fn nasty_contacts() -> Vec<ClassifiedContact> {
    nasty().into_iter().map(|(_, contact)| contact).collect()
}

/// [`nasty_contacts`], each with what is nasty about it.
pub(super) fn nasty() -> Vec<(&'static str, ClassifiedContact)> {
    let with_names = nasty_names()
        .into_iter()
        .zip(200_u16..)
        .map(|((what, name), nth)| {
            let contact = match name {
                // Saved and discovered people by turns: the text stands in `name` or in `pushname`.
                Some(name) if nth % 2 == 0 => phone(nth)
                    .with_name(&name)
                    .with_about(name)
                    .with_saved(true),
                Some(name) => phone(nth).with_pushname(name).with_saved(false),
                None => phone(nth),
            };
            (what, contact)
        });
    with_names
        .chain(nasty_others())
        .chain(nasty_spellings())
        .chain(nasty_fields())
        .map(|(what, contact)| (what, ClassifiedContact::new(contact)))
        .collect()
}

fn nasty_names() -> Vec<(&'static str, Option<String>)> {
    vec![
        ("no name", None),
        ("an empty name", Some(String::new())),
        ("a name of only spaces", Some("   ".to_owned())),
        ("emoji and joiners", Some("👩‍👩‍👧‍👦 🇳🇱 👍🏽".to_owned())),
        (
            "combining marks",
            Some("Zoe\u{308} Z\u{335}\u{321}\u{34f}a\u{300}\u{301}\u{302}".to_owned()),
        ),
        ("right-to-left text", Some("שלום عليكم".to_owned())),
        (
            "a direction override",
            Some("\u{202e}gpj.exe\u{202c}\u{2066}x\u{2069}".to_owned()),
        ),
        (
            "commas, quotes, semicolons and backslashes",
            Some(r#"a,b;"c"\n\;'d'|e"#.to_owned()),
        ),
        ("line breaks", Some("one\ntwo\r\nthree\rfour".to_owned())),
        (
            "Unicode line breaks",
            Some("one\u{2028}two\u{2029}three\u{85}four".to_owned()),
        ),
        ("tabs", Some("\tone\ttwo\t".to_owned())),
        (
            "control characters",
            Some("\u{0}\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}\u{9b}".to_owned()),
        ),
        ("a byte order mark", Some("\u{feff}Mark".to_owned())),
        (
            "noncharacters",
            Some("\u{fffe}\u{ffff}\u{10ffff}\u{fffd}".to_owned()),
        ),
        (
            "characters of four bytes from byte 0",
            Some("😀".repeat(60)),
        ),
        (
            "characters of four bytes from byte 1",
            Some("x".to_owned() + &"😀".repeat(60)),
        ),
        (
            "characters of four bytes from byte 2",
            Some("xx".to_owned() + &"😀".repeat(60)),
        ),
        (
            "characters of four bytes from byte 3",
            Some("xxx".to_owned() + &"😀".repeat(60)),
        ),
        (
            "a formula with =",
            Some("=HYPERLINK(\"http://example.com\";\"x\")".to_owned()),
        ),
        ("a formula with +", Some("+1+1".to_owned())),
        ("a formula with -", Some("-2+3".to_owned())),
        ("a formula with @", Some("@SUM(A1:A9)".to_owned())),
        ("a formula behind a tab", Some("\t=1+1".to_owned())),
        ("a formula with a full-width sign", Some("＝1+1".to_owned())),
        (
            "a vCard line",
            Some("X\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Mallory".to_owned()),
        ),
        (
            "markup",
            Some("<script>alert('x')</script>&amp;]]>".to_owned()),
        ),
        ("a path", Some("../../etc/passwd\\..\\C:".to_owned())),
        ("a number for a name", Some("007700900999".to_owned())),
        ("a very long name", Some("long ".repeat(10_000))),
        ("a long name without a space", Some("€".repeat(20_000))),
    ]
}

fn nasty_others() -> Vec<(&'static str, Contact)> {
    vec![
        (
            "an id with a domain",
            contact("447700900300@c.us").with_saved(true),
        ),
        (
            "the same digits as a LID",
            contact("447700900300@lid").with_saved(true),
        ),
        (
            "a LID with a device",
            contact("84958372615244:7@lid").with_name("Lid"),
        ),
        (
            "the longest phone number",
            contact("999000000000015").with_name("Long"),
        ),
        (
            "more digits than a phone number has",
            contact("9990000000000000016").with_name("Longer"),
        ),
        (
            "a phone number with a plus sign",
            contact("+447700900301").with_name("Plus"),
        ),
        (
            "a formula for an id",
            contact("=1+1,\"x\"\r\n;y").with_name("Id"),
        ),
        (
            "a line break in an id",
            contact("447700900302\nEND:VCARD").with_name("Id"),
        ),
        (
            "a broadcast",
            contact("status@broadcast").with_pushname("Status"),
        ),
        (
            "a newsletter",
            contact("120363012345678902@newsletter").with_name("News"),
        ),
        (
            "hostile addresses of pictures",
            phone(303)
                .with_profile_pic("javascript:alert(1)")
                .with_profile_pic_full("https://example.com/a b\r\nX: y\"'<>"),
        ),
    ]
}

/// Ids that are not in the plain spelling, and those of people without a number.
fn nasty_spellings() -> Vec<(&'static str, Contact)> {
    [
        (
            "a phone number with a device",
            "447700900304:5@s.whatsapp.net",
        ),
        (
            "a phone number with a domain in capitals",
            "447700900305@S.WHATSAPP.NET",
        ),
        ("a phone number with spaces", "+44 7700 900306"),
        ("a hosted phone number", "447700900307@hosted"),
        ("a LID with a domain in capitals", "84958372615245@LID"),
        ("a hosted LID", "84958372615246@hosted.lid"),
        ("a business-scoped id", "US.13491208655302741918"),
        (
            "a business-scoped id of an enterprise",
            "US.ENT.13491208655302741919",
        ),
    ]
    .into_iter()
    .map(|(what, id)| (what, contact(id).with_pushname("Odd id").with_saved(false)))
    .collect()
}

/// Fields that only some answers have, and that contradict others.
fn nasty_fields() -> Vec<(&'static str, Contact)> {
    let lid = |id: &str| contact(id).with_pushname("Lid").with_saved(false);
    vec![
        (
            "a LID with a phone number",
            lid("84958372615247@lid").with_phone("447700900308"),
        ),
        (
            "a LID with a device and a phone number",
            lid("84958372615248:12@lid").with_phone("+447700900309"),
        ),
        (
            "saved, and not in the phonebook",
            phone(310)
                .with_name("Saved")
                .with_saved(true)
                .with_phonebook(false),
        ),
        (
            "in the phonebook, and not saved",
            phone(311)
                .with_name("In the phonebook")
                .with_saved(false)
                .with_phonebook(true),
        ),
        (
            "a phonebook without saved",
            phone(312).with_name("Phonebook").with_phonebook(true),
        ),
        (
            "a hostile username",
            phone(313)
                .with_username("=cmd;\"x\"\r\nEND:VCARD\u{202e}")
                .with_saved(false),
        ),
    ]
}

/// So many plain contacts, at most 400, other than [`sample_contacts`] and [`nasty_contacts`].
pub(super) fn crowd(count: u16) -> Vec<ClassifiedContact> {
    assert!(count <= 400, "no more numbers are reserved");
    (0..count)
        .map(|nth| {
            let person = phone(400 + nth);
            ClassifiedContact::new(match nth % 4 {
                // Long ones now and then, so that what is gathered overflows: 400 people are twice the
                // blocks of an output, in a format that has the name only once.
                0 if nth % 16 == 0 => person
                    .with_name(format!("Person {nth} {}", "of many ".repeat(2600)))
                    .with_saved(true),
                0 => person.with_name(format!("Person {nth}")).with_saved(true),
                1 => person.with_pushname(format!("p{nth}")).with_saved(false),
                2 => person
                    .with_pushname(format!("Shop {nth}"))
                    .with_is_business(true),
                _ => person.with_saved(false),
            })
        })
        .collect()
}

/// Numbers reserved by Ofcom for drama: +44 7700 900000 to 900999.
fn phone(nth: u16) -> Contact {
    contact(&format!("447700900{nth:03}"))
}

pub(super) fn contact(text: &str) -> Contact {
    Contact::new(id(text))
}

pub(super) fn id(text: &str) -> ContactId {
    ContactId::parse(text).expect("made-up ids are not blank")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice() {
        let contacts = [sample_contacts(), nasty_contacts(), crowd(400)].concat();
        let ids: HashSet<_> = contacts.iter().map(ClassifiedContact::id).collect();
        assert_eq!(ids.len(), contacts.len());
    }

    #[test]
    fn the_first_sample_is_a_plain_saved_person() {
        let first = &sample_contacts()[0];
        assert_eq!(first.contact().saved(), Some(true));
        assert!(first.id().phone().is_some());
        assert_eq!(first.display_name().text(), "Ada Beispiel");
    }
}
