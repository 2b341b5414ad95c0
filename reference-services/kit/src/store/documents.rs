//! Documents and the keys under which a store keeps things.

use std::ops::ControlFlow;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use super::engine::{Reader, Span};

/// Something with an id that a store keeps as JSON.
pub trait Document: Serialize + DeserializeOwned {
    /// The collection it is kept in, such as `orders`.
    const COLLECTION: &'static str;

    /// Its id, from 1.
    fn id(&self) -> i64;

    /// A second key, such as another service's id, by which events find it.
    fn correlation(&self) -> Option<String> {
        None
    }
}

pub(super) fn get<T: Document>(reader: &dyn Reader, id: i64) -> Result<Option<T>, StoreError> {
    reader.get(&document_key::<T>(id))?.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
}

pub(super) fn find<T: Document>(reader: &dyn Reader, value: &str) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    for id in ids(reader, &Span::prefix(&index_prefix::<T>(value)))? {
        found.extend(get::<T>(reader, id)?);
    }
    Ok(found)
}

pub(super) fn number(reader: &dyn Reader, key: &str) -> Result<i64, StoreError> {
    Ok(reader.get(key)?.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or(0))
}

fn ids(reader: &dyn Reader, span: &Span) -> Result<Vec<i64>, StoreError> {
    let mut ids = Vec::new();
    reader.scan(span, &mut |key, _| {
        ids.extend(id_of(key));
        ControlFlow::Continue(())
    })?;
    Ok(ids)
}

/// The id at the end of a key.
pub(super) fn id_of(key: &str) -> Option<i64> {
    key.get(key.len().checked_sub(ID_DIGITS)?..)?.parse().ok()
}

/// Fixed width, so that the order of texts is the order of numbers.
const ID_DIGITS: usize = 19;

pub(super) fn document_key<T: Document>(id: i64) -> String {
    format!("{}{id:0ID_DIGITS$}", document_prefix::<T>())
}

pub(super) fn document_prefix<T: Document>() -> String {
    format!("doc/{}/", T::COLLECTION)
}

pub(super) fn index_key<T: Document>(value: &str, id: i64) -> String {
    format!("{}{id:0ID_DIGITS$}", index_prefix::<T>(value))
}

/// The unit separator ends the value, so that one value is never the beginning of another.
fn index_prefix<T: Document>(value: &str) -> String {
    format!("index/{}/{}\u{1f}", T::COLLECTION, value.replace('\u{1f}', " "))
}

pub(super) fn next_key<T: Document>() -> String {
    format!("next/{}", T::COLLECTION)
}

pub(super) fn free_prefix<T: Document>() -> String {
    format!("free/{}/", T::COLLECTION)
}

pub(super) fn free_key<T: Document>(id: i64) -> String {
    format!("{}{id:0ID_DIGITS$}", free_prefix::<T>())
}

pub(super) fn count_key<T: Document>() -> String {
    format!("count/{}", T::COLLECTION)
}

pub(super) const OUTBOX_PREFIX: &str = "outbox/";
pub(super) const OUTBOX_NEXT: &str = "next/outbox";

pub(super) fn outbox_key(number: i64) -> String {
    format!("{OUTBOX_PREFIX}{number:0ID_DIGITS$}")
}

/// What is kept only for a time: the key of each such row, after the time at which it was written
/// in milliseconds since 1970.
const KEPT_PREFIX: &str = "kept/";

pub(super) fn kept_key(millis: i64, key: &str) -> String {
    format!("{KEPT_PREFIX}{:0ID_DIGITS$}/{key}", millis.max(0))
}

/// The rows that were written before this time.
pub(super) fn kept_before(millis: i64) -> Span {
    Span { from: KEPT_PREFIX.to_owned(), to: kept_key(millis, "") }
}

/// The key of the row that is kept.
pub(super) fn kept(key: &str) -> Option<&str> {
    key.strip_prefix(KEPT_PREFIX)?.get(ID_DIGITS + 1..)
}

/// Whether the row that is kept is that of a received event.
pub(super) fn keeps_event(key: &str) -> bool {
    kept(key).is_some_and(|kept| kept.starts_with(INBOX_PREFIX))
}

const INBOX_PREFIX: &str = "inbox/";

pub(super) fn inbox_key(event_id: &str) -> String {
    format!("{INBOX_PREFIX}{event_id}")
}

pub(super) fn answer_key(key: &str) -> String {
    format!("answer/{key}")
}
