//! Where text goes.

use std::io::{self, Write};

/// The two streams that a command prints on; tests give buffers.
pub struct OutputStreams<'a> {
    /// Results that were asked for, for other programs to read: a line for each reply (`-v`), a
    /// page, JSON, an export to `-`.
    pub out: &'a mut dyn Write,
    /// Everything else: banners, progress, the summary, warnings.
    pub err: &'a mut dyn Write,
    /// Whether both are one terminal with nothing else on it. The load is drawn there by default.
    pub terminal: bool,
}

/// Standard error, on which nothing fails: a full disk or a reader that has gone costs the text and
/// not the load, whose results are in its exit code, on standard output and in its exports.
pub(crate) struct LossyStderr;

impl Write for LossyStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // All of it or none: a part would be written again with its beginning.
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = io::stderr().flush();
        Ok(())
    }
}
