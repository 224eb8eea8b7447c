//! Built-in formats as programs write the same bytes as within this process.

use std::fs;

use whapi_export::conformance::{all_available, channel_contacts, nasty_contacts, sample_contacts};
use whapi_export::{Available, Definition, OpenContext, RunInfo};

use crate::support::{all_contacts, definition, export, names, runtime, serve, to};

#[track_caller]
fn check(built_in: &Definition, options: &[(&str, &str)], available: Available) {
    let folder = tempfile::tempdir().unwrap();
    let (direct, by_program) = (folder.path().join("direct"), folder.path().join("program"));
    // What the run did not request, contacts do not have.
    let contacts = if available == all_available() {
        all_contacts()
    } else if available.channels {
        channel_contacts()
    } else {
        [sample_contacts(), nasty_contacts()].concat()
    };
    let run = RunInfo::new().with_available(available);
    let with = |ctx: OpenContext| {
        let options = options.iter();
        options.fold(ctx, |ctx, (key, value)| ctx.with_option(*key, *value))
    };
    let (expected, found) = runtime().block_on(async {
        let expected = export(built_in, &with(to(&direct)), &run, &contacts)
            .await
            .unwrap();
        let program = definition(serve(built_in.name())).await.unwrap();
        let found = export(&program, &with(to(&by_program)), &run, &contacts)
            .await
            .unwrap();
        (expected, found)
    });
    let read = |path| fs::read_to_string(path).unwrap();
    let (expected_text, text) = (read(&direct), read(&by_program));
    for (expected, found) in expected_text.lines().zip(text.lines()) {
        assert_eq!(found, expected, "{options:?}");
    }
    assert_eq!(text.len(), expected_text.len());
    assert_eq!(found.sha256, expected.sha256);
    assert_eq!(found.destination, by_program.display().to_string());
    assert_eq!(found.warnings.len(), expected.warnings.len());
}

fn several_channels() -> Available {
    let mut available = Available::default();
    available.channels = true;
    available
}

#[test]
fn vcard() {
    let built_in = whapi_export_vcard::definition();
    for options in [&[][..], &[("version", "4.0")], &[("note", "off")]] {
        check(&built_in, options, Available::default());
        check(&built_in, options, all_available());
        check(&built_in, options, several_channels());
    }
}

#[test]
fn csv() {
    let built_in = whapi_export_csv::definition();
    for options in [&[][..], &[("columns", "all")], &[("profile", "google")]] {
        check(&built_in, options, Available::default());
        check(&built_in, options, all_available());
        check(&built_in, options, several_channels());
    }
}

#[test]
fn jsonl() {
    let built_in = whapi_export_jsonl::definition();
    let everything = [("phone", "on"), ("about", "on"), ("pictures", "on")];
    check(&built_in, &everything, all_available());
}

#[test]
fn split_files() {
    let built_in = whapi_export_vcard::definition();
    for split in ["4", "standing", "group", "channel"] {
        let folder = tempfile::tempdir().unwrap();
        let (available, contacts) = match split {
            "channel" => (several_channels(), channel_contacts()),
            _ => (all_available(), all_contacts()),
        };
        let run = RunInfo::new().with_available(available);
        let read = |name: &str| {
            let folder = folder.path().join(name);
            let names = names(&folder).into_iter();
            let files = names.map(|name| (fs::read_to_string(folder.join(&name)).unwrap(), name));
            files.collect::<Vec<_>>()
        };
        let context = |name: &str| {
            let folder = folder.path().join(name);
            fs::create_dir(&folder).unwrap();
            to(&folder.join("contacts.vcf")).with_option("split", split)
        };
        let (expected, found) = runtime().block_on(async {
            let expected = export(&built_in, &context("direct"), &run, &contacts)
                .await
                .unwrap();
            let program = definition(serve("vcard")).await.unwrap();
            let found = export(&program, &context("program"), &run, &contacts)
                .await
                .unwrap();
            (expected, found)
        });
        assert!(read("direct").len() > 1, "{split}");
        assert_eq!(read("program"), read("direct"), "{split}");
        let parts = |summary: &whapi_export::Summary| {
            let parts = summary.parts.iter();
            parts
                .map(|part| (part.written, part.sha256.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(parts(&found), parts(&expected), "{split}");
    }
}
