//! The hidden tab through which rows go that do not fit into one batch.

use std::hash::{BuildHasher, RandomState};

use whapi_export::{Error, ErrorKind, Result, StatusSink};

use super::apply::apply_once;
use crate::api::a1::ReadArea;
use crate::api::client::{Render, SheetsClient};
use crate::plan::{self, SheetChange, SheetSnapshot, StagedPlaces, index};
use crate::rows::{Rows, same_text};

/// A staging tab and the rows in it.
#[derive(Debug)]
pub(super) struct Staging {
    pub(super) tab: i32,
    /// For each new row, its row in the staging tab.
    pub(super) places: StagedPlaces,
    /// The hash of each row of the staging tab, to find out whether it is still the right one.
    hashes: Vec<u64>,
    hash: RandomState,
    notice: Notice,
}

impl Staging {
    /// Creates a staging tab, writes the picked rows into it, and verifies them.
    ///
    /// Returns `None` when the tab was deleted meanwhile, by another run or a person.
    pub(super) async fn create(
        client: &mut SheetsClient,
        snapshot: SheetSnapshot,
        run: &str,
        (rows, picked): (&Rows, &[usize]),
        max_bytes: usize,
    ) -> Result<Option<Self>> {
        let tab = free_tab_id(&snapshot);
        let hash = RandomState::default();
        let hashes = picked.iter().map(|row| hash_of(&hash, rows, *row));
        let places = picked.iter().copied().zip(0..).collect();
        let notice = Notice {
            title: plan::staging_title(run),
            status: client.status().clone(),
            is_removed: false,
        };
        let staging = Self {
            tab,
            places,
            hashes: hashes.collect(),
            hash,
            notice,
        };
        apply_once(
            client,
            snapshot,
            |_| Ok(plan::staging_batch(run, tab, rows, picked.len())),
            |snapshot| snapshot.staging(run).is_some(),
        )
        .await?;
        let Err(error) = staging.fill(client, run, (rows, picked), max_bytes).await else {
            return Ok(Some(staging));
        };
        let snapshot = client.read_snapshot().await;
        if snapshot.is_ok_and(|snapshot| snapshot.staging(run).is_none()) {
            staging.used();
            return Ok(None);
        }
        Err(staging.remove(client, run).await.add_to(error))
    }

    async fn fill(
        &self,
        client: &mut SheetsClient,
        run: &str,
        (rows, picked): (&Rows, &[usize]),
        max_bytes: usize,
    ) -> Result<()> {
        let tab = self.tab;
        let part_bytes = plan::part_bytes(max_bytes);
        let parts = plan::chunks(rows, picked, 0..picked.len(), part_bytes);
        let count = parts.len();
        for (nth, part) in (1..).zip(&parts) {
            client
                .status()
                .say(&format!("writing part {nth} of {count}"));
            let written = client.write_rows(tab, rows, picked, part).await;
            let Err(error) = written else { continue };
            // It may be too large. Writing rows twice does no harm.
            let smaller = plan::chunks(rows, picked, part.clone(), max_bytes);
            if error.kind() != ErrorKind::Destination || smaller.len() < 2 {
                return Err(error);
            }
            for part in smaller {
                client.write_rows(tab, rows, picked, &part).await?;
            }
        }
        client.status().say("verifying the written parts");
        for part in parts {
            verify(client, run, rows, &picked[part.clone()], part.start).await?;
        }
        Ok(())
    }

    /// Whether the staging tab holds these rows as they are.
    pub(super) fn covers(&self, rows: &Rows, picked: &[usize]) -> bool {
        picked.iter().all(|row| {
            let place = self.places.get(row);
            place.is_some_and(|place| self.hashes[*place] == hash_of(&self.hash, rows, *row))
        })
    }

    /// The staging tab is deleted with the batch that uses it.
    pub(super) fn used(mut self) {
        self.notice.is_removed = true;
    }

    /// Deletes the staging tab.
    pub(super) async fn remove(mut self, client: &mut SheetsClient, run: &str) -> Removal {
        let removed = async {
            let snapshot = client.read_snapshot().await?;
            let Some(tab) = snapshot.staging(run).map(|tab| tab.id) else {
                return Ok(());
            };
            let changes = |_: &SheetSnapshot| Ok(vec![SheetChange::DeleteTab(tab)]);
            let is_applied = |snapshot: &SheetSnapshot| snapshot.staging(run).is_none();
            apply_once(client, snapshot.clone(), changes, is_applied).await
        };
        let removed: Result<()> = removed.await;
        self.notice.is_removed = true;
        Removal(removed.err().map(|_| self.notice.text()))
    }
}

/// The result of deleting a staging tab: what to say when it failed.
#[must_use]
pub(super) struct Removal(Option<String>);

impl Removal {
    /// Adds to an error that the staging tab is still there.
    pub(super) fn add_to(self, error: Error) -> Error {
        match self.0 {
            None => error,
            Some(notice) => {
                let kind = error.kind();
                Error::new(kind, format!("{error}; {notice}"))
            }
        }
    }
}

/// Tells that the staging tab is still there when a run is cancelled.
#[derive(Debug)]
struct Notice {
    title: String,
    status: StatusSink,
    is_removed: bool,
}

impl Notice {
    fn text(&self) -> String {
        let title = &self.title;
        format!("the hidden tab `{title}` is still there, and the next run deletes it")
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        if !self.is_removed {
            self.status.say(&self.text());
        }
    }
}

fn hash_of(hash: &RandomState, rows: &Rows, row: usize) -> u64 {
    let cells: Vec<&str> = rows.row(row).collect();
    hash.hash_one(cells)
}

/// Verifies a part of the staging tab, which starts in its row `top`.
async fn verify(
    client: &mut SheetsClient,
    run: &str,
    rows: &Rows,
    picked: &[usize],
    top: usize,
) -> Result<()> {
    let area = ReadArea {
        top: index(top),
        bottom: Some(index(top + picked.len())),
        columns: 0..index(rows.width()),
    };
    let title = plan::staging_title(run);
    let found = client.read_values(&title, &[area], Render::Values).await?;
    let empty = Vec::new();
    let mut found = found.iter().flatten().chain(std::iter::repeat(&empty));
    for &row in picked {
        let cells = found.next().expect("it repeats");
        for (column, ours) in rows.row(row).enumerate() {
            let theirs = cells
                .get(column)
                .map_or(Some(""), serde_json::Value::as_str);
            if !theirs.is_some_and(|theirs| same_text(ours, theirs)) {
                return Err(Error::new(
                    ErrorKind::Destination,
                    format!(
                        "Google Sheets returned other text than was written, in column `{}` of \
                         contact {}; the tab was not changed",
                        rows.columns().name(column),
                        row + 1
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// A random id for a tab. Ten digits, so that the size of a request does not depend on it.
pub(super) fn random_tab_id() -> i32 {
    fastrand::i32(1_000_000_000..)
}

/// A random id that no tab has.
pub(super) fn free_tab_id(snapshot: &SheetSnapshot) -> i32 {
    loop {
        let id = random_tab_id();
        if snapshot.tabs.iter().all(|tab| tab.id != id) {
            return id;
        }
    }
}
