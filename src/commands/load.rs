//! `brunt load`: the load generator's command line.

use std::process::ExitCode;

use crate::console::{self, MessageLines};
use crate::logging::Hold;

/// Does what the arguments say.
pub fn load(arguments: &[String]) -> ExitCode {
    if console::writes_json() {
        return brunt_loadgen_cli::main_with_messages(arguments, &mut MessageLines::default());
    }
    // The view draws on the whole terminal, so log lines wait for its end.
    let _hold = Hold::on_terminal();
    brunt_loadgen_cli::main(arguments)
}
