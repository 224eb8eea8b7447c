//! Which formats, with which options, for whom.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Reader, Xlsx};

use whapi_emulator::Person;

use crate::support::{Case, Ran, sha256, small_api};

fn run(args: &[&str]) -> (Case, Ran) {
    let api = small_api().start_blocking().unwrap();
    let case = Case::at(&api);
    let ran = case.run(&[&["export"], args].concat());
    (case, ran)
}

const CSV_HEADER: &str = "id,kind,phone,display_name,name,pushname,saved,standing,can_edit,can_delete,can_create,is_business\r\n";
const ADA: &str =
    "447700900101,phone,+447700900101,Ada Test,Ada Test,,true,saved,true,true,false,\r\n";
const BO: &str = "447700900102,phone,+447700900102,bo,,bo,false,discovered,false,false,true,\r\n";
const LID: &str = "84958372615243@lid,lid,,84958372615243@lid,,,,unknown,false,false,false,\r\n";

/// The CSV on standard output.
#[track_caller]
fn check_csv(args: &[&str], rows: &[&str]) {
    let (_, ran) = run(&[&["-f", "csv", "-o", "-"], args].concat());
    ran.check_code(0);
    assert_eq!(ran.out(), format!("{CSV_HEADER}{}", rows.concat()));
}

#[test]
fn repeated_listed_and_by_alias_each_once() {
    for formats in [
        &["--format", "vcard", "--format", "csv"][..],
        &["-f", "vcard,csv"],
        &["-f", "vcard", "-f", "csv,vcf,vcard"],
        &["-f", "vcf, csv"],
    ] {
        let (_, ran) = run(formats);
        ran.check(
            0,
            "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
             1 of them has no phone number\n\
             the list is complete: 1 page, 2 requests\n\
             vcard: 3 contacts written to contacts.vcf\n\
             csv: 3 contacts written to contacts.csv\n",
        );
        assert_eq!(ran.names(), ["contacts.csv", "contacts.vcf"]);
    }
}

#[test]
fn the_order_of_formats_is_that_of_the_arguments() {
    let (_, ran) = run(&["-f", "csv,vcard", "--quiet", "--json"]);
    let formats: Vec<_> = ran.out().match_indices("\"format\":\"").collect();
    assert_eq!(formats.len(), 2);
    let csv = ran.out().find("\"format\":\"csv\"").unwrap();
    assert_eq!(formats[0].0, csv);
}

/// People whose ids and names look like the phone numbers of others.
fn impostors() -> Vec<Person> {
    vec![
        Person::new("447700900101@lid").with_pushname("+447700900201"),
        Person::new("447700900102").with_name("447700900202"),
        Person::new("447700900103@s.whatsapp.net").with_pushname("\u{202d}+44 7700 900203"),
        Person::new("447700900104@g.us").with_name("+447700900204"),
        Person::new("+447700900105").with_pushname("+447700900205"),
    ]
}

#[test]
fn no_phone_comes_from_a_lid_or_a_name() {
    let api = small_api().contacts(impostors()).start_blocking().unwrap();
    let export = |args: &[&str]| {
        let ran = Case::at(&api).run(&[&["export", "-q", "-o", "-"], args].concat());
        ran.check_code(0);
        ran.out().to_owned()
    };
    assert_eq!(
        export(&["-f", "csv", "--set", "csv.columns=phone"]),
        "phone\r\n\"\"\r\n+447700900102\r\n+447700900103\r\n\"\"\r\n+447700900105\r\n"
    );
    for (version, tel) in [("3.0", "TEL;TYPE=CELL:"), ("4.0", "TEL;TYPE=cell:")] {
        let option = format!("vcard.version={version}");
        let cards = export(&["-f", "vcard", "--set", &option]);
        let phones: Vec<_> = cards
            .split("\r\n")
            .filter(|line| line.starts_with("TEL"))
            .collect();
        let numbers = ["+447700900102", "+447700900103", "+447700900105"];
        let expected = numbers.map(|phone| format!("{tel}{phone}"));
        assert_eq!(phones, expected, "{version}");
        assert_eq!(cards.matches("\r\nEND:VCARD\r\n").count(), 5);
    }
}

