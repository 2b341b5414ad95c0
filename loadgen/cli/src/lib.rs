//! The load generator's command line: `brunt load`.
//!
//! Its options are siege's, so that a command line that works with siege works here, and prints the
//! same summary. Where siege is wrong, this is not: times have microseconds instead of ticks of 10
//! ms, the summary goes on with quantiles and errors by kind, the exit code says how the load
//! ended, and `-c` is not cut down to 255 users. Connections are kept alive unless the settings
//! file says otherwise, and a load without an end is refused. A settings file is only read when
//! `-R` names one. Redirects are followed, each hop counted as a request, unless `--no-follow` is
//! given. Pages are parsed when `--parser` or the settings file asks for it; siege parses them by
//! default.
//!
//! `args` reads what was written, `sources` makes requests of it, `run` and `find_max` put the load
//! on, `view` draws it, `output` prints the summary, and `export` writes files for other programs.

mod args;
#[cfg(test)]
mod docs;
mod error;
mod export;
mod fetch;
mod find_max;
mod limits;
mod output;
mod print_reply;
mod run;
mod signals;
mod sources;
mod streams;
mod view;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

pub use brunt_loadgen::grpc::GrpcError;
pub use error::{ExportError, LoadCliError, RequestProblem, SourceError, SourceProblem, UrlError};
pub use fetch::FetchError;
pub use limits::LimitResult;
pub use output::{CommandResult, LoadSummary, SiegeFigures};
pub use sources::{HarFile, HarRequests, LocalSecrets, UrlList};
use streams::LossyStderr;
pub use streams::OutputStreams;

use brunt_reports::Exit;

use args::{Action, Flags, Settings};

/// What `--help` prints.
const HELP: &str = include_str!("help.txt");

/// The whole command: runs it, prints errors on stderr, and returns its exit code. `arguments` are
/// those after `brunt load`.
pub fn main(arguments: &[String]) -> ExitCode {
    let mut out = std::io::stdout();
    let terminal = out.is_terminal() && view::has_terminal();
    exit_code(arguments, OutputStreams { out: &mut out, err: &mut LossyStderr, terminal })
}

/// The same, with this in place of standard error. It is taken for no terminal, so nothing
/// is drawn there.
pub fn main_with_messages(arguments: &[String], messages: &mut dyn Write) -> ExitCode {
    let mut out = std::io::stdout();
    exit_code(arguments, OutputStreams { out: &mut out, err: messages, terminal: false })
}

fn exit_code(arguments: &[String], streams: OutputStreams<'_>) -> ExitCode {
    let OutputStreams { out, err, terminal } = streams;
    match run(arguments, OutputStreams { out, err: &mut *err, terminal }) {
        Ok(result) => result.exit().into(),
        Err(error) => {
            // `eprintln!` panics where standard error is full.
            let _ = writeln!(err, "error: {error}");
            error.exit().into()
        }
    }
}

/// Does what the arguments (without the program's name) ask for, and prints the
/// results on `streams`.
///
/// # Errors
/// [`LoadCliError`] when it cannot be done at all; [`LoadCliError::exit`] is its exit code.
pub fn run(
    arguments: &[String],
    streams: OutputStreams<'_>,
) -> Result<CommandResult, LoadCliError> {
    let flags = Flags::parse(arguments)?;
    let action = args::action(&flags);
    let secrets = args::secrets_of(&flags);
    let command = secrets.mask(&output::command_line(arguments));
    if let Some(file) = args::load_file(&flags).filter(|_| action == Action::Load) {
        let file = file.to_owned();
        return run::load_file(flags, &file, &command, streams);
    }
    let settings = Settings::new(flags)?;
    match &settings.action {
        Action::Help => write!(streams.out, "{HELP}")?,
        Action::Version => writeln!(streams.out, "brunt load {}", env!("CARGO_PKG_VERSION"))?,
        Action::Config => write!(streams.out, "{}", args::siege_config(&settings))?,
        Action::Headers | Action::Page => return print_reply::print_reply(&settings, streams),
        Action::Load => {
            return match &settings.slo {
                Some(slo) if settings.find_max => {
                    find_max::find_max(&settings, slo, &command, streams)
                }
                _ => run::run(&settings, &command, streams),
            };
        }
    }
    Ok(CommandResult::of_exit(Exit::Pass))
}
