//! Why a command of the load generator cannot be carried out.

mod export;
mod source;

use std::io;
use std::path::PathBuf;

use brunt_loadgen::grpc::GrpcError;
use brunt_loadgen::{AddressError, JobError, StartError};
use brunt_reports::Exit;
use brunt_scenarios::Diagnostic;
use brunt_scenarios::template::SecretError;

pub use export::ExportError;
pub use source::{RequestProblem, SourceError, SourceProblem, UrlError};

use crate::fetch::FetchError;

/// Why a command cannot be carried out, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum LoadCliError {
    /// An option that does not exist.
    #[error("there is no option `{option}`{}", hint(*.nearest))]
    UnknownOption {
        /// As it was written.
        option: String,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The beginning of more than one option.
    #[error("`{option}` could mean {choices}")]
    Ambiguous {
        /// As it was written.
        option: String,
        /// The options that begin like it, with `or` between them.
        choices: String,
    },
    /// An option without the value that it needs.
    #[error("`{0}` needs a value")]
    MissingValue(String),
    /// An option with a value where it takes none.
    #[error("`{0}` takes no value")]
    SurplusValue(String),
    /// A value that cannot be read.
    #[error("`{value}` is not a value of {option}: write it like {example}")]
    BadValue {
        /// The option, or the key of the settings file.
        option: String,
        /// As it was written.
        value: String,
        /// One that can be read.
        example: &'static str,
    },
    /// A value beyond what any generator can do.
    #[error("`{value}` is too much for {option}: at most {most}")]
    TooMuch {
        /// The option, or the key of the settings file.
        option: String,
        /// As it was written.
        value: String,
        /// The most that it may be, with its unit.
        most: String,
    },
    /// A format of `--out` that does not exist.
    #[error(
        "there is no output format `{format}`: there are csv, hdr, prom, json, html and otlp{}",
        hint(*.nearest)
    )]
    UnknownFormat {
        /// As it was written.
        format: String,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Several outputs to the same file, or to stdout.
    #[error("{0} would hold more than one output: give each a file of its own")]
    SharedOutput(String),
    /// `--out` beside `-g` or `-p`.
    #[error("--out needs a load: -g and -p ask only once")]
    OutputsWithoutLoad,
    /// `--find-max` without limits.
    #[error("--find-max needs what must hold: --slo p99=200ms,errors=0.1%")]
    NoSlo,
    /// `--find-max` with repetitions in place of a time.
    #[error(
        "--find-max makes steps of a time each, so -r means nothing to it: \
         -t 10S, or nothing for 5 s"
    )]
    StepsWithoutTime,
    /// `--find-max` with another output than HTML.
    #[error("--find-max writes a page only: --out html=FILE, or -j for JSON")]
    SearchOutput,
    /// `--view` without a terminal.
    #[error("there is no terminal to draw on: leave out --view, or run it on one")]
    NoTerminal,
    /// Neither a URL nor a file of them.
    #[error("no URL: give one, or a file of them with -f")]
    NoUrl,
    /// More than one URL on the command line.
    #[error(
        "more than one URL, such as `{0}`: put them into a file and give it with -f, one a line"
    )]
    ManyUrls(String),
    /// A load that neither a time nor a number of requests ends.
    #[error("this load has no end: give it a time (-t 60S) or a number of repetitions (-r 100)")]
    Endless,
    /// `--rate` with repetitions only.
    #[error("--rate needs a time as well: -t 60S; repetitions do not bound a schedule")]
    RateWithoutTime,
    /// `--key` without `--cert`.
    #[error("--key needs a certificate as well: --cert FILE")]
    KeyWithoutCert,
    /// A load file with problems, each with its line and column.
    #[error("{}", all(.0))]
    LoadFile(Vec<Diagnostic>),
    /// A secret of a load file without a value.
    #[error("{}", with_cause(.0))]
    Secret(#[from] SecretError),
    /// An option for what the load file defines.
    #[error("{0} means nothing beside a load file: the file says it")]
    NotWithFile(&'static str),
    /// A file that cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// As it was given.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        error: io::Error,
    },
    /// An export that cannot be made or written.
    #[error("{place}: {error}")]
    Export {
        /// The file, `stdout`, or the collector's URL.
        place: String,
        /// Why the figures are not there.
        #[source]
        error: Box<ExportError>,
    },
    /// A line of a file of URLs that is no request.
    #[error("{place}: {error}")]
    Line {
        /// The file's name and the line's number: `urls.txt:2`.
        place: String,
        /// What is wrong with the line.
        #[source]
        error: UrlError,
    },
    /// A URL that is no request.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Two options that say where requests come from.
    #[error("{0} and {1} both say where requests come from: give one of them")]
    TwoSources(&'static str, &'static str),
    /// An option that means nothing without another one.
    #[error("{option} means nothing without {needs}")]
    NeedsOption {
        /// The option that was given.
        option: &'static str,
        /// The option that is missing.
        needs: &'static str,
    },
    /// `proxy-login` in a settings file.
    #[error(
        "proxy-login is not supported: use a proxy that asks for no name and password, and leave \
         the key out"
    )]
    ProxyLogin,
    /// `login-url` with a load whose users make one request each.
    #[error(
        "login-url is for users that stay: it does not go with --rate, --find-max, --grpc or \
         --pauses"
    )]
    LoginWithoutUsers,
    /// A warm-up that is as long as the load.
    #[error("the warm-up takes all of the load's time: there would be nothing to count")]
    WarmUpTooLong,
    /// `--parser` beside `--no-parser`.
    #[error("--parser and --no-parser cannot both be")]
    BothParsers,
    /// A gRPC method that cannot be called.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// An OpenAPI document or a HAR file without requests.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An address of an option that cannot be used.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A load of a file that cannot be made into a job.
    #[error(transparent)]
    Job(#[from] JobError),
    /// A load that cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// A single request, of `-g`, `-p` or a document, without a reply.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A stream that cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl LoadCliError {
    /// The exit code that goes with it: [`Exit::Invalid`] for what the user has to change,
    /// such as an output that is full, [`Exit::Inconclusive`] for what this machine or a server
    /// failed to do.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Fetch(error) if error.is_of_the_request() => Exit::Invalid,
            Self::Fetch(_) | Self::Start(StartError::Thread(_)) => Exit::Inconclusive,
            _ => Exit::Invalid,
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}

fn with_cause(error: &SecretError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

fn all(problems: &[Diagnostic]) -> String {
    let all: String = problems.iter().map(ToString::to_string).collect();
    all.trim_end().to_owned()
}
