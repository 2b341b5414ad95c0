//! What can be done only where the processes of replicas may be signaled.

use std::future::Future;

use crate::error::TargetError;

/// Faults in the processes of replicas.
pub trait ProcessTarget: Sync {
    /// Freezes replicas. Returns how many were there to be frozen.
    fn pause(
        &self,
        service: &str,
        replicas: &[u32],
    ) -> impl Future<Output = Result<u64, TargetError>> + Send;

    /// Lets frozen replicas continue; those that have gone meanwhile are skipped.
    fn resume(
        &self,
        service: &str,
        replicas: &[u32],
    ) -> impl Future<Output = Result<(), TargetError>> + Send;
}

/// The processes of a target that cannot reach any. It has no value, so none of its methods
/// can be called.
#[derive(Debug, Clone, Copy)]
pub enum NoProcesses {}

impl ProcessTarget for NoProcesses {
    async fn pause(&self, _: &str, _: &[u32]) -> Result<u64, TargetError> {
        match *self {}
    }

    async fn resume(&self, _: &str, _: &[u32]) -> Result<(), TargetError> {
        match *self {}
    }
}
