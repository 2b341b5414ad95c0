//! What a stand-in is told, and what it answers: one line of JSON each, in turn.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use brunt_scenarios::timeline::EdgeRecord;
use serde::{Deserialize, Serialize};

use crate::wire::Wire;

/// What a stand-in is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Order {
    /// The first: who speaks may speak.
    Hello {
        /// What the stand-in was started with.
        token: String,
    },
    /// Who is who at this moment.
    Know {
        /// The callers' addresses.
        callers: HashMap<IpAddr, String>,
        /// Where the callee is, each as `host:port`.
        endpoints: Vec<String>,
    },
    /// Sets a fault.
    Set {
        /// For whose requests; `None`: for those from outside.
        from: Option<String>,
        /// Which.
        fault: Wire,
    },
    /// Lifts a fault.
    Lift {
        /// For whose requests it was set.
        from: Option<String>,
        /// What [`Answer::Set`] has said.
        id: u64,
    },
    /// Asks what was counted.
    Count,
    /// Callers are to come anew, by another way.
    WindDown,
}

/// What a stand-in answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// It is done.
    Done,
    /// A fault is set.
    Set {
        /// Names it.
        id: u64,
    },
    /// A fault is lifted.
    Lifted {
        /// How many requests it hit; `None` when it was not set any more.
        hits: Option<u64>,
    },
    /// What was counted.
    Counted(Counted),
    /// It was not understood, or not allowed.
    Refused {
        /// Why.
        why: String,
    },
}

/// What a stand-in has counted since it was started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// By caller.
    pub edges: Vec<EdgeRecord>,
    /// How many requests each address has made.
    pub asked: BTreeMap<IpAddr, u64>,
    /// How many connections are open.
    pub connections: usize,
}
