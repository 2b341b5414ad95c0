//! Putting edge proxies in their places before the load begins. Until its Service leads to the
//! proxy a callee is served as before, and from then on through it: there is no moment in which the
//! Service has no endpoints.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::Instrument;

use super::control_connection::ControlConnection;
use super::create;
use super::objects::{CalleeService, EdgeProxyArgs, name};
use super::proxies::{EdgeProxies, InstalledProxy, SLOT};
use super::routing_table::routing_table;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::watchdog;
use crate::client::error::KubeError;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::port_forward::route_to_pod;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;
use crate::observe::workload::names;

/// How long it may take until endpoints are as they must be.
const ENDPOINTS_TIMEOUT: Duration = Duration::from_secs(30);

/// How long every node may take to follow a change of endpoints. No node says when it has;
/// kube-proxy gathers changes for up to a second unless it is configured otherwise.
pub(super) const SYNC_DELAY: Duration = Duration::from_secs(2);

/// How often a proxy gets its routing table at least, as a broken connection shows only in use.
const ROUTING_INTERVAL: Duration = Duration::from_secs(1);

/// With what an edge proxy is installed.
struct Installation<'a> {
    proxies: &'a EdgeProxies,
    changer: &'a Changer,
    observer: &'a Observer,
    services: &'a ClusterServices,
}

impl EdgeProxies {
    /// Puts an edge proxy in the place of every callee of an edge that the run breaks or counts.
    pub(crate) async fn install(
        &self,
        changer: &Changer,
        observer: &Observer,
        services: &ClusterServices,
    ) -> Result<(), KubeError> {
        let with = Installation { proxies: self, changer, observer, services };
        for (callee, callers) in self.callees() {
            for caller in callers {
                with.check_caller(caller, callee)?;
            }
            let service = with.callee_service(callee).await?;
            with.install(callee, &service).await?;
        }
        Ok(())
    }
}

