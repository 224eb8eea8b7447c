//! Runs many channels through one set of exporters.

use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use whapi_classify::ClassifiedContact;
use whapi_fetch::{EnrichmentRequest, Error, ErrorKind};
use whapi_model::Contact;

use super::channel::Channel;
use super::people::People;
use super::read::{ReadChannel, Reader};
use super::report::ChannelReport;
use super::totals::Totals;
use crate::cancel::{Cancel, Stop, stop_if_cancelled, unless_cancelled};
use crate::event::Event;
use crate::pipeline::{Pipeline, needs};
use crate::processor::{ChannelMode, ContactProcessor, ProcessorConfig};
use crate::report::{Cancelled, Failure, RunReport, Stage};
use crate::run::Run;

/// The most people that are written at a time.
const MOST_PEOPLE: usize = 500;

impl Pipeline {
    /// Runs many channels through the exporters, each [as one](Self::run), into one result.
    ///
    /// Contacts have the name of their [channel](ClassifiedContact::channel), and come in the order of
    /// the channels. At most `concurrency` channels are read at the same time, and twice as many
    /// and one are in memory.
    ///
    /// A channel that fails or is incomplete does not stop the others. The contacts of one that fails are
    /// not written. The outcome is [`Outcome::Incomplete`](crate::Outcome::Incomplete) then, and the report of
    /// [each channel](RunReport::channels) says why. When every channel fails, the run fails, and no
    /// output changes. All sources must bring the same
    /// [enrichment](whapi_fetch::ContactSource::enrichment_request). A run over channels compares with
    /// no [earlier export](Self::compare_with).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::num::NonZeroUsize;
    /// use whapi_fetch::InMemory;
    /// use whapi_model::{Contact, ContactId};
    /// use whapi_pipeline::{Channel, Outcome, Pipeline, never_cancelled};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let ada = Contact::new(ContactId::parse("447700900101")?).with_saved(true);
    /// let bo = Contact::new(ContactId::parse("447700900102")?);
    /// let channels = vec![
    ///     Channel::new("shop", Box::new(InMemory::new(vec![ada]))),
    ///     Channel::new("office", Box::new(InMemory::new(vec![bo]))),
    /// ];
    /// let two = NonZeroUsize::new(2).expect("not zero");
    /// let report = Pipeline::new().run_channels(channels, two, never_cancelled()).await;
    /// assert_eq!(report.outcome, Outcome::Complete);
    /// assert_eq!((report.contacts.total, report.contacts.saved), (2, 1));
    /// assert_eq!(report.channels[1].name, "office");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn run_channels(
        self,
        channels: Vec<Channel>,
        concurrency: NonZeroUsize,
        cancel: impl Future<Output = Cancelled> + Send,
    ) -> RunReport {
        let needs = needs(&self.jobs);
        let all_channels = if self.config.all_channels.is_empty() {
            channels.iter().map(|one| one.name.to_string()).collect()
        } else {
            self.config.all_channels
        };
        let config = ProcessorConfig {
            all_channels,
            earlier: None,
            channels: if self.merge_channels {
                ChannelMode::Merged
            } else {
                ChannelMode::Named
            },
            ..self.config
        };
        let mut run = Run::new(self.jobs, needs, config, self.observer, |_| ());
        let mut cancel = Box::pin(cancel);
        let mut totals = Totals::new();
        let fed = run
            .feed_channels(channels, concurrency, &mut totals, cancel.as_mut())
            .await;
        run.processor.counts = totals.counts;
        run.channel_ends = totals.channels.iter().map(ChannelReport::end).collect();
        let ended = match fed {
            Ok(()) => run.commit(&totals.scan, cancel.as_mut()).await,
            Err(stop) => Err(stop),
        };
        run.abort_rest().await;
        let mut report = run.into_report(totals.scan, ended);
        report.channels = totals.channels;
        report.merged_people = totals.merged;
        report
    }
}

