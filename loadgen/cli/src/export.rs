//! `--out`: a load's figures for other programs and for people, one file a format.

mod csv;
mod hdr;
mod html;
mod json;
mod latency;
mod otlp;
mod prometheus;
mod push;

use std::fs::File;
use std::io::Write;

pub(crate) use json::json;
pub(crate) use push::MetricsPush;

use crate::args::{ExportDestination, ExportFormat, ExportTarget};
use crate::error::{ExportError, LoadCliError};
use crate::output::LoadOutput;
use otlp::OtlpCollector;

/// An export whose file is open, so that it can be written when the load has ended.
#[derive(Debug)]
pub(crate) struct OpenExport<'a> {
    target: &'a ExportTarget,
    /// `None` for stdout and collectors.
    file: Option<File>,
}

/// Opens all files before the load starts: one that cannot be written must not cost a load.
pub(crate) fn open(targets: &[ExportTarget]) -> Result<Vec<OpenExport<'_>>, LoadCliError> {
    targets.iter().map(open_one).collect()
}

fn open_one(target: &ExportTarget) -> Result<OpenExport<'_>, LoadCliError> {
    let ExportTarget { destination, .. } = target;
    let file = match destination {
        ExportDestination::Stdout | ExportDestination::Url(_) => None,
        ExportDestination::File(path) => {
            Some(File::create(path).map_err(|error| failed(destination, error.into()))?)
        }
    };
    Ok(OpenExport { target, file })
}

/// Writes all exports. One that cannot be written does not keep the others from being. The first
/// such error is returned; any more are printed on stderr.
pub(crate) fn write(
    exports: Vec<OpenExport<'_>>,
    output: &LoadOutput<'_>,
    (out, err): (&mut dyn Write, &mut dyn Write),
) -> Result<(), LoadCliError> {
    let mut result = Ok(());
    for OpenExport { target, file } in exports {
        let written = write_one(target, file, output, out);
        let Err(error) = written.map_err(|error| failed(&target.destination, error)) else {
            continue;
        };
        match &result {
            Ok(()) => result = Err(error),
            // Where errors cannot be printed either, the files that are left still count.
            Err(_) => drop(writeln!(err, "error: {error}")),
        }
    }
    result
}

fn write_one(
    target: &ExportTarget,
    file: Option<File>,
    output: &LoadOutput<'_>,
    out: &mut dyn Write,
) -> Result<(), ExportError> {
    let text = render(target.format, output)?;
    match (file, &target.destination) {
        (Some(mut file), _) => file.write_all(text.as_bytes())?,
        (None, ExportDestination::Url(url)) => OtlpCollector::from_environment(url).send(text)?,
        (None, _) => out.write_all(text.as_bytes()).and_then(|()| out.flush())?,
    }
    Ok(())
}

fn render(format: ExportFormat, output: &LoadOutput<'_>) -> Result<String, ExportError> {
    let records = || output.outcomes.iter().map(|outcome| &outcome.record);
    match format {
        ExportFormat::Html => html::html(output),
        ExportFormat::Csv => Ok(records().map(csv::csv).collect::<Result<Vec<_>, _>>()?.join("\n")),
        ExportFormat::Hdr => hdr::hdr(records(), output.began),
        ExportFormat::Prom => Ok(prometheus::prometheus(output.outcomes)),
        ExportFormat::Json => Ok(json::json(output)),
        ExportFormat::Otlp => Ok(otlp::otlp(output.outcomes, output.began)),
    }
}

fn failed(destination: &ExportDestination, error: ExportError) -> LoadCliError {
    LoadCliError::Export { place: destination.to_string(), error: Box::new(error) }
}

#[cfg(test)]
mod tests;
