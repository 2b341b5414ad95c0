//! A local system as the target of faults.

use std::time::Duration;

use brunt_faults::{
    AutoscalerChange, Census, EdgeHandle, FaultTarget, NoPlatform, NodeTarget, PlatformTarget,
    ProcessTarget, ReplicaSelector, TargetError,
};
use brunt_proxy::FaultId;
use brunt_scenarios::plan::EdgeFault;
use brunt_scenarios::system::HttpGet;

use crate::local_edge::LocalEdge;
use crate::probe::ProbeError;
use crate::replica::ReplicaAction;
use crate::replica_get::get_status;
use crate::system::LocalSystem;
use crate::workload::{AutoscalerTask, LocalWorkload};

/// How long a replica may take to answer a request that belongs to a fault.
const GET_TIMEOUT: Duration = Duration::from_secs(5);

impl LocalSystem {
    fn workload(&self, service: &str) -> Result<&LocalWorkload, TargetError> {
        self.workloads.get(service).ok_or_else(|| {
            let name = service.to_owned();
            match self.url(service) {
                Some(_) => TargetError::NotOurs(name),
                None => TargetError::NoService(name),
            }
        })
    }

    fn autoscaler(&self, service: &str) -> Result<&AutoscalerTask, TargetError> {
        let none = || TargetError::NoAutoscaler(service.to_owned());
        self.workload(service)?.autoscaler().ok_or_else(none)
    }

    fn edge(&self, from: &str, to: &str) -> Result<&LocalEdge, TargetError> {
        self.network
            .edge(from, to)
            .ok_or_else(|| TargetError::NoEdge { from: from.to_owned(), to: to.to_owned() })
    }
}

impl FaultTarget for LocalSystem {
    fn platform(&self) -> Option<&(impl PlatformTarget + NodeTarget + ReplicaSelector)> {
        None::<&NoPlatform>
    }

    fn processes(&self) -> Option<&impl ProcessTarget> {
        Some(self)
    }

    async fn census(&self, service: &str) -> Result<Census, TargetError> {
        Ok(self.workload(service)?.census())
    }

    async fn kill(
        &self,
        service: &str,
        replicas: &[u32],
        grace: Duration,
    ) -> Result<u64, TargetError> {
        Ok(self.workload(service)?.kill(replicas, grace).await)
    }

    async fn stop(&self, service: &str, grace: Option<Duration>) -> Result<u64, TargetError> {
        Ok(self.workload(service)?.stop(grace).await)
    }

    async fn until_stopped(
        &self,
        service: &str,
        grace: Option<Duration>,
    ) -> Result<(), TargetError> {
        match self.workload(service)?.until_stopped(grace).await {
            true => Ok(()),
            false => Err(TargetError::StillRunning(service.to_owned())),
        }
    }

    async fn start(&self, service: &str) -> Result<(), TargetError> {
        self.workload(service)?.start_again();
        Ok(())
    }

    async fn scale(&self, service: &str, replicas: u32) -> Result<(), TargetError> {
        self.workload(service)?.scale(replicas);
        Ok(())
    }

    async fn rollout(&self, service: &str) -> Result<u64, TargetError> {
        Ok(self.workload(service)?.roll_out())
    }

    async fn get(&self, service: &str, replica: u32, path: &str) -> Result<u16, TargetError> {
        let gone = || TargetError::Gone { service: service.to_owned(), replica };
        let status = self.workload(service)?.status();
        let found = status.iter().find(|status| status.number == replica);
        let port = found.and_then(|status| status.port).ok_or_else(gone)?;
        let get = HttpGet { path: path.to_owned(), ..HttpGet::default() };
        get_status(port, &get, GET_TIMEOUT).await.map_err(|source| {
            let error = ProbeError::Get { path: path.to_owned(), source };
            TargetError::unanswered(service, replica, error)
        })
    }

    async fn change_autoscaler(
        &self,
        service: &str,
        change: AutoscalerChange,
    ) -> Result<u64, TargetError> {
        self.autoscaler(service)?.change(change);
        Ok(1)
    }

    async fn restore_autoscaler(
        &self,
        service: &str,
        _: AutoscalerChange,
    ) -> Result<(), TargetError> {
        self.autoscaler(service)?.restore();
        Ok(())
    }

    async fn inject_edge_fault(
        &self,
        from: &str,
        to: &str,
        fault: EdgeFault,
    ) -> Result<EdgeHandle, TargetError> {
        let FaultId(id) = self.edge(from, to)?.inject(fault);
        Ok(EdgeHandle(id))
    }

    async fn recover_edge_fault(
        &self,
        from: &str,
        to: &str,
        handle: EdgeHandle,
    ) -> Result<u64, TargetError> {
        let hits = self.edge(from, to)?.recover(FaultId(handle.0));
        // A fault that is not in force any more has hit nothing more.
        Ok(hits.unwrap_or_default())
    }
}

impl ProcessTarget for LocalSystem {
    async fn pause(&self, service: &str, replicas: &[u32]) -> Result<u64, TargetError> {
        Ok(self.workload(service)?.send(replicas, ReplicaAction::Pause).await)
    }

    async fn resume(&self, service: &str, replicas: &[u32]) -> Result<(), TargetError> {
        self.workload(service)?.send(replicas, ReplicaAction::Resume).await;
        Ok(())
    }
}
