//! `brunt up` and `brunt down` on a cluster: `kubectl apply` and `delete` of the built-in
//! manifests.

use std::io::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use brunt_kubernetes::{Cluster, ClusterTarget, Manifest, Retain, WorkloadStatus};

use crate::builtin;
use crate::cli::{DownArgs, PlatformKind, UpArgs};
use crate::console::outln;
use crate::exit::Exit;
use crate::runtime;

/// Time between two looks at what is ready.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// Applies a system's objects and waits until all replicas are ready.
pub fn up(options: &UpArgs) -> Result<Exit> {
    if options.data.is_some() || options.fresh || options.free_ports || options.port_offset > 0 {
        bail!(
            "--data, --fresh, --free-ports and --port-offset are only for systems on this machine"
        );
    }
    let manifest = manifest(options)?;
    runtime::new()?.block_on(async {
        let cluster = connect(&options.system, &options.cluster.target()).await?;
        cluster.apply(&manifest).await?;
        let namespace = &cluster.namespace;
        outln!(
            "{}: {} objects are applied in the namespace {namespace}",
            options.system,
            manifest.len()
        );
        until_ready(&cluster, &manifest, options.within.0).await?;
        outln!(
            "{} is up. To reach it: kubectl port-forward -n {namespace} service/gateway 8080",
            options.system
        );
        Ok(Exit::Pass)
    })
}

/// Removes a system from the cluster; its data is kept unless the volumes are removed too.
pub fn down(options: &DownArgs) -> Result<Exit> {
    if options.on == PlatformKind::Local {
        bail!("a system on this machine stops with its `brunt up`: did you mean --on kubernetes?");
    }
    let mut manifest = built_in(&options.system)?;
    // `up` with a Kafka or PostgreSQL of the user's own has deployed none; removing what is not
    // there is no error.
    for part in builtin::ENGINES {
        manifest.put_first(Manifest::parse(part)?);
    }
    let keep = if options.volumes { Retain::Nothing } else { Retain::Volumes };
    runtime::new()?.block_on(async {
        let cluster = connect(&options.system, &options.cluster.target()).await?;
        manifest.into_namespace(&cluster.namespace);
        let removed = cluster.remove(&manifest, keep).await?;
        outln!(
            "{}: {removed} objects are removed from the namespace {}",
            options.system,
            cluster.namespace
        );
        if keep == Retain::Volumes {
            outln!("The namespace and its volumes are kept; --volumes removes them too.");
        }
        Ok(Exit::Pass)
    })
}

// The namespace of the kubeconfig's context is not taken: it is where its owner works, and `down`
// with `--volumes` deletes the namespace.
async fn connect(system: &str, target: &ClusterTarget) -> Result<Cluster> {
    let mut target = target.clone();
    target.namespace.get_or_insert_with(|| system.to_owned());
    Ok(Cluster::connect_unchecked(&target).await?)
}

fn built_in(system: &str) -> Result<Manifest> {
    let text = builtin::manifest(system).with_context(|| {
        let names: Vec<&str> = builtin::SYSTEMS.iter().map(|system| system.name).collect();
        format!(
            "only built-in systems have manifests ({}); apply your own with kubectl",
            names.join(", ")
        )
    })?;
    Ok(Manifest::parse(text)?)
}

fn manifest(options: &UpArgs) -> Result<Manifest> {
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
    // Printed only when it changes: `up` waits for minutes where images have to be pulled.
    let mut printed = String::new();
    loop {
        let all = cluster.rollout_status(manifest).await?;
        let now = all.iter().map(ready_of_wanted).collect::<Vec<_>>().join("  ");
        if now != printed {
            outln!("{:5.1} s  {now}", started.elapsed().as_secs_f64());
            std::io::stdout().flush()?;
            printed = now;
        }
        if all.iter().all(WorkloadStatus::complete) {
            return Ok(());
        }
        if started.elapsed() > within {
            let troubles = cluster.unready_pods().await?.join("\n  ");
            bail!(
                "not everything is ready after {} s; what was applied stays:\n  {troubles}",
                within.as_secs()
            );
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}

fn ready_of_wanted(one: &WorkloadStatus) -> String {
    format!("{} {}/{}", one.name, one.ready, one.wanted)
}
