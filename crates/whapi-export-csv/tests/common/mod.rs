//! Contacts with one nasty thing each, the line that is expected for each, and a run of the
//! exporter.

use whapi_export::whapi_model::{Contact, ContactId};
use whapi_export::{
    BatchReport, ClassifiedContact, OpenContext, Options, OutputTarget, RunEnd, RunInfo, Summary,
};

/// The plain profile's columns.
pub(crate) const HEADER: [&str; 12] = [
    "id",
    "kind",
    "phone",
    "display_name",
    "name",
    "pushname",
    "saved",
    "standing",
    "can_edit",
    "can_delete",
    "can_create",
    "is_business",
];

/// A contact, and the cells that a reader must find for it.
pub(crate) struct Case {
    pub(crate) contact: ClassifiedContact,
    pub(crate) cells: [String; 12],
}

/// Exports `contacts` in one batch: the bytes, and what the exporter says about them.
pub(crate) fn export<'a>(
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    contacts: &[ClassifiedContact],
) -> (Vec<u8>, BatchReport, Summary) {
    export_run(options, &RunInfo::new(), contacts)
}

/// The same in a run of which something is known.
pub(crate) fn export_run<'a>(
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    run: &RunInfo,
    contacts: &[ClassifiedContact],
) -> (Vec<u8>, BatchReport, Summary) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    let ctx = OpenContext::new()
        .with_options(options.into_iter().collect::<Options>())
        .with_target(OutputTarget::Path(path.clone()));
    let mut exporter = whapi_export_csv::definition().open(&ctx).unwrap();
    pollster::block_on(async {
        exporter.begin(run).await.unwrap();
        let report = exporter.write_batch(contacts).await.unwrap();
        let summary = exporter.finish(&RunEnd::complete()).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        (bytes, report, summary)
    })
}

/// The contacts alone.
pub(crate) fn contacts(cases: &[Case]) -> Vec<ClassifiedContact> {
    cases.iter().map(|case| case.contact.clone()).collect()
}

/// A contact with these fields.
pub(crate) fn contact(
    id: &str,
    name: Option<&str>,
    pushname: Option<&str>,
    saved: Option<bool>,
) -> Contact {
    let mut contact = Contact::new(ContactId::parse(id).unwrap());
    if let Some(name) = name {
        contact = contact.with_name(name);
    }
    if let Some(pushname) = pushname {
        contact = contact.with_pushname(pushname);
    }
    if let Some(saved) = saved {
        contact = contact.with_saved(saved);
    }
    contact
}

/// A contact, and its cells with `¦` between them.
fn case(contact: Contact, cells: &str) -> Case {
    let cells: Vec<_> = cells.split('¦').map(str::to_owned).collect();
    Case {
        contact: ClassifiedContact::new(contact),
        cells: cells.try_into().unwrap(),
    }
}

/// A contact seen in a group, whose pushname shall be found as `pushname` and `display_name`.
fn pushed(id: &str, pushname: &str, cell: &str) -> Case {
    case(
        contact(id, None, Some(pushname), Some(false)),
        &format!("{id}¦phone¦+{id}¦{cell}¦¦{cell}¦false¦discovered¦false¦false¦true¦"),
    )
}

