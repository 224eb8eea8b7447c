//! Brings a spreadsheet from what it is to what it shall be, whatever fails on the way.

use std::ops::Range;

use serde_json::Value;
use whapi_export::{Error, ErrorKind, Result, RunEnd};

use crate::api::client::{Client, Render};
use crate::api::requests::{body, rows_body_len};
use crate::clock::readable;
use crate::config::Mode;
use crate::plan::{self, Change, Content, Delta, Existing, Goal, Layout, Snapshot, State, index};
use crate::rows::{COLUMNS, Rows, WIDTH, same_text};

/// Rows that are read at a time.
const ROWS_A_READ: i32 = 8_000;
/// The most of an incomplete scan's reasons that the note repeats.
const MOST_REASONS: usize = 5;

/// What to deliver, and how.
#[derive(Debug)]
pub(crate) struct Order<'a> {
    pub(crate) title: &'a str,
    pub(crate) mode: Mode,
    /// The user said that what is lost may be lost.
    pub(crate) overwrite: bool,
    pub(crate) rows: &'a Rows,
    pub(crate) end: &'a RunEnd,
    /// The most bytes of one request.
    pub(crate) most_bytes: usize,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// The id of the tab.
    pub(crate) tab: i32,
    /// Anything was written.
    pub(crate) changed: bool,
}

/// What a run would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Forecast {
    /// The tab, if it is there already.
    pub(crate) tab: Option<i32>,
    /// From the beginning of the run.
    pub(crate) reads: usize,
    pub(crate) writes: usize,
    /// Of all writes together, without headers.
    pub(crate) bytes: usize,
    /// Of the whole spreadsheet, at the moment when it has most.
    pub(crate) cells: i64,
}

/// Looks whether the tab can be written at all.
pub(crate) async fn check(client: &mut Client, title: &str, overwrite: bool) -> Result<()> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, title)?;
    refuse_foreign(client, &layout, overwrite).await
}

/// Does what the order says, and cleans up after itself.
pub(crate) async fn deliver(client: &mut Client, order: &Order<'_>) -> Result<Delivered> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, order.title)?;
    refuse_foreign(client, &layout, order.overwrite).await?;
    let goal = goal(client, order);
    let tab = layout.tab.as_ref().map_or(goal.new_tab, |tab| tab.id);
    let Some(decision) = decide(client, &layout, order).await? else {
        let run = &goal.state.run;
        if snapshot.stale(run).next().is_some() {
            apply(
                client,
                snapshot,
                |snapshot| Ok(plan::clean_up(snapshot, run)),
                |snapshot| snapshot.stale(run).next().is_none(),
            )
            .await?;
        }
        return Ok(Delivered {
            tab,
            changed: false,
        });
    };
    write(client, snapshot, &goal, &decision, order).await?;
    Ok(Delivered { tab, changed: true })
}

/// Works out what [`deliver`] would do, without writing. An estimate takes the rows for everything
/// that the tab will hold.
pub(crate) async fn forecast(
    client: &mut Client,
    order: &Order<'_>,
    is_estimate: bool,
) -> Result<Forecast> {
    let snapshot = client.snapshot().await?;
    let layout = Layout::find(&snapshot, order.title)?;
    refuse_foreign(client, &layout, order.overwrite).await?;
    let goal = goal(client, order);
    let run = &goal.state.run;
    let decision = if is_estimate {
        Some(Decision::Block)
    } else {
        decide(client, &layout, order).await?
    };
    let nothing = Delta::default();
    let content = match &decision {
        Some(decision) => decision.content(order.rows),
        None => Content::Delta(order.rows, &nothing),
    };
    let staged = decision.as_ref().and_then(|it| it.staged(order));
    let mut forecast = Forecast {
        tab: layout.tab.map(|tab| tab.id),
        reads: client.reads_sent(),
        cells: plan::check_room(&snapshot, &goal, &content, staged.map_or(0, Rows::len))?,
        ..Forecast::default()
    };
    if let Some(rows) = staged {
        let staging = staging_id(&snapshot, &goal);
        let parts = plan::chunks(rows, order.most_bytes);
        // Stale staging tabs go with the first batch, and so are not in the last one.
        let first = body(&plan::stage(&snapshot, run, staging, rows.len()));
        let mut without_stale = snapshot;
        without_stale.tabs.retain(|tab| tab.staging.is_none());
        let content = Content::Staged {
            tab: staging,
            rows: rows.len(),
        };
        let last = body(&plan::batch(&without_stale, &goal, &content)?);
        let parts_len = parts.iter().map(|part| rows_body_len(staging, rows, part));
        forecast.bytes = first.len() + parts_len.sum::<usize>() + last.len();
        forecast.writes = parts.len() + 2;
        forecast.reads += parts.len() + 1;
    } else if decision.is_some() {
        forecast.bytes = body(&plan::batch(&snapshot, &goal, &content)?).len();
        forecast.writes = 1;
    } else if snapshot.stale(run).next().is_some() {
        forecast.bytes = body(&plan::clean_up(&snapshot, run)).len();
        forecast.writes = 1;
    }
    Ok(forecast)
}

