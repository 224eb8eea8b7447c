//! `groups`: lists the groups of the channel.

use serde::Serialize;
use whapi_fetch::ScanOptions;
use whapi_fetch::whapi_model::Group;

use super::list::{self, List};
use crate::args::ListArgs;
use crate::console::Console;
use crate::error::CliError;
use crate::source::Api;
use crate::table::{self, Row};

#[derive(Serialize)]
struct Groups {
    groups: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    name: Option<String>,
    members: u64,
}

/// Runs the command and returns its exit code.
pub(crate) fn run(args: &ListArgs) -> u8 {
    list::run(args, read)
}

async fn read(api: Api, console: Console) -> Result<List<Groups>, CliError> {
    let found = api.client.all_groups(ScanOptions::default()).await?;
    if found.items.is_empty() && found.is_complete() {
        console.info("This channel is in no group.");
    }
    let mut groups: Vec<_> = found.items.into_iter().map(Shown::from).collect();
    // The largest first, then by name.
    groups.sort_by(|a, b| b.members.cmp(&a.members).then_with(|| a.name.cmp(&b.name)));
    let rows: Vec<_> = groups.iter().map(Shown::row).collect();
    let table = table::render("MEMBERS", &rows);
    Ok(List::new("groups", table, Groups { groups }, found.missing))
}

impl From<Group> for Shown {
    fn from(group: Group) -> Self {
        Self {
            members: members(&group),
            id: group.id.as_str().to_owned(),
            name: group.name,
        }
    }
}

impl Shown {
    fn row(&self) -> Row<'_> {
        Row {
            size: self.members,
            id: &self.id,
            name: self.name.as_deref(),
        }
    }
}

/// The API may list fewer participants than it counts, and may not count them.
fn members(group: &Group) -> u64 {
    let listed = group.participants.len() as u64;
    group.participants_count.unwrap_or(0).max(listed)
}
