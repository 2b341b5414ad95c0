//! `/books`, `/deliverables` and `/stockInputs`.

mod books;
mod deliverables;
mod stock_inputs;

use axum::Router;
use brunt_kit::openapi::{Operation, document, object};
use brunt_kit::rest::Problem;
use brunt_kit::store::Store;
use http::StatusCode;
use serde_json::Value;

use crate::book_inventory::domain::book::Rejection;
use crate::book_inventory::outbound::store::Refusal;

pub use deliverables::DeliverableResource;

pub fn routes(store: &Store) -> Router {
    let books = books::routes(store.clone());
    books.merge(deliverables::routes(store.clone())).merge(stock_inputs::routes(store.clone()))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::Unknown) => Self::not_found(message),
            Refusal::Rejected(Rejection::Lacking) => Self::conflict(message),
            Refusal::Rejected(_) => Self::malformed(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The service's OpenAPI document.
pub fn api() -> Value {
    let operation =
        |method, path, summary, body, responses| Operation { method, path, summary, body, responses };
    let book = object(&[("bookName*", "string"), ("stock*", "integer")]);
    let correction = object(&[("bookName", "string"), ("stock", "integer")]);
    let arrival = object(&[("bookId*", "integer"), ("quantity*", "integer"), ("inCharger", "string")]);
    let page: &'static [_] = &[(200, "The page")];
    let found: &'static [_] = &[(200, "It"), (404, "There is none")];
    let created: &'static [_] = &[(201, "The book"), (400, "Malformed")];
    let changed: &'static [_] = &[(200, "The book after it"), (400, "Malformed"), (404, "No such book")];
    let arrived: &'static [_] = &[
        (201, "The stock input"),
        (400, "Malformed"),
        (404, "No such book"),
        (422, "The Idempotency-Key is another stock input's"),
    ];
    document(
        "bookInventory",
        &[
            operation("get", "/books", "A page of books", None, page),
            operation("post", "/books", "Sell a book", Some(book.clone()), created),
            operation("get", "/books/{id}", "One book", None, found),
            operation("patch", "/books/{id}", "Correct a book", Some(correction), changed),
            operation("put", "/books/{id}", "Replace a book", Some(book), changed),
            operation("get", "/deliverables", "A page of what is set aside for orders", None, page),
            operation("get", "/deliverables/{id}", "What is set aside for one order", None, found),
            operation("get", "/stockInputs", "A page of what arrived", None, page),
            operation("post", "/stockInputs", "Take books in", Some(arrival), arrived),
            operation("get", "/stockInputs/{id}", "What arrived at one time", None, found),
        ],
    )
}
