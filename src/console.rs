//! Text on standard output and standard error, whatever has become of the two.
//!
//! `println!` and `eprintln!` panic when a stream is gone (`| head`, `2>&-`, a full disk behind a
//! redirection). A run that has put load on a system must end with its verdict all the same, so
//! what cannot be written is dropped.

use std::fmt::Arguments;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use brunt_reports::{Colour, no_command};
use brunt_scenarios::plain_text::printable;
use indicatif::ProgressBar;
use serde_json::json;
use tracing::Level;

use crate::folded::folded;
use crate::secrets;

/// Prints a line on standard output.
macro_rules! outln {
    ($($text:tt)*) => { $crate::console::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints text that has its own line ends on standard output.
macro_rules! out {
    ($($text:tt)*) => { $crate::console::print(format_args!($($text)*)) };
}

/// Prints a line of other people's words on standard output: neither a terminal nor a CI server
/// obeys what is in it.
macro_rules! plainln {
    ($($text:tt)*) => { $crate::console::print_plain(&format!($($text)*)) };
}

/// Prints a message on standard error.
macro_rules! errln {
    ($($text:tt)*) => {
        $crate::console::write_message(tracing::Level::INFO, &format!($($text)*))
    };
}

pub(crate) use {errln, out, outln, plainln};

// The progress bar on the terminal. Only one is drawn at a time: with `--jobs`, none is.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

static AS_JSON: AtomicBool = AtomicBool::new(false);

/// Makes room above this bar for all that is printed until [`remove_bar`].
pub fn draw_bar(bar: &ProgressBar) {
    *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
}

/// Takes the bar off the terminal.
pub fn remove_bar() {
    if let Some(bar) = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).take() {
        bar.finish_and_clear();
    }
}

/// Whether results on standard output are coloured: on a terminal, unless `NO_COLOR` is set.
pub fn colour() -> Colour {
    let wanted = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if wanted { Colour::On } else { Colour::Off }
}

/// Prints text on standard output; see [`out!`].
pub fn print(text: Arguments<'_>) {
    let text = text.to_string();
    let text = secrets::masked(&text);
    above_the_bar(|| {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    });
}

/// Prints a line of other people's words; see [`plainln!`].
pub fn print_plain(line: &str) {
    print(format_args!("{}\n", no_command(&printable(line))));
}

/// From now on, what is written to standard error with [`write_message`] has the form of the log's
/// JSON lines, as the two share that stream and a reader of one must be able to read the other.
pub fn write_messages_as_json() {
    AS_JSON.store(true, Ordering::Relaxed);
}

/// Whether messages are JSON lines.
pub fn writes_json() -> bool {
    AS_JSON.load(Ordering::Relaxed)
}

/// Writes a message for people to standard error: as lines of text that neither a terminal nor a CI
/// server obeys, or as one line of JSON. It is no event of the log: `-v` and `BRUNT_LOG` do not
/// decide about it.
pub fn write_message(level: Level, text: &str) {
    // Before a secret is written in another way, and no mask would find it.
    let text = secrets::masked(text.trim_end_matches('\n'));
    // Words of others may be in it: names, replies, what objects hold.
    let lines = text.split('\n').map(printable);
    if !writes_json() {
        let is_terminal = std::io::stderr().is_terminal();
        let plain = |line: String| {
            let line = no_command(&line);
            (if is_terminal { folded(&line) } else { line })
                + "
"
        };
        let text: String = lines.map(plain).collect();
        return write_error(text.as_bytes());
    }
    let text = lines.collect::<Vec<_>>().join("\n");
    let line = json!({
        "timestamp": jiff::Timestamp::now(),
        "level": level.as_str(),
        "target": module_path!(),
        "message": text,
        "fields": {},
        "spans": [],
    });
    write_error(format!("{line}\n").as_bytes());
}

/// Makes a message of each line that is written to it; empty lines, which only set text apart,
/// are left out.
#[derive(Debug, Default)]
pub struct MessageLines {
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
}

impl Write for MessageLines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line);
            if !line.trim().is_empty() {
                write_message(Level::INFO, &line);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for MessageLines {
    fn drop(&mut self) {
        if !self.begun.is_empty() {
            write_message(Level::INFO, &String::from_utf8_lossy(&self.begun));
        }
    }
}

/// Writes bytes to standard error in one piece, so that lines of several threads do not mix.
pub fn write_error(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let text = secrets::masked(&text);
    above_the_bar(|| {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    });
}

// A line that is written while the bar is drawn would be overwritten with the bar's next tick.
fn above_the_bar(write: impl FnOnce()) {
    let drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    match &*drawn {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
