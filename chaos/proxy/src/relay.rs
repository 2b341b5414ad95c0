//! Passes bytes on between two connections, both ways at once. No buffer is held while nothing
//! comes, so an idle connection costs little; and no more is read than the other side takes.

use std::collections::VecDeque;
use std::io;

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::faults::{ByteFaults, FaultId};
use crate::peeked_stream::{FaultedHalf, PeekedHalf};

/// How much is read at a time, in bytes.
const PIECE: usize = 32 * 1024;

/// How much is held of what is delayed, in bytes; until some of it is passed on, no more is read.
const MOST_HELD: usize = 1024 * 1024;

/// What a held piece takes besides its bytes, at most: its place in the queue, which may be half
/// empty, and what the allocator adds. A peer that sends single bytes would otherwise have a
/// hundred times as much held as one that sends large pieces.
const PIECE_COST: usize = 2 * size_of::<(Instant, DelayedPiece)>() + 32;

/// What is passed on later.
#[derive(Debug)]
enum DelayedPiece {
    Bytes(Bytes),
    /// Nothing more comes.
    End,
}

impl DelayedPiece {
    /// What it takes while it is held, in bytes.
    fn size(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len() + PIECE_COST,
            Self::End => PIECE_COST,
        }
    }
}

/// What is passed on later, in order.
#[derive(Debug, Default)]
struct DelayQueue {
    held: VecDeque<(Instant, DelayedPiece)>,
    /// What all of them take, in bytes.
    size: usize,
}

impl DelayQueue {
    /// What comes later is not passed on earlier, however short its own delay is.
    fn push(&mut self, due: Instant, held: DelayedPiece) {
        let due = self.held.back().map_or(due, |(last, _)| due.max(*last));
        self.size += held.size();
        self.held.push_back((due, held));
    }

    /// Waits until the first one is due, for ever when there is none. It can be dropped
    /// and called again.
    async fn due(&self) {
        match self.held.front() {
            Some((due, _)) => sleep_until(*due).await,
            None => std::future::pending().await,
        }
    }

    fn pop(&mut self) -> Option<DelayedPiece> {
        let (_, held) = self.held.pop_front()?;
        self.size -= held.size();
        Some(held)
    }
}

/// One direction of a connection.
pub(crate) struct OneWay<'a, C> {
    /// What is in force at any moment.
    pub(crate) faults: watch::Receiver<ByteFaults>,
    pub(crate) to: FaultedHalf<'a>,
    /// Called for each fault that a piece meets.
    pub(crate) count: C,
}

impl<C: Fn(FaultId)> OneWay<'_, C> {
    /// Passes on what comes, until its end is passed on, too.
    pub(crate) async fn pass_on(mut self, mut from: PeekedHalf<'_>) -> io::Result<()> {
        let mut queue = DelayQueue::default();
        let mut has_ended = false;
        loop {
            tokio::select! {
                // What is due comes first: a steady stream would otherwise hold it up.
                biased;
                () = queue.due() => match queue.pop() {
                    Some(DelayedPiece::Bytes(bytes)) => self.write(&bytes).await?,
                    Some(DelayedPiece::End) | None => return self.to.shutdown().await,
                },
                piece = from.read(PIECE), if !has_ended && queue.size < MOST_HELD => {
                    let piece = piece?;
                    has_ended = piece.is_empty();
                    let delay = self.meet(has_ended);
                    if delay.is_zero() && queue.held.is_empty() && !has_ended {
                        self.write(&piece).await?;
                    } else {
                        // Copied, as a few bytes would hold a whole buffer.
                        let held = match has_ended {
                            true => DelayedPiece::End,
                            false => DelayedPiece::Bytes(Bytes::copy_from_slice(&piece)),
                        };
                        queue.push(Instant::now() + delay, held);
                    }
                }
            }
        }
    }

    /// How long a piece is delayed by what is in force, which is counted.
    fn meet(&self, is_end: bool) -> std::time::Duration {
        let faults = self.faults.borrow();
        faults.ids.iter().filter(|_| !is_end).for_each(|id| (self.count)(*id));
        faults.delay()
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let limit = self.faults.borrow().limit.clone();
        match limit {
            None => self.to.write_all(bytes).await?,
            Some(limit) => {
                for slice in bytes.chunks(limit.slice()) {
                    limit.pass(slice.len()).await;
                    self.to.write_all(slice).await?;
                }
            }
        }
        // A fault may have closed it after the last byte.
        self.to.flush().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_delayed_keeps_its_order() {
        let (now, mut queue) = (Instant::now(), DelayQueue::default());
        queue.push(now + Duration::from_secs(2), DelayedPiece::Bytes(Bytes::from_static(b"first")));
        queue.push(now + Duration::from_secs(1), DelayedPiece::Bytes(Bytes::from_static(b"then")));
        queue.push(now, DelayedPiece::End);
        assert_eq!(queue.size, 9 + 3 * PIECE_COST);
        queue.due().await;
        assert!(now.elapsed() >= Duration::from_secs(2));
        let mut order = Vec::new();
        while let Some(held) = queue.pop() {
            order.push(format!("{held:?}"));
        }
        assert_eq!(order, [r#"Bytes(b"first")"#, r#"Bytes(b"then")"#, "End"]);
        assert_eq!(queue.size, 0);
    }

    #[test]
    fn single_bytes_take_no_more_memory_than_is_allowed() {
        let (now, mut queue) = (Instant::now(), DelayQueue::default());
        while queue.size < MOST_HELD {
            queue.push(now, DelayedPiece::Bytes(Bytes::copy_from_slice(b"x")));
        }
        // The smallest block of the allocator.
        let taken =
            queue.held.capacity() * size_of::<(Instant, DelayedPiece)>() + 32 * queue.held.len();
        assert!(taken <= MOST_HELD, "{taken}");
    }
}
