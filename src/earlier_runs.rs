//! Reports of earlier runs, as they are on disk.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use brunt_reports::Report;

/// The largest file that is read, in bytes: some hundred times the report of a long run.
const LARGEST: u64 = 256 << 20;

/// The report of an earlier run.
pub struct EarlierRun {
    pub report: Report,
    /// The folder that the report is in, with its renderings.
    pub folder: PathBuf,
}

/// Reads a `report.json`, the one in a run's folder, or those in a folder of such
/// folders; oldest first.
///
/// # Errors
/// When there is none, or one of them cannot be read.
pub fn read(path: &Path) -> Result<Vec<EarlierRun>> {
    let mut found = vec![];
    if path.is_file() {
        found.push(one(path)?);
    } else if path.join("report.json").is_file() {
        found.push(one(&path.join("report.json"))?);
    } else {
        let folders =
            std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        for folder in folders {
            let report = folder?.path().join("report.json");
            if report.is_file() {
                found.push(one(&report)?);
            }
        }
    }
    if found.is_empty() {
        bail!(
            "{} holds no run: a run leaves a folder with a report.json (see `brunt run --out`)",
            path.display()
        );
    }
    found.sort_by_key(|found| found.report.origin.started);
    Ok(found)
}

fn one(path: &Path) -> Result<EarlierRun> {
    let length = std::fs::metadata(path).map_or(0, |file| file.len());
    if length > LARGEST {
        bail!("{} is no report: it has {} MiB", path.display(), length >> 20);
    }
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let report = brunt_reports::read(&text)
        .with_context(|| format!("{} cannot be read as a report", path.display()))?;
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    Ok(EarlierRun { report, folder })
}