#[test]
fn only_some_standings() {
    check_csv(&[], &[ADA, BO, LID]);
    check_csv(&["--only", "saved"], &[ADA]);
    check_csv(&["--only", "discovered"], &[BO]);
    check_csv(&["--only", "unknown"], &[LID]);
    check_csv(&["--only", "unknown", "--only", "saved"], &[ADA, LID]);
    check_csv(&["--only", "saved,discovered,saved"], &[ADA, BO]);
    check_csv(&["--only", "saved,discovered,unknown"], &[ADA, BO, LID]);
}

#[test]
fn only_some_standings_and_the_summary_counts_all() {
    let (_, ran) = run(&["-f", "csv", "--only", "saved"]);
    ran.check(
        0,
        "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
         1 of 3 contacts selected\n\
         the list is complete: 1 page, 2 requests\n\
         left out: 2 by --only\n\
         csv: 1 contact written to contacts.csv\n",
    );
}

#[test]
fn options_with_and_without_the_format() {
    let (_, plain) = run(&["-f", "vcard", "-o", "-"]);
    let (_, four) = run(&["-f", "vcard", "-o", "-", "--set", "version=4.0"]);
    let version = |ran: &Ran| ran.out().split("\r\n").nth(1).unwrap().to_owned();
    assert_eq!(version(&plain), "VERSION:3.0");
    assert_eq!(version(&four), "VERSION:4.0");
    for same in [
        &["--set", "vcard.version=4.0"][..],
        &["--set", "vcf.version=4.0"],
        &["--set", "version=3.0", "--set", "version=4.0"],
    ] {
        let (_, ran) = run(&[&["-f", "vcard", "-o", "-"], same].concat());
        ran.check_code(0);
        assert_eq!(ran.out(), four.out(), "{same:?}");
    }
    let (case, ran) = run(&[
        "-f",
        "vcard,csv",
        "--set",
        "vcard.version=4.0",
        "--set",
        "csv.formula_guard=off",
    ]);
    ran.check_code(0);
    assert_eq!(case.read("contacts.vcf"), four.stdout);
}

#[test]
fn an_option_whose_value_holds_the_separators() {
    let (_, ran) = run(&["-f", "csv", "-o", "-", "--set", "columns=id,name"]);
    ran.check_code(0);
    assert_eq!(
        ran.out(),
        "id,name\r\n447700900101,Ada Test\r\n447700900102,\r\n84958372615243@lid,\r\n"
    );
    let (_, ran) = run(&["-f", "csv", "-o", "-", "--set", "columns=id=name"]);
    ran.check_code(2);
}

/// A record of the JSON Lines, after its id.
fn record(id: &str, rest: &str) -> String {
    format!("{{\"id\":\"{id}\",{rest}}}\n")
}

#[test]
fn json_lines_have_every_record_whole() {
    let ada = record(
        "447700900101",
        concat!(
            r#""kind":"phone","phone":"+447700900101","display_name":"Ada Test","#,
            r#""name_source":"name","name":"Ada Test","pushname":null,"saved":true,"#,
            r#""standing":"saved","is_business":null,"permissions":{"#,
            r#""edit":{"allowed":true,"rule":null},"delete":{"allowed":true,"rule":null},"#,
            r#""create":{"allowed":false,"rule":"already-saved"}},"name_warnings":[]"#,
        ),
    );
    let lid = record(
        "84958372615243@lid",
        concat!(
            r#""kind":"lid","phone":null,"display_name":"84958372615243@lid","#,
            r#""name_source":"id","name":null,"pushname":null,"saved":null,"#,
            r#""standing":"unknown","is_business":null,"permissions":{"#,
            r#""edit":{"allowed":false,"rule":"unknown-standing"},"#,
            r#""delete":{"allowed":false,"rule":"unknown-standing"},"#,
            r#""create":{"allowed":false,"rule":"unknown-standing"}},"name_warnings":[]"#,
        ),
    );
    let (_, ran) = run(&["-f", "jsonl", "-o", "-", "--only", "saved,unknown"]);
    ran.check_code(0);
    assert_eq!(ran.out(), format!("{ada}{lid}"));

    let (case, ran) = run(&["-f", "ndjson", "--only", "saved", "--set", "about=on"]);
    ran.check(
        0,
        "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
         1 of 3 contacts selected\n\
         the list is complete: 1 page, 2 requests\n\
         left out: 2 by --only\n\
         jsonl: 1 contact written to contacts.jsonl\n",
    );
    let asked = ada.replace("}\n", ",\"about\":null}\n");
    assert_eq!(case.read("contacts.jsonl"), asked.as_bytes());
}