impl<F: FnMut(&ClassifiedContact) + Send> Run<F> {
    /// Reads every channel, and gives every exporter the selected contacts.
    async fn feed_channels(
        &mut self,
        channels: Vec<Channel>,
        concurrency: NonZeroUsize,
        totals: &mut Totals,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let request = channels
            .first()
            .map_or_else(EnrichmentRequest::default, |channel| {
                channel.source.enrichment_request()
            });
        let of = channels.len() as u64;
        let config = self.start(request, None, cancel.as_mut()).await?;
        self.people = (config.channels == ChannelMode::Merged).then(People::default);
        self.processor = ContactProcessor::new(config, None);
        let mut unknown_names = Vec::new();
        let mut reader = Reader::new(channels, concurrency.get());
        let mut done = 0;
        while let Some(ReadChannel { name, scan, list }) =
            unless_cancelled(reader.next(), cancel.as_mut()).await?
        {
            match list {
                Err(error) => totals.add_failed(&name, scan, Failure::source(error)),
                Ok(list) => {
                    self.processor
                        .begin_channel(Arc::clone(&name), list.enrichment);
                    unknown_names.push(self.processor.warn_of_unknown_names());
                    let writing = self.write_list(list.batches, cancel.as_mut());
                    reading_on(&mut reader, writing).await?;
                    totals.add(&name, scan, std::mem::take(&mut self.processor.counts));
                }
            }
            done += 1;
            let contacts = totals.counts.contacts.total;
            self.notify(&Event::Channel { contacts, done, of });
        }
        check_names(&unknown_names)?;
        check_any(totals)?;
        self.write_people(totals, cancel.as_mut()).await?;
        stop_if_cancelled(cancel)
    }

    /// Writes the people of a run that merges channels.
    async fn write_people(
        &mut self,
        totals: &mut Totals,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let Some(people) = self.people.take() else {
            return Ok(());
        };
        totals.merged = Some(people.merged());
        for mut batch in people.into_batches(MOST_PEOPLE) {
            self.write(&mut batch, cancel.as_mut()).await?;
        }
        Ok(())
    }

    /// Gives every exporter the selected contacts of a channel.
    async fn write_list(
        &mut self,
        batches: Vec<Vec<Contact>>,
        mut cancel: Cancel<'_, impl Future<Output = Cancelled> + Send>,
    ) -> Result<(), Stop> {
        let mut classified = Vec::new();
        for batch in batches {
            self.take(batch, &mut classified, cancel.as_mut()).await?;
        }
        self.take_rest(&mut classified, cancel).await?;
        self.forget_names();
        Ok(())
    }
}

/// Waits for `writing`, and reads other channels meanwhile.
async fn reading_on<T>(reader: &mut Reader, writing: impl Future<Output = T> + Send) -> T {
    match select(pin!(writing), pin!(reader.go_on())).await {
        Either::Left((written, _)) => written,
        Either::Right((never, _)) => never,
    }
}

/// Returns an error when a filter names a group or a label that no channel has.
fn check_names(unknown: &[Vec<String>]) -> Result<(), Stop> {
    let in_every_channel = !unknown.is_empty() && unknown.iter().all(|names| !names.is_empty());
    if !in_every_channel {
        return Ok(());
    }
    let mut names = unknown.concat();
    names.dedup();
    Err(Failure::source(Error::new(ErrorKind::Config, names.join("; "))).into())
}

/// Returns an error when every channel failed.
fn check_any(totals: &Totals) -> Result<(), Stop> {
    let channels = &totals.channels;
    let failures: Vec<_> = channels
        .iter()
        .filter_map(|channel| Some((&channel.name, channel.failure.as_ref()?)))
        .collect();
    let Some((_, first)) = failures
        .first()
        .filter(|_| failures.len() == channels.len())
    else {
        return Ok(());
    };
    let kind = match first.stage {
        Stage::Source(kind) => kind,
        Stage::Export { .. } => ErrorKind::Config,
    };
    let said: Vec<_> = failures
        .iter()
        .map(|(name, failure)| format!("channel `{name}`: {failure}"))
        .collect();
    let message = format!("no channel could be read: {}", said.join("; "));
    Err(Failure::source(Error::new(kind, message)).into())
}
