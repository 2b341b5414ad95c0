//! The service's OpenAPI document.

use brunt_kit::openapi::{Operation, document, object};
use serde_json::Value;

const CHANGED: &[(u16, &str)] = &[
    (200, "The order after it"),
    (400, "Nothing else can be changed"),
    (404, "No such order"),
    (409, "Cooking has begun"),
];

/// The service's OpenAPI document.
pub fn api() -> Value {
    document("app", &[orders(), reviews()].concat())
}

fn orders() -> Vec<Operation> {
    let placement = object(&[
        ("menu*", "string"),
        ("qty*", "integer"),
        ("price*", "integer"),
        ("storeId", "integer"),
        ("deliveryType", "string"),
        ("address", "string"),
        ("customer", "string"),
    ]);
    let change = object(&[("status*", "string")]);
    let placed: &[_] = &[
        (201, "The order: it is paid for"),
        (400, "Malformed"),
        (409, "The payment is refused"),
        (422, "The Idempotency-Key is another order's"),
        (503, "It cannot be paid for at the moment: try again shortly"),
    ];
    let deleted: &[_] = &[(204, "It is called off"), (404, "No such order"), (409, "Cooking has begun")];
    let found: &[_] = &[(200, "The order"), (404, "No such order")];
    vec![
        operation("get", "/orders", "A page of orders", None, &[(200, "The page")]),
        operation("post", "/orders", "Order and pay for something", Some(placement), placed),
        operation("get", "/orders/{id}", "One order", None, found),
        operation("patch", "/orders/{id}", "Cancel an order", Some(change.clone()), CHANGED),
        operation("put", "/orders/{id}", "Cancel an order", Some(change), CHANGED),
        operation("delete", "/orders/{id}", "Cancel an order", None, deleted),
        operation("put", "/orders/{id}/cancel", "Cancel an order", None, CHANGED),
    ]
}

fn reviews() -> Vec<Operation> {
    let review = object(&[("orderId*", "integer"), ("rating*", "integer"), ("text", "string")]);
    let written: &[_] = &[
        (201, "The review"),
        (400, "Malformed"),
        (404, "No such order"),
        (409, "The order is not delivered, or has its review"),
    ];
    let found: &[_] = &[(200, "The review"), (404, "No such review")];
    vec![
        operation("get", "/reviews", "A page of reviews", None, &[(200, "The page")]),
        operation("post", "/reviews", "Review an order that is delivered", Some(review), written),
        operation("get", "/reviews/{id}", "One review", None, found),
    ]
}

fn operation(
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<Value>,
    responses: &'static [(u16, &'static str)],
) -> Operation {
    Operation { method, path, summary, body, responses }
}
