//! The report of a run, left in the namespace.

use std::path::Path;

use anyhow::{Context, Result};
use brunt_kubernetes::{Cluster, ReportFile};

use crate::cli::PlatformArgs;
use crate::commands::platform;
use crate::files::Planned;
use crate::runtime;

/// What is left of a run, the most important first.
const FILES: [&str; 4] = ["report.md", "report.html", "report.json", "junit.xml"];

/// Leaves what stands beside a page in the namespace of a run. Says where.
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
    let place = platform::cluster_target(&planned.plan.system.name, args);
    let left_out = runtime::new()?.block_on(async {
        let cluster = Cluster::connect(&place).await?;
        anyhow::Ok(cluster.report_to_configmap(&name, &leaves).await?)
    })?;
    let mut said = format!("\n  left in the namespace: configmap/{name}\n");
    for name in left_out {
        said += &format!("  too long to be left there: {name}\n");
    }
    Ok(said)
}

/// A name as Kubernetes takes it: small letters, digits and hyphens, 63 at most.
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
    fn a_name_is_one_that_kubernetes_takes() {
        assert_eq!(called("pod-killed"), "brunt-report-pod-killed");
        assert_eq!(called("Büro_1.x-"), "brunt-report-b-ro-1-x");
        assert_eq!(called(&"a".repeat(99)).len(), 63);
    }
}
