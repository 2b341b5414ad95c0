//! Resources in HAL, as Spring Data REST renders them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};

use crate::page::{Page, PageRequest};
use crate::rest::{Caller, Format, Problem};

/// A document in a REST response.
pub trait Resource: Serialize {
    /// Its collection's path and name, such as `orders`.
    const COLLECTION: &'static str;
    /// The name of one, such as `order`.
    const ITEM: &'static str;

    /// The id that ends the item's path.
    fn id(&self) -> i64;
}

/// The response 200 with one item, in the format that the caller reads.
///
/// # Errors
/// When it does not serialize.
pub fn item<R: Resource>(caller: &Caller, resource: &R) -> Result<Response, Problem> {
    respond(caller.format, &item_body(&caller.base, resource))
}

/// 201 with an item and its Location.
///
/// # Errors
/// When it does not serialize.
pub fn created<R: Resource>(caller: &Caller, resource: &R) -> Result<Response, Problem> {
    let mut response = item(caller, resource)?;
    *response.status_mut() = StatusCode::CREATED;
    // A host header with odd bytes makes no valid Location; the item was created all the same.
    if let Ok(location) = HeaderValue::from_str(&href(&caller.base, resource)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// 200 with one page of a collection.
///
/// # Errors
/// When an item does not serialize.
pub fn collection<R: Resource>(
    caller: &Caller,
    request: &PageRequest,
    page: &Page<R>,
) -> Result<Response, Problem> {
    respond(caller.format, &collection_body(&caller.base, request, page))
}

fn respond(format: Format, body: &impl Serialize) -> Result<Response, Problem> {
    let media_type = match format {
        Format::Hal => "application/hal+json",
        Format::Json => "application/json",
    };
    let text = serde_json::to_string(body)
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}

fn href<R: Resource>(base: &str, resource: &R) -> String {
    format!("{base}/{}/{}", R::COLLECTION, resource.id())
}

#[derive(Serialize)]
struct ItemBody<'a, R> {
    #[serde(flatten)]
    resource: &'a R,
    #[serde(rename = "_links")]
    links: Named<Link>,
}

#[derive(Serialize)]
struct CollectionBody<'a, R> {
    #[serde(rename = "_embedded")]
    embedded: Named<Vec<ItemBody<'a, R>>>,
    #[serde(rename = "_links")]
    links: Named<Link>,
    page: PageBody,
}

#[derive(Serialize)]
struct Link {
    href: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageBody {
    size: u64,
    total_elements: u64,
    total_pages: u64,
    number: u64,
}

/// An object whose fields keep their order.
// A map would sort the links by name; Spring's order is first, prev, self, next, last.
struct Named<T>(Vec<(&'static str, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn item_body<'a, R: Resource>(base: &str, resource: &'a R) -> ItemBody<'a, R> {
    let link = || Link { href: href(base, resource) };
    // Spring Data REST gives both links, and its clients look for either.
    ItemBody { resource, links: Named(vec![("self", link()), (R::ITEM, link())]) }
}

fn collection_body<'a, R: Resource>(
    base: &str,
    request: &PageRequest,
    page: &'a Page<R>,
) -> CollectionBody<'a, R> {
    let items = page.items.iter().map(|resource| item_body(base, resource)).collect();
    CollectionBody {
        embedded: Named(vec![(R::COLLECTION, items)]),
        links: Named(links::<R>(base, request, page.total)),
        page: PageBody {
            size: request.size,
            total_elements: page.total,
            total_pages: request.pages(page.total),
            number: request.page,
        },
    }
}

/// As Spring Data REST: first and last only if there is more than one page.
fn links<R: Resource>(base: &str, request: &PageRequest, total: u64) -> Vec<(&'static str, Link)> {
    let pages = request.pages(total);
    let last = pages.saturating_sub(1);
    let sort = request.sort.as_ref().map(|sort| format!("&sort={sort}")).unwrap_or_default();
    let link = |page: u64| Link {
        href: format!("{base}/{}?page={page}&size={}{sort}", R::COLLECTION, request.size),
    };
    let mut links = Vec::new();
    if pages > 1 {
        links.push(("first", link(0)));
    }
    if request.page > 0 && pages > 0 {
        // From beyond the end, the way back leads to the last page that exists.
        links.push(("prev", link((request.page - 1).min(last))));
    }
    links.push(("self", link(request.page)));
    if request.page < last {
        links.push(("next", link(request.page + 1)));
    }
    if pages > 1 {
        links.push(("last", link(last)));
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Direction, Sort};

    #[derive(Serialize)]
    struct Order {
        id: i64,
        status: &'static str,
    }

    impl Resource for Order {
        const COLLECTION: &'static str = "orders";
        const ITEM: &'static str = "order";

        fn id(&self) -> i64 {
            self.id
        }
    }

    const BASE: &str = "http://localhost:8081";

    #[test]
    fn an_item_links_to_itself() {
        let order = Order { id: 1, status: "Requested" };
        insta::assert_json_snapshot!(item_body(BASE, &order));
    }

    #[test]
    fn a_page_in_the_middle_links_both_ways() {
        let sort = Sort { field: "status".into(), direction: Direction::Descending };
        let request = PageRequest { page: 1, size: 1, sort: Some(sort) };
        let page = Page { items: vec![Order { id: 2, status: "Completed" }], total: 3 };
        insta::assert_json_snapshot!(collection_body(BASE, &request, &page));
    }

    #[test]
    fn an_empty_collection_is_an_empty_list() {
        let request = PageRequest { page: 0, size: 20, sort: None };
        let page = Page::<Order> { items: vec![], total: 0 };
        insta::assert_json_snapshot!(collection_body(BASE, &request, &page));
    }
}
