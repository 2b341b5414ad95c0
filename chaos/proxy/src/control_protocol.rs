//! What a controller and an edge proxy say to each other: one line of JSON for each request, and
//! one for its reply, in turn.
//!
//! An image of brunt on a cluster may be older than the program that controls it, so the names on
//! the wire do not follow the names in the code. A test holds them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use brunt_scenarios::timeline::EdgeRecord;
use serde::{Deserialize, Serialize};

use crate::fault_wire::WireFault;

/// What a controller asks of an edge proxy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ControlRequest {
    /// Authenticates the connection; the first request on each.
    Hello {
        /// The token that the edge proxy was started with.
        token: String,
    },
    /// Replaces what the edge proxy knows of its callers and of the callee.
    #[serde(rename = "know")]
    SetRouting {
        /// The callers by their addresses; requests from other addresses come from outside.
        callers: HashMap<IpAddr, String>,
        /// The callee's ready endpoints, each as `host:port`. Without any, connections are refused.
        endpoints: Vec<String>,
    },
    /// Injects a fault into one caller's requests.
    #[serde(rename = "set")]
    Inject {
        /// The caller; `None` stands for requests from outside.
        from: Option<String>,
        /// What the requests meet from now on.
        fault: WireFault,
    },
    /// Ends a fault.
    #[serde(rename = "lift")]
    Recover {
        /// The caller for whose requests the fault was injected.
        from: Option<String>,
        /// The id of [`ControlReply::Injected`].
        id: u64,
    },
    /// Asks for all counts since the edge proxy was started.
    Count,
    /// From now on every reply closes its connection, so that callers open new ones, by a
    /// route without the edge proxy.
    #[serde(rename = "windDown")]
    DrainConnections,
}

/// What an edge proxy replies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ControlReply {
    /// A request that needs no other reply has been carried out.
    Done,
    /// A fault is in force.
    #[serde(rename = "set")]
    Injected {
        /// Identifies the fault among all of this edge proxy's.
        id: u64,
    },
    /// A fault has ended.
    #[serde(rename = "lifted")]
    Recovered {
        /// How many requests it hit; `None` when it was not in force any more.
        hits: Option<u64>,
    },
    /// The counts that were asked for.
    Counted(TrafficCounts),
    /// The request was not understood, or the token was wrong.
    Refused {
        /// A sentence for the user.
        why: String,
    },
}

/// What an edge proxy has counted since it was started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficCounts {
    /// One record a caller.
    pub edges: Vec<EdgeRecord>,
    /// How many requests came from each address.
    #[serde(rename = "asked")]
    pub requests_by_address: BTreeMap<IpAddr, u64>,
    /// How many connections of callers are open now.
    pub connections: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_on_the_wire_stay_as_older_images_know_them() {
        let requests = [
            (ControlRequest::Hello { token: "t".to_owned() }, r#"{"hello":{"token":"t"}}"#),
            (
                ControlRequest::SetRouting { callers: HashMap::new(), endpoints: vec![] },
                r#"{"know":{"callers":{},"endpoints":[]}}"#,
            ),
            (
                ControlRequest::Inject { from: None, fault: WireFault::Cut },
                r#"{"set":{"from":null,"fault":"cut"}}"#,
            ),
            (ControlRequest::Recover { from: None, id: 7 }, r#"{"lift":{"from":null,"id":7}}"#),
            (ControlRequest::Count, r#""count""#),
            (ControlRequest::DrainConnections, r#""windDown""#),
        ];
        for (request, line) in requests {
            assert_eq!(serde_json::to_string(&request).unwrap(), line);
        }
        let replies = [
            (ControlReply::Done, r#""done""#),
            (ControlReply::Injected { id: 7 }, r#"{"set":{"id":7}}"#),
            (ControlReply::Recovered { hits: Some(1) }, r#"{"lifted":{"hits":1}}"#),
            (
                ControlReply::Counted(TrafficCounts::default()),
                r#"{"counted":{"edges":[],"asked":{},"connections":0}}"#,
            ),
            (ControlReply::Refused { why: "no".to_owned() }, r#"{"refused":{"why":"no"}}"#),
        ];
        for (reply, line) in replies {
            assert_eq!(serde_json::to_string(&reply).unwrap(), line);
        }
    }
}
