//! The folder of a run, with its reports.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brunt_reports::{Report, html, json, junit, markdown, windows_csv};

/// A random name for a run, for its log and for what it records on a cluster's objects.
pub fn new_id() -> String {
    format!("{:08x}", fastrand::u32(..))
}

/// Creates the folder of a run, named by time and scenario.
pub fn create(out: &Path, slug: &str) -> Result<PathBuf> {
    let time = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    // Runs of one scenario can begin in the same second: with `--jobs`, or in two terminals.
    for number in 1.. {
        let name =
            if number == 1 { format!("{time}-{slug}") } else { format!("{time}-{slug}-{number}") };
        let folder = out.join(name);
        std::fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
        match std::fs::create_dir(&folder) {
            Ok(()) => {
                brunt_local::note_folder(&folder)
                    .with_context(|| format!("cannot write in {}", folder.display()))?;
                return Ok(folder);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot create {}", folder.display()));
            }
        }
    }
    unreachable!("the numbers do not end")
}

/// Writes every kind of report into the run's folder; returns the path of the HTML page.
pub fn write(report: &Report, folder: &Path) -> Result<PathBuf> {
    write_file(&folder.join("report.json"), &json(report)?)?;
    write_file(&folder.join("scenario.yaml"), &report.origin.text)?;
    render(report, folder)
}

/// Writes the reports that are rendered from the JSON; returns the path of the HTML page.
pub fn render(report: &Report, folder: &Path) -> Result<PathBuf> {
    let page = folder.join("report.html");
    write_file(&page, &html(report)?)?;
    write_file(&folder.join("report.md"), &markdown(report)?)?;
    write_file(&folder.join("junit.xml"), &junit(report)?)?;
    write_file(&folder.join("report.csv"), &windows_csv(report)?)?;
    Ok(page)
}

/// Writes beside the path, then renames, so that a full disk leaves no part of a report under
/// the right name.
pub fn write_file(path: &Path, text: &str) -> Result<()> {
    let beside = path.with_extension("part");
    let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
    written.with_context(|| {
        let _ = std::fs::remove_file(&beside);
        format!("cannot write {}: make room, or choose another folder with --out", path.display())
    })
}
