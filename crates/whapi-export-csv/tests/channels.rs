//! Runs over several channels: the column `channel`, and what importers' profiles have instead.

#[expect(dead_code, reason = "what the cells must be is for the readers")]
mod common;

use common::{export, export_run};
use whapi_export::conformance::channel_contacts;
use whapi_export::whapi_classify::Change;
use whapi_export::{Available, RunInfo};
use whapi_export_csv::read_snapshot;

const PLAIN: &str = "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,\
                     can_create,is_business";

fn several_channels() -> RunInfo {
    let mut available = Available::default();
    available.channels = true;
    RunInfo::new().with_available(available)
}

#[track_caller]
fn check(options: &[(&str, &str)], run: &RunInfo, expected: &str) {
    let (bytes, ..) = export_run(options.iter().copied(), run, &channel_contacts());
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn the_channel_is_the_first_column() {
    check(
        &[],
        &several_channels(),
        &format!(
            "channel,{PLAIN}\r\n\
             shop,447700900811,phone,+447700900811,Ada,Ada,,true,saved,true,true,false,\r\n\
             shop,84958372615288@lid,lid,,84958372615288@lid,,,false,discovered,false,false,false,\r\n\
             office,447700900811,phone,+447700900811,ada,,ada,false,discovered,false,false,true,\r\n\
             \"'=1+\"\"1\"\"\n</b>,;../x\",447700900812,phone,+447700900812,+447700900812,,,,unknown,\
             false,false,false,\r\n"
        ),
    );
}

#[test]
fn all_columns_have_it_in_front_and_named_ones_where_it_is_named() {
    let run = several_channels();
    let first_line = |options: &[(&str, &str)], run: &RunInfo| {
        let (bytes, ..) = export_run(options.iter().copied(), run, &[]);
        String::from_utf8(bytes).unwrap()
    };
    for profile in ["plain", "excel"] {
        let all = [("profile", profile), ("columns", "all")];
        let (mark, plain) = match profile {
            "excel" => ("\u{feff}", "\u{feff}id,"),
            _ => ("", "id,"),
        };
        let expected = first_line(&all, &RunInfo::new());
        assert!(expected.starts_with(plain));
        let expected = expected.trim_start_matches('\u{feff}');
        assert_eq!(
            first_line(&all, &run),
            format!("{mark}channel,{expected}"),
            "{profile}"
        );
    }
    check(
        &[("columns", "phone,channel")],
        &run,
        "phone,channel\r\n\
         +447700900811,shop\r\n\
         ,shop\r\n\
         +447700900811,office\r\n\
         +447700900812,\"'=1+\"\"1\"\"\n</b>,;../x\"\r\n",
    );
    check(
        &[("columns", "phone")],
        &run,
        "phone\r\n+447700900811\r\n\"\"\r\n+447700900811\r\n+447700900812\r\n",
    );
}

#[test]
fn a_named_column_is_empty_in_a_run_over_one_channel() {
    let contacts = whapi_export::conformance::sample_contacts();
    let options = [("columns", "channel,phone")];
    let (bytes, ..) = export(options, &contacts[..1]);
    assert_eq!(bytes, b"channel,phone\r\n,+447700900000\r\n");
}

#[test]
fn importers_keep_their_columns_and_have_the_channel_in_notes_and_labels() {
    let run = several_channels();
    check(
        &[("profile", "chatwoot")],
        &run,
        "name,email,identifier,phone_number,whatsapp_standing,whatsapp_notes\r\n\
         Ada,,,+447700900811,saved,\"WhatsApp: saved in the address book.\nChannel: shop\"\r\n\
         84958372615288@lid,,84958372615288@lid,,discovered,\"WhatsApp: in a group or chat.\n\
         No number: 84958372615288@lid\nChannel: shop\"\r\n\
         ada,,,+447700900811,discovered,\"WhatsApp: in a group or chat.\n\
         Save it to edit or delete it.\nChannel: office\"\r\n\
         +447700900812,,,+447700900812,unknown,\"WhatsApp: unknown whether saved or only discovered. \
         Rely on neither.\nChannel: =1+\"\"1\"\" </b>,;../x\"\r\n",
    );
    check(
        &[("profile", "google"), ("columns", "Labels")],
        &run,
        "Labels\r\n\
         * myContacts ::: WhatsApp saved ::: shop\r\n\
         * myContacts ::: WhatsApp discovered ::: shop\r\n\
         * myContacts ::: WhatsApp discovered ::: office\r\n\
         \"* myContacts ::: WhatsApp unknown ::: =1+\"\"1\"\" </b>,;../x\"\r\n",
    );
    for profile in ["google", "outlook", "hubspot"] {
        let options = [("profile", profile)];
        let header = |run: &RunInfo| export_run(options, run, &[]).0;
        assert_eq!(header(&run), header(&RunInfo::new()), "{profile}");
    }
}

#[test]
fn an_export_of_several_channels_is_not_compared_with() {
    let contacts = channel_contacts();
    let (bytes, ..) = export_run([], &several_channels(), &contacts);
    assert_eq!(
        read_snapshot(&bytes[..]).unwrap_err().to_string(),
        "line 4: the file has contacts of several channels, whose ids are not unique; compare with \
         an export of one channel, such as a file of `csv.split=channel`"
    );
}

#[test]
fn one_channel_of_several_is_compared_with() {
    let contacts = &channel_contacts()[..2];
    for profile in ["plain", "excel"] {
        let (bytes, ..) = export_run([("profile", profile)], &several_channels(), contacts);
        let mut earlier = read_snapshot(&bytes[..]).unwrap();
        for contact in contacts {
            assert_eq!(earlier.compare(contact.contact()), Change::Unchanged);
        }
        assert_eq!(earlier.not_listed().count(), 0);
    }
}
