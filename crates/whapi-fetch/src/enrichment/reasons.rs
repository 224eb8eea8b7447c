//! The lists that explain why contacts are visible.

use std::fmt;

use whapi_model::{Chat, ContactId, Group};

use super::blocked::blocked;
use super::chats::{CHATS_PAGE, chats};
use super::groups::{GROUPS_PAGE, groups};
use super::partial::Partial;
use crate::client::Client;
use crate::error::Error;
use crate::observer::{FetchList, Observer};
use crate::scan::ScanOptions;

/// Chats, groups and blocked ids, which explain why contacts are visible.
#[derive(Default)]
#[non_exhaustive]
pub struct ReasonLists {
    /// The chats, private ones and others.
    pub chats: Partial<Chat>,
    /// The groups, each with all of its participants if the API lists them.
    pub groups: Partial<Group>,
    /// The blocked ids.
    pub blocked: Partial<ContactId>,
    /// The id of the account itself. `None` when the API did not name it.
    pub account: Option<ContactId>,
}

/// Shows counts only: no names and no numbers.
impl fmt::Debug for ReasonLists {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReasonLists")
            .field("chats", &self.chats.items.len())
            .field("groups", &self.groups.items.len())
            .field("blocked", &self.blocked.items.len())
            .finish_non_exhaustive()
    }
}

/// Requests chats, groups and blocked ids. A list that fails is incomplete and no error.
///
/// # Errors
///
/// [`ErrorKind::RequestLimit`](crate::ErrorKind::RequestLimit) only, which forbids every further
/// request.
pub(crate) async fn fetch_reasons(
    client: Client,
    options: ScanOptions,
    observer: Observer,
) -> Result<ReasonLists, Error> {
    let of = |list| client.observed_by(observer.of(list));
    let (of_chats, of_groups, of_blocked) = (
        of(FetchList::Chats),
        of(FetchList::Groups),
        of(FetchList::Blocked),
    );
    let chats = chats(&of_chats, options.clone().with_page_size(CHATS_PAGE)?);
    let groups = groups(&of_groups, options.with_page_size(GROUPS_PAGE)?);
    let (chats, groups, blocked) = tokio::join!(
        finishing(&of_chats, chats),
        finishing(&of_groups, groups),
        finishing(&of_blocked, blocked(&of_blocked)),
    );
    Ok(ReasonLists {
        chats: chats?,
        groups: groups?,
        blocked: blocked?,
        account: None,
    })
}

/// Reports the end of a list to the client's observer.
async fn finishing<T>(
    client: &Client,
    list: impl Future<Output = Result<Partial<T>, Error>>,
) -> Result<Partial<T>, Error> {
    let found = list.await?;
    client.observer().finished(found.is_complete());
    Ok(found)
}
