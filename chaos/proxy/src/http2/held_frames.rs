//! Frames that a fault delays.

use std::collections::BTreeMap;

use bytes::BytesMut;
use tokio::time::{Instant, sleep_until};

/// How much is held, in bytes; until some of it is passed on, no more is read.
const MOST: usize = 1024 * 1024;

/// A frame of a stream that is passed on later.
#[derive(Debug)]
pub(super) struct HeldFrame {
    pub(super) stream: u32,
    pub(super) bytes: BytesMut,
    /// How much of it counts for flow control, in bytes.
    pub(super) counts: usize,
    /// Whether the reply ends with it.
    pub(super) is_last: bool,
}

/// Frames by the time at which they are passed on, and then in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct HeldFrames {
    frames: BTreeMap<(Instant, u64), HeldFrame>,
    bytes: usize,
    last: u64,
}

impl HeldFrames {
    pub(super) fn hold(&mut self, until: Instant, frame: HeldFrame) {
        self.bytes += frame.bytes.len();
        self.last += 1;
        self.frames.insert((until, self.last), frame);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Whether nothing more may be read that would add to it.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MOST
    }

    /// Waits until the first one is due, for ever when there is none.
    pub(super) async fn due(&self) {
        match self.frames.keys().next() {
            Some((due, _)) => sleep_until(*due).await,
            None => std::future::pending().await,
        }
    }

    /// The next one that is due.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<HeldFrame> {
        let first = self.frames.first_entry().filter(|first| first.key().0 <= now)?;
        let frame = first.remove();
        self.bytes -= frame.bytes.len();
        Some(frame)
    }

    /// Drops what is held of a stream, and returns how much of it counts for flow control.
    pub(super) fn drop_stream(&mut self, stream: u32) -> usize {
        let (mut counts, bytes) = (0, &mut self.bytes);
        self.frames.retain(|_, frame| {
            let is_kept = frame.stream != stream;
            if !is_kept {
                counts += frame.counts;
                *bytes -= frame.bytes.len();
            }
            is_kept
        });
        counts
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn frame(stream: u32, length: usize) -> HeldFrame {
        HeldFrame { stream, bytes: BytesMut::zeroed(length), counts: length, is_last: false }
    }

    #[tokio::test(start_paused = true)]
    async fn frames_are_passed_on_when_they_are_due_and_those_of_one_time_in_their_order() {
        let (now, mut held) = (Instant::now(), HeldFrames::default());
        let later = now + Duration::from_secs(1);
        for (due, stream) in [(later, 3), (later, 5), (now, 7)] {
            held.hold(due, frame(stream, 1));
        }
        let mut taken = Vec::new();
        while let Some(frame) = held.take_due(now) {
            taken.push(frame.stream);
        }
        assert_eq!(taken, [7]);
        held.due().await;
        while let Some(frame) = held.take_due(Instant::now()) {
            taken.push(frame.stream);
        }
        assert_eq!(taken, [7, 3, 5]);
        assert_eq!(now.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_held_is_bounded_and_goes_with_its_stream() {
        let (now, mut held) = (Instant::now(), HeldFrames::default());
        held.hold(now, frame(3, MOST - 1));
        assert!(!held.is_full());
        held.hold(now, frame(5, 1));
        assert!(held.is_full());
        assert_eq!(held.drop_stream(3), MOST - 1);
        assert!(!held.is_full());
        assert_eq!(held.take_due(now).map(|frame| frame.stream), Some(5));
    }
}