#[test]
fn a_workbook_has_one_sheet_or_one_for_each_standing_that_is_selected() {
    let (case, ran) = run(&["-f", "xlsx", "--only", "saved,unknown"]);
    ran.check(
        0,
        "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
         2 of 3 contacts selected\n\
         1 of them has no phone number\n\
         the list is complete: 1 page, 2 requests\n\
         left out: 1 by --only\n\
         xlsx: 2 contacts written to contacts.xlsx\n",
    );
    let names = |case: &Case| {
        let mut workbook = Xlsx::new(Cursor::new(case.read("contacts.xlsx"))).unwrap();
        let sheets = workbook.worksheets().into_iter().map(|(title, cells)| {
            let names = cells.rows().map(|row| row[0].to_string());
            (title, names.collect::<Vec<_>>().join(", "))
        });
        sheets.collect::<Vec<_>>()
    };
    let sheet = |title: &str, names: &str| (title.to_owned(), format!("display_name, {names}"));
    assert_eq!(
        names(&case),
        [sheet("Contacts", "Ada Test, 84958372615243@lid")]
    );

    let (by_standing, ran) = run(&[
        "-f",
        "xlsx",
        "--only",
        "saved,unknown",
        "--set",
        "xlsx.sheets=standing",
    ]);
    ran.check_code(0);
    assert_eq!(
        names(&by_standing),
        [
            sheet("Saved", "Ada Test"),
            sheet("Unknown", "84958372615243@lid")
        ]
    );

    let (_, piped) = run(&["-f", "xlsx", "-o", "-", "--only", "saved,unknown"]);
    piped.check_code(0);
    assert_eq!(piped.stdout, case.read("contacts.xlsx"));
}

#[test]
fn a_page_has_the_selected_contacts_and_can_be_several() {
    let (case, ran) = run(&["-o", "book.html", "--only", "saved,unknown"]);
    ran.check(
        0,
        "3 contacts: 1 saved, 1 discovered, 1 unknown\n\
         2 of 3 contacts selected\n\
         1 of them has no phone number\n\
         the list is complete: 1 page, 2 requests\n\
         left out: 1 by --only\n\
         html: 2 contacts written to book.html\n",
    );
    let shown = |page: Vec<u8>| {
        let page = String::from_utf8(page).unwrap();
        let names = page.lines().filter_map(|line| {
            let name = line.strip_prefix("{\"shown\":\"")?;
            Some(name.split('"').next()?.to_owned())
        });
        names.collect::<Vec<_>>()
    };
    let page = case.read("book.html");
    let title = "<title>WhatsApp contacts</title>";
    assert!(String::from_utf8_lossy(&page).contains(title));
    assert_eq!(shown(page.clone()), ["Ada Test", "84958372615243@lid"]);
    let (_, piped) = run(&["-f", "html", "-o", "-", "--only", "saved,unknown"]);
    piped.check_code(0);
    assert_eq!(piped.stdout, page);

    let args = [
        "-f",
        "html",
        "--only",
        "saved,unknown",
        "--set",
        "split=standing",
    ];
    let (split, ran) = run(&args);
    ran.check_code(0);
    assert_eq!(shown(split.read("contacts-saved.html")), ["Ada Test"]);
    assert_eq!(
        shown(split.read("contacts-unknown.html")),
        ["84958372615243@lid"]
    );
}

/// The same contacts give the same bytes, whatever else is asked for.
#[test]
fn the_same_bytes_every_time() {
    let mut hashes = BTreeMap::new();
    for args in [
        &["-f", "vcard,csv"][..],
        &["-f", "csv,vcard", "--page-size", "2"],
        &["-f", "csv,vcard", "--concurrency", "64", "--verbose"],
        &["-f", "csv,vcard", "--quiet"],
    ] {
        let (case, ran) = run(args);
        ran.check_code(0);
        for name in ["contacts.vcf", "contacts.csv"] {
            let hash = sha256(case.read(name));
            assert_eq!(
                *hashes.entry(name).or_insert(hash.clone()),
                hash,
                "{name} {args:?}"
            );
        }
    }
}
