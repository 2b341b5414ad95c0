//! `brunt report`

use anyhow::{Context, Result};
use brunt_reports::{IndexEntry, index};

use crate::cli::ReportArgs;
use crate::console::outln;
use crate::exit::Exit;
use crate::{earlier_runs, run_folder};

/// Renders the reports of earlier runs again, and a page over all of them.
pub fn report(options: &ReportArgs) -> Result<Exit> {
    let found = earlier_runs::read(&options.path)?;
    for one in &found {
        let page = run_folder::render(&one.report, &one.folder)?;
        outln!("{}", page.display());
    }
    if options.path.is_dir() && !options.path.join("report.json").is_file() {
        // Relative, so that the links still lead there when the folder is moved or served.
        let page = |folder: &std::path::Path| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            format!("{name}/report.html")
        };
        let pages: Vec<String> = found.iter().map(|one| page(&one.folder)).collect();
        let entries: Vec<IndexEntry<'_>> = found
            .iter()
            .zip(&pages)
            .map(|(one, page)| IndexEntry { report: &one.report, page })
            .collect();
        let path = options.path.join("index.html");
        run_folder::write_file(&path, &index(&entries).context("the index cannot be rendered")?)?;
        outln!("{}", path.display());
    }
    Ok(Exit::Pass)
}
