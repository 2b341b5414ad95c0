//! Whether every edge of a run can have its proxy: asked before anything is touched.

use super::callee_service::{CalleeService, CalleeWorkload};
use super::proxies::EdgeProxies;
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::observe::resolve::names;
use crate::observe::services::ClusterServices;
use crate::observe::workload::Workload;

type Reason = Box<dyn std::error::Error + Send + Sync>;

impl EdgeProxies {
    /// Checks the callers and the callee's Service of every edge that the run breaks or counts.
    pub(crate) async fn check(
        &self,
        cluster: &Cluster,
        services: &ClusterServices,
    ) -> Result<(), KubeError> {
        for (callee, callers) in self.callees() {
            for caller in callers {
                check_caller(services, caller, callee)?;
            }
            callee_service(cluster, services, callee).await?;
        }
        Ok(())
    }
}

fn cannot(callee: &str, source: impl Into<Reason>) -> KubeError {
    KubeError::NoEdgeProxy { callee: callee.to_owned(), source: source.into() }
}

/// A caller is known by the addresses of its pods, so these must be its own.
fn check_caller(services: &ClusterServices, caller: &str, callee: &str) -> Result<(), KubeError> {
    let workload = services.workload(caller).map_err(|error| cannot(callee, error))?;
    match workload.pod.host_network {
        Some(true) => Err(cannot(
            callee,
            format!(
                "{caller} uses its node's network (hostNetwork), so that its calls to {callee} \
                 cannot be told from others'"
            ),
        )),
        _ => Ok(()),
    }
}

/// The Service that an edge proxy takes the place of.
pub(super) async fn callee_service(
    cluster: &Cluster,
    services: &ClusterServices,
    callee: &str,
) -> Result<CalleeService, KubeError> {
    let workload = services.workload(callee).map_err(|error| cannot(callee, error))?;
    let cluster = &cluster.within(&workload.namespace);
    let shown = workload.object.to_string();
    let of_set = workload.object.kind == ObjectKind::StatefulSet;
    let seen = CalleeWorkload {
        shown: &shown,
        stateful_set: of_set.then_some(workload.object.name.as_str()),
        replicas: workload.replicas,
        pod: &workload.pod,
    };
    let front = match (&workload.front, workload.unclear_fronts.as_slice()) {
        (Some(front), []) => front,
        (None, []) => {
            let why = why_no_front(cluster, callee, seen).await?;
            let none = || format!("no Service leads to the pods of {shown}").into();
            return Err(cannot(callee, why.unwrap_or_else(none)));
        }
        (front, unclear) => {
            return Err(cannot(callee, unclear_front(workload, front.is_some(), unclear)));
        }
    };
    let service = ObjectRef::new(ObjectKind::Service, &front.name).read(cluster).await?;
    CalleeService::of(&service, seen).map_err(|error| cannot(callee, error))
}

fn unclear_front(workload: &Workload, are_own: bool, unclear: &[String]) -> String {
    let (object, names) = (&workload.object, unclear.join(" and "));
    if are_own {
        format!("it is not clear by which Service {object} is called: {names} lead to its pods")
    } else {
        format!("{names} leads to the pods of {object} and to others', and no Service to its alone")
    }
}

/// What is wrong with a Service that has the callee's name and does not select its pods.
async fn why_no_front(
    cluster: &Cluster,
    callee: &str,
    workload: CalleeWorkload<'_>,
) -> Result<Option<Reason>, KubeError> {
    for name in names(callee) {
        match ObjectRef::new(ObjectKind::Service, &name).read(cluster).await {
            Ok(service) => return Ok(CalleeService::of(&service, workload).err().map(Into::into)),
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
