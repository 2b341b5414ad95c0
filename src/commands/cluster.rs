//! `brunt up` and `brunt down` on a cluster: what `kubectl apply` and `delete` would do with the
//! built-in manifests.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use brunt_kubernetes::{Cluster, ClusterTarget, Keep, Manifest, WorkloadStatus};

use crate::builtin;
use crate::cli::{Down, Platform, Up};
use crate::console::outln;
use crate::exit::Exit;

const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Applies the system, and waits until all of it is ready.
pub fn up(options: &Up) -> Result<Exit> {
    if options.data.is_some() || options.fresh || options.free_ports || options.port_offset > 0 {
        bail!("--data, --fresh, --free-ports and --port-offset are for systems on this machine");
    }
    let manifest = manifest(options)?;
    super::runtime()?.block_on(async {
        let cluster = reach(&options.system, &options.cluster.place()).await?;
        cluster.apply(&manifest).await?;
        let namespace = &cluster.namespace;
        outln!(
            "{}: {} objects are applied in the namespace {namespace}",
            options.system,
            manifest.len()
        );
        until_ready(&cluster, &manifest, options.within.0).await?;
        outln!(
            "{} is up. Come in by: kubectl port-forward -n {namespace} service/gateway 8080",
            options.system
        );
        Ok(Exit::Pass)
    })
}

/// Removes the system from the cluster.
pub fn down(options: &Down) -> Result<Exit> {
    if options.on == Platform::Local {
        bail!("a system on this machine stops with its `brunt up`; did you mean --on kubernetes?");
    }
    let mut manifest = built_in(&options.system)?;
    for part in builtin::ENGINES {
        manifest.put_first(Manifest::parse(part)?);
    }
    let keep = if options.volumes { Keep::Nothing } else { Keep::Volumes };
    super::runtime()?.block_on(async {
        let cluster = reach(&options.system, &options.cluster.place()).await?;
        manifest.into_namespace(&cluster.namespace);
        let removed = cluster.remove(&manifest, keep).await?;
        outln!(
            "{}: {removed} objects are removed from the namespace {}",
            options.system,
            cluster.namespace
        );
        if keep == Keep::Volumes {
            outln!("The namespace and its volumes are kept; --volumes removes them too.");
        }
        Ok(Exit::Pass)
    })
}

/// A system's namespace has its name unless another is asked for; the context's own is not meant.
async fn reach(system: &str, place: &ClusterTarget) -> Result<Cluster> {
    let mut place = place.clone();
    place.namespace.get_or_insert_with(|| system.to_owned());
    Ok(Cluster::connect_unchecked(&place).await?)
}

fn built_in(system: &str) -> Result<Manifest> {
    let text = builtin::manifest(system).with_context(|| {
        let names: Vec<&str> = builtin::SYSTEMS.iter().map(|system| system.name).collect();
        format!(
            "there are manifests for built-in systems alone ({}); apply your own with kubectl",
            names.join(", ")
        )
    })?;
    Ok(Manifest::parse(text)?)
}

fn manifest(options: &Up) -> Result<Manifest> {
    let mut manifest = built_in(&options.system)?;
    let [kafka, postgres] = builtin::ENGINES;
    match &options.event_log {
        Some(url) => manifest.set("ConfigMap", "settings", "EVENT_LOG", url)?,
        None => manifest.put_first(Manifest::parse(kafka)?),
    }
    match &options.store {
        Some(url) => manifest.set("Secret", "store", "STORE", url)?,
        None => manifest.put_first(Manifest::parse(postgres)?),
    }
    manifest.use_image("brunt", &options.image);
    manifest.into_namespace(options.cluster.namespace.as_ref().unwrap_or(&options.system));
    Ok(manifest)
}

async fn until_ready(cluster: &Cluster, manifest: &Manifest, within: Duration) -> Result<()> {
    let started = Instant::now();
    let mut said = String::new();
    loop {
        let all = cluster.rollout_status(manifest).await?;
        let now = all.iter().map(one_line).collect::<Vec<_>>().join("  ");
        if now != said {
            outln!("{:5.1} s  {now}", started.elapsed().as_secs_f64());
            std::io::stdout().flush()?;
            said = now;
        }
        if all.iter().all(WorkloadStatus::complete) {
            return Ok(());
        }
        if started.elapsed() > within {
            let troubles = cluster.unready_pods().await?.join("\n  ");
            bail!(
                "not everything is ready after {} s; what there is stays:\n  {troubles}",
                within.as_secs()
            );
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn one_line(one: &WorkloadStatus) -> String {
    format!("{} {}/{}", one.name, one.ready, one.wanted)
}
