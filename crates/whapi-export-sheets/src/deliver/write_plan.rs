//! Decides what to write.

use whapi_export::{Error, ErrorKind, Result, ResultChanges};

use super::request::WriteRequest;
use super::staging::Staging;
use super::survey::Survey;
use crate::plan::{self, Content, Delta, Matching};
use crate::rows::Rows;

/// What a run does to the tab.
#[derive(Debug)]
pub(super) struct WritePlan {
    /// What to write. `None` when the tab is up to date.
    pub(super) write: Option<Write>,
    /// How the tab will differ.
    pub(super) changes: ResultChanges,
    /// The number of contacts whose name in the tab is kept, since the API no longer sends it.
    pub(super) names_kept: u64,
}

/// What a run writes into the tab.
#[derive(Debug)]
pub(super) enum Write {
    /// All rows of the run, into a tab without contacts.
    Block,
    /// The differences.
    Delta(Box<Differences>),
}

/// The differences between the tab and the rows of a run.
#[derive(Debug)]
pub(super) struct Differences {
    pub(super) delta: Delta,
    pub(super) matching: Matching,
    /// The rows of the run with names that are kept. `None` when none are.
    kept: Option<Rows>,
}

impl Write {
    /// The rows that the changes refer to.
    pub(super) fn rows<'a>(&'a self, request: &WriteRequest<'a>) -> &'a Rows {
        match self {
            Self::Block => request.rows,
            Self::Delta(differences) => differences.kept.as_ref().unwrap_or(request.rows),
        }
    }

    /// The rows that are written.
    pub(super) fn written(&self, request: &WriteRequest<'_>) -> Vec<usize> {
        match self {
            Self::Block => (0..request.rows.len()).collect(),
            Self::Delta(differences) => differences.delta.written(),
        }
    }
}

/// Decides what to write.
///
/// # Errors
///
/// [`ErrorKind::Config`] when text of the user's own beside a contact would be deleted with it.
pub(super) fn plan_write(survey: &Survey, request: &WriteRequest<'_>) -> Result<WritePlan> {
    let Survey {
        layout, existing, ..
    } = survey;
    let Some(tab) = layout.tab.as_ref().filter(|_| layout.is_managed()) else {
        let added = request.rows.len() as u64;
        return Ok(WritePlan {
            write: Some(Write::Block),
            changes: ResultChanges::new(added, 0, 0, 0),
            names_kept: 0,
        });
    };
    let matching = Matching::new(existing, request.rows);
    let kept = if request.removes() {
        None
    } else {
        existing.keep_names(request.rows, &matching)
    };
    let names_kept = kept.as_ref().map_or(0, |kept| kept.contacts);
    let kept = kept.map(|kept| kept.rows);
    let rows = kept.as_ref().unwrap_or(request.rows);
    let delta = existing.delta(rows, &matching, request.removes());
    if !request.overwrite && existing.has_user_text(&delta.removed) {
        return Err(Error::new(
            ErrorKind::Config,
            format!(
                "your own columns in the tab `{}` have text beside contacts that would be removed; \
                 use `sheets.mode=upsert`, which removes none, or `sheets.overwrite=on` to remove \
                 them with that text",
                tab.title
            ),
        ));
    }
    let differing = delta.changed_rows();
    let changes = ResultChanges::new(
        delta.added.len() as u64,
        differing,
        delta.removed_rows() as u64,
        (rows.len() - delta.added.len()) as u64 - differing,
    );
    let complete = request.end.is_complete();
    let is_up_to_date = delta.is_empty()
        && layout.is_whole()
        && tab
            .last_state()
            .is_some_and(|last| last.complete == complete);
    let differences = Differences {
        delta,
        matching,
        kept,
    };
    let write = (!is_up_to_date).then(|| Write::Delta(Box::new(differences)));
    Ok(WritePlan {
        write,
        changes,
        names_kept,
    })
}

/// Whether the new cells fit into one batch.
pub(super) fn fits(write: &Write, request: &WriteRequest<'_>) -> bool {
    let cells = match write {
        Write::Block => plan::cells_len(request.rows),
        Write::Delta(differences) => differences.delta.len(write.rows(request)),
    };
    plan::fits_batch(cells, request.max_bytes)
}

/// The content of the batch, from the staging tab if there is one.
pub(super) fn content<'a>(
    write: &'a Write,
    request: &WriteRequest<'a>,
    staging: Option<&'a Staging>,
) -> Content<'a> {
    match (write, staging) {
        (Write::Block, None) => Content::Block(request.rows),
        (Write::Block, Some(staging)) => Content::StagedBlock {
            tab: staging.tab,
            rows: request.rows.len(),
        },
        (Write::Delta(differences), None) => {
            Content::Delta(write.rows(request), &differences.delta)
        }
        (Write::Delta(differences), Some(staging)) => Content::StagedDelta {
            tab: staging.tab,
            delta: &differences.delta,
            places: &staging.places,
        },
    }
}