fn goal(client: &Client, order: &Order<'_>) -> Goal {
    let complete = order.end.is_complete();
    let at = readable(client.clock().time_of_day());
    Goal {
        title: order.title.to_owned(),
        new_tab: random_tab_id(),
        note: note(order, &at),
        state: State {
            v: 1,
            run: format!("{:016x}", fastrand::u64(..)),
            hash: order.rows.hash(),
            complete,
            exact: order.is_exact(),
            at,
        },
    }
}

/// What the note on the first header cell says.
fn note(order: &Order<'_>, at: &str) -> String {
    let mut note = format!("Written by whapi.\nLast change: {at}.\n");
    if order.end.is_complete() {
        note.push_str("Complete: the scan saw every contact.");
    } else {
        note.push_str("Incomplete: contacts may be missing or out of date; nobody was removed.");
        for reason in order.end.reasons().iter().take(MOST_REASONS) {
            note.push_str("\n- ");
            note.push_str(reason);
        }
    }
    note
}

impl Order<'_> {
    /// The tab shall hold these contacts and nobody else. Never after an incomplete scan: nobody
    /// is removed because we did not see them.
    fn is_exact(&self) -> bool {
        self.mode == Mode::Replace && self.end.is_complete()
    }
}

/// What has to be written.
#[derive(Debug)]
enum Decision {
    Block,
    Merged(Rows),
    Delta(Delta),
}

impl Decision {
    fn content<'a>(&'a self, rows: &'a Rows) -> Content<'a> {
        match self {
            Self::Block => Content::Block(rows),
            Self::Merged(merged) => Content::Block(merged),
            Self::Delta(delta) => Content::Delta(rows, delta),
        }
    }

    /// What is too much for one batch and goes through a staging tab.
    fn staged<'a>(&'a self, order: &Order<'a>) -> Option<&'a Rows> {
        let rows = match self {
            Self::Block => order.rows,
            Self::Merged(merged) => merged,
            Self::Delta(_) => return None,
        };
        (!plan::fits_batch(plan::cells_len(rows), order.most_bytes)).then_some(rows)
    }
}

/// Decides what to write; `None` when the tab is right already.
async fn decide(
    client: &mut Client,
    layout: &Layout,
    order: &Order<'_>,
) -> Result<Option<Decision>> {
    let Some(tab) = layout.tab.as_ref().filter(|_| layout.is_managed()) else {
        return Ok(Some(Decision::Block));
    };
    let last = tab.last_state();
    let complete = order.end.is_complete();
    let whole = layout.places.iter().all(Option::is_some);
    if order.is_exact() {
        let hash = order.rows.hash();
        let same =
            whole && last.is_some_and(|last| last.hash == hash && last.exact && last.complete);
        let own = layout.own_columns();
        if !same && (own.is_empty() || order.overwrite) {
            return Ok(Some(Decision::Block));
        }
        if same && holds(client, layout, order.rows).await? {
            return Ok(None);
        }
        if own.is_empty() || order.overwrite {
            return Ok(Some(Decision::Block));
        }
        let existing = survey(client, layout, true).await?;
        if existing.would_lose(order.rows) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "columns of your own in the tab `{}` hold notes that would come to stand \
                     beside other contacts; use `sheets.mode=upsert`, which moves nobody, or \
                     `sheets.overwrite=on` if that does not matter",
                    order.title
                ),
            ));
        }
        return Ok(Some(Decision::Block));
    }
    let existing = survey(client, layout, !layout.own_columns().is_empty()).await?;
    let delta = existing.delta(order.rows);
    if delta.is_empty() && whole && last.is_some_and(|last| last.complete == complete) {
        return Ok(None);
    }
    if plan::fits_batch(delta.len(order.rows), order.most_bytes) {
        return Ok(Some(Decision::Delta(delta)));
    }
    Ok(Some(Decision::Merged(existing.merged(order.rows, &delta))))
}

