//! What a controller and an edge proxy say to each other: one line of JSON for each request, and
//! one for its reply, in turn.
//!
//! An image of brunt on a cluster may be older or newer than the program that controls it: the
//! first lines say which version each speaks, so that both can say what is wrong. The names on the
//! wire do not follow the names in the code; a test holds them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use brunt_scenarios::timeline::EdgeRecord;
use serde::{Deserialize, Serialize};

use crate::fault_wire::WireFault;

/// The version of the protocol. The first had no number, one port, and the token
/// in the environment; the second had no faults of single bytes.
pub const CONTROL_VERSION: u32 = 3;

/// The longest line that an authenticated side may send, in bytes: a routing table of
/// some ten thousand pods.
pub const LONGEST_LINE: usize = 4 * 1024 * 1024;

/// What a controller asks of an edge proxy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ControlRequest {
    /// Authenticates the connection; the first request on each.
    Hello {
        /// The token that the edge proxy was started with.
        token: String,
        /// The version that the controller speaks: [`CONTROL_VERSION`].
        #[serde(default)]
        version: u32,
    },
    /// Replaces what the edge proxy knows of its callers and of the callee.
    #[serde(rename = "know")]
    SetRouting {
        /// The callers by their addresses; requests from other addresses come from outside.
        callers: HashMap<IpAddr, String>,
        /// The callee's ready endpoints, each as `host:port`, for each port that the edge proxy
        /// listens on. At a port without any, connections are refused.
        endpoints: BTreeMap<u16, Vec<String>>,
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
    /// The connection is authenticated.
    Welcome {
        /// The version that the edge proxy speaks.
        version: u32,
    },
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
    /// The request was not understood, or the token or the version was wrong.
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
    fn names_on_the_wire_stay_as_other_versions_know_them() {
        let requests = [
            (
                ControlRequest::Hello { token: "t".to_owned(), version: 2 },
                r#"{"hello":{"token":"t","version":2}}"#,
            ),
            (
                ControlRequest::SetRouting {
                    callers: HashMap::new(),
                    endpoints: BTreeMap::from([(80, vec!["10.0.0.1:8080".to_owned()])]),
                },
                r#"{"know":{"callers":{},"endpoints":{"80":["10.0.0.1:8080"]}}}"#,
            ),
            (
                ControlRequest::Inject { from: None, fault: WireFault::Cut },
                r#"{"set":{"from":null,"fault":"cut"}}"#,
            ),
            (ControlRequest::Recover { id: 7 }, r#"{"lift":{"id":7}}"#),
            (ControlRequest::Count, r#""count""#),
            (ControlRequest::DrainConnections, r#""windDown""#),
        ];
        for (request, line) in requests {
            assert_eq!(serde_json::to_string(&request).unwrap(), line);
        }
        let replies = [
            (ControlReply::Welcome { version: 2 }, r#"{"welcome":{"version":2}}"#),
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
        // A controller of the first version says none.
        let first: ControlRequest = serde_json::from_str(r#"{"hello":{"token":"t"}}"#).unwrap();
        assert_eq!(first, ControlRequest::Hello { token: "t".to_owned(), version: 0 });
    }
}
