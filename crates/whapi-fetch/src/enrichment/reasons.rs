//! The lists that explain why contacts are visible.

use whapi_model::{Partial, ReasonLists};

use super::blocked::blocked;
use super::chats::{CHATS_PAGE, chats};
use super::groups::{GROUPS_PAGE, groups};
use crate::client::Client;
use crate::error::Error;
use crate::observer::{FetchList, Observer};
use crate::scan::ScanOptions;

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
    let mut reasons = ReasonLists::default();
    reasons.chats = chats?;
    reasons.groups = groups?;
    reasons.blocked = blocked?;
    Ok(reasons)
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
