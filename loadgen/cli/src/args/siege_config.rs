//! `-C`: the settings, in siege's words.

use std::fmt::Write;

use brunt_loadgen::{Bound, RequestOrder, Reuse};

use super::display::{SummaryFormat, Verbosity};
use super::settings::Settings;

/// All settings, one a line.
pub(crate) fn siege_config(settings: &Settings) -> String {
    let mut text = String::from(
        "CURRENT  BRUNT LOAD  CONFIGURATION\n----------------------------------------------\n",
    );
    let (time, repetitions) = match settings.bound {
        None => (None, None),
        Some(Bound::Time(time)) => (Some(time), None),
        Some(Bound::Repetitions(each)) => (None, Some(each)),
        Some(Bound::Either(time, each)) => (Some(time), Some(each)),
    };
    let none = || "n/a".to_owned();
    let yes = |is: bool| is.to_string();
    let outputs: Vec<_> = settings.outputs.iter().map(ToString::to_string).collect();
    let rows = [
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("verbose", yes(settings.detail == Verbosity::Hits)),
        ("quiet", yes(settings.detail == Verbosity::Quiet)),
        ("protocol", settings.transport.version.to_string()),
        ("HTML parser", if settings.transport.parse { "enabled" } else { "disabled" }.to_owned()),
        ("get method", settings.get.to_string()),
        (
            "connection",
            if settings.reuse == Reuse::Yes { "keep-alive" } else { "close" }.to_owned(),
        ),
        ("concurrent users", settings.users.to_string()),
        ("time to run", time.map_or_else(none, |time| format!("{} secs", time.as_secs_f64()))),
        ("repetitions", repetitions.map_or_else(none, |each| each.to_string())),
        ("arrival rate", settings.rate.map_or_else(none, |rate| rate.to_string())),
        ("socket timeout", settings.timeout.as_secs_f64().to_string()),
        ("delay", format!("{:.3} sec", settings.delay.as_secs_f64())),
        ("internet simulation", yes(settings.order == RequestOrder::Random)),
        ("benchmark mode", yes(settings.delay.is_zero())),
        ("logging", yes(settings.log.file.is_some())),
        ("cookies", yes(settings.transport.cookies)),
        ("allow redirects", yes(settings.transport.follow)),
        ("json output", yes(settings.format == SummaryFormat::Json)),
        ("outputs", if outputs.is_empty() { none() } else { outputs.join(", ") }),
        ("fail below", settings.fail_below.map_or_else(none, |percent| percent.to_string())),
    ];
    for (name, value) in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<32}{value}", format!("{name}:"));
    }
    text
}
