//! Writes contacts as tab-separated values: `id`, `phone`, `display_name` and `standing`, a line
//! per contact, in UTF-8 with LF line ends.
//!
//! A tab, a line break or another control character in a value becomes a space, and the report
//! counts the value as altered. There is no guard against formulas, so do not open the file in a
//! spreadsheet: names are untrusted text.

use whapi_export::{
    ClassifiedContact, Definition, Encoded, Encoder, OptionSpec, Result, RunInfo, Switch,
};

/// The definition to register: `tsv`, with the options `header` and `split`.
pub fn definition() -> Definition {
    Definition::file("tsv", "tab-separated values", |config| Ok(Tsv(config)))
        .extension("tsv")
        .option(
            OptionSpec::new("header", "on|off", "a first line that names the columns")
                .default_value("on"),
        )
}

#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    header: Option<Switch>,
}

struct Tsv(Config);

impl Encoder for Tsv {
    fn header(&mut self, _run: &RunInfo, out: &mut Vec<u8>) -> Result<()> {
        if self.0.header.is_none_or(Switch::is_on) {
            out.extend_from_slice(b"id\tphone\tdisplay_name\tstanding\n");
        }
        Ok(())
    }

    fn contact(&mut self, contact: &ClassifiedContact, out: &mut Vec<u8>) -> Result<Encoded> {
        let mut altered = 0;
        let mut cell = |text: &str| {
            let cell = text.replace(char::is_control, " ");
            altered += u64::from(cell != text);
            cell
        };
        let id = contact.id();
        let phone = contact
            .phone()
            .map_or(String::new(), |phone| phone.to_string());
        let (id, name) = (cell(id.as_str()), cell(contact.display_name().text()));
        let line = format!("{id}\t{phone}\t{name}\t{}\n", contact.standing());
        out.extend_from_slice(line.as_bytes());
        Ok(Encoded::altered(altered))
    }
}
