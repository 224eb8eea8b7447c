//! Writes the changes in one batch, planned on the rows as they are at that moment.

use whapi_export::{Error, ErrorKind, Result, ResultChanges};

use super::read::{read_ids, without_empty_end};
use super::request::WriteRequest;
use super::staging::Staging;
use super::survey::{Survey, rows_keep_moving};
use super::target::target;
use super::widen::widen;
use super::write_plan::{Write, WritePlan, content, fits, plan_write};
use super::{Delivered, clean_up};
use crate::api::client::SheetsClient;
use crate::plan::{self, Content, SheetChange, TabLayout, Target};

/// How often a run plans again because rows, or the tab, changed after it had planned.
const MOST_REPEATS: usize = 3;

/// A run that writes its contacts.
pub(super) struct Commit<'a> {
    client: &'a mut SheetsClient,
    request: &'a WriteRequest<'a>,
    target: Target,
    staging: Option<Staging>,
    repeats: usize,
    is_written: bool,
    changes: ResultChanges,
    names_kept: u64,
    unverified: Option<String>,
}

/// What follows a batch.
enum After {
    Done,
    /// Rows or the tab changed: plan again.
    Again,
}

impl<'a> Commit<'a> {
    pub(super) fn new(client: &'a mut SheetsClient, request: &'a WriteRequest<'a>) -> Self {
        Self {
            target: target(client, request),
            client,
            request,
            staging: None,
            repeats: 0,
            is_written: false,
            changes: ResultChanges::default(),
            names_kept: 0,
            unverified: None,
        }
    }

    /// Writes until the tab holds the contacts.
    pub(super) async fn run(mut self) -> Result<Delivered> {
        let written = self.write().await;
        let run = self.target.state.run.clone();
        match (written, self.staging.take()) {
            (Ok(delivered), None) => Ok(delivered),
            (Ok(delivered), Some(staging)) => {
                // What it holds was not needed in the end.
                let _ = staging.remove(self.client, &run).await;
                Ok(delivered)
            }
            (Err(error), None) => Err(error),
            (Err(error), Some(staging)) => {
                Err(staging.remove(self.client, &run).await.add_to(error))
            }
        }
    }

    async fn write(&mut self) -> Result<Delivered> {
        loop {
            let survey = Survey::of(self.client, self.request).await?;
            let WritePlan {
                write,
                changes,
                names_kept,
            } = plan_write(&survey, self.request)?;
            // A plan after the write only puts right what slipped through.
            if !self.is_written {
                (self.changes, self.names_kept) = (changes, names_kept);
            }
            let Some(mut write) = write else {
                clean_up(self.client, survey.snapshot, &self.target).await?;
                let tab = survey.layout.tab.map(|tab| tab.id);
                return Ok(self.delivered(tab.unwrap_or(self.target.new_tab)));
            };
            let tab = survey.layout.tab.as_ref().map(|tab| tab.id);
            let tab = tab.unwrap_or(self.target.new_tab);
            widen(self.client, &survey, self.request, &self.target, &mut write).await?;
            if self.stage(&survey, &write).await? {
                // Rows may have moved meanwhile.
                continue;
            }
            match self.apply(&survey, &write).await? {
                After::Done => return Ok(self.delivered(tab)),
                After::Again => {}
            }
        }
    }

    fn delivered(&mut self, tab: i32) -> Delivered {
        Delivered {
            tab,
            changes: self.changes,
            names_kept: self.names_kept,
            unverified: self.unverified.take(),
        }
    }

    /// Counts a repetition.
    fn repeat(&mut self) -> Result<()> {
        self.repeats += 1;
        if self.repeats > MOST_REPEATS {
            return Err(rows_keep_moving(self.request.title));
        }
        Ok(())
    }

    /// Puts the rows into a staging tab if they are too large for one batch and not there yet.
    /// Returns whether it did.
    async fn stage(&mut self, survey: &Survey, write: &Write) -> Result<bool> {
        let rows = write.rows(self.request);
        let picked = write.written(self.request);
        let run = self.target.state.run.clone();
        if let Some(staging) = self.staging.take() {
            let is_there = survey.snapshot.staging(&run).is_some();
            if is_there && staging.covers(rows, &picked) {
                self.staging = Some(staging);
                return Ok(false);
            }
            let _ = staging.remove(self.client, &run).await;
            self.repeat()?;
        }
        if fits(write, self.request) {
            return Ok(false);
        }
        check_cell_limit(
            survey,
            &self.target,
            &content(write, self.request, None),
            picked.len(),
        )?;
        let snapshot = survey.snapshot.clone();
        let max_bytes = self.request.max_bytes;
        let staging = Staging::create(self.client, snapshot, &run, (rows, &picked), max_bytes);
        self.staging = staging.await?;
        if self.staging.is_none() {
            self.repeat()?;
        }
        self.client.status().say("copying the rows to the tab");
        Ok(true)
    }

