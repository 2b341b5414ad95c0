//! Checks of feeds: rows with the same names in each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::checker::Checker;
use crate::plan::Feed;
use crate::scenario;
use crate::source::{Located, Span};

impl Checker<'_> {
    pub(super) fn feeds(&mut self, written: &[Located<scenario::FeedSpec>]) -> Vec<Feed> {
        let feeds: Vec<Feed> = written.iter().filter_map(|feed| self.feed(feed)).collect();
        let mut seen = BTreeSet::new();
        for column in feeds
            .iter()
            .flat_map(|feed| &feed.columns)
            .filter(|column| !seen.insert(column.as_str()))
        {
            let span = written.first().map(|feed| feed.span);
            self.wrong(span, format!("two feeds have values named `{column}`"));
        }
        feeds
    }

    fn feed(&mut self, written: &Located<scenario::FeedSpec>) -> Option<Feed> {
        let (columns, rows) = match (&written.csv, &written.rows) {
            (Some(csv), None) => self.csv(csv, written.text.as_deref()?)?,
            (None, Some(rows)) => self.rows(rows, written.span)?,
            _ => {
                self.wrong(written.span, "a feed has either `csv` or `rows`").help =
                    Some("such as `csv: people.csv`, or `rows: [{product: Latte}]`".to_owned());
                return None;
            }
        };
        Some(Feed { columns, rows, order: written.order })
    }

    fn csv(&mut self, csv: &Located<String>, text: &str) -> Option<(Vec<String>, Vec<Vec<Value>>)> {
        match read(text) {
            Ok(table) => Some(table),
            Err(why) => {
                self.wrong(csv.span, format!("{csv}: {why}")).help = Some(
                    "a CSV file has a line of names, then lines with as many values".to_owned(),
                );
                None
            }
        }
    }

    fn rows(
        &mut self,
        rows: &[BTreeMap<String, Value>],
        span: Span,
    ) -> Option<(Vec<String>, Vec<Vec<Value>>)> {
        let columns: Vec<String> =
            rows.first().map_or(Vec::new(), |row| row.keys().cloned().collect());
        let same = |row: &BTreeMap<String, Value>| row.keys().eq(columns.iter());
        if columns.is_empty() || !rows.iter().all(same) {
            self.wrong(span, "the rows of a feed have the same names, and there is at least one")
                .help = Some(
                "such as `rows: [{product: Latte, qty: 1}, {product: Mocha, qty: 2}]`".to_owned(),
            );
            return None;
        }
        Some((columns, rows.iter().map(|row| row.values().cloned().collect()).collect()))
    }
}

/// Why a CSV file is no feed.
#[derive(Debug, thiserror::Error)]
enum InvalidTable {
    #[error("it has no rows below its header")]
    NoRows,
    #[error("its header has an empty name, or one twice")]
    Header,
    #[error("line {line} has {len} values, the header has {expected}")]
    Row { line: u64, len: u64, expected: u64 },
    #[error(transparent)]
    Csv(csv::Error),
}

impl From<csv::Error> for InvalidTable {
    fn from(error: csv::Error) -> Self {
        match error.kind() {
            csv::ErrorKind::UnequalLengths { pos: Some(at), expected_len, len } => {
                Self::Row { line: at.line(), len: *len, expected: *expected_len }
            }
            _ => Self::Csv(error),
        }
    }
}

/// The names in the first line, and the values in all others.
fn read(text: &str) -> Result<(Vec<String>, Vec<Vec<Value>>), InvalidTable> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::Headers).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
    let distinct: BTreeSet<&String> = names.iter().collect();
    if names.iter().any(String::is_empty) || distinct.len() < names.len() {
        return Err(InvalidTable::Header);
    }
    let value = |text: &str| Value::String(text.to_owned());
    let rows = reader.records().map(|row| Ok(row?.iter().map(value).collect()));
    let rows: Vec<Vec<Value>> = rows.collect::<Result<_, InvalidTable>>()?;
    if rows.is_empty() {
        return Err(InvalidTable::NoRows);
    }
    Ok((names, rows))
}
