//! Reads whole collections, page after page.

use brunt_scenarios::plan::{JsonPath, RequestTarget};
use serde_json::Value;

use super::calls::Calls;
use super::variables::Variables;

/// More pages than this are a loop.
const MOST_PAGES: usize = 10_000;

/// Everything that `path` finds in the document at `target` and in those that its
/// `_links.next` lead to.
pub async fn read(
    calls: &Calls,
    target: &RequestTarget,
    path: &JsonPath,
    variables: &Variables,
) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    let mut page = target.clone();
    for _ in 0..MOST_PAGES {
        let reply = calls.get(&page, variables).await.map_err(|why| format!("{page}: {why}"))?;
        if !(200..300).contains(&reply.status) {
            return Err(format!("{page} answered {}", reply.status));
        }
        let document: Value =
            serde_json::from_slice(&reply.body).map_err(|_| format!("{page} is not JSON"))?;
        found.extend(path.all(&document).into_iter().cloned());
        match document.pointer("/_links/next/href").and_then(Value::as_str) {
            Some(next) => page.path = path_of(next).to_owned(),
            None => return Ok(found),
        }
    }
    Err(format!("{target} has more than {MOST_PAGES} pages"))
}

/// A link's path and query: its host is the one that the service believes to have.
fn path_of(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    rest.find('/').map_or("/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_lead_to_paths() {
        assert_eq!(
            super::path_of("http://127.0.0.1:1/orders?page=1&size=2"),
            "/orders?page=1&size=2"
        );
        assert_eq!(super::path_of("/orders?page=1"), "/orders?page=1");
    }
}
