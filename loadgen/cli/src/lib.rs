//! Siege's command line, with its habits and its summary, on this crate's engine.
//!
//! Where siege is wrong, this is not: times have microseconds instead of ticks of 10 ms, the
//! summary goes on with quantiles and errors by kind, the exit code says what came of it, and users
//! are not cut down to 255. Connections are kept alive unless the settings say otherwise, and a
//! load without an end is refused. A settings file is only read when `-R` names one. Redirects are
//! followed, each hop a hit, unless `--no-follow` is given. Pages are parsed when `--parser` or the
//! settings file asks for it; siege does so by itself.

mod config;
mod curve;
#[cfg(test)]
mod docs;
mod error;
mod exports;
mod fetch;
mod figures;
mod file;
mod find;
mod flags;
mod grpc;
mod har;
mod hits;
mod interval;
mod json;
mod limit;
mod log;
mod openapi;
mod outputs;
mod perform;
mod rc;
mod settings;
mod show;
mod summary;
mod table;
mod text;
mod told;
mod urls;
mod view;
mod watch;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

pub use error::SiegeError;
pub use figures::Figures;
pub use har::{Recorded, Recording};
pub use openapi::DocumentError;
pub use summary::{Exit, Findings, Summary};
pub use told::{MakePage, Searched, Told};
pub use urls::Urls;

pub use brunt_loadgen::grpc::GrpcError;
pub use limit::{Claim, Step};

use flags::Flags;
use settings::{Action, Settings};

/// What `--help` says.
const HELP: &str = include_str!("help.txt");

/// Where text goes.
pub struct Output<'a> {
    /// Results that were asked for: hits, pages, JSON.
    pub out: &'a mut dyn Write,
    /// Everything else.
    pub err: &'a mut dyn Write,
    /// Whether both are one terminal, with nothing else on it.
    pub terminal: bool,
    /// What makes pages of HTML, if anything does.
    pub page: Option<MakePage<'a>>,
}

/// The whole command, without pages of HTML: see [`main_with_pages`].
pub fn main(arguments: &[String]) -> ExitCode {
    main_with_pages(arguments, None)
}

/// The whole command: runs it, tells of errors on stderr, and exits by their code.
pub fn main_with_pages(arguments: &[String], page: Option<MakePage<'_>>) -> ExitCode {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let terminal = out.is_terminal() && view::is_there();
    let output = Output { out: &mut out, err: &mut err, terminal, page };
    match run(arguments, output) {
        Ok(summary) => ExitCode::from(summary.exit() as u8),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit() as u8)
        }
    }
}

/// Does what the arguments (without the program's name) ask, and prints what siege would and more.
///
/// # Errors
/// [`SiegeError`] when it cannot be done at all; [`SiegeError::exit`] is its exit code.
pub fn run(arguments: &[String], output: Output<'_>) -> Result<Summary, SiegeError> {
    let flags = Flags::parse(arguments)?;
    if let Some(file) =
        file::named(&flags).filter(|_| settings::action(&flags) == Action::Load).map(str::to_owned)
    {
        return file::run(flags, &file, output);
    }
    let settings = Settings::new(flags)?;
    match &settings.action {
        Action::Help => write!(output.out, "{HELP}")?,
        Action::Version => writeln!(output.out, "brunt load {}", env!("CARGO_PKG_VERSION"))?,
        Action::Config => write!(output.out, "{}", config::config(&settings)?)?,
        Action::Headers | Action::Page => return show::show(&settings, output),
        Action::Load => {
            return match &settings.slo {
                Some(slo) if settings.find_max => find::find(&settings, slo, output),
                _ => perform::perform(&settings, output),
            };
        }
    }
    Ok(Summary::nothing())
}
