//! Random namespaces with one service in them, and random faults for it; and what must come of
//! each, by rules of its own. Pure: the same seed is the same namespace.

use serde_json::{Value, json};

use super::Target;
use super::objects::{
    METRICS, PORT, app, autoscaler, bare_pod, budget, container, container_with, deployment, doing,
    job, labelled, labels, object, other, quota, service, stateful, with,
};

/// Stands for the uid of the ConfigMap `owner`, which is known once that is there.
pub const OWNER: &str = "the uid of the owner";

/// What must come of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// The run passes.
    Work,
    /// The run does not begin.
    BeRefused,
    /// Others have a say, so that either may be right; what holds for all holds here too.
    Either,
}

/// One namespace, and what is done in it.
#[derive(Debug, Clone, PartialEq)]
pub struct RandomNamespace {
    pub objects: Vec<Value>,
    pub target: Target,
    pub volumes: u32,
    /// Paused once its pods are there; it would get none otherwise.
    pub pauses: bool,
    pub fault: RandomFault,
    /// For a message that can be read.
    pub features: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RandomFault {
    pub kind: &'static str,
    /// As it is written in a scenario.
    pub text: String,
    pub must: Must,
}

/// What the faults depend on.
struct Draw {
    rng: fastrand::Rng,
    features: Vec<&'static str>,
}

impl Draw {
    /// One feature, in so many of a hundred namespaces.
    fn has(&mut self, feature: &'static str, percent: u32) -> bool {
        let drawn = self.rng.u32(..100) < percent;
        if drawn {
            self.features.push(feature);
        }
        drawn
    }

    fn is(&self, feature: &str) -> bool {
        self.features.contains(&feature)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.rng.usize(..all.len())]
    }
}

