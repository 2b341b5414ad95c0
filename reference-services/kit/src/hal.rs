//! Resources as Spring Data REST shows them.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::page::{Page, PageRequest};
use crate::rest::{Caller, Format, Problem};

/// What a document looks like from outside.
pub trait Resource: Serialize {
    /// Its collection's path and name, such as `orders`.
    const COLLECTION: &'static str;
    /// The name of one, such as `order`.
    const ITEM: &'static str;

    /// Its id.
    fn id(&self) -> i64;
}

/// 200 with an item.
///
/// # Errors
/// When it does not serialize.
pub fn item<R: Resource>(caller: &Caller, resource: &R) -> Result<Response, Problem> {
    Ok(respond(caller.format, &item_json(&caller.base, resource)?))
}

/// 201 with an item and its Location.
///
/// # Errors
/// When it does not serialize.
pub fn created<R: Resource>(caller: &Caller, resource: &R) -> Result<Response, Problem> {
    let mut response = item(caller, resource)?;
    *response.status_mut() = StatusCode::CREATED;
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
    Ok(respond(
        caller.format,
        &collection_json(&caller.base, request, page)?,
    ))
}

fn respond(format: Format, body: &Value) -> Response {
    let media_type = match format {
        Format::Hal => "application/hal+json",
        Format::Json => "application/json",
    };
    ([(header::CONTENT_TYPE, media_type)], body.to_string()).into_response()
}

fn href<R: Resource>(base: &str, resource: &R) -> String {
    format!("{base}/{}/{}", R::COLLECTION, resource.id())
}

fn item_json<R: Resource>(base: &str, resource: &R) -> Result<Value, Problem> {
    let mut json = serde_json::to_value(resource)
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let link = json!({ "href": href(base, resource) });
    json["_links"] = json!({ "self": link, R::ITEM: link });
    Ok(json)
}

fn collection_json<R: Resource>(base: &str, request: &PageRequest, page: &Page<R>) -> Result<Value, Problem> {
    let items = page
        .items
        .iter()
        .map(|resource| item_json(base, resource))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({
        "_embedded": { R::COLLECTION: items },
        "_links": links::<R>(base, request, page.total),
        "page": {
            "size": request.size,
            "totalElements": page.total,
            "totalPages": request.pages(page.total),
            "number": request.page,
        },
    }))
}

/// As Spring Data REST: first and last only if there is more than one page.
fn links<R: Resource>(base: &str, request: &PageRequest, total: u64) -> Map<String, Value> {
    let pages = request.pages(total);
    let last = pages.saturating_sub(1);
    let sort = request
        .sort
        .as_ref()
        .map(|sort| format!("&sort={sort}"))
        .unwrap_or_default();
    let link = |page: u64| json!({ "href": format!("{base}/{}?page={page}&size={}{sort}", R::COLLECTION, request.size) });
    let mut links = Map::new();
    let mut add = |name: &str, page: u64| drop(links.insert(name.to_owned(), link(page)));
    if pages > 1 {
        add("first", 0);
    }
    if request.page > 0 && pages > 0 {
        add("prev", (request.page - 1).min(last));
    }
    add("self", request.page);
    if request.page < last {
        add("next", request.page + 1);
    }
    if pages > 1 {
        add("last", last);
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
        let order = Order {
            id: 1,
            status: "Requested",
        };
        insta::assert_json_snapshot!(item_json(BASE, &order).unwrap(), @"");
    }

    #[test]
    fn a_page_in_the_middle_links_both_ways() {
        let sort = Sort {
            field: "status".into(),
            direction: Direction::Descending,
        };
        let request = PageRequest {
            page: 1,
            size: 1,
            sort: Some(sort),
        };
        let page = Page {
            items: vec![Order {
                id: 2,
                status: "Completed",
            }],
            total: 3,
        };
        insta::assert_json_snapshot!(collection_json(BASE, &request, &page).unwrap(), @"");
    }

    #[test]
    fn an_empty_collection_is_a_list_all_the_same() {
        let request = PageRequest {
            page: 0,
            size: 20,
            sort: None,
        };
        let page = Page::<Order> {
            items: vec![],
            total: 0,
        };
        insta::assert_json_snapshot!(collection_json(BASE, &request, &page).unwrap(), @"");
    }
}
