//! Feeds: rows of values that all users draw from.

use brunt_scenarios::plan::{Feed, FeedOrder};
use serde_json::Value;

use super::sequence::SharedSequence;
use crate::job::portion::Portion;

/// A feed's rows, and which of them comes next.
#[derive(Debug)]
pub(super) struct Feeder {
    feed: Feed,
    next: SharedSequence,
}

impl Feeder {
    /// Generators that share a load take turns, so that no row is drawn twice before all have been.
    pub fn new(feed: &Feed, portion: Portion) -> Self {
        Self { feed: feed.clone(), next: SharedSequence::new(portion) }
    }

    /// The next row; after the last comes the first.
    pub fn draw(&self) -> usize {
        let count = self.feed.rows.len();
        match self.feed.order {
            FeedOrder::Random => fastrand::usize(..count),
            FeedOrder::InTurn => {
                let next = self.next.draw() % count as u64;
                usize::try_from(next).unwrap_or_default()
            }
        }
    }

    /// The value in a row's column of this name, if the feed has one.
    pub fn value(&self, row: usize, name: &str) -> Option<&Value> {
        let column = self.feed.columns.iter().position(|column| column == name)?;
        self.feed.rows.get(row)?.get(column)
    }
}
