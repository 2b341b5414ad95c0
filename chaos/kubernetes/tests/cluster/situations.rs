//! Situations of other people's clusters, one a test: what is in a namespace, the faults of a run,
//! and what must come of it. In each, everything is compared before and after, pods of others are
//! watched in between, and what brunt says it hit is held against what was seen.

mod around;
mod configuration;
mod destroy;
mod edges;
mod owners;
mod policies;
mod replacing;
mod targets;

use kube::api::{Patch, PatchParams};
use serde_json::Value;

use crate::lab::seen::Seen;
use crate::lab::{Lab, Target, Trial};

/// The shop by its name, and nothing else said about it.
const SYSTEM: &str = "version: 1\nname: shop\nservices:\n  shop: {startsWithin: 5s}\n";

/// How a run ends, as an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Ends {
    Pass = 0,
    /// Nothing was begun.
    Refused = 2,
    Inconclusive = 3,
}

/// What there is, what is done, and what must come of it.
pub struct Situation {
    objects: Vec<Value>,
    target: Target,
    /// Volumes for the claims.
    volumes: u32,
    /// What somebody changes once everything is ready: kind, name, merge patch.
    then: Vec<(&'static str, &'static str, Value)>,
    system: String,
    load: &'static str,
    faults: &'static str,
    ends: Ends,
    says: Vec<&'static str>,
    /// What the fault says that it hit.
    hits: Option<u64>,
    shows: fn(&Seen) -> bool,
    /// Objects that the fault may change while it lasts.
    touches: Vec<&'static str>,
    /// Whether the workload may be another object with the same values afterwards.
    remade: bool,
}

/// A situation with these objects, of which the Deployment `shop` is the service.
pub fn there_is(objects: Vec<Value>) -> Situation {
    Situation {
        objects,
        target: Target::new("Deployment", "shop"),
        volumes: 0,
        then: vec![],
        system: SYSTEM.to_owned(),
        load: "{name: looks, open: {rate: 5/s}, for: 7s, get: shop/}",
        faults: "",
        ends: Ends::Pass,
        says: vec![],
        hits: None,
        shows: |_| true,
        touches: vec![],
        remade: false,
    }
}

impl Situation {
    /// The service is another workload.
    pub fn of(mut self, kind: &str, name: &str) -> Self {
        self.target = Target::new(kind, name);
        self
    }

    pub fn volumes(mut self, count: u32) -> Self {
        self.volumes = count;
        self
    }

    pub fn then(mut self, kind: &'static str, name: &'static str, patch: Value) -> Self {
        self.then.push((kind, name, patch));
        self
    }

    /// What the system file says, below its head.
    pub fn system(mut self, services: &str) -> Self {
        self.system = format!("version: 1\nname: shop\n{services}\n");
        self
    }

    pub fn load(mut self, load: &'static str) -> Self {
        self.load = load;
        self
    }

    pub fn fault(mut self, faults: &'static str) -> Self {
        self.faults = faults;
        self
    }

    /// The run passes, the fault has hit so many, and this was seen of it.
    pub fn hits(mut self, count: u64, shows: fn(&Seen) -> bool) -> Self {
        (self.ends, self.hits, self.shows) = (Ends::Pass, Some(count), shows);
        self
    }

    /// The run does not begin, and says why.
    pub fn refused(mut self, says: &'static str) -> Self {
        (self.ends, self.shows) = (Ends::Refused, |seen: &Seen| !seen.anything());
        self.says.push(says);
        self
    }

    /// The run says nothing about the system, and says why.
    pub fn inconclusive(mut self, says: &'static str) -> Self {
        self.ends = Ends::Inconclusive;
        self.says.push(says);
        self
    }

    pub fn shows(mut self, shows: fn(&Seen) -> bool) -> Self {
        self.shows = shows;
        self
    }

    pub fn touches(mut self, objects: &[&'static str]) -> Self {
        self.touches = objects.to_vec();
        self
    }

    pub fn remade(mut self) -> Self {
        self.remade = true;
        self
    }

    /// Fails unless it comes as it must.
    pub async fn holds(self, name: &str) {
        let lab = Lab::open("sit", &self.objects, self.target.clone()).await;
        lab.add_volumes(self.volumes).await;
        lab.settle().await;
        for (kind, name, patch) in &self.then {
            let resource = lab.shop.kinds.iter().find(|one| one.kind == *kind).unwrap();
            let api = lab.shop.api(resource);
            api.patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
            lab.settle().await;
        }
        let before = lab.everything().await;
        let trial = lab.runs(&self.system, &self.scenario(), &[]).await;
        self.judge(name, &trial);
        lab.must_be_as_before(&before, self.remade).await;
        self.free(&lab).await;
        lab.close().await;
    }

    fn scenario(&self) -> String {
        format!(
            "load: [{}]\nexpect: [{{availability: {{of: looks, atLeast: 1%}}}}]\n\
             limits: {{maxDuration: 90s}}\nfaults: [{}]\n",
            self.load, self.faults
        )
    }

    fn judge(&self, name: &str, Trial { ended, seen }: &Trial) {
        let said = &ended.said;
        assert_eq!(ended.code, Some(self.ends as i32), "{name}: {said}\n{seen:?}");
        for expected in &self.says {
            assert!(said.contains(expected), "{name}: `{expected}` is not said: {said}");
        }
        assert!(seen.strangers.is_empty(), "{name}: touched {:?}: {said}", seen.strangers);
        assert!((self.shows)(seen), "{name}: {seen:?}: {said}");
        let workload = format!("{} {}", self.target.kind, self.target.name);
        let allowed = |one: &&String| **one == workload || self.touches.contains(&one.as_str());
        let others: Vec<_> = seen.changed.iter().filter(|one| !allowed(one)).collect();
        assert!(others.is_empty(), "{name}: changed {others:?}: {said}");
        if let Some(hits) = self.hits {
            let effect = ended.report.as_ref().and_then(|report| {
                report.pointer("/timeline/faults/0/effect").and_then(Value::as_u64)
            });
            assert_eq!(effect, Some(hits), "{name}: {said}");
        }
    }

    /// Takes finalizers away, which would keep the namespace.
    async fn free(&self, lab: &Lab) {
        let has = |one: &&Value| one.pointer("/metadata/finalizers").is_some();
        for object in self.objects.iter().filter(has) {
            let kind = object["kind"].as_str().unwrap();
            lab.free(kind, object["metadata"]["name"].as_str().unwrap()).await;
        }
    }
}

/// A test for each situation, by the name that it has in a list of failures.
macro_rules! situations {
    ($($name:ident => $situation:expr;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
            async fn $name() {
                $situation.holds(stringify!($name)).await;
            }
        )*
    };
}
pub(crate) use situations;

/// Whether all replicas of the beginning were replaced.
pub fn all_replaced(seen: &Seen) -> bool {
    seen.gone == 2
}

/// Whether a rollout has come so far.
pub fn some_replaced(seen: &Seen) -> bool {
    seen.gone > 0
}

/// Whether one of them was.
pub fn one_replaced(seen: &Seen) -> bool {
    seen.gone == 1
}

/// Whether the service's own container was started again, and no other one.
pub fn only_shop_restarted(seen: &Seen) -> bool {
    seen.restarted.iter().map(String::as_str).eq(["shop"])
}

/// Whether nothing came or went of the replicas.
pub fn untouched(seen: &Seen) -> bool {
    seen.gone == 0 && seen.restarted.is_empty()
}
