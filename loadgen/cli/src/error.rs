//! What can be wrong with a siege.

use std::io;
use std::path::PathBuf;

use super::{DocumentError, Exit, GrpcError};
use brunt_loadgen::StartError;
use brunt_loadgen::{AddressError, JobError, Request, SingleRequestError};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum SiegeError {
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
        /// What it could mean.
        choices: String,
    },
    /// An option that needs a value.
    #[error("`{0}` needs a value")]
    MissingValue(String),
    /// An option that takes none.
    #[error("`{0}` takes no value")]
    SurplusValue(String),
    /// A value that cannot be read.
    #[error("`{value}` is not a value of {option}: write it like {example}")]
    BadValue {
        /// The option or setting.
        option: String,
        /// Its value.
        value: String,
        /// A good one.
        example: &'static str,
    },
    /// A format of `--out` that does not exist.
    #[error("there is no output format `{format}`: there are csv, hdr, prom, json, html and otlp{}", hint(*.nearest))]
    UnknownFormat {
        /// As it was written.
        format: String,
        /// The one that was probably meant.
        nearest: Option<&'static str>,
    },
    /// Several outputs for one place.
    #[error("{0} would hold more than one output: give each a file of its own")]
    SharedOutput(String),
    /// Outputs, but no load.
    #[error("--out needs a load: -g and -p ask only once")]
    OutputsWithoutLoad,
    /// A page that nothing makes.
    #[error("this program makes no pages: use `brunt load` for --out html")]
    NoPages,
    /// A search without anything that must hold.
    #[error("--find-max needs what must hold: --slo p99=200ms,errors=0.1%")]
    NoSlo,
    /// A search that is bounded by requests.
    #[error(
        "--find-max makes steps of a time each, so -r means nothing to it: -t 10S, or nothing for 5 s"
    )]
    StepsWithoutTime,
    /// A search whose figures cannot be written so.
    #[error("--find-max writes a page only: --out html=FILE, or -j for JSON")]
    SearchOutput,
    /// A view without a terminal.
    #[error("there is no terminal to draw on: leave out --view, or run it on one")]
    NoTerminal,
    /// Neither a URL nor a file of them.
    #[error("no URL: give one, or a file of them with -f")]
    NoUrl,
    /// More than one URL.
    #[error(
        "more than one URL, such as `{0}`: put them into a file and give it with -f, one a line"
    )]
    ManyUrls(String),
    /// A load without an end.
    #[error("this load has no end: give it a time (-t 60S) or a number of repetitions (-r 100)")]
    Endless,
    /// A rate without a time.
    #[error("--rate needs a time as well: -t 60S; repetitions do not bound a schedule")]
    RateWithoutTime,
    /// Half a client's certificate.
    #[error("--key needs a certificate as well: --cert FILE")]
    KeyWithoutCert,
    /// What is wrong with a load file.
    #[error("{}", .0.trim_end())]
    LoadFile(String),
    /// An option that a load file leaves no room for.
    #[error("{0} means nothing beside a load file: the file says it")]
    NotWithFile(&'static str),
    /// A file that cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A line that cannot be read.
    #[error("{place}: {what}")]
    Line {
        /// File and line.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Two options that say where requests come from.
    #[error("{0} and {1} both say where requests come from: give one of them")]
    TwoSources(&'static str, &'static str),
    /// An option that means nothing by itself.
    #[error("{option} means nothing without {needs}")]
    Lonely {
        /// The option.
        option: &'static str,
        /// The one that it needs.
        needs: &'static str,
    },
    /// Somebody is to log in, and nobody stays for more than one request.
    #[error(
        "login-url is for users that stay: it does not go with --rate, --find-max, --grpc or --pauses"
    )]
    LoginOfNobody,
    /// A warm-up without anything after it.
    #[error("the warm-up takes all of the load's time: there would be nothing to count")]
    AllWarmUp,
    /// Two options that say the opposite.
    #[error("--parser and --no-parser cannot both be")]
    BothParsers,
    /// A call of gRPC that cannot be made.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// A document without requests.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A URL that cannot be used.
    #[error(transparent)]
    Url(#[from] JobError),
    /// The load cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The one request of -g or -p got no reply.
    #[error("{address}: {error}")]
    NoReply {
        /// Host and port.
        address: String,
        /// Why.
        #[source]
        error: SingleRequestError,
    },
    /// A document or a collector that answers with an error.
    #[error("{url}: it answers {status}")]
    Refused {
        /// What was asked for.
        url: String,
        /// The status of the reply, which is not a 2xx.
        status: u16,
    },
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl From<AddressError> for SiegeError {
    fn from(error: AddressError) -> Self {
        Self::Url(error.into())
    }
}

impl SiegeError {
    /// Of one request that got no reply.
    pub(crate) fn single(request: &Request, error: SingleRequestError) -> Self {
        Self::NoReply { address: request.address.to_string(), error }
    }

    /// The exit code that goes with it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::NoReply {
                error:
                    SingleRequestError::Request(_)
                    | SingleRequestError::Lookup { .. }
                    | SingleRequestError::Tls(_),
                ..
            } => Exit::Wrong,
            Self::NoReply { .. }
            | Self::Refused { .. }
            | Self::Output(_)
            | Self::Start(StartError::Thread(_)) => Exit::Inconclusive,
            _ => Exit::Wrong,
        }
    }
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default()
}
