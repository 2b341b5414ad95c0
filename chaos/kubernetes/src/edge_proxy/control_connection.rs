//! The control connection to an edge proxy: requests and replies in turn. It is opened again when
//! it has broken.

use std::io;
use std::time::{Duration, Instant};

use brunt_proxy::{
    CONTROL_VERSION, ControlLines, ControlReply, ControlRequest, LONGEST_LINE, TrafficCounts,
};
use brunt_scenarios::timeline::GapKind;
use tokio::net::TcpStream;

use crate::client::error::KubeError;
use crate::client::port_forward::ServiceRoute;
use crate::observe::gaps::WatchGap;

/// How long a reply may take.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);

/// A control connection to one edge proxy.
pub(crate) struct ControlConnection {
    callee: String,
    route: ServiceRoute,
    token: String,
    stream: Option<ControlLines>,
    /// The routing table that it got last.
    routing: Option<ControlRequest>,
    /// How many requests it had counted when it was asked last.
    counted: u64,
    /// It was started again and counts from zero, so that its counts are not all.
    has_restarted: bool,
    gaps: Vec<WatchGap>,
    /// Why it is not in its place any more.
    lost: Option<String>,
}

impl ControlConnection {
    pub(super) fn new(callee: &str, route: ServiceRoute, token: String) -> Self {
        Self {
            callee: callee.to_owned(),
            route,
            token,
            stream: None,
            routing: None,
            counted: 0,
            has_restarted: false,
            gaps: vec![],
            lost: None,
        }
    }

    /// Sends the routing table. It is sent even if nothing has changed, which shows that the proxy
    /// is still there.
    pub(super) async fn set_routing(&mut self, table: ControlRequest) -> Result<(), KubeError> {
        self.request(&table).await?;
        self.routing = Some(table);
        Ok(())
    }

    pub(super) fn has_routing(&self, table: &ControlRequest) -> bool {
        self.stream.is_some() && self.routing.as_ref() == Some(table)
    }

    /// The counts; `None` when they are not of all requests.
    pub(super) async fn count(&mut self) -> Result<Option<TrafficCounts>, KubeError> {
        let ControlReply::Counted(counts) = self.request(&ControlRequest::Count).await? else {
            return Err(self.failed("it does not say what it has counted".to_owned(), None));
        };
        let total = counts.edges.iter().map(|edge| edge.requests).sum();
        self.has_restarted |= total < self.counted;
        self.counted = total;
        Ok((!self.has_restarted).then_some(counts))
    }

    pub(super) async fn request(
        &mut self,
        request: &ControlRequest,
    ) -> Result<ControlReply, KubeError> {
        if let Some(why) = &self.lost {
            let (callee, why) = (self.callee.clone(), why.clone());
            return Err(KubeError::EdgeProxy { callee, why, source: None });
        }
        let reply = match tokio::time::timeout(REPLY_TIMEOUT, self.exchange(request)).await {
            Ok(Ok(ControlReply::Refused { why })) => return Err(self.failed(why, None)),
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => {
                self.stream = None;
                return Err(self.failed(error.to_string(), Some(error)));
            }
            Err(_) => {
                // A late reply would be taken for that of the next request.
                self.stream = None;
                let why = format!("no answer in {} s", REPLY_TIMEOUT.as_secs());
                return Err(self.failed(why, None));
            }
        };
        if let Some(gap) = self.gaps.last_mut().filter(|gap| gap.to.is_none()) {
            gap.to = Some(Instant::now());
        }
        Ok(reply)
    }

    async fn exchange(&mut self, request: &ControlRequest) -> io::Result<ControlReply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let reply = exchange(&mut stream, request).await?;
        self.stream = Some(stream);
        Ok(reply)
    }

    async fn connect(&self) -> io::Result<ControlLines> {
        let stream = TcpStream::connect(self.route.authority()).await?;
        let mut stream = ControlLines::new(stream);
        let hello = ControlRequest::Hello { token: self.token.clone(), version: CONTROL_VERSION };
        welcomed(&exchange(&mut stream, &hello).await?)?;
        // The proxy forgets its table with the connection before, and must not route by none.
        if let Some(table) = &self.routing {
            exchange(&mut stream, table).await?;
        }
        Ok(stream)
    }

    fn failed(&mut self, why: String, source: Option<io::Error>) -> KubeError {
        let error = KubeError::EdgeProxy { callee: self.callee.clone(), why, source };
        // Before the first table it is not in its place yet, and nothing is missed.
        if self.gaps.last().is_none_or(|gap| gap.to.is_some()) && self.routing.is_some() {
            tracing::warn!(callee = self.callee, %error, "an edge proxy does not answer");
            let (from, what) = (Instant::now(), error.to_string());
            self.gaps.push(WatchGap { from, to: None, what, kind: GapKind::Unseen });
        }
        error
    }

    /// The callee's Service leads past the proxy from now on, for good.
    pub(super) fn lose(&mut self, why: String) {
        let what = format!("the edge proxy before {} was taken out: {why}", self.callee);
        tracing::warn!("{what}");
        let kind = GapKind::ProxyLost;
        self.gaps.push(WatchGap { from: Instant::now(), to: None, what, kind });
        (self.lost, self.stream) = (Some(why), None);
    }

    /// Whether the proxy is not in its place any more.
    pub(super) fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// When it did not answer.
    pub(super) fn gaps(&self) -> Vec<WatchGap> {
        self.gaps.clone()
    }
}

async fn exchange(stream: &mut ControlLines, request: &ControlRequest) -> io::Result<ControlReply> {
    stream.write(request).await?;
    let reply = stream.read(LONGEST_LINE).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_slice(&reply)?)
}

/// Whether the proxy has let this controller in, and speaks as it does.
fn welcomed(reply: &ControlReply) -> io::Result<()> {
    let why = match reply {
        ControlReply::Welcome { version: CONTROL_VERSION } => return Ok(()),
        ControlReply::Refused { why } => why.clone(),
        _ => format!(
            "its image speaks another version of the control protocol than {CONTROL_VERSION}: \
             name an image of this version by --image"
        ),
    };
    Err(io::Error::other(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_of_another_version_is_named_as_such() {
        assert!(welcomed(&ControlReply::Welcome { version: CONTROL_VERSION }).is_ok());
        for reply in [ControlReply::Done, ControlReply::Welcome { version: CONTROL_VERSION + 1 }] {
            let error = welcomed(&reply).unwrap_err().to_string();
            assert!(error.contains("another version") && error.contains("--image"), "{error}");
        }
        let refused = ControlReply::Refused { why: "that is not the token".to_owned() };
        assert_eq!(welcomed(&refused).unwrap_err().to_string(), "that is not the token");
    }
}
