//! What is said on standard output. Whoever reads may leave before the end (`| head`): that changes
//! no verdict.

use std::fmt::Arguments;
use std::io::Write;

/// Says a line.
macro_rules! say {
    ($($what:tt)*) => { $crate::say::line(format_args!($($what)*)) };
}

/// Says something that has its own line ends.
macro_rules! put {
    ($($what:tt)*) => { $crate::say::text(format_args!($($what)*)) };
}

pub(crate) use {put, say};

pub fn line(what: Arguments<'_>) {
    text(format_args!("{what}\n"));
}

pub fn text(what: Arguments<'_>) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_fmt(what).and_then(|()| out.flush());
}
