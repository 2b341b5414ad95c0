//! Where text goes.

use std::io::Write;

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
