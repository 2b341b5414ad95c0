//! Reading all of a topic, in no group.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection as Database;
use tokio::sync::watch;
use tokio::time::timeout;

use super::connection::Connection;
use super::records;
use crate::log::bell::Bell;
use crate::log::{Delivery, LogError, LogFuture, PARTITIONS, Start, Tail};

/// The longest wait, in case a wake-up is lost.
const LOOK_ANYWAY: Duration = Duration::from_millis(250);

pub(super) struct SqliteTail {
    connection: Connection,
    rings: watch::Receiver<u64>,
    topic: String,
    start: Start,
    /// The offset to read next in each partition, once they are known.
    positions: BTreeMap<u32, i64>,
}

impl SqliteTail {
    pub(super) fn new(connection: Connection, bell: &Bell, topic: &str, start: Start) -> Self {
        let (rings, topic) = (bell.listen(), topic.to_owned());
        Self { connection, rings, topic, start, positions: BTreeMap::new() }
    }

    async fn next_batch(&mut self, max: usize) -> Result<Vec<Delivery>, LogError> {
        loop {
            self.rings.mark_unchanged();
            let (topic, start, positions) =
                (self.topic.clone(), self.start, self.positions.clone());
            let (positions, deliveries) =
                self.connection.call(move |db| read(db, &topic, start, positions, max)).await?;
            self.positions = positions;
            if !deliveries.is_empty() {
                return Ok(deliveries);
            }
            drop(timeout(LOOK_ANYWAY, self.rings.changed()).await);
        }
    }
}

type Read = (BTreeMap<u32, i64>, Vec<Delivery>);

fn read(
    db: &mut Database,
    topic: &str,
    start: Start,
    mut positions: BTreeMap<u32, i64>,
    max: usize,
) -> Result<Read, LogError> {
    let tx = db.transaction()?;
    let mut deliveries = Vec::new();
    for partition in 0..PARTITIONS {
        let position = match (positions.get(&partition), start) {
            (Some(position), _) => *position,
            (None, Start::Beginning) => 0,
            (None, Start::End) => records::end(&tx, topic, partition)?,
        };
        let share = max.div_ceil(PARTITIONS as usize);
        let before = deliveries.len();
        records::read_partition(&tx, topic, partition, position, share, &mut deliveries)?;
        let next = deliveries
            .get(before..)
            .and_then(<[Delivery]>::last)
            .map_or(position, |one| one.offset + 1);
        positions.insert(partition, next);
    }
    tx.commit()?;
    Ok((positions, deliveries))
}

impl Tail for SqliteTail {
    fn poll(&mut self, max: usize) -> LogFuture<'_, Vec<Delivery>> {
        Box::pin(self.next_batch(max))
    }
}
