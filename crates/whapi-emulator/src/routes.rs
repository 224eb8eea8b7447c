//! The endpoints, and the steps before them: journal, token, faults.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde::de::DeserializeOwned;

use crate::address_book::{self, ApiError};
use crate::answer;
use crate::change::ListChange;
use crate::faults::{self, Effect};
use crate::paging::{DEFAULT_COUNT, PageOverride, slice, whole};
use crate::partner;
use crate::people::person::Person;
use crate::state::ApiState;
use crate::wire;

/// The channel of the request's token.
type Shared = Extension<Arc<ApiState>>;
/// Changes of the requested page, by faults.
type Pages = Extension<Arc<[PageOverride]>>;

/// What is served at one address.
#[derive(Clone)]
pub(crate) struct Served {
    /// At least one.
    pub(crate) channels: Arc<[Arc<ApiState>]>,
    pub(crate) partner: Option<Arc<ApiState>>,
}

impl Served {
    /// Those of which one answers a request for this path. The first answers one with an unknown token.
    fn candidates(&self, path: &str) -> &[Arc<ApiState>] {
        match &self.partner {
            Some(partner) if path == partner::PATH => std::slice::from_ref(partner),
            _ => &self.channels,
        }
    }
}

/// The endpoints of channels and, if it is served, of the partner API.
pub(crate) fn router(served: Served) -> Router {
    let router = Router::new();
    let router = match served.partner {
        Some(_) => router.route(partner::PATH, get(listed_channels)),
        None => router,
    };
    router
        .route("/contacts", get(contacts).put(create))
        .route("/contacts/lids", get(lids))
        .route("/contacts/ids/{lid}", get(number_of_lid))
        .route("/contacts/{id}", get(contact).patch(edit).delete(delete))
        .route("/chats", get(chats))
        .route("/groups", get(groups))
        .route("/groups/{id}", get(group))
        .route("/blacklist", get(blacklist))
        .route("/health", get(health))
        .route("/limits", get(limits))
        .fallback(async || answer::error(404, "no such endpoint"))
        .method_not_allowed_fallback(async || answer::error(405, "no such method"))
        .layer(middleware::from_fn_with_state(served, handle))
}

/// Handles a request: journal, latency, token, faults, channel state, endpoint.
async fn handle(State(served): State<Served>, mut request: Request, next: Next) -> Response {
    let channels = served.candidates(request.uri().path());
    let known = channels
        .iter()
        .find(|channel| has_token(request.headers(), &channel.token));
    let (state, authorized) = (known.unwrap_or(&channels[0]), known.is_some());
    let (method, path) = (request.method().as_str(), request.uri().path());
    let query = request.uri().query().unwrap_or_default();
    let pending = state.journal.record(method, path, query, authorized);
    if !state.latency.is_zero() {
        tokio::time::sleep(state.latency).await;
    }
    if !authorized {
        pending.finish(Some(404));
        return answer::error(404, "channel not found");
    }
    let plan = state
        .script()
        .plan(method, path, pending.offset, pending.count);
    if !plan.delay.is_zero() {
        tokio::time::sleep(plan.delay).await;
    }
    apply(state, &plan.before);
    let refusal = state.channel.refusal(method, path);
    let response = if let Some(response) = plan.answer.as_ref().and_then(faults::replacement) {
        response
    } else if let Some(status) = refusal {
        answer::error(status, "need channel authorization")
    } else {
        request
            .extensions_mut()
            .insert::<Arc<[PageOverride]>>(plan.pages.into());
        request.extensions_mut().insert(Arc::clone(state));
        let response = next.run(request).await;
        match &plan.answer {
            Some(effect) => faults::damage(effect, response).await,
            None => response,
        }
    };
    apply(state, &plan.after);
    let sent = plan.answer != Some(Effect::CloseConnection);
    pending.finish(sent.then(|| response.status().as_u16()));
    response
}

fn has_token(headers: &HeaderMap, token: &str) -> bool {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.split_once(' '))
        .is_some_and(|(scheme, sent)| scheme.eq_ignore_ascii_case("bearer") && sent == token)
}

fn apply(state: &ApiState, changes: &[ListChange]) {
    let mut people = state.people();
    for change in changes {
        change.apply(&mut people);
    }
}

async fn contacts(
    Extension(state): Shared,
    Extension(pages): Pages,
    uri: Uri,
) -> Result<Response, ApiError> {
    rows_of_list(&state, &pages, &uri, "contacts")
}

async fn listed_channels(
    Extension(state): Shared,
    Extension(pages): Pages,
    uri: Uri,
) -> Result<Response, ApiError> {
    rows_of_list(&state, &pages, &uri, "channels")
}

/// A page of the list that changes, under this key.
fn rows_of_list(
    state: &ApiState,
    pages: &[PageOverride],
    uri: &Uri,
    key: &str,
) -> Result<Response, ApiError> {
    let people = state.people();
    let page = RequestedPage::from_request(state, uri, pages, people.len())?;
    let rows = page.slice(&people).iter().map(Person::to_json);
    let total = state.total.of(people.len());
    Ok(answer::json(wire::page(key, rows, total, page.shown)))
}

