//! `brunt report`

use anyhow::{Context, Result};
use brunt_reports::{IndexEntry, index};

use crate::cli::Report;
use crate::console::outln;
use crate::exit::Exit;
use crate::{output, runs};

/// Renders the reports of earlier runs again, and a page over all of them.
pub fn report(options: &Report) -> Result<Exit> {
    let found = runs::read(&options.path)?;
    for one in &found {
        let page = output::render(&one.report, &one.folder)?;
        outln!("{}", page.display());
    }
    if options.path.is_dir() && !options.path.join("report.json").is_file() {
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
        output::write_file(&path, &index(&entries).context("the index cannot be rendered")?)?;
        outln!("{}", path.display());
    }
    Ok(Exit::Pass)
}
