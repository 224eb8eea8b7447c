//! Writes contacts as tab-separated values: `id`, `phone`, `display_name` and `standing`, a line
//! per contact, in UTF-8 with LF line ends.
//!
//! A tab, a line break or another control character in a value becomes a space, and the report
//! counts the value as altered. There is no guard against formulas, so do not open the file in a
//! spreadsheet: strangers choose their names.

use std::io::Write;

use whapi_export::{
    BatchReport, ClassifiedContact, Definition, Exporter, OptionSpec, Output, Result, RunEnd,
    RunInfo, Summary, Switch, async_trait,
};

/// The definition to register: `tsv`, with the options `header` and `split`.
pub fn definition() -> Definition {
    Definition::new("tsv", "tab-separated values", |ctx| {
        let (config, output) = (ctx.options()?, ctx.output()?);
        Ok(Box::new(Tsv { config, output }))
    })
    .extension("tsv")
    .option(
        OptionSpec::new("header", "on|off", "a first line that names the columns")
            .default_value("on"),
    )
    .splittable()
}

#[derive(serde::Deserialize)]
struct Config {
    header: Option<Switch>,
}

struct Tsv {
    config: Config,
    output: Output,
}

#[async_trait]
impl Exporter for Tsv {
    async fn begin(&mut self, _run: &RunInfo) -> Result<()> {
        self.output.prepare()?;
        if self.config.header.is_none_or(Switch::is_on) {
            writeln!(self.output, "id\tphone\tdisplay_name\tstanding")?;
        }
        Ok(())
    }

    async fn write_batch(&mut self, batch: &[ClassifiedContact]) -> Result<BatchReport> {
        let mut report = BatchReport::written(batch.len());
        for contact in batch {
            let mut cell = |text: &str| {
                let cell = text.replace(char::is_control, " ");
                report.altered += u64::from(cell != text);
                cell
            };
            let id = contact.id();
            let phone = id.phone().map_or(String::new(), |phone| phone.to_string());
            let (id, name) = (cell(id.as_str()), cell(contact.display_name().text()));
            writeln!(self.output, "{id}\t{phone}\t{name}\t{}", contact.standing())?;
        }
        Ok(report)
    }

    async fn finish(self: Box<Self>, _end: &RunEnd) -> Result<Summary> {
        Ok(self.output.commit()?.into())
    }
}