/// Ids and flags.
fn identities() -> Vec<Case> {
    let mut lid = contact("84958372615243@lid", None, Some("Hidden"), Some(false));
    lid = lid.with_is_business(true);
    vec![
        case(
            contact(
                "4915112345678",
                Some("Ada Beispiel"),
                Some("ada"),
                Some(true),
            ),
            "4915112345678¦phone¦+4915112345678¦Ada Beispiel¦Ada Beispiel¦ada¦true¦saved¦true¦true¦false¦",
        ),
        case(
            contact("601111311480@s.whatsapp.net", None, None, Some(false)).with_is_business(false),
            "601111311480@s.whatsapp.net¦phone¦+601111311480¦+601111311480¦¦¦false¦discovered¦false¦false¦true¦false",
        ),
        case(
            contact("972523637999@c.us", Some(""), Some("Omer-Ben"), None),
            "972523637999@c.us¦phone¦+972523637999¦Omer-Ben¦¦Omer-Ben¦¦unknown¦false¦false¦false¦",
        ),
        case(
            lid,
            "84958372615243@lid¦lid¦¦Hidden¦¦Hidden¦false¦discovered¦false¦false¦false¦true",
        ),
        case(
            contact("77001122334455@lid", None, None, Some(true)),
            "77001122334455@lid¦lid¦¦77001122334455@lid¦¦¦true¦saved¦true¦true¦false¦",
        ),
        case(
            contact("=cmd|'/C calc'!A0@lid", None, None, Some(false)),
            "'=cmd|'/C calc'!A0@lid¦other¦¦'=cmd|'/C calc'!A0@lid¦¦¦false¦discovered¦false¦false¦false¦",
        ),
        case(
            contact("120363012345678901@g.us", None, None, Some(false)),
            "120363012345678901@g.us¦other¦¦120363012345678901@g.us¦¦¦false¦discovered¦false¦false¦false¦",
        ),
        case(
            contact("+4915199999999", None, None, Some(false)),
            "'+4915199999999¦phone¦+4915199999999¦+4915199999999¦¦¦false¦discovered¦false¦false¦true¦",
        ),
        case(
            contact("4915100000001", Some(" \u{200b}\u{3164}"), None, Some(true)),
            "4915100000001¦phone¦+4915100000001¦+4915100000001¦ \u{200b}\u{3164}¦¦true¦saved¦true¦true¦false¦",
        ),
        case(
            contact("4915100000002", Some("=1+1"), Some("-Bob-"), Some(true)),
            "4915100000002¦phone¦+4915100000002¦'=1+1¦'=1+1¦'-Bob-¦true¦saved¦true¦true¦false¦",
        ),
    ]
}

/// Untrusted names.
fn names() -> Vec<Case> {
    let long = "Ærøskøbing ".repeat(40);
    let names = [
        (
            "=HYPERLINK(\"http://evil.example\",\"click\")",
            "'=HYPERLINK(\"http://evil.example\",\"click\")",
        ),
        ("+4915112345678", "'+4915112345678"),
        ("@SUM(1,2)", "'@SUM(1,2)"),
        ("|calc", "'|calc"),
        ("%x", "'%x"),
        ("＝1+1", "'＝1+1"),
        ("\u{200e}=1+1", "'\u{200e}=1+1"),
        (" \u{feff}\u{1}-1", "' \u{feff}\u{1}-1"),
        ("\tAda", "'\tAda"),
        ("\rAda", "'\rAda"),
        ("\nAda", "'\nAda"),
        ("Bob;=1+1", "Bob;'=1+1"),
        ("Bob\t=1+1", "Bob\t'=1+1"),
        ("Bob\r\n=1+1", "Bob\r\n'=1+1"),
        ("Bob;\"=1+1\"", "Bob;'\"=1+1\""),
        ("=1;\t@SUM(1)\0", "'=1;\t'@SUM(1)"),
        ("Bob; Ada\t;)", "Bob; Ada\t;)"),
        ("'quoted'", "'quoted'"),
        ("\"Ada\"", "\"Ada\""),
        ("\"", "\""),
        (
            "Ada, \"the\" first; or \\ not",
            "Ada, \"the\" first; or \\ not",
        ),
        ("Ada\r\nBeispiel", "Ada\r\nBeispiel"),
        ("Ada\nBeispiel\n", "Ada\nBeispiel\n"),
        ("Ada\rBeispiel", "Ada\rBeispiel"),
        ("Ada\r\nEND:VCARD", "Ada\r\nEND:VCARD"),
        ("👩‍👩‍👧‍👦 e\u{301}", "👩‍👩‍👧‍👦 e\u{301}"),
        ("\u{202e}مريم\u{202c}", "\u{202e}مريم\u{202c}"),
        ("\u{feff}Ada", "\u{feff}Ada"),
        (
            "A\u{1}\u{1b}[31m\u{1a}\u{7f}\u{85}\u{2028}z",
            "A\u{1}\u{1b}[31m\u{1a}\u{7f}\u{85}\u{2028}z",
        ),
        ("A\0d\0a", "Ada"),
        ("\0=1+1", "'=1+1"),
        ("  Ada  ", "  Ada  "),
        ("NULL", "NULL"),
        ("007", "007"),
        ("\u{ffff}\u{10ffff}", "\u{ffff}\u{10ffff}"),
        (&long, &long),
    ];
    names
        .iter()
        .zip(4_915_200_000_000_u64..)
        .map(|((name, cell), number)| pushed(&number.to_string(), name, cell))
        .collect()
}

/// All of them.
pub(crate) fn nasty() -> Vec<Case> {
    let mut cases = identities();
    cases.extend(names());
    cases
}
