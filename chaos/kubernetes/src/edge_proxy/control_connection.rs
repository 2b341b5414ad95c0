//! The line to a stand-in: orders and answers in turn, over a connection that is made anew when it
//! has broken.

use std::io;
use std::time::{Duration, Instant};

use brunt_proxy::{ControlReply, ControlRequest, TrafficCounts};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream, Lines};
use tokio::net::TcpStream;

use crate::client::error::KubeError;
use crate::client::port_forward::ServiceRoute;
use crate::observe::watcher::WatchGap;

/// How long an answer may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

type ControlStream = Lines<BufStream<TcpStream>>;

/// A line to one stand-in.
pub(super) struct ControlConnection {
    callee: String,
    way: ServiceRoute,
    token: String,
    stream: Option<ControlStream>,
    /// What it knows of who is who.
    known: Option<ControlRequest>,
    /// How many requests it had counted when it was last asked.
    counted: u64,
    /// It has counted from the start again, so that what it says is not all.
    began_again: bool,
    gaps: Vec<WatchGap>,
}

impl ControlConnection {
    pub(super) fn new(callee: &str, way: ServiceRoute, token: String) -> Self {
        Self {
            callee: callee.to_owned(),
            way,
            token,
            stream: None,
            known: None,
            counted: 0,
            began_again: false,
            gaps: vec![],
        }
    }

    /// Tells it who is who, if it does not know; and makes sure in any case that it is there.
    pub(super) async fn inform(&mut self, now: ControlRequest) -> Result<(), KubeError> {
        self.tell(&now).await?;
        self.known = Some(now);
        Ok(())
    }

    pub(super) fn knows(&self, now: &ControlRequest) -> bool {
        self.stream.is_some() && self.known.as_ref() == Some(now)
    }

    /// What it has counted; `None` when that is not all that came by.
    pub(super) async fn count(&mut self) -> Result<Option<TrafficCounts>, KubeError> {
        let ControlReply::Counted(counted) = self.tell(&ControlRequest::Count).await? else {
            return Err(self.silent("it does not say what it has counted"));
        };
        let total = counted.edges.iter().map(|edge| edge.requests).sum();
        self.began_again |= total < self.counted;
        self.counted = total;
        Ok((!self.began_again).then_some(counted))
    }

    pub(super) async fn tell(&mut self, order: &ControlRequest) -> Result<ControlReply, KubeError> {
        let answered = match tokio::time::timeout(ANSWERS_WITHIN, self.exchange(order)).await {
            Ok(answered) => answered.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no answer in {} s", ANSWERS_WITHIN.as_secs())),
        };
        match answered {
            Ok(ControlReply::Refused { why }) => Err(self.silent(&why)),
            Ok(answer) => {
                self.speaks_again();
                Ok(answer)
            }
            Err(why) => {
                self.stream = None;
                Err(self.silent(&why))
            }
        }
    }

    async fn exchange(&mut self, order: &ControlRequest) -> io::Result<ControlReply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let answer = said(&mut stream, order).await?;
        self.stream = Some(stream);
        Ok(answer)
    }

    async fn connect(&self) -> io::Result<ControlStream> {
        let stream = TcpStream::connect(self.way.authority()).await?;
        stream.set_nodelay(true)?;
        let mut stream = BufStream::new(stream).lines();
        said(&mut stream, &ControlRequest::Hello { token: self.token.clone() }).await?;
        if let Some(known) = &self.known {
            said(&mut stream, known).await?;
        }
        Ok(stream)
    }

    fn silent(&mut self, why: &str) -> KubeError {
        let what = format!("the stand-in for {}: {why}", self.callee);
        if self.gaps.last().is_none_or(|gap| gap.to.is_some()) && self.known.is_some() {
            self.gaps.push(WatchGap { from: Instant::now(), to: None, what: what.clone() });
        }
        KubeError::Other(what)
    }

    fn speaks_again(&mut self) {
        if let Some(gap) = self.gaps.last_mut().filter(|gap| gap.to.is_none()) {
            gap.to = Some(Instant::now());
        }
    }

    /// When it did not answer.
    pub(super) fn gaps(&self) -> Vec<WatchGap> {
        self.gaps.clone()
    }
}

async fn said(stream: &mut ControlStream, order: &ControlRequest) -> io::Result<ControlReply> {
    let line = serde_json::to_string(order)? + "\n";
    stream.get_mut().write_all(line.as_bytes()).await?;
    stream.get_mut().flush().await?;
    let answer = stream.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(serde_json::from_str(&answer)?)
}