impl Installation<'_> {
    /// A caller is known by the addresses of its pods, so these must be its own.
    fn check_caller(&self, caller: &str, callee: &str) -> Result<(), KubeError> {
        let workload = self.services.workload(caller).map_err(|source| KubeError::NoEdgeProxy {
            callee: callee.to_owned(),
            source: source.into(),
        })?;
        match workload.pod.host_network {
            Some(true) => Err(KubeError::NoEdgeProxy {
                callee: callee.to_owned(),
                source: format!(
                    "{caller} uses its node's network (hostNetwork), so that its calls to \
                     {callee} cannot be told from others'"
                )
                .into(),
            }),
            _ => Ok(()),
        }
    }

    async fn callee_service(&self, callee: &str) -> Result<CalleeService, KubeError> {
        let cannot = |source: Box<dyn std::error::Error + Send + Sync>| KubeError::NoEdgeProxy {
            callee: callee.to_owned(),
            source,
        };
        let workload = self.services.workload(callee).map_err(|error| cannot(error.into()))?;
        let Some(front) = &workload.front else {
            let why = self.why_no_front(callee).await?;
            return Err(cannot(why.unwrap_or_else(|| {
                format!("no Service leads to the pods of {}", workload.object).into()
            })));
        };
        let service = ObjectRef::new(ObjectKind::Service, &front.name);
        let service = service.read(self.changer.cluster()).await?;
        CalleeService::of(&service, workload.port()).map_err(|error| cannot(error.into()))
    }

    /// What is wrong with a Service that has the callee's name and does not select its pods.
    async fn why_no_front(
        &self,
        callee: &str,
    ) -> Result<Option<Box<dyn std::error::Error + Send + Sync>>, KubeError> {
        for name in names(callee) {
            let service = ObjectRef::new(ObjectKind::Service, &name);
            match service.read(self.changer.cluster()).await {
                Ok(service) => return Ok(CalleeService::of(&service, None).err().map(Into::into)),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn install(&self, callee: &str, service: &CalleeService) -> Result<(), KubeError> {
        let changer = self.changer;
        changer.check_lease()?;
        let image = self.services.image(self.proxies.image.as_deref()).ok_or_else(|| {
            KubeError::NoImage {
                needed_for: format!("calls to {callee} are broken and counted by an edge proxy"),
                or_else: "",
            }
        })?;
        let name = name(&service.front, changer.lease());
        let owner = watchdog::owner(changer).await?;
        // First, as the proxy is started with the address at which the callee is still reached.
        let kept = service.kept(&name, changer.lease(), owner.as_ref());
        let kept = create::service(changer.writer(), kept).await?;
        let front = &service.front;
        changer.note(format!("Service {name} added: it leads where Service {front} does now"));
        let token = format!("{:032x}", fastrand::u128(..));
        let args = EdgeProxyArgs { callee, image, kept: &kept, token: &token };
        let pod = service.pod(&name, changer.lease(), owner.as_ref(), &args);
        create::pod(changer.writer(), pod).await?;
        changer.note(format!("Pod {name} added: the edge proxy, through which requests go"));
        let change = Change {
            object: ObjectRef::new(ObjectKind::Service, front),
            slot: SLOT.to_owned(),
            values: service.values(&name),
        };
        // Nothing was created, so there is no pod to wait for.
        if changer.is_dry_run() {
            return changer.apply(&change).await.map(drop);
        }
        let address = create::ready(changer.cluster(), &name).await?;
        self.switch(callee, service, &change, (&name, address, token)).await
    }

    /// Gives the proxy its routing table, and then leads the callee's Service to it.
    async fn switch(
        &self,
        callee: &str,
        service: &CalleeService,
        change: &Change,
        (name, address, token): (&str, Option<IpAddr>, String),
    ) -> Result<(), KubeError> {
        let (observer, cluster) = (self.observer, self.changer.cluster());
        // From now on the callee's pods are ready by either Service, so that none seems to leave
        // when the first one is led away.
        observer.state().add_front(callee, name);
        let is_same =
            |kept: &BTreeSet<String>| *kept == observer.state().endpoints_of(&service.front);
        wait_for_endpoints(observer, name, is_same).await?;
        let route = route_to_pod(cluster, name, address, service.control_port()).await?;
        let mut control = ControlConnection::new(callee, route, token);
        let table = routing_table(&observer.state(), callee, service.target_port);
        control.set_routing(table).await?;
        let control = Arc::new(tokio::sync::Mutex::new(control));
        let updates =
            update_routing(observer.clone(), callee, service.target_port, Arc::clone(&control));
        let (front, name) = (change.object.clone(), name.to_owned());
        let proxy = InstalledProxy { front, name: name.clone(), control, updates };
        // Before the change: a run that fails in between uninstalls what it knows of.
        self.proxies.add(callee, proxy);
        self.changer.apply(change).await?;
        let is_proxy =
            |endpoints: &BTreeSet<String>| endpoints.len() == 1 && endpoints.contains(&name);
        wait_for_endpoints(observer, &service.front, is_proxy).await?;
        tokio::time::sleep(SYNC_DELAY).await;
        let edge = (callee, service.target_port);
        self.proxies.drain_connections(cluster, observer, self.services, edge).await;
        Ok(())
    }
}

/// Waits until a Service has the right endpoints.
pub(super) async fn wait_for_endpoints(
    observer: &Observer,
    front: &str,
    are_right: impl Fn(&BTreeSet<String>) -> bool,
) -> Result<(), KubeError> {
    let mut changes = observer.changes();
    let right = changes.wait_for(|()| {
        let endpoints = observer.state().endpoints_of(front);
        are_right(&endpoints)
    });
    match tokio::time::timeout(ENDPOINTS_TIMEOUT, right).await {
        Ok(_) => Ok(()),
        Err(_) => {
            let found: Vec<String> = observer.state().endpoints_of(front).into_iter().collect();
            let nothing = found.is_empty().then(|| "nothing".to_owned());
            Err(KubeError::WrongEndpoints {
                service: front.to_owned(),
                seconds: ENDPOINTS_TIMEOUT.as_secs(),
                found: nothing.unwrap_or_else(|| found.join(", ")),
            })
        }
    }
}

/// Sends the routing table whenever it changes, and at least once an interval.
fn update_routing(
    observer: Observer,
    callee: &str,
    port: u16,
    control: Arc<tokio::sync::Mutex<ControlConnection>>,
) -> JoinHandle<()> {
    let callee = callee.to_owned();
    let updates = async move {
        let mut changes = observer.changes();
        loop {
            let table = routing_table(&observer.state(), &callee, port);
            // An error is noted as a gap by the connection; the next round tries again.
            let _ = control.lock().await.set_routing(table).await;
            let mut changed = async || {
                while changes.changed().await.is_ok() {
                    let table = routing_table(&observer.state(), &callee, port);
                    if !control.lock().await.has_routing(&table) {
                        return;
                    }
                }
            };
            let _ = tokio::time::timeout(ROUTING_INTERVAL, changed()).await;
        }
    };
    tokio::spawn(updates.in_current_span())
}