/// Refuses a tab that holds something which is not ours, where our columns would go.
async fn refuse_foreign(client: &mut Client, layout: &Layout, overwrite: bool) -> Result<()> {
    let Some(tab) = &layout.tab else {
        return Ok(());
    };
    if layout.is_managed() || overwrite || tab.rows == 0 || tab.columns == 0 {
        return Ok(());
    }
    let columns = 0..index(WIDTH).min(tab.columns);
    let mut top = 0;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        if top == 0 && found.first().is_some_and(|header| is_our_header(header)) {
            return Ok(());
        }
        if found.iter().flatten().any(|cell| !is_blank(cell)) {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "the tab `{}` holds something that this program did not write; name another \
                     with `sheets.tab`, empty it, or set `sheets.overwrite=on`",
                    tab.title
                ),
            ));
        }
        top = rows.end;
    }
    Ok(())
}

/// A tab that lost its metadata, as a copy of a spreadsheet may, is still recognised.
fn is_our_header(header: &[Value]) -> bool {
    header.len() == WIDTH && header.iter().zip(COLUMNS).all(|(cell, name)| cell == name)
}

fn is_blank(cell: &Value) -> bool {
    cell.is_null() || cell.as_str().is_some_and(str::is_empty)
}

/// Whether our columns hold exactly these rows: reads them part by part, and keeps none.
async fn holds(client: &mut Client, layout: &Layout, wanted: &Rows) -> Result<bool> {
    let (Some(tab), Some(columns)) = (&layout.tab, layout.span()) else {
        return Ok(false);
    };
    let mut top = 1;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        let mut part = Rows::default();
        push_found(&mut part, layout, &columns, &found);
        let start = usize::try_from(top - 1).unwrap_or_default();
        let end = start + part.len();
        let due = wanted
            .len()
            .min(usize::try_from(rows.end - 1).unwrap_or_default());
        let all_there = end >= due.max(start);
        let right = |row: usize| {
            if start + row < wanted.len() {
                part.same_row(row, wanted, start + row)
            } else {
                part.row(row).all(str::is_empty)
            }
        };
        if !all_there || !(0..part.len()).all(right) {
            return Ok(false);
        }
        top = rows.end;
    }
    Ok(wanted.len() < usize::try_from(tab.rows).unwrap_or_default())
}

fn push_found(rows: &mut Rows, layout: &Layout, columns: &Range<i32>, found: &[Vec<Value>]) {
    for row in found {
        let text =
            |place: &Option<i32>| text_of(place.and_then(|at| cell_at(row, at - columns.start)));
        let texts: Vec<_> = layout.places.iter().map(text).collect();
        rows.push_row(texts.iter().map(String::as_str));
    }
}

/// Reads our columns and, if asked, where the user's own hold anything but formulas.
async fn survey(client: &mut Client, layout: &Layout, own: bool) -> Result<Existing> {
    let mut existing = Existing::default();
    let (Some(tab), Some(columns)) = (&layout.tab, layout.span()) else {
        return Ok(existing);
    };
    let mut top = 1;
    while top < tab.rows {
        let rows = top..tab.rows.min(top + ROWS_A_READ);
        let found = client
            .values(&tab.title, &rows, &columns, Render::Values)
            .await?;
        // Empty rows before this part, which the API leaves out at the end of a part.
        pad(&mut existing.rows, rows.start - 1, &found);
        push_found(&mut existing.rows, layout, &columns, &found);
        if own {
            own_rows(client, layout, &rows, &mut existing.own).await?;
        }
        top = rows.end;
    }
    trim(&mut existing);
    Ok(existing)
}

