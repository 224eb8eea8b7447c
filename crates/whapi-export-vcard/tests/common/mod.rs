//! Nasty contacts, and what a reader must find in their cards.

#![allow(dead_code, reason = "each test file uses its part")]

use std::fmt::Write as _;

use proptest::prelude::*;
use uuid::Uuid;
use whapi_export::conformance::{channel_contacts, nasty_contacts, sample_contacts};
use whapi_export::whapi_classify::{Change, ReasonIndex};
use whapi_export::whapi_model::{
    Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank,
};
use whapi_export::{
    BatchReport, ClassifiedContact, Exporter, Output, OutputTarget, RunEnd, RunInfo, Summary,
};
use whapi_export_vcard::{VcardConfig, VcardEncoder, VcardExporter, VcardVersion};

pub(crate) const VERSIONS: [VcardVersion; 2] = [VcardVersion::V3, VcardVersion::V4];

/// A finished export.
pub(crate) struct Export {
    pub(crate) bytes: Vec<u8>,
    pub(crate) report: BatchReport,
    pub(crate) summary: Summary,
}

/// Exports to a real file, in one batch.
pub(crate) fn export(version: VcardVersion, contacts: &[ClassifiedContact]) -> Export {
    export_with(VcardConfig::default().with_version(version), contacts)
}

/// [`export`] with all options.
pub(crate) fn export_with(config: VcardConfig, contacts: &[ClassifiedContact]) -> Export {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.vcf");
    let output = Output::new(OutputTarget::Path(path.clone()));
    let mut exporter = Box::new(VcardExporter::new(VcardEncoder::new(config), output));
    let (report, summary) = pollster::block_on(async {
        exporter.begin(&RunInfo::new()).await.unwrap();
        let report = exporter.write_batch(contacts).await.unwrap();
        (report, exporter.finish(&RunEnd::complete()).await.unwrap())
    });
    Export {
        bytes: std::fs::read(path).unwrap(),
        report,
        summary,
    }
}

/// Splits a file into cards. A contact may be *named* `END:VCARD`, so only a whole line counts.
pub(crate) fn cards(file: &str) -> Vec<&str> {
    let end = "\r\nEND:VCARD\r\n";
    let mut cards = Vec::new();
    let mut rest = file;
    while let Some(at) = rest.find(end) {
        let (card, later) = rest.split_at(at + end.len());
        cards.push(card);
        rest = later;
    }
    assert_eq!(rest, "", "after the last card");
    cards
}

/// What an independent reader must find, worked out without the crate's own code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadCard {
    pub(crate) name: String,
    pub(crate) given_name: String,
    pub(crate) phones: Vec<String>,
    pub(crate) uid: String,
    pub(crate) note: String,
    pub(crate) categories: Vec<String>,
}

pub(crate) fn expected(classified: &ClassifiedContact) -> ReadCard {
    let contact = classified.contact();
    let shown = classified.display_name();
    let given_name = on_one_line(shown.text());
    let mut name = given_name.clone();
    if android_takes_for_quoted_printable(&escaped(&name)) {
        name.push(' ');
    }

    let (category, standing) = match contact.in_address_book() {
        Some(true) => ("WhatsApp saved", "saved in the address book."),
        Some(false) => ("WhatsApp discovered", "in a group or chat."),
        None => (
            "WhatsApp unknown",
            "unknown whether saved or only discovered. Rely on neither.",
        ),
    };
    let whatsapp = match contact.is_business() {
        Some(true) => "WhatsApp Business",
        _ => "WhatsApp",
    };
    let mut note = format!("{whatsapp}: {standing}");
    let id = contact.id();
    if contact.phone().is_none() {
        let id = without_controls(id.as_str()).replace('\n', " ");
        write!(note, "\nNo number: {id}").unwrap();
    } else if contact.in_address_book() == Some(false) {
        note += "\nSave it to edit or delete it.";
    }
    for (warning, line) in [
        ("bidi", "the name turns the direction of writing."),
        ("invisible", "the name holds invisible characters."),
        ("mixed_scripts", "a word of the name mixes scripts."),
        (
            "looks_like_phone",
            "the name looks like a phone number. It may be another's.",
        ),
    ] {
        let warnings = classified.name_warnings().to_string();
        if warnings.split(' ').any(|found| found == warning) {
            write!(note, "\nLook twice: {line}").unwrap();
        }
    }
    if let Some(pushname) = contact.pushname()
        && pushname != shown.text()
        && !whapi_export::whapi_classify::is_blank(pushname)
    {
        let pushname = without_controls(pushname).replace('\n', " ");
        write!(note, "\nName on WhatsApp: {pushname}").unwrap();
    }

    let (lines, groups) = expected_more(classified);
    for line in lines {
        write!(note, "\n{}", without_controls(&line).replace('\n', " ")).unwrap();
    }
    let mut namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:whapi-export:contact");
    if let Some(channel) = classified.channel() {
        namespace = Uuid::new_v5(&namespace, channel.as_bytes());
    }
    ReadCard {
        given_name,
        name,
        phones: contact.phone().iter().map(ToString::to_string).collect(),
        uid: format!(
            "urn:uuid:{}",
            Uuid::new_v5(&namespace, id.identity().as_bytes())
        ),
        note,
        categories: std::iter::once(category.to_owned()).chain(groups).collect(),
    }
}

