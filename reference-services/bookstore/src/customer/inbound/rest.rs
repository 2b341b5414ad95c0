//! `/customers` and `/myPages`.

mod customers;
mod my_pages;

use axum::Router;
use brunt_kit::openapi::{self, body, document, fields, maybe, text, whole, word};
use brunt_kit::store::Store;
use serde_json::Value;

pub fn routes(store: &Store) -> Router {
    customers::routes(store.clone()).merge(my_pages::routes(store.clone()))
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    let customer = fields(&[("customerId", whole(1)), ("customerName", word())]);
    let name = body(&[("customerName*", word())]);
    let number = || maybe(whole(i64::MIN));
    let page = fields(&[
        ("id", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("customerId", number()),
        ("bookId", number()),
        ("quantity", number()),
        ("deliveryAddress", maybe(text())),
        ("couponId", number()),
        ("orderStatus", maybe(text())),
        ("deliveryId", number()),
        ("deliveryStatus", maybe(text())),
    ]);
    document(
        "customer",
        &[
            openapi::get("/customers", "A page of customers").pages(&customer),
            openapi::post("/customers", "Register a customer").takes(&name).creates(&customer),
            openapi::get("/customers/{id}", "One customer").gives(&customer),
            openapi::patch("/customers/{id}", "Rename a customer").takes(&name).gives(&customer),
            openapi::put("/customers/{id}", "Rename a customer").takes(&name).gives(&customer),
            openapi::delete("/customers/{id}", "Delete a customer").ends(204, "They are gone"),
            openapi::get("/myPages", "A page of what has become of orders").pages(&page),
            openapi::get("/myPages/{id}", "What has become of one order").gives(&page),
        ],
    )
}
