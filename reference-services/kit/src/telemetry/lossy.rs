//! A writer of lines that never waits and never fails.
//!
//! Standard error may be a pipe that nobody reads, or a file on a full disk. Neither is a reason to
//! hold a request up, and a thread that panicked because it could not log would be worse than the
//! lost line.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How many lines may wait: more than a burst of errors.
const QUEUE: usize = 4096;
/// How long they may be together, in bytes: what they tell of may come from outside.
const MOST_BYTES: usize = 4 << 20;

enum Line {
    Text(Vec<u8>),
    /// Answered when all lines before it are written.
    Flush(SyncSender<()>),
}

/// The way to a thread that writes. Clones share it.
#[derive(Clone)]
pub(super) struct Lossy {
    lines: SyncSender<Line>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    /// The lines that were lost.
    lost: AtomicU64,
    /// The bytes that wait.
    waiting: AtomicUsize,
}

impl Lossy {
    /// Writes to `out` on a thread of its own.
    ///
    /// # Errors
    /// When there can be no thread.
    pub(super) fn new(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(QUEUE);
        let counts = Arc::<Counts>::default();
        let counted = Arc::clone(&counts);
        let thread = thread::Builder::new().name("log".to_owned()).stack_size(128 << 10);
        thread.spawn(move || write_all(out, &waiting, &counted))?;
        Ok(Self { lines, counts })
    }

    /// How many lines were lost, as too many waited or they could not be written.
    pub(super) fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Waits until everything is written, for `bound` at most.
    pub(super) fn flush(&self, bound: Duration) {
        let (written, all) = sync_channel(1);
        if self.lines.try_send(Line::Flush(written)).is_ok() {
            all.recv_timeout(bound).unwrap_or_default();
        }
    }
}

impl Write for Lossy {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let Counts { lost, waiting } = &*self.counts;
        let already = waiting.fetch_add(line.len(), Ordering::Relaxed);
        let has_room = already.saturating_add(line.len()) <= MOST_BYTES;
        if !has_room || self.lines.try_send(Line::Text(line.to_vec())).is_err() {
            waiting.fetch_sub(line.len(), Ordering::Relaxed);
            lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_all(mut out: impl Write, lines: &Receiver<Line>, Counts { lost, waiting }: &Counts) {
    for line in lines {
        match line {
            Line::Text(text) => {
                if out.write_all(&text).is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
                waiting.fetch_sub(text.len(), Ordering::Relaxed);
            }
            // Who asked may have stopped waiting.
            Line::Flush(written) => drop(written.try_send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, Read};

    use super::*;

    fn pipe() -> (PipeReader, Lossy) {
        let (reader, writer) = io::pipe().unwrap();
        (reader, Lossy::new(writer).unwrap())
    }

    #[test]
    fn lines_come_out_in_their_order() {
        let (mut reader, mut lossy) = pipe();
        for line in ["a\n", "b\n", "c\n"] {
            lossy.write_all(line.as_bytes()).unwrap();
        }
        Lossy::flush(&lossy, Duration::from_secs(20));
        assert_eq!(lossy.lost(), 0);
        drop(lossy);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "a\nb\nc\n");
    }

    #[test]
    fn a_pipe_that_nobody_reads_holds_nobody_up() {
        let (reader, mut lossy) = pipe();
        let line = [b'x'; 1024];
        // More than the pipe and the queue have room for.
        for _ in 0..2 * QUEUE {
            lossy.write_all(&line).unwrap();
        }
        assert!(lossy.lost() > 0 && lossy.lost() < 2 * QUEUE as u64, "{}", lossy.lost());
        drop(reader);
    }

    #[test]
    fn long_lines_take_bounded_memory() {
        let (reader, mut lossy) = pipe();
        let line = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            lossy.write_all(&line).unwrap();
        }
        // Four wait, the first of them for the pipe.
        assert_eq!(lossy.lost(), 96);
        drop(reader);
    }

    #[test]
    fn a_pipe_whose_reader_has_gone_loses_lines_and_nothing_else() {
        let (reader, mut lossy) = pipe();
        drop(reader);
        for _ in 0..10 {
            lossy.write_all(b"nobody reads this\n").unwrap();
        }
        Lossy::flush(&lossy, Duration::from_secs(20));
        assert_eq!(lossy.lost(), 10);
    }
}