/// The lines of the note that few runs ask for, and the channel and the groups.
fn expected_more(classified: &ClassifiedContact) -> (Vec<String>, Vec<String>) {
    let (mut lines, mut groups) = (Vec::new(), Vec::new());
    if let Some(channel) = classified.channel() {
        lines.push(format!("Channel: {channel}"));
        let channel = without_controls(channel).replace('\n', " ");
        groups.push(channel.trim().to_owned());
        groups.retain(|channel| !channel.is_empty());
    }
    if let Some(reasons) = classified.reasons() {
        let words = [
            ("account", "it is the account itself"),
            ("address_book", "in the address book"),
            ("private_chat", "private chat"),
            ("group", "in a group"),
            ("blocked", "blocked"),
            ("unexplained", "unexplained"),
        ];
        let holds = |name: &str| reasons.kinds().any(|kind| kind.as_str() == name);
        let words: Vec<_> = words.iter().filter(|(name, _)| holds(name)).collect();
        let words: Vec<_> = words.iter().map(|(_, words)| *words).collect();
        lines.push(format!("Why it is visible: {}", words.join(", ")));
        if let Some(chat) = reasons.private_chat() {
            if let Some(seconds) = chat.last_activity {
                assert_eq!(seconds, 0);
                lines.push("Last activity in the private chat: 1970-01-01T00:00:00Z".to_owned());
            }
            let labels: Vec<_> = chat.labels.iter().map(|label| &*label.name).collect();
            lines.push(format!("Labels of the private chat: {}", labels.join(", ")));
        }
        for part in reasons.groups() {
            let title = part.group.title();
            lines.push(format!("Admin of the group: {title}"));
            let title = without_controls(title).replace('\n', " ").trim().to_owned();
            if !groups.contains(&title) {
                groups.push(title);
            }
        }
    }
    if classified.change().is_some() {
        lines.push("Since the earlier export: renamed.".to_owned());
    }
    (lines, groups)
}

/// A contact in groups of these names, with a chat of this label, renamed since.
pub(crate) fn with_reasons(contact: Contact, label: &str, groups: &[&str]) -> ClassifiedContact {
    let id = contact.id().clone();
    let mut chat = Chat::new(id.clone(), ChatKind::Contact);
    chat.last_activity = Some(0);
    chat.labels = vec![Label::new("1", label)];
    let groups = groups.iter().zip(100_u16..).map(|(name, number)| {
        let group = ContactId::parse(&format!("120363000000000{number}@g.us"));
        let mut group = Group::new(group.unwrap());
        group.name = Some((*name).to_owned());
        group.participants = vec![Participant::new(id.clone(), Rank::Admin)];
        group
    });
    let reason_index = ReasonIndex::new()
        .with_chats([chat])
        .with_groups(groups.collect::<Vec<_>>())
        .with_blocked([]);
    let reasons = reason_index.reasons_of(&contact, None);
    ClassifiedContact::new(contact)
        .with_reasons(reasons)
        .with_change(Change::Renamed)
}