fn pad(rows: &mut Rows, until: i32, found: &[Vec<Value>]) {
    while !found.is_empty() && index(rows.len()) < until {
        rows.push_row([""; WIDTH]);
    }
}

/// Leaves out rows at the end in which nothing stands.
fn trim(existing: &mut Existing) {
    let rows = &existing.rows;
    let used = (0..rows.len()).rposition(|row| rows.row(row).any(|cell| !cell.is_empty()));
    let used = used.map_or(0, |last| last + 1);
    if used < rows.len() {
        let mut trimmed = Rows::default();
        for row in 0..used {
            trimmed.push_row(rows.row(row));
        }
        existing.rows = trimmed;
    }
    let used = existing.own.iter().rposition(|own| *own);
    existing.own.truncate(used.map_or(0, |last| last + 1));
}

fn cell_at(row: &[Value], at: i32) -> Option<&Value> {
    row.get(usize::try_from(at).ok()?)
}

/// A cell's text; what is no text is marked, so that it equals none of ours.
fn text_of(cell: Option<&Value>) -> String {
    match cell {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(other) => format!("\0{other}"),
    }
}

async fn own_rows(
    client: &mut Client,
    layout: &Layout,
    rows: &Range<i32>,
    own: &mut Vec<bool>,
) -> Result<()> {
    let Some(tab) = &layout.tab else {
        return Ok(());
    };
    let until = usize::try_from(rows.end - 1).unwrap_or_default();
    let start = own.len();
    own.resize(until, false);
    for columns in layout.own_columns() {
        let found = client
            .values(&tab.title, rows, &columns, Render::Formulas)
            .await?;
        for (at, row) in (start..).zip(&found) {
            let holds = |cell: &Value| {
                !is_blank(cell) && !cell.as_str().is_some_and(|text| text.starts_with('='))
            };
            own[at] |= row.iter().any(holds);
        }
    }
    Ok(())
}

/// Writes: in one batch if it fits one, else through a staging tab.
async fn write(
    client: &mut Client,
    snapshot: Snapshot,
    goal: &Goal,
    decision: &Decision,
    order: &Order<'_>,
) -> Result<()> {
    let content = decision.content(order.rows);
    let run = &goal.state.run;
    let happened = |snapshot: &Snapshot| {
        let tab = snapshot.tab(&goal.title);
        tab.and_then(plan::Tab::last_state)
            .is_some_and(|state| state.run == *run)
    };
    let Some(rows) = decision.staged(order) else {
        plan::check_room(&snapshot, goal, &content, 0)?;
        let changes = |snapshot: &Snapshot| plan::batch(snapshot, goal, &content);
        return apply(client, snapshot, changes, happened).await;
    };
    plan::check_room(&snapshot, goal, &content, rows.len())?;
    let staging = staging_id(&snapshot, goal);
    let parts = plan::chunks(rows, order.most_bytes);
    let staging = Staging {
        tab: staging,
        rows,
        parts,
    };
    let staged = stage_and_commit(client, snapshot, goal, &staging, happened).await;
    if staged.is_err() {
        remove_staging(client, run).await;
    }
    staged
}

/// A random id for a tab, of ten digits, so that the bytes of a request do not depend on chance.
fn random_tab_id() -> i32 {
    fastrand::i32(1_000_000_000..)
}

/// An id that no tab has.
fn staging_id(snapshot: &Snapshot, goal: &Goal) -> i32 {
    loop {
        let id = random_tab_id();
        if id != goal.new_tab && snapshot.tabs.iter().all(|tab| tab.id != id) {
            return id;
        }
    }
}

/// A staging tab, and what goes into it in which parts.
struct Staging<'a> {
    tab: i32,
    rows: &'a Rows,
    parts: Vec<Range<usize>>,
}

