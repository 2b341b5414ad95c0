//! What is to be written to a peer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWriteExt;

use crate::byte_limit::ByteLimit;
use crate::peeked_stream::FaultedHalf;

/// From so many bytes on, nothing more is read that would add to them.
const FULL: usize = 256 * 1024;

/// Bytes that wait to be written, at a limited rate while a fault wants it.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) bytes: BytesMut,
    limit: Option<Arc<ByteLimit>>,
    /// How many bytes have passed the limit and are not written.
    passed: usize,
    passing: Option<WaitingBytes>,
}

/// So many bytes that wait for their turn, and its end.
struct WaitingBytes(usize, Pin<Box<dyn Future<Output = ()> + Send>>);

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Whether nothing more may be read that would add to it.
    pub(super) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL
    }

    /// Changes the rate; what waits for its turn keeps it.
    pub(super) fn limit(&mut self, limit: Option<Arc<ByteLimit>>) {
        self.limit = limit;
    }

    /// Writes some of it. It may be dropped and called again without a loss.
    pub(super) async fn write_some(&mut self, to: &mut FaultedHalf<'_>) -> io::Result<()> {
        let most = self.allowed().await;
        let written = to.write(&self.bytes[..most]).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.bytes.advance(written);
        self.passed = self.passed.saturating_sub(written);
        if self.bytes.is_empty() {
            // A connection that is idle for hours holds no buffer.
            self.bytes = BytesMut::new();
        }
        Ok(())
    }

    /// Waits until some bytes may be written, and returns how many.
    async fn allowed(&mut self) -> usize {
        let Some(limit) = self.limit.clone().filter(|_| self.passed == 0) else {
            return match self.passed {
                0 => self.bytes.len(),
                passed => passed.min(self.bytes.len()),
            };
        };
        let WaitingBytes(size, turn) = self.passing.get_or_insert_with(|| {
            let size = limit.slice().min(self.bytes.len());
            WaitingBytes(size, Box::pin(async move { limit.pass(size).await }))
        });
        turn.as_mut().await;
        self.passed = *size;
        self.passing = None;
        self.passed
    }
}
