//! Faults as they are written: when, for how long, and exactly one kind.

use schemars::JsonSchema;
use serde::Deserialize;

use super::one_or_many::OneOrMany;
use crate::source::Located;
use crate::units::{Percent, Period, Spread};

/// A fault: a time and exactly one kind.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Fault {
    /// When, after the load's start.
    pub at: Located<Period>,
    /// For how long, for faults that last. Undoing it is implied.
    #[serde(rename = "for")]
    pub lasts: Option<Located<Period>>,
    /// Do it again after each such period.
    pub every: Option<Located<Period>>,
    /// Repeat until then: the load's end unless given.
    pub until: Option<Located<Period>>,
    /// Kill replicas; each is replaced at once, as a deleted pod is.
    pub kill: Option<Kill>,
    /// Take all replicas of a service down, and bring them back when the fault ends.
    pub stop: Option<Stop>,
    /// Freeze replicas (SIGSTOP) until the fault ends.
    pub pause: Option<Pause>,
    /// Set the number of replicas, until the fault ends if it has a length.
    pub scale: Option<Scale>,
    /// Replace every replica by a new one, as a new version would be.
    pub rollout: Option<Rollout>,
    /// Tell one replica to become a zombie: alive, and no longer healthy.
    pub make_zombie: Option<Zombie>,
    /// Delay every reply between two services.
    pub latency: Option<Latency>,
    /// Answer in the callee's place with a status.
    pub abort: Option<Abort>,
    /// Cut the connection between two services.
    pub cut: Option<Cut>,
    /// Let the callee do its work and then lose the reply.
    pub lost_reply: Option<LostReply>,
}

/// Which of a service's replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Pick {
    /// One, drawn at random; with several services, one replica of one of them.
    #[default]
    One,
    /// All of them.
    All,
}

/// Kill replicas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Kill {
    /// Whose. With several, `pick: one` draws a service each time.
    pub service: OneOrMany,
    /// Which replicas.
    #[serde(default)]
    pub pick: Pick,
    /// Time between SIGTERM and SIGKILL; 0s, the default, is SIGKILL at once.
    #[serde(default)]
    pub grace: Period,
}

/// Take a service down.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Stop {
    /// Which.
    pub service: Located<String>,
}

/// Freeze replicas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Pause {
    /// Whose.
    pub service: Located<String>,
    /// Which replicas.
    #[serde(default)]
    pub pick: Pick,
}

/// Set the number of replicas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Scale {
    /// Of which service.
    pub service: Located<String>,
    /// How many.
    pub replicas: u32,
}

/// Replace every replica.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Rollout {
    /// Of which service.
    pub service: Located<String>,
}

/// Make a zombie.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Zombie {
    /// Of a replica of which service.
    pub service: Located<String>,
    /// The path to GET on it.
    #[serde(default = "make_zombie_path")]
    pub path: String,
}

fn make_zombie_path() -> String {
    "/makeZombie".to_owned()
}

/// Delay replies between two services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Latency {
    /// The caller.
    pub from: Located<String>,
    /// The callee.
    pub to: Located<String>,
    /// By how much; a range draws anew for each request.
    pub delay: Spread,
}

/// Answer in the callee's place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Abort {
    /// The caller.
    pub from: Located<String>,
    /// The callee.
    pub to: Located<String>,
    /// With this status.
    pub status: Located<u16>,
    /// Which share of the requests; all unless given.
    pub percent: Option<Percent>,
}

/// Cut the connection between two services.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Cut {
    /// The caller.
    pub from: Located<String>,
    /// The callee.
    pub to: Located<String>,
}

/// Lose replies after the callee has done its work.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LostReply {
    /// The caller.
    pub from: Located<String>,
    /// The callee.
    pub to: Located<String>,
    /// Which share of the replies; all unless given.
    pub percent: Option<Percent>,
}
