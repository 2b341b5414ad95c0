//! `/customers` and `/myPages`.

mod customers;
mod my_pages;

use axum::Router;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::store::Store;
use serde_json::Value;

pub use customers::CustomerResource;

pub fn routes(store: &Store) -> Router {
    customers::routes(store.clone()).merge(my_pages::routes(store.clone()))
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let name = object(&[("customerName*", "string")]);
    let page: &'static [_] = &[(200, "The page")];
    let found: &'static [_] = &[(200, "It"), (404, "There is none")];
    let registered: &'static [_] = &[(201, "The customer"), (400, "Malformed")];
    let changed: &'static [_] =
        &[(200, "The customer after it"), (400, "Malformed"), (404, "No such customer")];
    let deleted: &'static [_] = &[(204, "They are gone"), (404, "No such customer")];
    document(
        "customer",
        &[
            operation("get", "/customers", "A page of customers", None, page),
            operation("post", "/customers", "Register a customer", Some(name.clone()), registered),
            operation("get", "/customers/{id}", "One customer", None, found),
            operation("patch", "/customers/{id}", "Rename a customer", Some(name.clone()), changed),
            operation("put", "/customers/{id}", "Rename a customer", Some(name), changed),
            operation("delete", "/customers/{id}", "Delete a customer", None, deleted),
            operation("get", "/myPages", "A page of what has become of orders", None, page),
            operation("get", "/myPages/{id}", "What has become of one order", None, found),
        ],
    )
}
