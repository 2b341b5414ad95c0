//! Makes the changes of one run: none after its time, and each noted for a dry run's answer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use brunt_scenarios::system::HelperPods;

use super::change::{Applied, Change};
use super::record::RunLease;
use super::restore::{RestoreOutcome, restore};
use crate::client::connect::Cluster;
use crate::client::error::KubeError;
use crate::client::no_effect_error::NoEffectError;
use crate::client::object::{ChangeMode, ObjectRef};
use crate::client::write::Writer;

/// How long after a fault's end, or a run's, others may revert its changes. The run reverts them
/// itself at that time, and must not meet the watchdog.
pub const REVERT_MARGIN: Duration = Duration::from_secs(30);

/// What every change of a run needs.
#[derive(Clone)]
pub(crate) struct Changer {
    cluster: Cluster,
    lease: RunLease,
    mode: ChangeMode,
    /// What the pods that it adds get.
    helpers: Arc<HelperPods>,
    notes: Arc<Mutex<Vec<String>>>,
}

impl Changer {
    pub(crate) fn new(cluster: Cluster, lease: RunLease, mode: ChangeMode) -> Self {
        Self { cluster, lease, mode, helpers: Arc::default(), notes: Arc::default() }
    }

    /// The same, and the pods that it adds get what the user says.
    pub(crate) fn with_helpers(mut self, helpers: HelperPods) -> Self {
        self.helpers = Arc::new(helpers);
        self
    }

    pub(crate) fn helpers(&self) -> &HelperPods {
        &self.helpers
    }

    /// Another one for the same run, for a task of its own; its notes are apart.
    pub(crate) fn alike(&self) -> Self {
        Self { notes: Arc::default(), ..self.clone() }
    }

    /// The same for changes in another namespace.
    pub(crate) fn within(&self, namespace: &str) -> Self {
        Self { cluster: self.cluster.within(namespace), ..self.clone() }
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    pub(crate) fn lease(&self) -> &RunLease {
        &self.lease
    }

    /// The same for a fault that begins now and lasts so long: others may revert its changes soon
    /// after its end, however long the run goes on. Without a length, when the run's time is over.
    pub(crate) fn lasting(&self, lasts: Option<Duration>) -> Self {
        let mut changer = self.clone();
        let ends = lasts.and_then(|lasts| expiry(lasts).ok());
        changer.lease.expires =
            ends.map_or(self.lease.expires, |ends| ends.min(self.lease.expires));
        changer
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.mode == ChangeMode::DryRun
    }

    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer::new(&self.cluster, &self.lease.run, self.mode)
    }

    /// Fails once the run's time is over. From then on the watchdog may be restoring, and a change
    /// that came after it would stay for ever.
    pub(crate) fn check_lease(&self) -> Result<(), KubeError> {
        if jiff::Timestamp::now() < self.lease.expires {
            return Ok(());
        }
        Err(KubeError::RunOver)
    }

    /// Changes an object for a fault.
    ///
    /// # Errors
    /// Also when all of its values are so already: such a fault would have no effect.
    pub(crate) async fn inject(&self, change: &Change) -> Result<(), KubeError> {
        match self.apply(change).await?.is_changed {
            true => Ok(()),
            false => {
                Err(NoEffectError::NothingChanged { object: change.object.to_string() }.into())
            }
        }
    }

    /// Changes an object; its record is on it from then on.
    pub(crate) async fn apply(&self, change: &Change) -> Result<Applied, KubeError> {
        self.check_lease()?;
        let applied = change.apply(self.writer(), &self.lease).await?;
        for (path, value) in &change.values {
            // Notes are for the user who asked for a dry run and wrote the values; the log leaves
            // some out.
            let value = value.as_ref().map_or("removed".to_owned(), |value| format!("= {value}"));
            self.note(format!("{}: {path} {value}", change.object));
        }
        Ok(applied)
    }

    /// Restores what [`Changer::apply`] has changed in this slot of an object.
    pub(crate) async fn restore(
        &self,
        object: &ObjectRef,
        slot: &str,
    ) -> Result<RestoreOutcome, KubeError> {
        if self.is_dry_run() {
            return Ok(RestoreOutcome::Restored);
        }
        restore(self.writer(), object, slot).await
    }

    /// Notes what was changed, or would have been.
    pub(crate) fn note(&self, what: String) {
        self.lock().push(what);
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When others may revert what ends after this time from now, in whole seconds, as in all
/// times that Kubernetes writes.
pub(crate) fn expiry(ends: Duration) -> Result<jiff::Timestamp, KubeError> {
    let lasts = jiff::SignedDuration::try_from(ends + REVERT_MARGIN).map_err(KubeError::TooLong)?;
    let expires = jiff::Timestamp::now() + lasts;
    jiff::Timestamp::from_second(expires.as_second() + 1).map_err(KubeError::TooLong)
}
