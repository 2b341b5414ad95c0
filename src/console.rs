//! Text on standard output and standard error, whatever has become of the two.
//!
//! `println!` and `eprintln!` panic when a stream is gone (`| head`, `2>&-`, a full disk behind a
//! redirection). A run that has put load on a system must end with its verdict all the same, so
//! what cannot be written is dropped.

use std::fmt::Arguments;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use brunt_reports::Colour;
use indicatif::ProgressBar;

use crate::secrets;

/// Prints a line on standard output.
macro_rules! outln {
    ($($text:tt)*) => { $crate::console::print(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints text that has its own line ends on standard output.
macro_rules! out {
    ($($text:tt)*) => { $crate::console::print(format_args!($($text)*)) };
}

/// Prints a line on standard error.
macro_rules! errln {
    ($($text:tt)*) => {
        $crate::console::write_error(format!("{}\n", format_args!($($text)*)).as_bytes())
    };
}

pub(crate) use {errln, out, outln};

// The progress bar on the terminal. Only one is drawn at a time: with `--jobs`, none is.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

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