async fn stage_and_commit(
    client: &mut Client,
    snapshot: Snapshot,
    goal: &Goal,
    staging: &Staging<'_>,
    happened: impl Fn(&Snapshot) -> bool,
) -> Result<()> {
    let run = &goal.state.run;
    let Staging { tab, rows, parts } = staging;
    let tab = *tab;
    apply(
        client,
        snapshot,
        |snapshot| Ok(plan::stage(snapshot, run, tab, rows.len())),
        |snapshot| snapshot.staging(run).is_some(),
    )
    .await?;
    let count = parts.len();
    for (nth, part) in (1..).zip(parts) {
        client
            .notes()
            .say(&format!("writing part {nth} of {count}"));
        client.write_rows(tab, rows, part.clone()).await?;
    }
    client.notes().say("checking what was written");
    for part in parts {
        read_back(client, run, rows, part).await?;
    }
    // The user may have moved columns meanwhile.
    let snapshot = client.snapshot().await?;
    if snapshot.staging(run).is_none() {
        return Err(Error::new(
            ErrorKind::Destination,
            "the hidden staging tab was removed while it was filled, by you or by another run; \
             run again",
        ));
    }
    let content = Content::Staged {
        tab,
        rows: rows.len(),
    };
    client.notes().say("committing");
    let changes = |snapshot: &Snapshot| plan::batch(snapshot, goal, &content);
    apply(client, snapshot, changes, happened).await
}

async fn read_back(client: &mut Client, run: &str, rows: &Rows, part: &Range<usize>) -> Result<()> {
    let title = format!("whapi-staging-{run}");
    let found = client
        .values(
            &title,
            &(index(part.start)..index(part.end)),
            &(0..index(WIDTH)),
            Render::Values,
        )
        .await?;
    let empty = Vec::new();
    let mut found = found.iter().chain(std::iter::repeat(&empty));
    for row in part.clone() {
        let cells = found.next().expect("it repeats");
        for (column, ours) in rows.row(row).enumerate() {
            let theirs = cells.get(column).map_or(Some(""), Value::as_str);
            if !theirs.is_some_and(|theirs| same_text(ours, theirs)) {
                return Err(Error::new(
                    ErrorKind::Destination,
                    format!(
                        "Google Sheets gave back another text than was written, in column `{}` of \
                         contact {}; nothing was changed",
                        COLUMNS[column],
                        row + 1
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// Makes a change happen exactly once. When nobody knows whether it did, the spreadsheet is asked,
/// and the change is worked out anew from what it is.
async fn apply<'a>(
    client: &mut Client,
    mut snapshot: Snapshot,
    changes: impl Fn(&Snapshot) -> Result<Vec<Change<'a>>>,
    happened: impl Fn(&Snapshot) -> bool,
) -> Result<()> {
    let mut patience = client.patience();
    let mut doubt = false;
    loop {
        let changes = changes(&snapshot)?;
        let Err(failure) = client.try_batch(&changes).await else {
            return Ok(());
        };
        drop(changes);
        // Once in doubt, even a refusal may mean that an earlier try came through late.
        doubt |= failure.unknown;
        let given_up = client.wait(&mut patience, failure).await.err();
        if doubt {
            snapshot = match (client.snapshot().await, given_up.is_some()) {
                (Ok(snapshot), _) => snapshot,
                (Err(_), true) => snapshot,
                (Err(error), false) => return Err(error),
            };
            if happened(&snapshot) {
                return Ok(());
            }
        }
        if let Some(error) = given_up {
            return Err(error);
        }
    }
}

/// Removes this run's staging tab after a failure. Should that fail as well, the next run does.
async fn remove_staging(client: &mut Client, run: &str) {
    let removed = async {
        let snapshot = client.snapshot().await?;
        let Some(tab) = snapshot.staging(run).map(|tab| tab.id) else {
            return Ok(());
        };
        let changes = |_: &Snapshot| Ok(vec![Change::DeleteTab(tab)]);
        let happened = |snapshot: &Snapshot| snapshot.staging(run).is_none();
        apply(client, snapshot.clone(), changes, happened).await
    };
    if let Err(error) = removed.await {
        tracing::warn!(%error, "the hidden staging tab is left; the next run removes it");
    }
}
