//! What is wanted: help, one reply, a load of the options, or the loads of a file.

use super::flags::Flags;
use super::table::{Flag, OPTIONS};
use crate::error::LoadCliError;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Version,
    Config,
    Headers,
    Page,
    Load,
}

/// Options for what a load file does not define.
const MEANINGFUL: [Flag; 18] = [
    Flag::Quiet,
    Flag::Json,
    Flag::Out,
    Flag::View,
    Flag::NoView,
    Flag::CaCert,
    Flag::Cert,
    Flag::Key,
    Flag::ServerName,
    Flag::Insecure,
    Flag::Http2,
    Flag::H2c,
    Flag::Streams,
    Flag::Proxy,
    Flag::NoFollow,
    Flag::NoParser,
    Flag::Verbose,
    // Given by the program's name as well.
    Flag::Siege,
];

/// The load file among the operands, if there is one.
pub(crate) fn load_file(flags: &Flags) -> Option<&str> {
    // A URL may end in .yaml as well; a file has no scheme.
    let [only] = flags.operands.as_slice() else { return None };
    let is_file =
        [".yaml", ".yml"].iter().any(|ending| only.ends_with(ending)) && !only.contains("://");
    is_file.then_some(only)
}

/// What the options ask for.
pub(crate) fn action(flags: &Flags) -> Action {
    let asked = [
        (Flag::Help, Action::Help),
        (Flag::Version, Action::Version),
        (Flag::Config, Action::Config),
        (Flag::Get, Action::Headers),
        (Flag::Print, Action::Page),
    ];
    // The first of the list that was given counts, in whatever order they were written.
    asked.into_iter().find(|(flag, _)| flags.has(*flag)).map_or(Action::Load, |(_, action)| action)
}

/// Refuses options for what the load file defines.
pub(crate) fn check_beside_load_file(flags: &Flags) -> Result<(), LoadCliError> {
    let Some((foreign, _)) = flags.given.iter().find(|(flag, _)| !MEANINGFUL.contains(flag)) else {
        return Ok(());
    };
    let spelling = OPTIONS.iter().find(|spelling| spelling.flag == *foreign);
    Err(LoadCliError::NotWithFile(spelling.map_or("", |spelling| spelling.long)))
}
