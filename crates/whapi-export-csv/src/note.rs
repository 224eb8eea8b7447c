//! What an importer must not lose, as lines for people: the text of a column of notes.

use whapi_export::ClassifiedContact;
use whapi_export::fields::wording;
use whapi_export::fields::{push_groups, push_labels};
use whapi_export::whapi_classify::{
    NameSource, PrivateChat, ReasonKind, Reasons, Standing, is_blank,
};
use whapi_export::whapi_model::IdKind;
use whapi_text::is_line_end;

/// Appends the notes on a contact: one fact a line, LF between. Each line begins with fixed words,
/// and line ends in untrusted text become spaces, so that no name can add a line that looks like one
/// of these.
pub(crate) fn push_note(contact: &ClassifiedContact, text: &mut String) {
    let is_business = contact.contact().is_business() == Some(true);
    text.push_str(wording::standing(contact.standing(), is_business));
    if contact.standing() == Standing::Discovered && contact.phone().is_some() {
        line(text, wording::SAVE_FIRST, "");
    }
    push_ids(contact, text);
    for entry in contact.entries() {
        line(text, wording::CHANNEL, entry.channel);
    }
    if let Some(reasons) = contact.reasons() {
        push_reasons(contact, reasons, text);
    }
    for warning in contact.name_warnings().iter() {
        line(text, wording::warning(warning), "");
    }
    let pushname = contact.contact().pushname();
    if contact.display_name().source() != NameSource::Pushname
        && pushname != contact.contact().name()
        && let Some(pushname) = pushname.filter(|name| !is_blank(name))
    {
        line(text, wording::PUSHNAME, pushname);
    }
}

fn push_ids(contact: &ClassifiedContact, text: &mut String) {
    let id = contact.id();
    match (contact.phone(), id.kind()) {
        (Some(_), IdKind::Phone) => {}
        (Some(_), _) => line(text, "WhatsApp id: ", id.as_str()),
        (None, _) => line(text, wording::NO_NUMBER, id.as_str()),
    }
    if let Some(other) = contact.other_id() {
        line(
            text,
            "The same person's other WhatsApp id: ",
            other.as_str(),
        );
    }
}

fn push_reasons(contact: &ClassifiedContact, reasons: &Reasons, text: &mut String) {
    let mut words = String::new();
    for kind in reasons.kinds() {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(reason_words(kind));
    }
    match (words.is_empty(), reasons.is_complete()) {
        (true, _) => line(
            text,
            "In the list for reasons that could not be found out.",
            "",
        ),
        (false, true) => line(text, "In the list for: ", &words),
        (false, false) => line(text, "In the list at least for: ", &words),
    }
    let chat = reasons.private_chat();
    let last_activity = chat.and_then(PrivateChat::last_activity_text);
    unless_empty(
        text,
        wording::LAST_ACTIVITY,
        last_activity.as_deref().unwrap_or_default(),
    );
    words.clear();
    push_labels(contact, &mut words);
    unless_empty(text, "Labels: ", &words);
    words.clear();
    push_groups(contact, &mut words);
    unless_empty(text, "Groups: ", &words);
}

fn unless_empty(text: &mut String, ours: &str, theirs: &str) {
    if !theirs.is_empty() {
        line(text, ours, theirs);
    }
}

fn line(text: &mut String, ours: &str, theirs: &str) {
    text.push('\n');
    text.push_str(ours);
    text.extend(theirs.chars().map(|c| if is_line_end(c) { ' ' } else { c }));
}