/// Whether Android decodes a value as quoted-printable although its property has no `ENCODING`: its
/// bytes 0, 3, 6 and so on are all `=`, and its length is not 2 modulo 3.
///
/// The value is as it stands in the file, unfolded and not unescaped. Android spares a lone `=`.
pub(crate) fn android_takes_for_quoted_printable(value: &str) -> bool {
    let bytes = value.as_bytes();
    let all_marked = bytes.iter().step_by(3).all(|byte| *byte == b'=');
    !bytes.is_empty() && bytes.len() % 3 != 2 && all_marked
}

/// A name as it stands in a card: what means something in vCard with a `\` before it.
fn escaped(text: &str) -> String {
    let specials = ['\\', ',', ';'];
    let mut escaped = String::new();
    for c in text.chars() {
        if specials.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A name without controls, in which white space of any kind is single spaces between words.
fn on_one_line(name: &str) -> String {
    let kept = name.chars();
    let kept: String = kept
        .filter(|c| !c.is_control() || c.is_whitespace())
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_controls(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

pub(crate) fn contact(id: &str) -> Contact {
    Contact::new(ContactId::parse(id).unwrap())
}

/// A saved contact of that name, and one that is discovered and calls itself that.
fn called(number: u64, name: &str) -> [ClassifiedContact; 2] {
    let saved = contact(&number.to_string())
        .with_name(name)
        .with_saved(true);
    let discovered = contact(&format!("{number}1@lid"))
        .with_name("Ada")
        .with_pushname(name)
        .with_saved(false);
    [saved.into(), discovered.into()]
}

fn all_called(names: &[&str]) -> Vec<ClassifiedContact> {
    (4_915_112_345_600..)
        .zip(names)
        .flat_map(|(number, name)| called(number, name))
        .collect()
}

/// The contacts that exporters get wrong, by what is nasty about them.
pub(crate) fn nasty() -> Vec<(&'static str, Vec<ClassifiedContact>)> {
    let fold = "x".repeat(70) + "😀😀 y";
    let long = "0123456789".repeat(500);
    let long_and_wide = "ж".repeat(5_000);
    vec![
        ("no_name", no_name()),
        (
            "unicode",
            all_called(&[
                "👩‍👩‍👧‍👦 🏳️‍🌈",
                "e\u{301}\u{302}\u{327} Zoe\u{308}",
                "\u{202b}עומר\u{202c} \u{200f}أحمد\u{2067}x\u{2069}",
                "山田太郎",
            ]),
        ),
        (
            "punctuation",
            all_called(&[
                "Beispiel, Ada; \"Countess\" \\o/",
                ",;\\\"",
                "\\n \\, \\; \\\\",
                ";;;;",
                " two  spaces, and one at the end ",
            ]),
        ),
        (
            "line_ends",
            all_called(&[
                "a\nb",
                "a\rb",
                "a\r\nb",
                "a\n\r\r\n\nb",
                "a\u{2028}b\u{2029}c",
                "a\u{85}b",
                "\r\n a",
            ]),
        ),
        (
            "folds",
            all_called(&[
                &fold,
                &long,
                &long_and_wide,
                &",".repeat(200),
                &" ".repeat(200).replace("  ", " ."),
            ]),
        ),
        (
            "formulas",
            all_called(&[
                "=1+2",
                "@SUM(A1)",
                "-1",
                "|calc",
                "=HYPERLINK(\"http://x\";\"y\")",
            ]),
        ),
        (
            "looks_like_vcard",
            all_called(&[
                "END:VCARD",
                "BEGIN:VCARD\r\nTEL:+1",
                "x\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:y",
                "x\u{2028}END:VCARD\u{85}BEGIN:VCARD",
                "TEL:+1",
                "quoted-printable=",
                "item1.X:y",
                "x\nWhatsApp: saved in the address book.",
            ]),
        ),
        (
            "like_quoted_printable",
            all_called(&[
                "=",
                "=  ",
                "=a=",
                "=41=42",
                "=41=42=",
                "=41=4",
                "=,",
                "=\r\n",
                "\0=é",
                &"=41".repeat(60),
            ]),
        ),
        (
            "controls",
            all_called(&[
                "a\0b",
                "\u{1b}[31mred\u{1b}[0m",
                "a\u{7f}b",
                "a\u{9b}31mb\u{80}",
                "a\tb",
                "a\u{b}b\u{c}c\u{1c}d\u{1e}e",
                "a\r\0\nb",
            ]),
        ),
        ("ids", ids()),
        ("reasons", reasons()),
        ("channels", channels()),
    ]
}

/// [`nasty`] and the contacts of the conformance suite, whose snapshots would change with it.
pub(crate) fn all_contacts() -> Vec<(&'static str, Vec<ClassifiedContact>)> {
    let mut cases = nasty();
    cases.push(("sample_contacts", sample_contacts()));
    cases.push(("nasty_contacts", nasty_contacts()));
    cases
}

fn no_name() -> Vec<ClassifiedContact> {
    vec![
        contact("551187654321").into(),
        contact("5215512345678").with_name("").into(),
        contact("619528001122")
            .with_name("   ")
            .with_saved(true)
            .into(),
        contact("972523637999")
            .with_name("\u{3164}\0")
            .with_pushname("\u{200b}")
            .with_saved(false)
            .into(),
        contact("84958372615243@lid").into(),
    ]
}

/// Contacts of several channels, and channels with untrusted names.
fn channels() -> Vec<ClassifiedContact> {
    let ada = || contact("447700900101").with_name("Ada").with_saved(true);
    let named = [
        "a, b; c\\d",
        "a\r\nTEL:+1",
        "a\u{2028}END:VCARD\0",
        " \n",
        "x,;\\".repeat(60).as_str(),
    ]
    .map(|name| ClassifiedContact::new(ada()).with_channel(name));
    let in_groups = with_reasons(ada(), "customer", &["shop", "Family"]).with_channel("shop");
    [channel_contacts(), Vec::from(named), vec![in_groups]].concat()
}

/// Groups and labels with untrusted names.
fn reasons() -> Vec<ClassifiedContact> {
    let person = |last: u8| {
        contact(&format!("44770090010{last}"))
            .with_name("Ada")
            .with_saved(true)
    };
    let long = "x,;\\".repeat(60);
    vec![
        with_reasons(person(0), "customer", &["Football Sundays", "Family"]),
        with_reasons(
            person(1),
            "a, b; c\\d",
            &["a, b", "a; b", "a\\, b", "\"a\"", ",", ";", "\\"],
        ),
        with_reasons(
            person(2),
            "a\r\nTEL:+1",
            &[
                "a\r\nTEL:+1",
                "a\nEND:VCARD\nb",
                "a\u{2028}b",
                "a\0b\u{9b}c",
            ],
        ),
        with_reasons(person(3), "\u{202e}x", &["Twice", "Twice", " ", "\u{200b}"]),
        with_reasons(person(4), &long, &[&long, "ж".repeat(90).as_str()]),
        with_reasons(person(5), "none", &[]),
    ]
}

fn ids() -> Vec<ClassifiedContact> {
    vec![
        contact("551187654321@s.whatsapp.net")
            .with_name("Brazil")
            .with_saved(true)
            .into(),
        contact("5215512345678@c.us")
            .with_name("Mexico")
            .with_saved(true)
            .into(),
        contact("619528001122")
            .with_name("24name")
            .with_saved(true)
            .into(),
        contact("1234").with_name("short").into(),
        contact("123456789012345")
            .with_name("long")
            .with_saved(false)
            .into(),
        contact("1234567890123456")
            .with_name("too long")
            .with_saved(false)
            .into(),
        contact("4915112345678@lid")
            .with_name("hidden")
            .with_saved(true)
            .into(),
        contact("status@broadcast").with_saved(false).into(),
        contact("a;b,c\\d\r\ne\0@example").with_saved(true).into(),
        contact("4915112345679")
            .with_name("Shop")
            .with_pushname("Shop & Co")
            .with_is_business(true)
            .with_about("secret")
            .with_profile_pic("https://example.com/pic")
            .with_saved(false)
            .into(),
    ]
}

/// Any characters, the troublesome ones more often than chance would have it.
pub(crate) fn any_name() -> impl Strategy<Value = String> {
    let troublesome = prop::sample::select(vec![
        '\r', '\n', '\\', ',', ';', ':', '"', '\0', '\t', ' ', '\u{7f}', '\u{85}', '\u{2028}', 'n',
        'N', '😀', '\u{301}',
    ]);
    let character =
        prop_oneof![3 => any::<char>(), 2 => troublesome, 1 => prop::char::range('a', 'z')];
    prop::collection::vec(character, 0..120).prop_map(String::from_iter)
}
