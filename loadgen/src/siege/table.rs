//! All options: siege's, then ours.

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flag {
    Version,
    Help,
    Config,
    Verbose,
    Quiet,
    Get,
    Print,
    Concurrent,
    Reps,
    Time,
    Delay,
    Benchmark,
    Internet,
    File,
    Rc,
    Log,
    Mark,
    Header,
    UserAgent,
    ContentType,
    Json,
    NoParser,
    NoFollow,
    Rate,
    FailBelow,
    Out,
    CaCert,
    Cert,
    Key,
    ServerName,
    Insecure,
    UnixSocket,
    Http2,
    H2c,
    Streams,
    View,
    NoView,
    Proxy,
    Slo,
    FindMax,
}

/// Whether an option has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Value,
    /// Only when it is attached: `-lFILE`, `--log=FILE`.
    Attached,
}

/// How an option is written.
pub(super) struct Spelling {
    pub flag: Flag,
    pub short: Option<char>,
    pub long: &'static str,
    pub takes: Takes,
}

const fn spelling(flag: Flag, short: Option<char>, long: &'static str, takes: Takes) -> Spelling {
    Spelling { flag, short, long, takes }
}

use Takes::{Attached, Nothing, Value};

pub(super) static TABLE: &[Spelling] = &[
    spelling(Flag::Version, Some('V'), "--version", Nothing),
    spelling(Flag::Help, Some('h'), "--help", Nothing),
    spelling(Flag::Config, Some('C'), "--config", Nothing),
    spelling(Flag::Verbose, Some('v'), "--verbose", Nothing),
    spelling(Flag::Quiet, Some('q'), "--quiet", Nothing),
    spelling(Flag::Get, Some('g'), "--get", Nothing),
    spelling(Flag::Print, Some('p'), "--print", Nothing),
    spelling(Flag::Concurrent, Some('c'), "--concurrent", Value),
    spelling(Flag::Reps, Some('r'), "--reps", Value),
    spelling(Flag::Time, Some('t'), "--time", Value),
    spelling(Flag::Delay, Some('d'), "--delay", Value),
    spelling(Flag::Benchmark, Some('b'), "--benchmark", Nothing),
    spelling(Flag::Internet, Some('i'), "--internet", Nothing),
    spelling(Flag::File, Some('f'), "--file", Value),
    spelling(Flag::Rc, Some('R'), "--rc", Value),
    spelling(Flag::Log, Some('l'), "--log", Attached),
    spelling(Flag::Mark, Some('m'), "--mark", Value),
    spelling(Flag::Header, Some('H'), "--header", Value),
    spelling(Flag::UserAgent, Some('A'), "--user-agent", Value),
    spelling(Flag::ContentType, Some('T'), "--content-type", Value),
    spelling(Flag::Json, Some('j'), "--json-output", Nothing),
    spelling(Flag::NoParser, Some('N'), "--no-parser", Nothing),
    spelling(Flag::NoFollow, Some('F'), "--no-follow", Nothing),
    spelling(Flag::Rate, None, "--rate", Value),
    spelling(Flag::FailBelow, None, "--fail-below", Value),
    spelling(Flag::Out, None, "--out", Value),
    spelling(Flag::CaCert, None, "--cacert", Value),
    spelling(Flag::Cert, None, "--cert", Value),
    spelling(Flag::Key, None, "--key", Value),
    spelling(Flag::ServerName, None, "--server-name", Value),
    spelling(Flag::Insecure, Some('k'), "--insecure", Nothing),
    spelling(Flag::UnixSocket, None, "--unix-socket", Value),
    spelling(Flag::Http2, None, "--http2", Nothing),
    spelling(Flag::H2c, None, "--h2c", Nothing),
    spelling(Flag::Streams, None, "--streams", Value),
    spelling(Flag::View, None, "--view", Nothing),
    spelling(Flag::NoView, None, "--no-view", Nothing),
    spelling(Flag::Proxy, Some('x'), "--proxy", Value),
    spelling(Flag::Slo, None, "--slo", Value),
    spelling(Flag::FindMax, None, "--find-max", Nothing),
];
