//! `--out FORMAT=PLACE`: what is written, and where to.

use std::fmt;
use std::path::PathBuf;

use brunt_scenarios::source::nearest;

use super::otlp_endpoint;
use crate::error::LoadCliError;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExportFormat {
    /// A line a window.
    Csv,
    /// An HdrHistogram log, an interval a window.
    Hdr,
    /// Prometheus' text format, the whole load.
    Prom,
    /// A page for people.
    Html,
    /// All figures of all loads.
    Json,
    /// Metrics for a collector.
    Otlp,
}

const FORMATS: [(&str, ExportFormat); 6] = [
    ("csv", ExportFormat::Csv),
    ("hdr", ExportFormat::Hdr),
    ("prom", ExportFormat::Prom),
    ("html", ExportFormat::Html),
    ("json", ExportFormat::Json),
    ("otlp", ExportFormat::Otlp),
];

/// Where figures go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExportDestination {
    Stdout,
    File(PathBuf),
    /// A collector of OTLP over HTTP.
    Url(String),
}

/// A file that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportTarget {
    pub format: ExportFormat,
    pub destination: ExportDestination,
}

impl ExportTarget {
    /// Reads `FORMAT=FILE`, or `otlp` alone for the collector that the environment names.
    pub fn parse(written: &str) -> Result<Self, LoadCliError> {
        if written == "otlp" {
            return Ok(Self {
                format: ExportFormat::Otlp,
                destination: ExportDestination::Url(otlp_endpoint::from_environment(&environment)?),
            });
        }
        let (name, file) = written
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| LoadCliError::BadValue {
                option: "--out".to_owned(),
                value: written.to_owned(),
                example: "--out csv=windows.csv",
            })?;
        let found = FORMATS.iter().find(|(format, _)| *format == name);
        let (_, format) = found.ok_or_else(|| LoadCliError::UnknownFormat {
            format: name.to_owned(),
            nearest: nearest(name, &FORMATS.map(|(format, _)| format)),
        })?;
        let destination = match format {
            ExportFormat::Otlp if file != "-" => ExportDestination::Url(otlp_endpoint::url(file)?),
            _ if file == "-" => ExportDestination::Stdout,
            _ => ExportDestination::File(PathBuf::from(file)),
        };
        Ok(Self { format: *format, destination })
    }
}

impl fmt::Display for ExportDestination {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => out.write_str("stdout"),
            Self::File(path) => path.display().fmt(out),
            Self::Url(url) => out.write_str(url),
        }
    }
}

impl fmt::Display for ExportTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            FORMATS.iter().find(|(_, format)| *format == self.format).map_or("", |(name, _)| name);
        write!(out, "{name} to {}", self.destination)
    }
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_read_from_its_option() {
        let read = |written: &str| match ExportTarget::parse(written) {
            Ok(target) => target.to_string(),
            Err(error) => format!("error: {error}"),
        };
        let lines = [
            "csv=a.csv",
            "hdr=-",
            "prom=a=b",
            "cvs=a",
            "promm=a",
            "xml=a",
            "CSV=a",
            "csv",
            "csv=",
            "=a",
            "",
        ];
        let all = lines.map(|line| format!("{line}\n    {}", read(line)));
        insta::assert_snapshot!(all.join("\n"));
    }
}
