//! Reading a snapshot of a store.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use serde_json::Value;

use super::documents::{self, Document};
use super::engine::{Reader, Span};
use super::{OutboxRow, StoreError};
use crate::page::{Direction, Page, PageRequest, Sort};

/// How many documents are kept while a page is sorted, however small it is.
const KEPT_AT_LEAST: usize = 1024;

/// One consistent state of what is committed.
pub struct View<'a>(&'a dyn Reader);

impl<'a> View<'a> {
    pub(super) fn new(reader: &'a dyn Reader) -> Self {
        Self(reader)
    }

    /// The document with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn get<T: Document>(&self, id: i64) -> Result<Option<T>, StoreError> {
        documents::get(self.0, id)
    }

    /// The documents with this correlation value, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find<T: Document>(&self, value: &str) -> Result<Vec<T>, StoreError> {
        documents::find(self.0, value)
    }

    /// All documents of a collection, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn all<T: Document>(&self) -> Result<Vec<T>, StoreError> {
        self.texts(&Span::prefix(&documents::document_prefix::<T>()), 0, u64::MAX)?
            .iter()
            .map(|(_, text)| Ok(serde_json::from_str(text)?))
            .collect()
    }

    pub(super) fn page<T: Document>(&self, request: &PageRequest) -> Result<Page<T>, StoreError> {
        let total = documents::number(self.0, &documents::count_key::<T>())?;
        let items = match &request.sort {
            None => self.page_by_id(request, total)?,
            Some(sort) => self.page_by_field(request, sort)?,
        };
        Ok(Page { items, total: total.unsigned_abs() })
    }

    fn page_by_id<T: Document>(
        &self,
        request: &PageRequest,
        total: i64,
    ) -> Result<Vec<T>, StoreError> {
        let mut span = Span::prefix(&documents::document_prefix::<T>());
        let mut skip = request.skipped();
        // As many documents as ids were given: none is missing, so a page begins at a known id.
        if documents::number(self.0, &documents::next_key::<T>())? == total {
            let first = i64::try_from(skip).unwrap_or(i64::MAX).saturating_add(1);
            span.from = documents::document_key::<T>(first);
            skip = 0;
        }
        let texts = self.texts(&span, skip, request.size)?;
        texts.iter().map(|(_, text)| Ok(serde_json::from_str(text)?)).collect()
    }

    /// Reads every document: there is no index per field. It keeps what it sorts by, of little more
    /// documents than lie before the end of the page.
    fn page_by_field<T: Document>(
        &self,
        request: &PageRequest,
        sort: &Sort,
    ) -> Result<Vec<T>, StoreError> {
        let order = |a: &(Value, i64), b: &(Value, i64)| match sort.direction {
            Direction::Ascending => compare(&a.0, &b.0).then(a.1.cmp(&b.1)),
            Direction::Descending => compare(&b.0, &a.0).then(a.1.cmp(&b.1)),
        };
        let skipped = usize::try_from(request.skipped()).unwrap_or(usize::MAX);
        let size = usize::try_from(request.size).unwrap_or(usize::MAX);
        let needed = skipped.saturating_add(size);
        let mut keys: Vec<(Value, i64)> = Vec::new();
        self.0.scan(&Span::prefix(&documents::document_prefix::<T>()), &mut |key, text| {
            let field = serde_json::from_str::<Value>(text)
                .ok()
                .and_then(|mut document| document.get_mut(&sort.field).map(Value::take));
            keys.extend(documents::id_of(key).map(|id| (field.unwrap_or(Value::Null), id)));
            // Only at twice as many, so that it costs little for each document.
            if keys.len() / 2 >= needed.max(KEPT_AT_LEAST) {
                keys.select_nth_unstable_by(needed, order);
                keys.truncate(needed);
            }
            ControlFlow::Continue(())
        })?;
        keys.sort_by(order);
        let mut items = Vec::new();
        for (_, id) in keys.into_iter().skip(skipped).take(size) {
            items.extend(self.get(id)?);
        }
        Ok(items)
    }

    pub(crate) fn outbox(&self, limit: u64) -> Result<Vec<OutboxRow>, StoreError> {
        self.texts(&Span::prefix(documents::OUTBOX_PREFIX), 0, limit)?
            .into_iter()
            .map(|(key, text)| Ok(OutboxRow { key, event: serde_json::from_str(&text)? }))
            .collect()
    }

    fn texts(
        &self,
        span: &Span,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let (mut position, mut texts) = (0, Vec::new());
        self.0.scan(span, &mut |key, text| {
            if position >= skip.saturating_add(limit) {
                return ControlFlow::Break(());
            }
            if position >= skip {
                texts.push((key.to_owned(), text.to_owned()));
            }
            position += 1;
            ControlFlow::Continue(())
        })?;
        Ok(texts)
    }
}

/// Numbers as numbers, texts as texts; nothing comes first, as in SQL's default.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Less,
        (_, Value::Null) => Ordering::Greater,
        (a, b) => a.to_string().cmp(&b.to_string()),
    }
}
