//! Putting edge proxies in their places before the load begins. Until its Service leads to the
//! proxy a callee is served as before, and from then on through it: there is no moment in which the
//! Service has no endpoints.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::Instrument;

use super::callee_service::CalleeService;
use super::check::callee_service;
use super::control_connection::ControlConnection;
use super::create;
use super::faults_by_caller::FaultsByCaller;
use super::guard::ProxyGuard;
use super::objects::{EdgeProxyArgs, ObjectMeta, kept_service, name, pod, secret};
use super::proxies::{EdgeProxies, InstalledProxy, SLOT};
use super::routing_table::EdgeRoute;
use super::token;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::watchdog;
use crate::client::error::KubeError;
use crate::client::helper_pods;
use crate::client::object::{ObjectKind, ObjectRef};
use crate::client::port_forward::route_to_pod;
use crate::observe::services::ClusterServices;
use crate::observe::watcher::Observer;

/// How long it may take until endpoints are as they must be.
const ENDPOINTS_TIMEOUT: Duration = Duration::from_secs(30);

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
        for callee in self.callees().into_keys() {
            let service = callee_service(changer.cluster(), services, callee).await?;
            let workload = services.workloads.get(callee);
            let changer =
                &workload.map_or_else(|| changer.clone(), |one| changer.within(&one.namespace));
            let with = Installation { proxies: self, changer, observer, services };
            with.install(callee, &service).await?;
        }
        Ok(())
    }
}

impl Installation<'_> {
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
        let of = ObjectMeta { name: &name, lease: changer.lease(), owner: owner.as_ref() };
        let kept = create::service(changer.writer(), kept_service(of, service)).await?;
        let front = &service.front;
        changer.note(format!("Service {name} added: it leads where Service {front} does now"));
        let token = token::new()?;
        let of_kept = ObjectMeta { owner: Some(&kept.as_owner), ..of };
        create::secret(changer.writer(), secret(of_kept, &token)).await?;
        changer.note(format!("Secret {name} added: the token for the edge proxy's control port"));
        let args = EdgeProxyArgs { callee, image, kept: &kept.address };
        let mut pod = pod(of, service, &args);
        helper_pods::configure(&mut pod, changer.helpers());
        // An account that is named is in the run's own namespace, and a proxy needs none.
        if !self.services.is_home(&changer.cluster().namespace) {
            pod["spec"].as_object_mut().map(|spec| spec.remove("serviceAccountName"));
        }
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
        let is_same = |kept: &BTreeSet<String>| {
            *kept == observer.state().endpoints_of(callee, &service.front)
        };
        wait_for_endpoints(observer, (callee, name), is_same).await?;
        let route = route_to_pod(cluster, name, address, service.control_port()).await?;
        let mut control = ControlConnection::new(callee, route, token);
        let edge_route = EdgeRoute {
            callee: callee.to_owned(),
            kept: name.to_owned(),
            ports: service.ports.clone(),
        };
        let table = edge_route.table(&observer.state());
        control.set_routing(table).await?;
        let control = Arc::new(tokio::sync::Mutex::new(control));
        let (in_place, guarded) = watch::channel(false);
        let guard = ProxyGuard {
            observer: observer.clone(),
            changer: self.changer.alike(),
            callee: callee.to_owned(),
            route: edge_route.clone(),
            front: change.object.clone(),
            control: Arc::clone(&control),
            in_place: guarded,
        };
        let updates = tokio::spawn(guard.run().in_current_span());
        let proxy = InstalledProxy {
            front: change.object.clone(),
            namespace: cluster.namespace.clone(),
            name: name.to_owned(),
            sync_delay: service.sync_delay(),
            control,
            faults: FaultsByCaller::default(),
            in_place: in_place.clone(),
            updates,
        };
        // Before the change: a run that fails in between uninstalls what it knows of.
        self.proxies.add(callee, proxy);
        self.changer.apply(change).await?;
        let is_proxy =
            |endpoints: &BTreeSet<String>| endpoints.len() == 1 && endpoints.contains(name);
        wait_for_endpoints(observer, (callee, &service.front), is_proxy).await?;
        in_place.send_replace(true);
        tokio::time::sleep(service.sync_delay()).await;
        self.end_older_connections(callee, &edge_route).await;
        Ok(())
    }

    /// Has the connections end that go past the proxy, as they are older than it.
    async fn end_older_connections(&self, callee: &str, route: &EdgeRoute) {
        let ports = route.target_ports(&self.observer.state());
        let edge = (callee, ports.as_slice());
        self.proxies.drain_connections(self.changer, self.observer, self.services, edge).await;
    }
}

/// Waits until a Service before a callee has the right endpoints.
pub(super) async fn wait_for_endpoints(
    observer: &Observer,
    (callee, front): (&str, &str),
    are_right: impl Fn(&BTreeSet<String>) -> bool,
) -> Result<(), KubeError> {
    let mut changes = observer.changes();
    let right = changes.wait_for(|()| {
        let endpoints = observer.state().endpoints_of(callee, front);
        are_right(&endpoints)
    });
    match tokio::time::timeout(ENDPOINTS_TIMEOUT, right).await {
        Ok(_) => Ok(()),
        Err(_) => {
            let endpoints = observer.state().endpoints_of(callee, front);
            let found: Vec<String> = endpoints.into_iter().collect();
            let nothing = found.is_empty().then(|| "nothing".to_owned());
            Err(KubeError::WrongEndpoints {
                service: front.to_owned(),
                seconds: ENDPOINTS_TIMEOUT.as_secs(),
                found: nothing.unwrap_or_else(|| found.join(", ")),
            })
        }
    }
}
