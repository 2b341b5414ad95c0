//! `/books`, `/deliverables` and `/stockInputs`.

mod books;
mod deliverables;
mod stock_inputs;

use axum::Router;
use brunt_kit::openapi::{
    self, Operation, body, document, fields, maybe, text, whole, whole_to, word,
};
use brunt_kit::rest::Problem;
use brunt_kit::store::Store;
use http::StatusCode;
use serde_json::Value;

use crate::book_inventory::domain::book::{MAX_STOCK, Rejection};
use crate::book_inventory::outbound::store::Refusal;

pub fn routes(store: &Store) -> Router {
    let books = books::routes(store.clone());
    books.merge(deliverables::routes(store.clone())).merge(stock_inputs::routes(store.clone()))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Rejected(Rejection::Unknown) => Self::not_found(message),
            Refusal::Rejected(Rejection::Lacking | Rejection::Full) => Self::conflict(message),
            Refusal::Rejected(_) => Self::malformed(message),
            Refusal::KeyReused => Self::new(StatusCode::UNPROCESSABLE_ENTITY, message),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// The OpenAPI document of this service's REST interface.
pub fn api() -> Value {
    document("bookInventory", &[books(), deliverables(), stock_inputs()].concat())
}

fn books() -> Vec<Operation> {
    let stock = || whole_to(0, MAX_STOCK);
    let book = fields(&[("bookId", whole(1)), ("bookName", word()), ("stock", stock())]);
    let whole_book = body(&[("bookName*", word()), ("stock*", stock())]);
    let correction = body(&[("bookName", maybe(word())), ("stock", maybe(stock()))]);
    vec![
        openapi::get("/books", "A page of books").pages(&book),
        openapi::post("/books", "Sell a book").takes(&whole_book).creates(&book),
        openapi::get("/books/{id}", "One book").gives(&book),
        openapi::patch("/books/{id}", "Correct a book").takes(&correction).gives(&book),
        openapi::put("/books/{id}", "Replace a book").takes(&whole_book).gives(&book),
    ]
}

fn deliverables() -> Vec<Operation> {
    let deliverable = fields(&[
        ("deliverableId", whole(1)),
        ("orderId", whole(i64::MIN)),
        ("bookId", whole(i64::MIN)),
        ("quantity", whole(1)),
        ("status", text()),
    ]);
    vec![
        openapi::get("/deliverables", "A page of what is set aside for orders").pages(&deliverable),
        openapi::get("/deliverables/{id}", "What is set aside for one order").gives(&deliverable),
    ]
}

fn stock_inputs() -> Vec<Operation> {
    let (quantity, charger) = (whole_to(1, MAX_STOCK), maybe(text()));
    let arrival = body(&[
        ("bookId*", whole(i64::MIN)),
        ("quantity*", quantity.clone()),
        ("inCharger", charger.clone()),
    ]);
    let input = fields(&[
        ("id", whole(1)),
        ("bookId", whole(i64::MIN)),
        ("quantity", quantity),
        ("inCharger", charger),
    ]);
    let take_in =
        openapi::post("/stockInputs", "Take books in").takes(&arrival).keyed().creates(&input);
    vec![
        openapi::get("/stockInputs", "A page of what arrived").pages(&input),
        take_in.refuses(404, "No such book").refuses(409, "More than can be kept"),
        openapi::get("/stockInputs/{id}", "What arrived at one time").gives(&input),
    ]
}
