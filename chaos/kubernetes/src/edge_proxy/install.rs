//! Putting stand-ins in their places before the load begins. Until its Service leads to the
//! stand-in a callee is served as ever, and from then on through it: there is no moment without
//! anybody behind the Service.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::control_connection::ControlConnection;
use super::objects::{CalleeService, EdgeProxyArgs, name};
use super::routing_table::informed;
use super::{InstalledProxy, SLOT, create};
use crate::changes::change::Change;
use crate::changes::watchdog;
use crate::client::error::KubeError;
use crate::client::object::ChangeMode;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::port_forward;
use crate::observe::workload::names;
use crate::run::ClusterRun;

/// How long it may take until endpoints are as they must be.
const LEADS_WITHIN: Duration = Duration::from_secs(30);

/// After the endpoints have changed, until every node has followed. No node says when it has;
/// kube-proxy does in a second unless it is told otherwise.
pub(super) const NODES_FOLLOW: Duration = Duration::from_secs(2);

/// A stand-in is told who is who at least so often, as a broken line shows only in use.
const TELLS_EVERY: Duration = Duration::from_secs(1);

impl ClusterRun {
    /// Puts a stand-in in the place of every callee of a call that the run breaks or counts.
    pub(crate) async fn interpose(&self) -> Result<(), KubeError> {
        for (callee, callers) in self.between.callees() {
            for caller in callers {
                self.must_be_known(caller, callee)?;
            }
            let place = self.place(callee).await?;
            self.stand_in(callee, &place).await?;
        }
        Ok(())
    }

    /// A caller is known by its pods' own addresses.
    fn must_be_known(&self, caller: &str, callee: &str) -> Result<(), KubeError> {
        let workload =
            self.workload(caller).map_err(|error| KubeError::Other(error.to_string()))?;
        match workload.pod.host_network {
            Some(true) => Err(KubeError::Other(format!(
                "{caller} uses its node's network (hostNetwork), so that its calls to {callee} cannot be told from others'"
            ))),
            _ => Ok(()),
        }
    }

    async fn place(&self, callee: &str) -> Result<CalleeService, KubeError> {
        let cannot = |why: &str| {
            KubeError::Other(format!("calls to {callee} can be neither broken nor counted: {why}"))
        };
        let workload = self.workload(callee).map_err(|error| cannot(&error.to_string()))?;
        let Some(front) = &workload.front else {
            let leads_nowhere = self.service_without_selector(callee).await?;
            return Err(cannot(&leads_nowhere.unwrap_or_else(|| {
                format!("no Service leads to the pods of {}", workload.object)
            })));
        };
        let service = ObjectRef::new(ObjectKind::Service, &front.name).read(&self.cluster).await?;
        CalleeService::of(&service, workload.port()).map_err(|why| cannot(&why))
    }

    /// What is wrong with a Service that is called as the callee is, and leads to no pods of
    /// its own choice.
    async fn service_without_selector(&self, callee: &str) -> Result<Option<String>, KubeError> {
        for name in names(callee) {
            match ObjectRef::new(ObjectKind::Service, &name).read(&self.cluster).await {
                Ok(service) => return Ok(CalleeService::of(&service, None).err()),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn stand_in(&self, callee: &str, place: &CalleeService) -> Result<(), KubeError> {
        self.in_time()?;
        let image = self.image(None).ok_or_else(|| {
            KubeError::Other(format!(
                "calls to {callee} are broken and counted by a stand-in from an image of brunt that the nodes have: name one by --image"
            ))
        })?;
        let name = name(&place.front, &self.lease);
        let owner = watchdog::owner(&self.cluster, &self.lease).await?;
        let kept = place.kept(&name, &self.lease, owner.as_ref());
        let kept = create::service(&self.cluster, kept, self.mode()).await?;
        self.note(format!("Service {name} added: it leads where Service {} does now", place.front));
        let token = format!("{:032x}", fastrand::u128(..));
        let by = EdgeProxyArgs { callee, image, kept: &kept, token: &token };
        let pod = place.pod(&name, &self.lease, owner.as_ref(), &by);
        create::pod(&self.cluster, pod, self.mode()).await?;
        self.note(format!("Pod {name} added: the stand-in, through which requests go"));
        let change = Change {
            object: ObjectRef::new(ObjectKind::Service, &place.front),
            slot: SLOT.to_owned(),
            values: place.values(&name),
        };
        if self.touch == ChangeMode::DryRun {
            return self.change(&change).await.map(drop);
        }
        let address = create::ready(&self.cluster, &name).await?;
        self.switch(callee, place, &change, &name, address, token).await
    }

    /// Tells the stand-in all that it must know, and then leads the callee's Service to it.
    async fn switch(
        &self,
        callee: &str,
        place: &CalleeService,
        change: &Change,
        name: &str,
        address: Option<IpAddr>,
        token: String,
    ) -> Result<(), KubeError> {
        self.seen.state().add_front(callee, name);
        self.leads(name, |behind| *behind == self.seen.state().behind(&place.front)).await?;
        let way = port_forward::pod(&self.cluster, name, address, place.told_at()).await?;
        let mut line = ControlConnection::new(callee, way, token);
        let now = informed(&self.seen.state(), callee, place.leads_to);
        line.inform(now).await?;
        let line = Arc::new(tokio::sync::Mutex::new(line));
        let informs = self.keep_informed(callee, place.leads_to, Arc::clone(&line));
        let front = change.object.clone();
        self.between.stands(callee, InstalledProxy { front, name: name.to_owned(), line, informs });
        self.change(change).await?;
        self.leads(&place.front, |behind| behind.len() == 1 && behind.contains(name)).await?;
        tokio::time::sleep(NODES_FOLLOW).await;
        self.old_connections_end(callee, place.leads_to).await;
        Ok(())
    }

    /// Waits until a Service leads where it should.
    pub(super) async fn leads(
        &self,
        front: &str,
        rightly: impl Fn(&std::collections::BTreeSet<String>) -> bool,
    ) -> Result<(), KubeError> {
        let mut changes = self.seen.changes();
        let leads = changes.wait_for(|()| {
            let behind = self.seen.state().behind(front);
            rightly(&behind)
        });
        match tokio::time::timeout(LEADS_WITHIN, leads).await {
            Ok(_) => Ok(()),
            Err(_) => Err(KubeError::Other(format!(
                "Service {front} does not lead where it should after {} s, but to {:?}",
                LEADS_WITHIN.as_secs(),
                self.seen.state().behind(front),
            ))),
        }
    }

    fn keep_informed(
        &self,
        callee: &str,
        port: u16,
        line: Arc<tokio::sync::Mutex<ControlConnection>>,
    ) -> JoinHandle<()> {
        let (seen, callee) = (self.seen.clone(), callee.to_owned());
        tokio::spawn(async move {
            let mut changes = seen.changes();
            loop {
                let now = informed(&seen.state(), &callee, port);
                // What goes wrong is noted as a gap, and tried again.
                let _ = line.lock().await.inform(now).await;
                let mut changed = async || {
                    while changes.changed().await.is_ok() {
                        let now = informed(&seen.state(), &callee, port);
                        if !line.lock().await.knows(&now) {
                            return;
                        }
                    }
                };
                let _ = tokio::time::timeout(TELLS_EVERY, changed()).await;
            }
        })
    }
}
