//! Waiting until the system is as the plan wants it before the load begins.

use std::time::Duration;

use brunt_scenarios::bounds;
use brunt_scenarios::timeline::ScalerRecord;

use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::observe::autoscaler;
use crate::observe::workload::Workload;
use crate::run::{ClusterRun, REVERT_MARGIN};

impl ClusterRun {
    /// Makes the services as the plan has them where the manifests have them otherwise. Then waits
    /// until every one has as many replicas ready as it should, and no rollout goes on: of this, of
    /// an earlier run, or of putting things back. Then puts stand-ins before the callees of the
    /// calls that the run breaks or counts.
    ///
    /// # Errors
    /// When one has not within its bound, with what to look at.
    pub async fn ready(&self) -> Result<(), KubeError> {
        let begun = self.prepare().await?;
        if self.touch == ChangeMode::DryRun {
            return self.interpose().await;
        }
        for (service, workload) in &self.workloads {
            let generation = begun.get(service).copied().unwrap_or_default();
            let mut changes = self.seen.changes();
            let settled =
                changes.wait_for(|()| self.is_settled(service, workload.least(), generation));
            let within = self.settles_within(service, workload);
            if tokio::time::timeout(within, settled).await.is_err() {
                return Err(self.not_ready(service, workload, within));
            }
        }
        self.interpose().await?;
        for (service, workload) in
            self.workloads.iter().filter(|(name, _)| self.at_rest.contains(name))
        {
            self.rests(service, workload).await?;
        }
        Ok(())
    }

    fn is_settled(&self, service: &str, replicas: u32, generation: i64) -> bool {
        self.ready_pods(service) >= replicas && self.seen.state().is_settled(service, generation)
    }

    /// The old replicas go by the manifest's grace, the new ones come by the plan's probes.
    fn settles_within(&self, service: &str, workload: &Workload) -> Duration {
        let plan = self.plan.services.get(service);
        plan.map_or(REVERT_MARGIN, |plan| {
            bounds::rolls_out(plan) + workload.grace() * plan.replicas.max(1)
        })
    }

    fn not_ready(&self, service: &str, workload: &Workload, within: Duration) -> KubeError {
        KubeError::Other(format!(
            "{service}: {} of {} replicas are ready after {} s; `kubectl -n {} describe {}` says why",
            self.ready_pods(service),
            workload.least(),
            within.as_secs(),
            self.cluster.namespace,
            workload.object.to_string().to_lowercase().replace(' ', "/"),
        ))
    }

    /// What the autoscalers say of themselves that the run is about.
    pub async fn scalers(&self) -> Vec<ScalerRecord> {
        let mut records = Vec::new();
        for service in &self.at_rest {
            let scaler = self.workloads.get(service).and_then(|workload| workload.scaler.as_ref());
            let Some(scaler) = scaler else { continue };
            let found = autoscaler::trouble(&self.cluster, &scaler.object).await;
            let trouble = found.unwrap_or_else(|error| Some(error.to_string()));
            records.push(ScalerRecord { service: service.clone(), trouble });
        }
        records
    }

    /// Waits until an autoscaler has come down from earlier loads.
    async fn rests(&self, service: &str, workload: &Workload) -> Result<(), KubeError> {
        let Some(autoscaler) = self.plan.services.get(service).and_then(|plan| plan.autoscaler)
        else {
            return Ok(());
        };
        let least = workload.least();
        let rests = || self.seen.state().wanted(service).is_some_and(|wanted| wanted <= least);
        let mut changes = self.seen.changes();
        let within = bounds::scales_in(&autoscaler);
        if tokio::time::timeout(within, changes.wait_for(|()| rests())).await.is_err() {
            return Err(KubeError::Other(format!(
                "{service} has {} replicas after {} s, and {least} at rest: something else puts load on it, so that it could not be \
                 said what scales it out",
                self.seen.state().wanted(service).unwrap_or_default(),
                within.as_secs(),
            )));
        }
        Ok(())
    }
}