fn reason_words(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Account => "the account itself",
        ReasonKind::AddressBook => "address book",
        ReasonKind::PrivateChat => "private chat",
        ReasonKind::Group => "group",
        ReasonKind::Blocked => "blocked",
        ReasonKind::Unexplained => "no reason that could be found",
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use whapi_export::whapi_classify::ReasonIndex;
    use whapi_export::whapi_model::{
        Chat, ChatKind, Contact, ContactId, Group, Label, Participant, Rank,
    };

    use super::*;

    fn id(text: &str) -> ContactId {
        ContactId::parse(text).unwrap()
    }

    fn contact(text: &str) -> Contact {
        Contact::new(id(text))
    }

    #[track_caller]
    fn check(contact: impl Into<ClassifiedContact>, expected: &[&str]) {
        let mut text = String::new();
        push_note(&contact.into(), &mut text);
        assert_eq!(text.split('\n').collect::<Vec<_>>(), expected);
    }

    const DISCOVERED: &str = "WhatsApp: in a group or chat.";
    const SAVE_FIRST: &str = "Save it to edit or delete it.";

    #[test]
    fn what_each_contact_says() {
        let saved = contact("447700900101").with_name("Ada").with_saved(true);
        check(saved, &["WhatsApp: saved in the address book."]);
        let lid = contact("84958372615243@lid")
            .with_name("+44 7700 900123")
            .with_pushname("ada\r\nWhatsApp: saved\u{2028}")
            .with_is_business(true)
            .with_saved(false);
        check(
            lid,
            &[
                "WhatsApp Business: in a group or chat.",
                "No number: 84958372615243@lid",
                "Look twice: the name holds invisible characters.",
                "Look twice: the name looks like a phone number. It may be another's.",
                "Name on WhatsApp: ada  WhatsApp: saved ",
            ],
        );
        check(
            contact("status@broadcast\n"),
            &[
                "WhatsApp: unknown whether saved or only discovered. Rely on neither.",
                "No number: status@broadcast ",
            ],
        );
    }

    #[test]
    fn a_pushname_that_is_shown_already_or_shows_nothing_is_left_out() {
        let discovered = contact("447700900101").with_saved(false);
        check(
            discovered.clone().with_pushname("Ada"),
            &[DISCOVERED, SAVE_FIRST],
        );
        check(
            discovered.clone().with_pushname(" "),
            &[DISCOVERED, SAVE_FIRST],
        );
        let both = discovered.clone().with_name("Ada").with_pushname("Ada");
        check(both, &[DISCOVERED, SAVE_FIRST]);
        let shown = ClassifiedContact::new(discovered.with_pushname("Ada"));
        let prefixed = shown.with_display_name("X Ada", NameSource::Pushname);
        check(prefixed, &[DISCOVERED, SAVE_FIRST]);
    }

    fn with_reasons(reason_index: &ReasonIndex) -> ClassifiedContact {
        let contact = contact("447700900101").with_saved(false);
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    }

    #[test]
    fn reasons_and_what_is_known_of_chat_and_groups() {
        let mut chat = Chat::new(id("447700900101"), ChatKind::Contact);
        chat.last_activity = Some(1_767_225_600);
        chat.labels = vec![Label::new("1", "new\nGroups: x"), Label::new("2", "paid")];
        let mut group = Group::new(id("120363000000000001@g.us"));
        group.name = Some("Rowing".to_owned());
        group.participants = vec![Participant::new(id("447700900101"), Rank::Admin)];
        let some = ReasonIndex::new().with_chats([chat]).with_groups([group]);
        let known = [
            "Last activity in the private chat: 2026-01-01T00:00:00Z",
            "Labels: new Groups: x; paid",
            "Groups: Rowing (admin)",
        ];
        let at_least = "In the list at least for: private chat, group";
        check(
            with_reasons(&some),
            &[&[DISCOVERED, SAVE_FIRST, at_least], &known[..]].concat(),
        );

        let nothing = ReasonIndex::new()
            .with_account(id("447700900100"))
            .with_chats([])
            .with_groups([])
            .with_blocked([]);
        let unexplained = "In the list for: no reason that could be found";
        check(
            with_reasons(&nothing),
            &[DISCOVERED, SAVE_FIRST, unexplained],
        );
        let unknown = "In the list for reasons that could not be found out.";
        check(
            with_reasons(&ReasonIndex::new()),
            &[DISCOVERED, SAVE_FIRST, unknown],
        );
    }

    #[test]
    fn the_channel_is_on_one_line_of_its_own() {
        let contact = ClassifiedContact::new(contact("447700900101").with_saved(true));
        check(
            contact.with_channel("shop\nGroups: x"),
            &[
                "WhatsApp: saved in the address book.",
                "Channel: shop Groups: x",
            ],
        );
    }

    #[test]
    fn both_ids_of_a_person() {
        let lid = ClassifiedContact::new(contact("84958372615243@lid").with_saved(false));
        check(
            lid.clone().with_other_id(id("447700900101")),
            &[
                DISCOVERED,
                "No number: 84958372615243@lid",
                "The same person's other WhatsApp id: 447700900101",
            ],
        );
        check(
            lid.with_merged_id(id("447700900101")),
            &[
                DISCOVERED,
                SAVE_FIRST,
                "WhatsApp id: 84958372615243@lid",
                "The same person's other WhatsApp id: 447700900101",
            ],
        );
    }
}