    /// Sends the batch, and checks that no row moved before it arrived.
    async fn apply(&mut self, survey: &Survey, write: &Write) -> Result<After> {
        // Taken, so that the batch can refer to it; it goes back before anything else is done.
        let staging = self.staging.take();
        let content = content(write, self.request, staging.as_ref());
        if staging.is_none() {
            check_cell_limit(survey, &self.target, &content, 0)?;
        }
        let layout = &survey.layout;
        let changes = plan::batch(&survey.snapshot, layout, &self.target, &content);
        let sent = self.send(&changes, survey).await;
        let is_sent = matches!(sent, Ok(true));
        match staging {
            Some(staging) if is_sent => staging.used(),
            staging => self.staging = staging,
        }
        if !sent? {
            self.repeat()?;
            return Ok(After::Again);
        }
        self.is_written = true;
        let Write::Delta(differences) = write else {
            return Ok(After::Done);
        };
        let rows = write.rows(self.request);
        let expected = survey.existing.ids_after(rows, &differences.delta);
        match self.written_ids(&survey.layout).await {
            Ok(found) if found == without_empty_end(expected) => return Ok(After::Done),
            Ok(_) => {}
            Err(error) => {
                self.unverified = Some(error.to_string());
                return Ok(After::Done);
            }
        }
        self.repeat()?;
        self.target = target(self.client, self.request);
        Ok(After::Again)
    }

    /// Reads the column `id` after the batch.
    async fn written_ids(&mut self, before: &TabLayout) -> Result<Vec<String>> {
        let snapshot = self.client.read_snapshot().await?;
        let columns = self.request.rows.columns();
        let mut layout = TabLayout::find(&snapshot, self.request.title, columns)?;
        layout.header = before.header.written();
        read_ids(self.client, &layout).await
    }

    /// Sends a batch once, or again after a wait if nothing was applied and no row moved. Returns
    /// whether it was applied; if not, plan again.
    async fn send(&mut self, changes: &[SheetChange<'_>], survey: &Survey) -> Result<bool> {
        let (title, run) = (self.request.title, &self.target.state.run);
        let mut retries = self.client.retries();
        let mut uncertain = false;
        loop {
            let Err(failure) = self.client.try_batch(changes).await else {
                return Ok(true);
            };
            // After a lost answer, a refusal can also mean that an earlier try was applied late.
            uncertain |= failure.outcome_unknown;
            let given_up = self.client.wait(&mut retries, failure).await.err();
            // A refusal can mean that the tab has changed; other errors are not about the tab.
            let is_about_tab = |error: &Error| error.kind() == ErrorKind::Destination;
            let given_up = match given_up {
                Some(error) if !uncertain && !is_about_tab(&error) => return Err(error),
                given_up => given_up,
            };
            let snapshot = match (self.client.read_snapshot().await, given_up) {
                (Ok(snapshot), _) if snapshot.is_written_by(title, run) => return Ok(true),
                // Another run, or a person, was faster.
                (Ok(snapshot), _) if snapshot.tab(title) != survey.snapshot.tab(title) => {
                    return Ok(false);
                }
                (Ok(snapshot), None) => snapshot,
                (_, Some(error)) | (Err(error), None) => return Err(error),
            };
            let mut layout = TabLayout::find(&snapshot, title, self.request.rows.columns())?;
            layout.header.clone_from(&survey.layout.header);
            if layout.is_managed() {
                let ids = super::read::ids(&survey.existing.rows);
                if read_ids(self.client, &layout).await? != ids {
                    return Ok(false);
                }
            }
        }
    }
}

/// Refuses more cells than Google allows.
fn check_cell_limit(
    survey: &Survey,
    target: &Target,
    content: &Content<'_>,
    staging_rows: usize,
) -> Result<()> {
    let Survey {
        snapshot, layout, ..
    } = survey;
    plan::check_cell_limit(snapshot, layout, target, content, staging_rows).map(drop)
}
