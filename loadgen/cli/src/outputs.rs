//! `--out`: a load's figures as files that other tools read.

mod csv;
mod hdr;
mod json;
mod otlp;
mod prom;

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use brunt_scenarios::source::nearest;

use super::{MakePage, SiegeError, Told};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileFormat {
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

const FORMATS: [(&str, FileFormat); 6] = [
    ("csv", FileFormat::Csv),
    ("hdr", FileFormat::Hdr),
    ("prom", FileFormat::Prom),
    ("html", FileFormat::Html),
    ("json", FileFormat::Json),
    ("otlp", FileFormat::Otlp),
];

/// Where figures go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Stdout,
    File(PathBuf),
    /// A collector of OTLP over HTTP.
    Url(String),
}

/// A file that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileOutput {
    pub format: FileFormat,
    pub place: Place,
}

/// A file that is ready to be written.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    output: &'a FileOutput,
    /// `None` for stdout.
    file: Option<File>,
}

impl FileOutput {
    /// Reads `FORMAT=FILE`, or `otlp` alone for the collector that the environment names.
    pub fn parse(written: &str) -> Result<Self, SiegeError> {
        if written == "otlp" {
            return Ok(Self {
                format: FileFormat::Otlp,
                place: Place::Url(otlp::url_of(&environment)?),
            });
        }
        let (name, file) = written
            .split_once('=')
            .filter(|(_, file)| !file.is_empty())
            .ok_or_else(|| SiegeError::BadValue {
                option: "--out".to_owned(),
                value: written.to_owned(),
                example: "--out csv=windows.csv",
            })?;
        let found = FORMATS.iter().find(|(format, _)| *format == name);
        let (_, format) = found.ok_or_else(|| SiegeError::UnknownFormat {
            format: name.to_owned(),
            nearest: nearest(name, &FORMATS.map(|(format, _)| format)),
        })?;
        let place = match format {
            FileFormat::Otlp if file != "-" => Place::Url(otlp::url(file)?),
            _ if file == "-" => Place::Stdout,
            _ => Place::File(PathBuf::from(file)),
        };
        Ok(Self { format: *format, place })
    }

    /// Whom metrics are sent to while the load runs, if it is such an output.
    pub fn collector(&self) -> Option<Collector> {
        match &self.place {
            Place::Url(url) => Some(Collector::new(url, &environment)),
            Place::Stdout | Place::File(_) => None,
        }
    }

    fn open(&self) -> Result<Opened<'_>, SiegeError> {
        let file = match &self.place {
            Place::Stdout | Place::Url(_) => None,
            Place::File(path) => {
                Some(File::create(path).map_err(|error| wrong(&self.place, error))?)
            }
        };
        Ok(Opened { output: self, file })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => out.write_str("stdout"),
            Self::File(path) => path.display().fmt(out),
            Self::Url(url) => out.write_str(url),
        }
    }
}

impl fmt::Display for FileOutput {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            FORMATS.iter().find(|(_, format)| *format == self.format).map_or("", |(name, _)| name);
        write!(out, "{name} to {}", self.place)
    }
}

/// All figures as JSON.
pub(super) use json::json;
pub(super) use otlp::{Collector, Exported, metrics};

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Opens all files, so that one that cannot be written is told of before the load starts.
pub(super) fn open(
    outputs: &[FileOutput],
    makes_pages: bool,
) -> Result<Vec<Opened<'_>>, SiegeError> {
    if !makes_pages && outputs.iter().any(|output| output.format == FileFormat::Html) {
        return Err(SiegeError::NoPages);
    }
    outputs.iter().map(FileOutput::open).collect()
}

/// Writes all files. One that cannot be written does not keep the others from being. The first such
/// error is returned, and stderr told of any more.
pub(super) fn write(
    opened: Vec<Opened<'_>>,
    told: &Told<'_>,
    page: Option<MakePage<'_>>,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), SiegeError> {
    let mut result = Ok(());
    for Opened { output, file } in opened {
        let written =
            text(output.format, told, page).and_then(|text| match (file, &output.place) {
                (Some(mut file), _) => file.write_all(text.as_bytes()),
                (None, Place::Url(url)) => Collector::new(url, &environment).send(text),
                (None, _) => out.write_all(text.as_bytes()).and_then(|()| out.flush()),
            });
        let Err(error) = written.map_err(|error| wrong(&output.place, error)) else { continue };
        match &result {
            Ok(()) => result = Err(error),
            // Where errors cannot be told either, the files that are left still count.
            Err(_) => drop(writeln!(err, "error: {error}")),
        }
    }
    result
}

fn text(format: FileFormat, told: &Told<'_>, page: Option<MakePage<'_>>) -> io::Result<String> {
    if format == FileFormat::Html {
        let page =
            page.ok_or_else(|| io::Error::other("this program makes no pages; brunt load does"))?;
        return page(told).map_err(io::Error::other);
    }
    let records = || told.outcomes.iter().map(|outcome| &outcome.record);
    match format {
        FileFormat::Html => Ok(String::new()),
        FileFormat::Csv => Ok(records().map(csv::csv).collect::<Vec<_>>().join("\n")),
        FileFormat::Hdr => hdr::hdr(records(), told.began),
        FileFormat::Prom => Ok(prom::prom(told.outcomes)),
        FileFormat::Json => Ok(json::json(told)),
        FileFormat::Otlp => Ok(otlp::otlp(told.outcomes, told.began)),
    }
}

fn wrong(place: &Place, error: io::Error) -> SiegeError {
    SiegeError::File { path: PathBuf::from(place.to_string()), error }
}

#[cfg(test)]
mod tests;
