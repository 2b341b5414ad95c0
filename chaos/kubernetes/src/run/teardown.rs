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
            let (more, failed) = self.revert_all(&which).await;
            drift.extend(more);
            if failed.is_empty() {
                return drift;
            }
            if Instant::now() > until {
                let failed = failed.into_iter().chain([self.what_to_do()]);
                return drift.into_iter().chain(failed).collect();
            }
            tracing::debug!(?failed, "reverting is tried again");
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Reverts the run in each of its namespaces; in its own one last, which has the watchdog.
    /// Returns what has drifted, and what has failed.
    async fn revert_all(&self, which: &RunSelector) -> (Vec<String>, Vec<String>) {
        let mut drift = Vec::new();
        for namespace in self.services.namespaces().iter().rev() {
            let there = self.changer.cluster().within(namespace);
            let reverted = revert_as(&there, which, RevertedBy::OwnRun).await;
            drift.extend(reverted.drift);
            if !reverted.failed.is_empty() {
                return (drift, reverted.failed);
            }
        }
        (drift, vec![])
    }

    fn what_to_do(&self) -> String {
        let RunLease { run, expires } = self.changer.lease();
        let all = self.services.namespaces();
        let named: Vec<String> =
            all.iter().rev().map(|name| format!("--namespace {name}")).collect();
        let by_hand = format!("`brunt revert {} --run {run}` restores it", named.join(" "));
        if !self.has_watchdog {
            return by_hand;
        }
        let job = watchdog::name(self.changer.lease());
        format!("the watchdog Job {job} restores it at {expires}, or {by_hand}")
    }
}
