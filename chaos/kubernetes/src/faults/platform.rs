//! What is done to a service by way of its Deployment, its autoscaler, its configuration, and
//! within its pods.

use std::collections::BTreeMap;

use brunt_faults::TargetError;
use brunt_scenarios::plan::PlatformFault;
use brunt_scenarios::scenario::ProbeKind;
use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{DeleteParams, EvictParams, ListParams, PostParams, Preconditions};
use serde_json::{Value, json};

use crate::changes::change::Change;
use crate::changes::removed_workload;
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::observe::state::PodState;
use crate::observe::workload::Workload;
use crate::run::ClusterRun;
use crate::run::prepare;
use crate::run::target::refused;

pub(crate) const CONTAINER: &str = "/spec/template/spec/containers/0";

impl ClusterRun {
    pub(crate) async fn inject_into(
        &self,
        service: &str,
        fault: &PlatformFault,
        replicas: &[u32],
    ) -> Result<u64, TargetError> {
        let workload = self.workload(service)?;
        match fault {
            PlatformFault::Evict(_) => self.evict(service, replicas).await,
            PlatformFault::KillContainer(_) => self.end_containers(service, replicas).await,
            PlatformFault::Stress { cpu, memory, .. } => {
                self.stress(service, replicas, *cpu, *memory).await
            }
            PlatformFault::Remove => {
                self.remove(workload).await.map_err(refused)?;
                Ok(replicas.len() as u64)
            }
            _ => {
                let change = self.change_of(workload, fault).await?;
                self.change(&change).await.map_err(refused)?;
                Ok((replicas.len() as u64).max(1))
            }
        }
    }

    pub(crate) async fn recover_service(
        &self,
        service: &str,
        fault: &PlatformFault,
    ) -> Result<(), TargetError> {
        let workload = self.workload(service)?;
        match fault {
            PlatformFault::Evict(_) | PlatformFault::KillContainer(_) => Ok(()),
            PlatformFault::Stress { .. } => {
                self.stressed.lock().await.remove(service);
                Ok(())
            }
            PlatformFault::Remove if self.touch == ChangeMode::DryRun => Ok(()),
            PlatformFault::Remove => {
                removed_workload::put_back(&self.cluster, &workload.object, &self.lease)
                    .await
                    .map_err(refused)
            }
            _ => {
                let change = self.change_of(workload, fault).await?;
                self.put_back_object(&change.object, &change.slot).await
            }
        }
    }

    async fn change_of(
        &self,
        workload: &Workload,
        fault: &PlatformFault,
    ) -> Result<Change, TargetError> {
        match fault {
            PlatformFault::SetEnv(env) => self.environment(workload, env).await,
            PlatformFault::SetConfig { name, data } => Ok(configuration(name, data)),
            PlatformFault::Autoscale { min, max, target } => {
                autoscaler(workload, *min, *max, *target)
            }
            PlatformFault::Probe { which, path } => {
                self.probe(workload, *which, path.as_deref()).await
            }
            PlatformFault::RollBack => self.version_before(workload).await,
            PlatformFault::Remove
            | PlatformFault::Evict(_)
            | PlatformFault::KillContainer(_)
            | PlatformFault::Stress { .. } => {
                Err(TargetError::platform("no object is changed by it"))
            }
        }
    }

    async fn environment(
        &self,
        workload: &Workload,
        env: &BTreeMap<String, String>,
    ) -> Result<Change, TargetError> {
        let object = workload.object.read(&self.cluster).await.map_err(refused)?;
        let values = vec![prepare::environment(&object, env)];
        Ok(Change { object: workload.object.clone(), slot: "env".to_owned(), values })
    }

    async fn probe(
        &self,
        workload: &Workload,
        which: ProbeKind,
        path: Option<&str>,
    ) -> Result<Change, TargetError> {
        let name = match which {
            ProbeKind::Readiness => "readinessProbe",
            ProbeKind::Liveness => "livenessProbe",
            ProbeKind::Startup => "startupProbe",
        };
        let place = format!("{CONTAINER}/{name}");
        let values = match path {
            None => vec![(place, None)],
            Some(path) => vec![(format!("{place}/httpGet/path"), Some(json!(path)))],
        };
        // Lifting it must not depend on the probe that it took away.
        Ok(Change { object: workload.object.clone(), slot: name.to_owned(), values })
    }

