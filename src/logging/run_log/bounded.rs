//! A log file that stops at a bound, and says so.

use std::io::{self, Write};

use serde_json::json;
use tracing::Level;

// The share of the bound, one in so many bytes, that only events at info and above can use. A run
// that logs each API call must not lose the change it could not restore, which comes last.
const RESERVED: u64 = 8;

/// Room for the last line, in bytes.
const LAST_LINE: u64 = 512;

/// Takes lines until it is full or a write fails.
pub(super) struct Bounded<W> {
    /// `None` after the end, or after an error.
    out: Option<W>,
    /// Bytes that can still be written.
    free: u64,
    /// Bytes that are kept back from events below info.
    reserved: u64,
    left_out: u64,
    error: Option<io::Error>,
}

impl<W: Write> Bounded<W> {
    pub fn new(out: W, bound: u64) -> Self {
        let free = bound.saturating_sub(LAST_LINE);
        Self { out: Some(out), free, reserved: free / RESERVED, left_out: 0, error: None }
    }

    /// Writes a line at once, so that it is there even if this process is killed.
    pub fn write(&mut self, level: Level, line: &[u8]) {
        let kept_back = if level > Level::INFO { self.reserved } else { 0 };
        let length = line.len() as u64;
        if self.free < length + kept_back {
            self.left_out += 1;
            return;
        }
        self.free -= length;
        let written = self.out.as_mut().map_or(Ok(()), |out| out.write_all(line));
        if let Err(error) = written {
            // A disk that is full stays full: what follows would only be pieces.
            self.out = None;
            self.error = Some(error);
        }
    }

    /// Ends the file, with the number of events that did not fit if there were any.
    ///
    /// # Errors
    /// The first error that a write met.
    pub fn end(&mut self) -> io::Result<()> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let Some(mut out) = self.out.take().filter(|_| self.left_out > 0) else { return Ok(()) };
        let left_out = self.left_out;
        let last = json!({
            "timestamp": jiff::Timestamp::now(),
            "level": "WARN",
            "target": "brunt::logging",
            "message": format!("the log is full: {left_out} events were left out"),
            "fields": {"left_out": left_out},
            "spans": [],
        });
        out.write_all(format!("{last}\n").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUND: u64 = 4096;

    fn lines(written: &[u8]) -> Vec<&str> {
        std::str::from_utf8(written).unwrap().lines().collect()
    }

    #[test]
    fn a_log_keeps_to_its_bound_and_counts_what_it_left_out() {
        let mut written = Vec::new();
        let mut file = Bounded::new(&mut written, BOUND);
        (0..1000).for_each(|_| file.write(Level::DEBUG, b"a debug line\n"));
        (0..1000).for_each(|_| file.write(Level::INFO, b"an info line\n"));
        file.end().unwrap();
        assert!(written.len() as u64 <= BOUND, "{}", written.len());
        let lines = lines(&written);
        let last: serde_json::Value = serde_json::from_str(lines.last().unwrap()).unwrap();
        assert_eq!(last["fields"]["left_out"], 2000 - (lines.len() as u64 - 1));
        assert!(lines.contains(&"an info line"), "debug lines leave room for changes");
    }

    #[test]
    fn a_log_that_fits_has_no_line_about_its_bound() {
        let mut written = Vec::new();
        let mut file = Bounded::new(&mut written, BOUND);
        file.write(Level::DEBUG, b"one\n");
        file.end().unwrap();
        file.write(Level::ERROR, b"after the end\n");
        assert_eq!(lines(&written), ["one"]);
    }

    #[test]
    fn a_full_disk_ends_the_log_with_its_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut file = Bounded::new(Full, BOUND);
        file.write(Level::INFO, b"one\n");
        file.write(Level::INFO, b"two\n");
        assert_eq!(file.end().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
