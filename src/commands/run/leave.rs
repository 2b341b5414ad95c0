//! `brunt run --leave-report`: the report as a ConfigMap in the namespace.

use std::path::Path;

use anyhow::{Context, Result};
use brunt_kubernetes::{Cluster, ReportFile};

use crate::cli::PlatformArgs;
use crate::commands::platform;
use crate::files::Planned;
use crate::runtime;

// The files of a run, the most important first: a ConfigMap holds 1 MiB.
const FILES: [&str; 4] = ["report.md", "report.html", "report.json", "junit.xml"];

/// Stores the files beside an HTML page in the namespace. Returns lines that say where.
pub fn report(planned: &Planned, page: &Path, args: &PlatformArgs) -> Result<String> {
    let folder = page.parent().unwrap_or(page);
    let read = |name: &&str| {
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        anyhow::Ok(ReportFile { name: (*name).to_owned(), text })
    };
    let leaves = FILES.iter().map(read).collect::<Result<Vec<_>>>()?;
    let name = called(&planned.slug);
    let place = platform::cluster_target(&planned.plan.system, args);
    let left_out = runtime::new()?.block_on(async {
        let cluster = Cluster::connect(&place).await?;
        anyhow::Ok(cluster.report_to_configmap(&name, &leaves).await?)
    })?;
    let mut lines = format!("\n  left in the namespace: configmap/{name}\n");
    for name in left_out {
        lines += &format!("  too long to be left there: {name}\n");
    }
    Ok(lines)
}

/// A valid name for Kubernetes: small letters, digits and hyphens, at most 63.
fn called(slug: &str) -> String {
    let allowed = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let name: String =
        format!("brunt-report-{slug}").to_lowercase().chars().map(allowed).take(63).collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::called;

    #[test]
    fn the_report_s_configmap_has_a_name_that_kubernetes_takes() {
        assert_eq!(called("pod-killed"), "brunt-report-pod-killed");
        assert_eq!(called("Büro_1.x-"), "brunt-report-b-ro-1-x");
        assert_eq!(called(&"a".repeat(99)).len(), 63);
    }
}