    /// The pod template of the revision before the current one.
    async fn version_before(&self, workload: &Workload) -> Result<Change, TargetError> {
        let sets = self.cluster.api::<ReplicaSet>();
        let params = ListParams::default().labels(&workload.selects());
        let list = sets.list(&params);
        let all = KubeError::bounded("list the versions", list).await.map_err(refused)?;
        let revision = |set: &ReplicaSet| -> Option<u64> {
            set.annotations().get("deployment.kubernetes.io/revision")?.parse().ok()
        };
        let mut versions: Vec<(u64, ReplicaSet)> =
            all.into_iter().filter_map(|set| Some((revision(&set)?, set))).collect();
        versions.sort_by_key(|(revision, _)| std::cmp::Reverse(*revision));
        let before = versions.into_iter().nth(1).ok_or_else(|| {
            TargetError::platform(format!("{} has no version before this one", workload.object))
        })?;
        let mut template =
            serde_json::to_value(before.1.spec.unwrap_or_default().template).unwrap_or_default();
        if let Some(labels) =
            template.pointer_mut("/metadata/labels").and_then(Value::as_object_mut)
        {
            labels.remove("pod-template-hash");
        }
        Ok(Change {
            object: workload.object.clone(),
            slot: "version".to_owned(),
            values: vec![("/spec/template".to_owned(), Some(template))],
        })
    }

    async fn remove(&self, workload: &Workload) -> Result<(), KubeError> {
        self.in_time()?;
        removed_workload::remove(&self.cluster, &workload.object, &self.lease, self.mode()).await?;
        self.note(format!("{} deleted, to be applied again", workload.object));
        Ok(())
    }

    async fn evict(&self, service: &str, replicas: &[u32]) -> Result<u64, TargetError> {
        let mut evicted = 0;
        let mut refusals = Vec::new();
        for replica in replicas {
            match self.evict_pod(&self.pod(service, *replica)?).await {
                Ok(there) => evicted += u64::from(there),
                Err(KubeError::Refused { why, .. }) => refusals.push(why),
                Err(error) => return Err(refused(error)),
            }
        }
        match refusals.first() {
            // It is for the budget to say; that none went is worth knowing all the same.
            Some(why) if evicted == 0 => {
                Err(TargetError::platform(format!("the disruption budget refused: {why}")))
            }
            _ => Ok(evicted),
        }
    }

    /// Evicts a pod, if it is still the one that is meant. Says whether it was there. A budget's
    /// no is [`KubeError::Refused`].
    pub(crate) async fn evict_pod(&self, pod: &PodState) -> Result<bool, KubeError> {
        self.in_time()?;
        let same =
            pod.uid.clone().map(|uid| Preconditions { uid: Some(uid), resource_version: None });
        let params = EvictParams {
            delete_options: Some(DeleteParams { preconditions: same, ..DeleteParams::default() }),
            post_options: PostParams {
                dry_run: self.touch == ChangeMode::DryRun,
                ..PostParams::default()
            },
        };
        let api = self.cluster.api::<Pod>();
        match KubeError::bounded(&format!("evict pod {}", pod.name), api.evict(&pod.name, &params))
            .await
        {
            Ok(_) => {
                self.note(format!("Pod {} on {} evicted", pod.name, pod.node));
                Ok(true)
            }
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn autoscaler(
    workload: &Workload,
    min: Option<u32>,
    max: Option<u32>,
    target: Option<u32>,
) -> Result<Change, TargetError> {
    let scaler = workload.scaler.as_ref().ok_or_else(|| {
        TargetError::platform(format!(
            "{} has no autoscaler, so there is nothing to change",
            workload.object
        ))
    })?;
    let aim = scaler.aim();
    if target.is_some() && aim.is_none() {
        return Err(TargetError::platform(format!(
            "{} does not look at the processor",
            scaler.object
        )));
    }
    let value = |path: &str, number: Option<u32>| Some((path.to_owned(), Some(json!(number?))));
    let values = [
        value("/spec/minReplicas", min),
        value("/spec/maxReplicas", max),
        value(&aim.unwrap_or_default(), target),
    ];
    Ok(Change {
        object: scaler.object.clone(),
        slot: "autoscaler".to_owned(),
        values: values.into_iter().flatten().collect(),
    })
}

fn configuration(name: &str, data: &BTreeMap<String, String>) -> Change {
    let value = |(key, value): (&String, &String)| {
        (format!("/data/{}", crate::changes::record::escaped(key)), Some(json!(value)))
    };
    Change {
        object: ObjectRef::new(ObjectKind::ConfigMap, name),
        slot: "data".to_owned(),
        values: data.iter().map(value).collect(),
    }
}
