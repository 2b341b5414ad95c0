//! `/books`.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use brunt_kit::hal::{self, Resource};
use brunt_kit::page::PageRequest;
use brunt_kit::rest::{Caller, JsonBody, Problem, integer, parse_id};
use brunt_kit::store::{Store, View};
use http::Uri;
use serde::Deserialize;
use serde_json::Value;

use crate::book_inventory::domain::book::{Book, Command, Rejection};
use crate::book_inventory::outbound::store::{self, Refusal};

impl Resource for Book {
    const COLLECTION: &'static str = "books";
    const ITEM: &'static str = "book";

    fn id(&self) -> i64 {
        self.book_id
    }
}

/// A book, or a part of it, as clients send it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BookBody {
    #[serde(default, deserialize_with = "integer")]
    book_id: Option<i64>,
    #[serde(default)]
    book_name: Option<String>,
    #[serde(default, deserialize_with = "integer")]
    stock: Option<i64>,
    #[serde(default, rename = "_links")]
    _links: Option<Value>,
}

pub fn routes(store: Store) -> Router {
    Router::new()
        .route("/books", get(list).post(create))
        .route("/books/{id}", get(one).patch(correct).put(replace))
        .with_state(store)
}

async fn list(State(store): State<Store>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let request = PageRequest::from_query(&uri);
    let page = store.page::<Book>(request.clone()).await?;
    hal::collection(&caller, &request, &page)
}

async fn one(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse_id(&id)?;
    let book = store.read(move |view: &View<'_>| view.get::<Book>(id)).await?;
    hal::item(&caller, &book.ok_or(Refusal::Rejected(Rejection::Unknown))?)
}

async fn create(
    State(store): State<Store>,
    caller: Caller,
    JsonBody(body): JsonBody<BookBody>,
) -> Result<Response, Problem> {
    if body.book_id.is_some() {
        return Err(Problem::malformed("bookId is given by the inventory"));
    }
    let (book_name, stock) = body.whole()?;
    let book = store.write(move |tx| store::create(tx, book_name, stock)).await?;
    hal::created(&caller, &book)
}

async fn correct(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<BookBody>,
) -> Result<Response, Problem> {
    let id = body.same_book(parse_id(&id)?)?;
    let command = Command::Change { book_name: body.book_name, stock: body.stock };
    change(&store, &caller, id, command).await
}

async fn replace(
    State(store): State<Store>,
    caller: Caller,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<BookBody>,
) -> Result<Response, Problem> {
    let id = body.same_book(parse_id(&id)?)?;
    let (book_name, stock) = body.whole()?;
    change(&store, &caller, id, Command::Change { book_name: Some(book_name), stock: Some(stock) })
        .await
}

async fn change(
    store: &Store,
    caller: &Caller,
    id: i64,
    command: Command,
) -> Result<Response, Problem> {
    let cause = caller.cause.clone();
    let book = store.write(move |tx| store::change(tx, id, command, &cause)).await?;
    hal::item(caller, &book)
}

impl BookBody {
    fn whole(self) -> Result<(String, i64), Problem> {
        let stock = self.stock.ok_or_else(|| Problem::malformed("stock is missing"))?;
        Ok((self.book_name.unwrap_or_default(), stock))
    }

    /// A client may send back the whole of what it was sent.
    fn same_book(&self, id: i64) -> Result<i64, Problem> {
        if self.book_id.is_none_or(|given| given == id) {
            Ok(id)
        } else {
            Err(Problem::malformed("the bookId of a book cannot be changed"))
        }
    }
}
