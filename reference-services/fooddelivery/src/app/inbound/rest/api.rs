//! The OpenAPI document of this service's REST interface.

use brunt_kit::openapi::{
    Operation, body, document, fields, get, maybe, one_of, patch, post, put, text, whole, whole_to,
    word,
};
use serde_json::Value;

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    document("app", &[orders(), reviews()].concat())
}

fn orders() -> Vec<Operation> {
    let order = fields(&[
        ("id", whole(1)),
        ("menu", word()),
        ("qty", whole(1)),
        ("price", whole(0)),
        ("storeId", maybe(whole(i64::MIN))),
        ("deliveryType", text()),
        ("address", maybe(text())),
        ("customer?", text()),
        ("status", text()),
    ]);
    let way = one_of(&["walk", "bicycle", "bike", "도보", "자전거", "바이크"]);
    let placement = body(&[
        ("menu*", word()),
        ("qty*", whole(1)),
        ("price*", whole(0)),
        ("storeId", maybe(whole(i64::MIN))),
        ("deliveryType", maybe(way)),
        ("address", maybe(text())),
        ("customer", maybe(text())),
    ]);
    let change = body(&[("status*", one_of(&["Canceled"]))]);
    let place =
        post("/orders", "Order and pay for something").takes(&placement).keyed().creates(&order);
    let late = |operation: Operation| operation.refuses(409, "Cooking has begun");
    vec![
        get("/orders", "A page of orders").pages(&order),
        place
            .refuses(409, "The payment is refused")
            .refuses(503, "It cannot be paid for at the moment: try again shortly"),
        get("/orders/{id}", "One order").gives(&order),
        late(patch("/orders/{id}", "Cancel an order").takes(&change).gives(&order)),
        late(put("/orders/{id}", "Cancel an order").takes(&change).gives(&order)),
        late(put("/orders/{id}/cancel", "Cancel an order").gives(&order)),
    ]
}

fn reviews() -> Vec<Operation> {
    let rating = || whole_to(1, 5);
    let review =
        fields(&[("id", whole(1)), ("orderId", whole(1)), ("rating", rating()), ("text", text())]);
    let written = body(&[("orderId*", whole(i64::MIN)), ("rating*", rating()), ("text", text())]);
    let write =
        post("/reviews", "Review an order that is delivered").takes(&written).creates(&review);
    vec![
        get("/reviews", "A page of reviews").pages(&review),
        write
            .refuses(404, "No such order")
            .refuses(409, "The order is not delivered, or has its review"),
        get("/reviews/{id}", "One review").gives(&review),
    ]
}
