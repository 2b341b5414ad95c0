//! What a run would meet on the cluster: found by reading alone. Nothing is changed, no Service or
//! pod is connected to, and no webhook is called.

mod foreseen;
mod rights;

use brunt_scenarios::plan::{FaultKind, System};
use futures::stream::{self, StreamExt, TryStreamExt};
use serde_json::Value;

use self::foreseen::Foreseen;
use super::options::{ClusterRunOptions, Watchdog};
use crate::client::access_review;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::edge_proxy::proxies::EdgeProxies;
use crate::faults::beforehand;
use crate::observe::services::ClusterServices;
use crate::observe::workload::Workload;
use crate::observe::{autoscaler, resolve};

/// How many rights are asked for at the same time.
const AT_ONCE: usize = 8;

/// What a run would meet on a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The run's own namespace. Services in others say so.
    pub namespace: String,
    /// What each service is there, a sentence each.
    pub services: Vec<String>,
    /// What is worth knowing and prevents nothing.
    pub notes: Vec<String>,
    /// Why the run would not start, or a fault of it would not happen.
    pub problems: Vec<String>,
}

/// Looks at what a run would meet. `load_is_inside` says that its load comes from pods.
///
/// # Errors
/// When the cluster cannot be asked at all; what it refuses is among the problems.
pub async fn preview(
    system: &System,
    options: &ClusterRunOptions,
    load_is_inside: bool,
) -> Result<Preview, KubeError> {
    let cluster = Cluster::connect(&options.target).await?;
    let mut preview = Preview { namespace: cluster.namespace.clone(), ..Preview::default() };
    let mut workloads = indexmap::IndexMap::new();
    match resolve::find_each(&cluster, system).await {
        Ok(all) => {
            for (service, found) in all {
                match found {
                    Ok(workload) => drop(workloads.insert(service, workload)),
                    Err(error) => preview.problems.push(error.to_string()),
                }
            }
        }
        Err(KubeError::Forbidden { what, why }) => {
            preview.problems.push(KubeError::Forbidden { what, why }.to_string());
        }
        Err(error) => return Err(error),
    }
    let services = ClusterServices::unrouted(&cluster, system, workloads).await;
    preview.look_at_services(&cluster, &services, options).await?;
    preview.look_at_faults(&cluster, &services, options).await?;
    preview.look_at_edges(&cluster, &services, options).await;
    preview.look_for_image(&services, options, load_is_inside);
    preview.look_at_rights(&cluster, &services, options, load_is_inside).await?;
    Ok(preview)
}

impl Preview {
    async fn look_at_services(
        &mut self,
        cluster: &Cluster,
        services: &ClusterServices,
        options: &ClusterRunOptions,
    ) -> Result<(), KubeError> {
        for (service, workload) in &services.workloads {
            self.services.push(described(service, workload, &cluster.namespace));
            let cluster = &cluster.within(&workload.namespace);
            let found = workload.object.read(cluster).await?;
            let ready = found.pointer("/status/readyReplicas").and_then(Value::as_u64).unwrap_or(0);
            let wanted = u64::from(workload.replicas_at_rest());
            if ready < wanted {
                let object = &workload.object;
                self.notes.push(format!("{object}: {ready} of {wanted} replicas are ready now"));
            }
            let Some(scaler) = &workload.scaler else { continue };
            let trouble = autoscaler::trouble(cluster, &scaler.object).await?;
            let trouble = trouble.map(|why| format!("{} cannot decide: {why}", scaler.object));
            if options.settled_autoscalers.contains(service) {
                self.problems.extend(trouble);
            } else {
                self.notes.extend(trouble);
            }
        }
        Ok(())
    }

