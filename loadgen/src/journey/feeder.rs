//! Rows of values, drawn by all users.

use std::sync::atomic::{AtomicU64, Ordering};

use brunt_scenarios::plan::{Feed, FeedOrder};
use serde_json::Value;

/// Rows of values, drawn by all users.
#[derive(Debug)]
pub(super) struct Feeder {
    feed: Feed,
    next: AtomicU64,
}

impl Feeder {
    pub fn new(feed: &Feed) -> Self {
        Self { feed: feed.clone(), next: AtomicU64::new(0) }
    }

    /// The next row; after the last comes the first.
    pub fn draw(&self) -> usize {
        let count = self.feed.rows.len();
        match self.feed.order {
            FeedOrder::Random => fastrand::usize(..count),
            FeedOrder::InTurn => {
                let next = self.next.fetch_add(1, Ordering::Relaxed) % count as u64;
                usize::try_from(next).unwrap_or_default()
            }
        }
    }

    /// A row's value, if there is one of this name.
    pub fn value(&self, row: usize, name: &str) -> Option<&Value> {
        let column = self.feed.columns.iter().position(|column| column == name)?;
        self.feed.rows.get(row)?.get(column)
    }
}
