//! What limits the use of processor and memory by a program in a pod. Pure.
//!
//! A container has a cgroup of its own within its pod's. A program in the container is limited by
//! the container's limits. An ephemeral container may have none: it is limited by its pod's alone,
//! and a pod has a limit of a resource only where each of its containers has.

use std::fmt;

use k8s_openapi::api::core::v1::{Container, PodSpec, ResourceRequirements};
use thiserror::Error;

use super::load::StressLoad;
use crate::client::program_error::ProgramError;

const CPU: &str = "cpu";
const MEMORY: &str = "memory";

/// What limits memory where nothing else does.
const NODES: &str = "the node's";

/// How the runtime says that SIGKILL has ended a program.
const KILLED: &str = "exit code 137";

/// Stress from beside a container would not meet what limits the container.
#[derive(Debug, Error)]
#[error(
    "from beside container {target}, whose image holds no shell, the stress would escape its \
     {resource} limit of {limit}: the pod as a whole has none, as {without} has none; give each \
     container of the pod a {resource} limit, or use an image with a shell"
)]
pub struct EscapedLimit {
    target: String,
    resource: &'static str,
    limit: String,
    without: String,
}

/// What limits a program in an ephemeral container.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BesideBounds {
    load: [(&'static str, Option<String>); 2],
}

impl fmt::Display for BesideBounds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |(resource, limit): &(&str, Option<String>)| match limit {
            Some(limit) => format!("the pod's {resource} limit ({limit}) holds for it"),
            None if *resource == CPU => "nothing limits its cpu, of which it gets what no other \
                                         container wants"
                .to_owned(),
            None => format!("nothing limits its {resource} but the node"),
        };
        out.write_str(&self.load.iter().map(text).collect::<Vec<_>>().join("; "))
    }
}

impl BesideBounds {
    pub(super) fn memory_limit(&self) -> MemoryLimit {
        let (_, limit) = &self.load[1];
        MemoryLimit(match limit {
            Some(limit) => format!("the pod's, {limit}"),
            None => NODES.to_owned(),
        })
    }
}

/// The memory limit that a program meets, in words.
#[derive(Debug)]
pub(super) struct MemoryLimit(String);

impl MemoryLimit {
    /// That of a program in this container.
    pub(super) fn of(container: Option<&Container>) -> Self {
        let own = container.and_then(|one| Some((&one.name, of(one, MEMORY)?)));
        Self(own.map_or(NODES.to_owned(), |(name, limit)| format!("container {name}'s, {limit}")))
    }

    /// Says of a program that the kernel has ended what its limit was. Of one in a container it is
    /// known only that SIGKILL has ended it.
    pub(super) fn explain(&self, why: ProgramError) -> ProgramError {
        let limit = || self.0.clone();
        match why {
            ProgramError::OutOfMemory { .. } => ProgramError::OutOfMemory { limit: limit() },
            ProgramError::Ended(said) if said.contains(KILLED) => {
                ProgramError::Killed { limit: limit() }
            }
            other => other,
        }
    }
}

/// What limits stress from an ephemeral container beside one of a pod.
///
/// # Errors
/// When it would escape a limit of that container.
pub(super) fn beside(
    pod: &PodSpec,
    target: &str,
    StressLoad { cpu, memory }: StressLoad,
) -> Result<BesideBounds, EscapedLimit> {
    let used = |resource: &str| if resource == CPU { cpu > 0 } else { memory > 0 };
    let mut load = [(CPU, None), (MEMORY, None)];
    for (resource, limit) in &mut load {
        match of_pod(pod, resource) {
            Ok(found) => *limit = Some(found),
            Err(NoLimit(without)) => {
                let own = pod.containers.iter().find(|one| one.name == target);
                if let Some(limit) =
                    own.and_then(|one| of(one, resource)).filter(|_| used(resource))
                {
                    let (target, resource) = (target.to_owned(), *resource);
                    return Err(EscapedLimit { target, resource, limit, without });
                }
            }
        }
    }
    Ok(BesideBounds { load })
}

/// The container for which a pod as a whole has no limit: it has none of its own.
struct NoLimit(String);

