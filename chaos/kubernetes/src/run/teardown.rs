//! The teardown of a run: everything is restored, and what the run has added is deleted.

use std::time::{Duration, Instant};

use super::ClusterRun;
use crate::changes::record::RunLease;
use crate::changes::revert::revert_as;
use crate::changes::selection::{RevertedBy, RunSelector};
use crate::changes::watchdog;

/// How long reverting is tried again when the cluster does not answer.
const RETRY_FOR: Duration = Duration::from_secs(60);

/// How long is waited before it is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl ClusterRun {
    /// Restores what is not restored yet, and deletes what the run has added. Returns what could
    /// not be restored, a sentence each.
    pub async fn teardown(self) -> Vec<String> {
        if self.changer.is_dry_run() {
            return vec![];
        }
        // First, and with patience: a plain revert would delete proxies under requests.
        let mut drift = self.edge_proxies.uninstall(&self.changer, &self.observer).await;
        let which = RunSelector::Run(self.changer.lease().run.clone());
        let until = Instant::now() + RETRY_FOR;
        loop {
            let reverted = revert_as(self.changer.cluster(), &which, RevertedBy::OwnRun).await;
            drift.extend(reverted.drift);
            if reverted.failed.is_empty() {
                return drift;
            }
            if Instant::now() > until {
                let failed = reverted.failed.into_iter().chain([self.what_to_do()]);
                return drift.into_iter().chain(failed).collect();
            }
            tracing::debug!(failed = ?reverted.failed, "reverting is tried again");
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    fn what_to_do(&self) -> String {
        let RunLease { run, expires } = self.changer.lease();
        let namespace = &self.changer.cluster().namespace;
        let by_hand = format!("`brunt revert --namespace {namespace} --run {run}` restores it");
        if !self.has_watchdog {
            return by_hand;
        }
        let job = watchdog::name(self.changer.lease());
        format!("the watchdog Job {job} restores it at {expires}, or {by_hand}")
    }
}