async fn contact(Extension(state): Shared, Path(id): Path<String>) -> Response {
    let people = state.people();
    match people.iter().find(|person| person.is(&id)) {
        Some(person) => answer::json(person.to_json()),
        None => ApiError::NotFound.into_response(),
    }
}

async fn create(Extension(state): Shared, body: Bytes) -> Result<Response, ApiError> {
    let wire::NewContact { phone, name } = parse(&body)?;
    let person = address_book::create(&mut state.people(), &phone, &name)?;
    Ok(answer::json(person.to_json()))
}

async fn edit(
    Extension(state): Shared,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let wire::NewName { name } = parse(&body)?;
    address_book::edit(&mut state.people(), &id, &name)?;
    Ok(success())
}

async fn delete(Extension(state): Shared, Path(id): Path<String>) -> Result<Response, ApiError> {
    address_book::delete(&mut state.people(), &id)?;
    Ok(success())
}

async fn lids(Extension(state): Shared, uri: Uri) -> Result<Response, ApiError> {
    let query = query(&uri)?;
    let Some(ids) = query.get("ContactIDList") else {
        return Err(bad("ContactIDList is missing"));
    };
    let found = state.lids.of_numbers(ids, &state.people());
    found.map(answer::json).map_err(bad)
}

async fn number_of_lid(Extension(state): Shared, Path(lid): Path<String>) -> Response {
    match state.lids.number_of(&lid) {
        Some(body) => answer::json(body),
        None => answer::error(404, "no number of this LID is known"),
    }
}

async fn chats(
    Extension(state): Shared,
    Extension(pages): Pages,
    uri: Uri,
) -> Result<Response, ApiError> {
    let chats = &state.chats.rows;
    let page = RequestedPage::from_request(&state, &uri, &pages, chats.len())?;
    let rows = page.slice(chats).iter().cloned();
    let total = Some(chats.len() as u64);
    Ok(answer::json(wire::page("chats", rows, total, page.shown)))
}

async fn groups(
    Extension(state): Shared,
    Extension(pages): Pages,
    uri: Uri,
) -> Result<Response, ApiError> {
    let groups = &state.chats.groups;
    let page = RequestedPage::from_request(&state, &uri, &pages, groups.len())?;
    let rows = page.slice(groups).iter().map(|group| group.listed.clone());
    let total = Some(groups.len() as u64);
    Ok(answer::json(wire::page("groups", rows, total, page.shown)))
}

async fn group(Extension(state): Shared, Path(id): Path<String>) -> Response {
    match state.chats.groups.iter().find(|group| group.id == id) {
        Some(group) => answer::json(group.whole.clone()),
        None => answer::error(404, "no such group"),
    }
}

async fn blacklist(Extension(state): Shared) -> Response {
    answer::json(wire::json(&state.chats.blacklist))
}

async fn health(Extension(state): Shared) -> Response {
    let number = state.health_requests.fetch_add(1, Ordering::Relaxed) + 1;
    match state.channel.health(number) {
        Some(health) => answer::json(wire::json(&health)),
        None => answer::error(404, "no such endpoint"),
    }
}

async fn limits(Extension(state): Shared) -> Response {
    if state.no_limits {
        return StatusCode::NO_CONTENT.into_response();
    }
    answer::json(wire::json(&wire::Limits {
        messages: 100,
        chats: &[],
        checks: 100,
        requests: 1000,
    }))
}

fn success() -> Response {
    answer::json(wire::json(&wire::Success { success: true }))
}

fn bad(details: &str) -> ApiError {
    ApiError::BadRequest(details.to_owned())
}

/// Parses the body of a write call.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::BadRequest(error.to_string()))
}

fn query(uri: &Uri) -> Result<HashMap<String, String>, ApiError> {
    Query::try_from_uri(uri)
        .map(|Query(query)| query)
        .map_err(|_| bad("the query cannot be read"))
}

/// The rows of a list that a request gets.
struct RequestedPage {
    offset: usize,
    count: usize,
    /// The `offset` in the answer; `None` leaves the key out.
    shown: Option<usize>,
}

impl RequestedPage {
    /// Parses the page of a request, and applies faults to it.
    ///
    /// `length` is the number of rows of the list.
    fn from_request(
        state: &ApiState,
        uri: &Uri,
        pages: &[PageOverride],
        length: usize,
    ) -> Result<Self, ApiError> {
        let query = query(uri)?;
        let limit = state.count_limit;
        let count = match query.get("count") {
            None => Some(DEFAULT_COUNT.min(limit)),
            Some(text) => whole(text, &(1..=limit)),
        };
        let count =
            count.ok_or_else(|| bad(&format!("count must be a number from 1 to {limit}")))?;
        let offset = match query.get("offset") {
            None => Some(0),
            Some(text) => whole(text, &(0..=u64::MAX)),
        };
        let offset = offset.ok_or_else(|| bad("offset must be a number, 0 or more"))?;
        let (offset, count) = pages.iter().fold((offset, count), |(offset, count), page| {
            page.apply(offset, count, length as u64)
        });
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(Self {
            offset,
            shown: state.echo_offset.then_some(offset),
            count: usize::try_from(count)
                .unwrap_or(usize::MAX)
                .min(state.page_cap),
        })
    }

    fn slice<'a, T>(&self, list: &'a [T]) -> &'a [T] {
        slice(list, self.offset, self.count)
    }
}
