//! Log lines on standard error, beside whatever else is on the terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use crate::console;

/// Lines that wait until the terminal is free again; `None` while it is.
static HELD: Mutex<Option<Vec<u8>>> = Mutex::new(None);

// How much is held at most, in bytes: a view can stay open for days.
const HELD_AT_MOST: usize = 1024 * 1024;

/// Holds log lines back while something else draws on the whole terminal; they are written when
/// this is dropped.
#[derive(Debug)]
pub struct Hold(());

impl Hold {
    /// Holds lines back if standard error is a terminal; a file gets them at once.
    pub fn on_terminal() -> Option<Self> {
        io::stderr().is_terminal().then(|| {
            held().get_or_insert_with(Vec::new);
            Self(())
        })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(lines) = held().take() {
            console::write_error(&lines);
        }
    }
}

/// Writes a line, or holds it back.
pub(super) fn write(line: &[u8]) {
    match &mut *held() {
        None => console::write_error(line),
        Some(lines) if lines.len() + line.len() <= HELD_AT_MOST => lines.extend_from_slice(line),
        Some(_) => {}
    }
}

fn held() -> std::sync::MutexGuard<'static, Option<Vec<u8>>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether escape sequences for colour are wanted there.
pub(super) fn takes_colour() -> bool {
    io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Standard error as the text format's writer. It never fails, as the format's own way to report a
/// failure is `eprintln!`, which panics where standard error is gone.
pub(super) struct StandardError;

impl Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
