//! A format of lines, and runs of it that are split.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use whapi_export::whapi_classify::ReasonIndex;
use whapi_export::whapi_model::{Contact, ContactId, Group, IdKind, Participant, Phone, Rank};
use whapi_export::{
    Available, BatchReport, ClassifiedContact, Definition, Encoded, Encoder, Exporter, Message,
    Needs, NoOptions, OpenContext, OutputTarget, Part, Result, RunEnd, RunInfo, Summary,
};

/// A header and a line per contact; skips ids that are neither a phone number nor a LID.
#[derive(Default)]
pub(crate) struct Lines {
    pub(crate) altered: u64,
}

impl Encoder for Lines {
    fn needs(&self) -> Needs {
        Needs::default().with_equal_names(true)
    }

    fn header(&mut self, _run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        out.extend_from_slice(b"id\n");
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let id = contact.id();
        if id.kind() == IdKind::Other {
            return Ok(Encoded::skipped(
                "other-id",
                "It is no phone number and no LID.",
            ));
        }
        let altered = u64::from(contact.display_name().text().contains('!'));
        self.altered += altered;
        out.extend_from_slice(format!("{id}\n").as_bytes());
        Ok(Encoded::altered(altered))
    }

    fn messages(&self) -> Vec<Message> {
        vec![match self.altered {
            0 => Message::Note("Nothing was altered.".to_owned()),
            _ => Message::Warning("Something was altered.".to_owned()),
        }]
    }
}

pub(crate) fn definition() -> Definition {
    let make = |_: NoOptions| Ok(Lines::default());
    Definition::file("lines", "one id a line", make).extension("txt")
}

/// A folder of its own, and how to write into it.
pub(crate) struct Case {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) target: String,
    pub(crate) split: &'static str,
    pub(crate) available: Available,
}

impl Case {
    pub(crate) fn new(split: &'static str) -> Self {
        let mut available = Available::default();
        available.reasons = true;
        Self {
            folder: tempfile::tempdir().unwrap(),
            target: "contacts.txt".to_owned(),
            split,
            available,
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn ctx(&self) -> OpenContext {
        OpenContext::new()
            .with_target(OutputTarget::Path(self.path(&self.target)))
            .with_option("split", self.split)
            .with_country_of(country_of)
    }

    pub(crate) fn begun(&self) -> Result<Box<dyn Exporter>> {
        let mut exporter = definition().open(&self.ctx())?;
        let run = RunInfo::new().with_available(self.available);
        pollster::block_on(exporter.begin(&run))?;
        Ok(exporter)
    }

    pub(crate) fn run(&self, batches: &[&[ClassifiedContact]]) -> (BatchReport, Summary) {
        let mut exporter = self.begun().unwrap();
        pollster::block_on(async {
            let mut report = BatchReport::default();
            for batch in batches {
                report += exporter.write_batch(batch).await.unwrap();
            }
            (report, exporter.finish(&RunEnd::complete()).await.unwrap())
        })
    }

    /// Everything in the folder, by name.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect()
    }

    #[track_caller]
    pub(crate) fn check_files(&self, expected: &[(&str, &str)]) {
        let expected = expected.iter();
        let expected: BTreeMap<_, _> = expected
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        assert_eq!(self.files(), expected);
    }
}

pub(crate) fn country_of(phone: Phone<'_>) -> Option<&'static str> {
    [("44", "GB"), ("49", "DE"), ("55", "BR")]
        .into_iter()
        .find_map(|(code, country)| phone.digits().starts_with(code).then_some(country))
}

pub(crate) fn contact(id: &str) -> Contact {
    Contact::new(ContactId::parse(id).unwrap())
}

pub(crate) fn plain(id: &str) -> ClassifiedContact {
    ClassifiedContact::new(contact(id))
}

/// So many contacts with numbers that are set aside for fiction.
pub(crate) fn people(count: u32) -> Vec<ClassifiedContact> {
    (0..count)
        .map(|nth| plain(&format!("4477009{nth:05}")))
        .collect()
}

pub(crate) fn names(summary: &Summary) -> Vec<(String, u64)> {
    let name = |part: &Part| {
        let path = Path::new(&part.destination);
        path.file_name().unwrap().to_str().unwrap().to_owned()
    };
    let parts = summary.parts.iter();
    parts.map(|part| (name(part), part.written)).collect()
}

pub(crate) fn owned(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let expected = expected.iter();
    expected
        .map(|(name, written)| ((*name).to_owned(), *written))
        .collect()
}

/// Contacts with reasons, from groups given by number and name with their members' last digits.
pub(crate) fn in_groups(
    groups: &[(u8, Option<&str>, &[u8])],
    people: &[u8],
) -> Vec<ClassifiedContact> {
    let id = |last: u8| ContactId::parse(&format!("44770090000{last}")).unwrap();
    let groups = groups.iter().map(|(number, name, members)| {
        let group = ContactId::parse(&format!("12036300000000000{number}@g.us"));
        let mut group = Group::new(group.unwrap());
        group.name = name.map(str::to_owned);
        let members = members.iter();
        let members = members.map(|member| Participant::new(id(*member), Rank::Member));
        group.participants = members.collect();
        group
    });
    let reason_index = ReasonIndex::new().with_groups(groups.collect::<Vec<_>>());
    let classified = people.iter().map(|last| {
        let contact = Contact::new(id(*last));
        let reasons = reason_index.reasons_of(&contact, None);
        ClassifiedContact::new(contact).with_reasons(reasons)
    });
    classified.collect()
}