/// The namespace of a seed.
pub fn namespace(seed: u64) -> RandomNamespace {
    let mut draw = Draw { rng: fastrand::Rng::with_seed(seed), features: vec![] };
    let kinds =
        ["Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];
    let kind = draw.one_of(&kinds);
    draw.features.push(kind);
    let workload = workload(&mut draw, kind);
    let mut objects = vec![workload];
    fronts(&mut draw, &mut objects);
    strangers(&mut draw, &mut objects);
    governors(&mut draw, kind, &mut objects);
    let settings = json!({"data": {"a": "b"}});
    objects.push(object("v1", "ConfigMap", "settings", &settings));
    let fault = fault(&mut draw, kind);
    RandomNamespace {
        volumes: if draw.is("StatefulSet") { 4 } else { 0 },
        pauses: draw.is("paused"),
        target: Target::new(kind, "shop"),
        features: draw.features,
        objects,
        fault,
    }
}

fn workload(draw: &mut Draw, kind: &'static str) -> Value {
    let policy = |deletes: bool| if deletes { "Delete" } else { "Retain" };
    let mut one = match kind {
        "StatefulSet" => {
            let deleted = draw.has("whenDeleted: Delete", 25);
            let scaled = draw.has("whenScaled: Delete", 25);
            stateful("shop", &json!({"whenDeleted": policy(deleted), "whenScaled": policy(scaled)}))
        }
        "Deployment" => deployment("shop", &[container("shop", PORT)]),
        "ReplicaSet" => other(kind, "shop", &json!({"replicas": 2})),
        _ => other(kind, "shop", &json!({})),
    };
    containers(draw, &mut one["spec"]["template"]["spec"]);
    if draw.has("finalizer", 12) {
        one = with(one, &json!({"metadata": {"finalizers": ["example.org/wait"]}}));
    }
    if draw.has("owner", 10) {
        let owner = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": OWNER});
        one = with(one, &json!({"metadata": {"ownerReferences": [owner]}}));
    }
    let strategy = match kind {
        "Deployment" if draw.has("paused", 12) => json!({}),
        "Deployment" if draw.has("Recreate", 12) => {
            json!({"strategy": {"type": "Recreate"}})
        }
        "StatefulSet" | "DaemonSet" if draw.has("OnDelete", 15) => {
            json!({"updateStrategy": {"type": "OnDelete"}})
        }
        "StatefulSet" if draw.has("partition", 15) => {
            json!({"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 5}}})
        }
        _ => json!({}),
    };
    with(one, &json!({"spec": strategy}))
}

/// Puts other containers around the service's own.
fn containers(draw: &mut Draw, pod: &mut Value) {
    if draw.has("sidecar first", 30) {
        let own = pod["containers"].as_array_mut().unwrap();
        own.insert(0, container("shipper", METRICS));
    } else if draw.has("sidecar last", 20) {
        pod["containers"].as_array_mut().unwrap().push(container("shipper", METRICS));
    }
    let mut init = vec![];
    if draw.has("init container", 25) {
        init.push(doing("end", "first"));
    }
    if draw.has("native sidecar", 20) {
        // At a port of its own, as there may be another sidecar.
        let mut mesh = container("mesh", PORT + 1);
        mesh["ports"][0]["name"] = json!("mesh");
        init.push(with(mesh, &json!({"restartPolicy": "Always"})));
    }
    if !init.is_empty() {
        pod["initContainers"] = json!(init);
    }
    if draw.has("requests", 40) {
        let requests = json!({"requests": {"cpu": "5m", "memory": "8Mi"}});
        for one in pod["containers"].as_array_mut().unwrap() {
            one["resources"] = requests.clone();
        }
    }
}

/// How the service is called.
fn fronts(draw: &mut Draw, objects: &mut Vec<Value>) {
    let named = json!([{"name": "http", "port": 80, "targetPort": "http"}]);
    let several = json!([
        {"name": "metrics", "port": METRICS, "targetPort": METRICS},
        {"name": "http", "port": 80, "targetPort": "http"}]);
    let front = if draw.has("several ports", 30) {
        service("shop", &labels("shop"), &several)
    } else if draw.has("port by number", 30) {
        service("shop", &labels("shop"), &json!([{"port": 80, "targetPort": PORT}]))
    } else {
        service("shop", &labels("shop"), &named)
    };
    let headless = draw.has("headless", 15);
    objects.push(if headless {
        with(front, &json!({"spec": {"clusterIP": "None"}}))
    } else {
        front
    });
    if draw.has("ExternalName", 15) {
        let elsewhere = json!({"type": "ExternalName", "externalName": "shop.example.org"});
        objects.push(object("v1", "Service", "elsewhere", &json!({"spec": elsewhere})));
    }
    if draw.has("a Service over all", 15) {
        let all = json!([{"port": 1, "targetPort": 1}]);
        objects.push(service("all", &labels("shop"), &all));
    }
}

/// Pods that look like the service's.
fn strangers(draw: &mut Draw, objects: &mut Vec<Value>) {
    let like = |what: &str| json!({"app": "shop", "what": what});
    if draw.has("canary", 35) {
        objects.push(labelled("Deployment", "shop-canary", &like("canary")));
    }
    if draw.has("job", 35) {
        objects.push(job("shop-migrate", &like("job")));
    }
    if draw.has("bare pod", 35) {
        objects.push(bare_pod("shop-debug", &like("debug")));
    }
    if draw.has("old ReplicaSet", 20) {
        objects.push(labelled("ReplicaSet", "shop-old", &like("old")));
    }
    if draw.has("agent", 10) {
        objects.push(labelled("DaemonSet", "shop-agent", &like("agent")));
    }
    if draw.has("neighbour", 30) {
        objects.extend(app("neighbour", &[container_with("neighbour", PORT, &[("DRAIN", "500")])]));
    }
    if draw.is("owner") {
        objects.insert(0, object("v1", "ConfigMap", "owner", &json!({})));
    }
}

/// Others who have a say.
fn governors(draw: &mut Draw, kind: &str, objects: &mut Vec<Value>) {
    if draw.has("budget", 25) {
        let unavailable = if draw.has("budget of none", 40) { 0 } else { 1 };
        objects.push(budget("shop", &labels("shop"), unavailable));
    }
    let scales = ["Deployment", "StatefulSet"].contains(&kind);
    if scales && draw.has("autoscaler", 20) {
        objects.push(autoscaler("shop", kind, 2, 2));
    }
    if draw.has("tight quota", 10) {
        // Nobody knows here how many pods there are; it is made tight once they are.
        objects.push(with(quota(1000), &json!({"metadata": {"labels": {"tight": "yes"}}})));
    }
}

fn fault(draw: &mut Draw, kind: &'static str) -> RandomFault {
    let (name, text) = draw.one_of(&FAULTS);
    let must = must(draw, kind, (name, text));
    RandomFault { kind: name, text: text.to_owned(), must }
}

const FAULTS: [(&str, &str); 13] = [
    ("kill", "{at: 1s, kill: {service: shop}}"),
    ("kill", "{at: 1s, kill: {service: shop, pick: all}}"),
    ("evict", "{at: 1s, evict: {service: shop, pick: all}}"),
    ("killContainer", "{at: 1s, killContainer: {service: shop, pick: all}}"),
    ("stop", "{at: 1s, for: 3s, stop: {service: shop}}"),
    ("scale", "{at: 1s, for: 4s, scale: {service: shop, replicas: 3}}"),
    ("scale", "{at: 1s, for: 4s, scale: {service: shop, replicas: 1}}"),
    ("remove", "{at: 1s, for: 3s, remove: {service: shop}}"),
    ("rollout", "{at: 1s, rollout: {service: shop}}"),
    ("setEnv", "{at: 1s, for: 6s, setEnv: {service: shop, env: {A: b}}}"),
    ("tamperProbe", "{at: 1s, for: 6s, tamperProbe: {service: shop, probe: readiness}}"),
    (
        "setConfig",
        "{at: 1s, for: 3s, setConfig: {service: shop, configMap: settings, data: {a: c, new: x}}}",
    ),
    ("autoscale", "{at: 1s, for: 3s, autoscale: {service: shop, max: 4}}"),
];

/// What must come of a fault, as the docs have it.
fn must(draw: &Draw, kind: &str, (fault, text): (&str, &str)) -> Must {
    let any = |features: &[&str]| features.iter().any(|one| draw.is(one));
    let refused = match fault {
        "remove" => any(&["finalizer", "owner", "whenDeleted: Delete"]),
        // Each StatefulSet has claims, and those of further replicas would stay.
        "scale" if kind == "StatefulSet" && text.contains("replicas: 3") => true,
        "stop" | "scale" => kind == "DaemonSet" || draw.is("whenScaled: Delete"),
        "rollout" | "setEnv" | "tamperProbe" => {
            kind == "ReplicaSet" || any(&["paused", "OnDelete", "partition"])
        }
        "autoscale" => draw.is("autoscaler") && draw.is("whenScaled: Delete"),
        _ => false,
    };
    let open = match fault {
        "evict" => draw.is("budget"),
        "scale" => any(&["autoscaler", "tight quota"]),
        "autoscale" => true,
        // A set waits for each of its pods, and a quota lets no other one in first.
        "rollout" | "setEnv" | "tamperProbe" => draw.is("tight quota") || kind == "StatefulSet",
        "remove" => draw.is("budget") && draw.is("autoscaler"),
        _ => draw.is("tight quota"),
    };
    match (refused, open) {
        (true, _) => Must::BeRefused,
        (false, true) => Must::Either,
        (false, false) => Must::Work,
    }
}

#[cfg(test)]
mod tests;
