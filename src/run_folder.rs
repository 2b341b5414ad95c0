//! The folder of a run, with its reports.

use std::fs::{File, OpenOptions};
use std::io::Write;
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
        brunt_local::refuse_links(out)
            .and_then(|()| std::fs::create_dir_all(out))
            .with_context(|| format!("cannot create {}", out.display()))?;
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
/// the right name. Only the user can read it: a system's replies may be in it.
pub fn write_file(path: &Path, text: &str) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{:08x}.part", fastrand::u32(..)));
    let allowed = brunt_local::refuse_links(path.parent().unwrap_or(path));
    let written = allowed.and_then(|()| create_new(&beside)).and_then(|mut file| {
        let written = file.write_all(text.as_bytes()).and_then(|()| std::fs::rename(&beside, path));
        written.inspect_err(|_| drop(std::fs::remove_file(&beside)))
    });
    written.with_context(|| {
        format!("cannot write {}: make room, or choose another folder with --out", path.display())
    })
}

/// Fails where there is something already, also a link that somebody else put there.
fn create_new(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_never_written_through_a_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let [precious, report] = ["precious", "report.json"].map(|name| folder.path().join(name));
        std::fs::write(&precious, "precious").unwrap();
        for link in ["report.json", "report.part"] {
            std::os::unix::fs::symlink(&precious, folder.path().join(link)).unwrap();
        }
        write_file(&report, "{}").unwrap();
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "precious");
        assert_eq!(std::fs::read_to_string(&report).unwrap(), "{}");
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 3, "nothing else stays behind");
    }
}
