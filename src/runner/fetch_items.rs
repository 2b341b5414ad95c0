//! Reads whole collections, page after page.

use std::collections::HashSet;

use brunt_scenarios::plan::{ItemsPath, JsonPath, KeyedCollection, NoMap, RequestTarget};
use serde_json::Value;

use super::client::{ExchangeError, SystemClient};
use super::variables::Variables;

/// A collection with more pages than this goes on for ever.
const MOST_PAGES: usize = 10_000;

/// More items than any load makes.
const MOST_ITEMS: usize = 2_000_000;

/// More bytes than the pages of so many items have, when all is well.
const MOST_BYTES: usize = 1 << 30;

/// Why a collection could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ItemsError {
    #[error("{page} cannot be read")]
    NoReply { page: RequestTarget, source: ExchangeError },
    #[error("{page} answered {status}")]
    Status { page: RequestTarget, status: u16 },
    #[error("{page} is not JSON")]
    NotJson { page: RequestTarget, source: serde_json::Error },
    #[error("{page} holds something else than a map of items")]
    NoMap { page: RequestTarget, source: NoMap },
    #[error("{page} has no {place}, so nothing can be said about what is in it")]
    NoList { page: RequestTarget, place: String },
    #[error("an item of {collection} has no key at {key}; {help}")]
    NoKey { collection: RequestTarget, key: JsonPath, help: &'static str },
    #[error("no item of {collection} has a value at {field}, so nothing was compared with it")]
    NoField { collection: RequestTarget, field: JsonPath },
    #[error("{0} has more than {MOST_PAGES} pages")]
    TooManyPages(RequestTarget),
    #[error("{0} has more than {MOST_ITEMS} items")]
    TooManyItems(RequestTarget),
    #[error("{0} has more than {MOST_BYTES} bytes")]
    TooManyBytes(RequestTarget),
    #[error("the pages of {start} go in a circle: {page} comes a second time")]
    Circle { start: RequestTarget, page: RequestTarget },
}

/// The key of an item. One without a key is an error: whatever is wrong with it would go unseen.
pub fn key_of(rows: &KeyedCollection, item: &Value) -> Result<String, ItemsError> {
    let no_key = || ItemsError::NoKey {
        collection: rows.target.clone(),
        key: rows.key.clone(),
        help: match item {
            Value::Array(_) => "it is a list: `[*]` at the end of `items` takes each of its items",
            _ => "leave such items out by a filter, such as `items: $.orders[?@.id]`",
        },
    };
    rows.key.text(item).ok_or_else(no_key)
}

/// What `keep` makes of each item of the first page and of those that `_links.next` lead to; whole
/// items would take many times the memory.
pub async fn fetch_items<T, E: From<ItemsError>>(
    client: &SystemClient,
    (target, path): (&RequestTarget, &ItemsPath),
    variables: &Variables,
    keep: impl Fn(Value) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let (mut found, mut seen, mut bytes) = (Vec::new(), HashSet::new(), 0);
    // Only here: a link of a reply is no template.
    let mut page = RequestTarget { path: variables.url(&target.path), ..target.clone() };
    for _ in 0..MOST_PAGES {
        if !seen.insert(page.path.clone()) {
            return Err(ItemsError::Circle { start: target.clone(), page }.into());
        }
        let (document, length) = document(client, &page).await?;
        bytes += length;
        for item in items(path, &page, &document)? {
            found.push(keep(item)?);
        }
        if found.len() > MOST_ITEMS {
            return Err(ItemsError::TooManyItems(target.clone()).into());
        }
        if bytes > MOST_BYTES {
            return Err(ItemsError::TooManyBytes(target.clone()).into());
        }
        match document.pointer("/_links/next/href").and_then(Value::as_str) {
            Some(next) => page.path = path_of(next).to_owned(),
            None => return Ok(found),
        }
    }
    Err(ItemsError::TooManyPages(target.clone()).into())
}

/// A page, and its length in bytes.
async fn document(
    client: &SystemClient,
    page: &RequestTarget,
) -> Result<(Value, usize), ItemsError> {
    let page = || page.clone();
    let reply = client.get(&page()).await;
    let reply = reply.map_err(|source| ItemsError::NoReply { page: page(), source })?;
    if !(200..300).contains(&reply.status) {
        return Err(ItemsError::Status { page: page(), status: reply.status });
    }
    let document = serde_json::from_slice(&reply.body);
    let document = document.map_err(|source| ItemsError::NotJson { page: page(), source })?;
    Ok((document, reply.body.len()))
}

// A mistyped path finds as little as an empty list does, and must not look like one.
fn items(
    path: &ItemsPath,
    page: &RequestTarget,
    document: &Value,
) -> Result<Vec<Value>, ItemsError> {
    let page = || page.clone();
    match path.missing_list(document) {
        Some(place) => Err(ItemsError::NoList { page: page(), place }),
        None => path.of(document).map_err(|source| ItemsError::NoMap { page: page(), source }),
    }
}

/// A link's path and query. Its host is the one that the service believes to have, which may not be
/// reachable from here.
fn path_of(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_path_of_a_link_is_taken_with_its_query_and_without_its_host() {
        assert_eq!(
            super::path_of("http://127.0.0.1:1/orders?page=1&size=2"),
            "/orders?page=1&size=2"
        );
        assert_eq!(super::path_of("/orders?page=1"), "/orders?page=1");
    }
}
