//! Reads whole collections, page after page.

use std::collections::HashSet;

use brunt_scenarios::plan::{ItemsPath, NoMap, RequestTarget};
use serde_json::Value;

use super::client::{ExchangeError, SystemClient};
use super::variables::Variables;

/// A collection with more pages than this goes on for ever.
const MOST_PAGES: usize = 10_000;

/// More items than any load makes.
const MOST_ITEMS: usize = 2_000_000;

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
    #[error("{0} has more than {MOST_PAGES} pages")]
    TooManyPages(RequestTarget),
    #[error("{0} has more than {MOST_ITEMS} items")]
    TooManyItems(RequestTarget),
    #[error("the pages of {start} go in a circle: {page} comes a second time")]
    Circle { start: RequestTarget, page: RequestTarget },
}

/// The items of the document at `target` and of those that its `_links.next` lead to.
pub async fn fetch_items(
    client: &SystemClient,
    target: &RequestTarget,
    items: &ItemsPath,
    variables: &Variables,
) -> Result<Vec<Value>, ItemsError> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    // Only here: a link of a reply is no template.
    let mut page = RequestTarget { path: variables.url(&target.path), ..target.clone() };
    for _ in 0..MOST_PAGES {
        if !seen.insert(page.path.clone()) {
            return Err(ItemsError::Circle { start: target.clone(), page });
        }
        let reply = match client.get(&page).await {
            Ok(reply) => reply,
            Err(source) => return Err(ItemsError::NoReply { page, source }),
        };
        if !(200..300).contains(&reply.status) {
            return Err(ItemsError::Status { page, status: reply.status });
        }
        let document: Value = match serde_json::from_slice(&reply.body) {
            Ok(document) => document,
            Err(source) => return Err(ItemsError::NotJson { page, source }),
        };
        match items.of(&document) {
            Ok(items) => found.extend(items),
            Err(source) => return Err(ItemsError::NoMap { page, source }),
        }
        if found.len() > MOST_ITEMS {
            return Err(ItemsError::TooManyItems(target.clone()));
        }
        match document.pointer("/_links/next/href").and_then(Value::as_str) {
            Some(next) => page.path = path_of(next).to_owned(),
            None => return Ok(found),
        }
    }
    Err(ItemsError::TooManyPages(target.clone()))
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