/// The limit of a pod as a whole, as the kubelet sets it.
fn of_pod(pod: &PodSpec, resource: &str) -> Result<String, NoLimit> {
    // A limit that the pod states itself takes the place of its containers' sum.
    if let Some(limit) = pod.resources.as_ref().and_then(|own| in_requirements(own, resource)) {
        return Ok(limit);
    }
    let mut all = Vec::new();
    for one in pod.init_containers.iter().flatten().chain(&pod.containers) {
        let limit = of(one, resource).ok_or_else(|| NoLimit(format!("container {}", one.name)))?;
        // Those that end before the others begin do not count beside them.
        let is_init = pod.init_containers.iter().flatten().any(|init| init.name == one.name);
        if !is_init || one.restart_policy.as_deref() == Some("Always") {
            all.push(limit);
        }
    }
    Ok(all.join(" + "))
}

fn of(container: &Container, resource: &str) -> Option<String> {
    in_requirements(container.resources.as_ref()?, resource)
}

fn in_requirements(resources: &ResourceRequirements, resource: &str) -> Option<String> {
    Some(resources.limits.as_ref()?.get(resource)?.0.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const LOAD: StressLoad = StressLoad { cpu: 1, memory: 10 };

    fn pod(containers: &Value) -> PodSpec {
        serde_json::from_value(json!({"containers": containers})).unwrap()
    }

    fn web(limits: &Value) -> Value {
        json!({"name": "web", "resources": {"limits": limits}})
    }

    #[test]
    fn a_pod_whose_containers_all_have_limits_limits_what_is_beside_them() {
        let both = web(&json!({"cpu": "500m", "memory": "64Mi"}));
        let bounds = beside(&pod(&json!([both])), "web", LOAD).unwrap().to_string();
        assert_eq!(
            bounds,
            "the pod's cpu limit (500m) holds for it; the pod's memory limit (64Mi) holds for it"
        );
        let sidecar = json!({"name": "proxy", "restartPolicy": "Always",
            "resources": {"limits": {"cpu": "100m", "memory": "16Mi"}}});
        let setup =
            json!({"name": "setup", "resources": {"limits": {"cpu": "2", "memory": "1Gi"}}});
        let with_init: PodSpec = serde_json::from_value(
            json!({"containers": [both], "initContainers": [setup, sidecar]}),
        )
        .unwrap();
        let bounds = beside(&with_init, "web", LOAD).unwrap().to_string();
        assert!(bounds.contains("(100m + 500m)") && bounds.contains("(16Mi + 64Mi)"), "{bounds}");
    }

    #[test]
    fn stress_that_would_escape_the_containers_limit_is_refused_with_the_reason() {
        let sidecar = json!({"name": "proxy"});
        let both = pod(&json!([web(&json!({"memory": "64Mi"})), sidecar]));
        let why = beside(&both, "web", LOAD).unwrap_err().to_string();
        assert!(why.contains("memory limit of 64Mi"), "{why}");
        assert!(why.contains("container proxy has none"), "{why}");
        let cpu_alone = StressLoad { cpu: 1, memory: 0 };
        let bounds = beside(&both, "web", cpu_alone).unwrap().to_string();
        assert!(bounds.contains("nothing limits its cpu"), "{bounds}");
    }

    #[test]
    fn a_program_that_the_kernel_ends_out_of_memory_is_said_with_its_limit() {
        let limited: Container = serde_json::from_value(web(&json!({"memory": "64Mi"}))).unwrap();
        let ended = "command terminated with non-zero exit code: exit code 137".to_owned();
        let why = MemoryLimit::of(Some(&limited)).explain(ProgramError::Ended(ended));
        assert!(why.to_string().contains("the limit is container web's, 64Mi"), "{why}");
        let bounds = beside(&pod(&json!([{"name": "web"}])), "web", LOAD).unwrap();
        let why = ProgramError::OutOfMemory { limit: String::new() };
        let why = bounds.memory_limit().explain(why).to_string();
        assert_eq!(why, "it was ended out of memory; the limit is the node's");
    }

    #[test]
    fn where_nothing_is_limited_the_node_is_the_limit_as_for_the_container_itself() {
        let bounds = beside(&pod(&json!([{"name": "web"}])), "web", LOAD).unwrap().to_string();
        assert!(bounds.contains("nothing limits its memory but the node"), "{bounds}");
        let mut whole = pod(&json!([web(&json!({"memory": "64Mi"})), {"name": "proxy"}]));
        whole.resources = serde_json::from_value(json!({"limits": {"memory": "128Mi"}})).unwrap();
        let bounds = beside(&whole, "web", LOAD).unwrap().to_string();
        assert!(bounds.contains("memory limit (128Mi)"), "{bounds}");
    }
}