    async fn look_at_faults(
        &mut self,
        cluster: &Cluster,
        services: &ClusterServices,
        options: &ClusterRunOptions,
    ) -> Result<(), KubeError> {
        for fault in &options.faults {
            let kind: &FaultKind = &fault.kind;
            let one = std::slice::from_ref(fault);
            if let Err(error) = beforehand::refuse(cluster, services, one).await {
                self.problems.push(error.to_string());
            }
            let all = match foreseen::of_fault(cluster, services, kind).await {
                Ok(all) => all,
                // The right is among those that are missing.
                Err(KubeError::Forbidden { .. }) => vec![],
                Err(error) => return Err(error),
            };
            for one in all {
                match one {
                    Foreseen::Problem(why) => self.problems.push(format!("`{kind}`: {why}")),
                    Foreseen::Note(what) => self.notes.push(format!("`{kind}`: {what}")),
                }
            }
        }
        Ok(())
    }

    async fn look_at_edges(
        &mut self,
        cluster: &Cluster,
        services: &ClusterServices,
        options: &ClusterRunOptions,
    ) {
        let is_there = |service: &String| services.workloads.contains_key(service);
        for edge in options.edges.iter().filter(|(from, to)| is_there(from) && is_there(to)) {
            let alone = EdgeProxies::new(vec![edge.clone()], None, options.drain_timeout);
            if let Err(error) = alone.check(cluster, services).await {
                self.problems.push(error.to_string());
            }
        }
    }

    fn look_for_image(
        &mut self,
        services: &ClusterServices,
        options: &ClusterRunOptions,
        load_is_inside: bool,
    ) {
        let has = |named: &Option<String>| services.image(named.as_deref()).is_some();
        let mut wanted = Vec::new();
        if matches!(&options.watchdog, Watchdog::Job(named) if !has(named)) {
            wanted.push("the watchdog (or leave it out by --no-watchdog)");
        }
        if !options.edges.is_empty() && !has(&options.image) {
            wanted.push("edge proxies");
        }
        if load_is_inside && !has(&options.image) {
            wanted.push("load from inside");
        }
        if !wanted.is_empty() {
            let parts = wanted.join(", ");
            self.problems.push(format!("no image of brunt is named by --image, for {parts}"));
        }
    }

    async fn look_at_rights(
        &mut self,
        cluster: &Cluster,
        services: &ClusterServices,
        options: &ClusterRunOptions,
        load_is_inside: bool,
    ) -> Result<(), KubeError> {
        let needed = rights::needed(services, options, load_is_inside);
        let asked = needed.into_iter().map(|((namespace, right), why)| async move {
            let there = cluster.within(namespace.as_ref().unwrap_or(&cluster.namespace));
            let allowed = access_review::may(&there, right).await?;
            let place = match namespace {
                _ if right.of_cluster => " of the cluster".to_owned(),
                Some(namespace) => format!(" in namespace {namespace}"),
                None => String::new(),
            };
            Ok::<_, KubeError>(
                (!allowed).then(|| format!("this account may not {right}{place}, {why}")),
            )
        });
        let missing: Vec<Option<String>> =
            stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        self.problems.extend(missing.into_iter().flatten());
        Ok(())
    }
}

/// What a service is on the cluster, in words.
fn described(service: &str, workload: &Workload, namespace: &str) -> String {
    let mut text = format!("{service}: {}, ", workload.object);
    if workload.namespace != namespace {
        text += &format!("in namespace {}, ", workload.namespace);
    }
    let at_rest = workload.replicas_at_rest();
    text += &match &workload.scaler {
        Some(scaler) => format!("{at_rest} or more replicas ({})", scaler.object),
        None => format!("{at_rest} replicas"),
    };
    if let Some(container) = workload.container() {
        text += &format!(", container {}", container.name);
    }
    text += &match (&workload.front, workload.port()) {
        (Some(front), _) => {
            format!(", called by Service {} at {} (port {})", front.name, front.port, front.target)
        }
        (None, Some(port)) => format!(", port {port}, no Service of its own"),
        (None, None) => ", no Service of its own".to_owned(),
    };
    if let Some(budget) = &workload.budget {
        text += &format!(", {budget}");
    }
    text
}
