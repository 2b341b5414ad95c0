//! The binary as a user meets it: command lines in, exit codes, messages and files out.
#![allow(clippy::unwrap_used)]

mod bad_input;
mod browser;
mod built_in;
mod busy_machine;
mod data_folder;
mod docs;
mod earlier_runs;
mod exit_codes;
mod files;
mod ledgers;
mod logging;
mod nothing_left;
mod own_system;
mod power_loss;
mod program;
mod secrets;
mod watch;
mod workplace;
