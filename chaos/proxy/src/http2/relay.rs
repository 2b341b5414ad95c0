//! A connection of HTTP/2: its frames are passed on as they come, to one endpoint, as through a
//! Kubernetes Service. So flow control, pings, settings, resets and goodbyes stay a matter of the
//! two peers. Of each request the head is read, so that faults can hit single streams.
//!
//! While no fault has been in force, headers pass as the very bytes that came. From then on they
//! are written anew, without a table: a stream that is left out or late would put the tables of the
//! two peers apart. A stream that a fault takes is never known to the callee: its number is left
//! out.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use brunt_hpack::Decoder;
use brunt_scenarios::plan::EdgeDirection;
use bytes::{Buf, BytesMut};
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::frame::{self, ErrorCode, Frame, PREFACE};
use super::header_block::HeaderBlockParts;
use super::held_frames::HeldFrames;
use super::outbox::Outbox;
use super::stream::Stream;
use super::violation::Violation;
use crate::connection_hits::ConnectionHits;
use crate::endpoints::EndpointAddress;
use crate::peeked_stream::{FaultedHalf, PeekedHalf, PeekedStream};
use crate::routing::ConnectionRoute;
use crate::tunnel::CalleeConnection;

/// How much is read at a time, in bytes.
const PIECE: usize = 32 * 1024;

/// How long a peer that is told to go may still begin requests, which were on their way.
const LAST_REQUESTS: Duration = Duration::from_secs(1);

/// How long a peer may take to hear why its connection is closed.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// Every number of a stream: none is refused.
const ANY_STREAM: u32 = 0x7fff_ffff;

/// How a connection comes to its end before its peers want it.
#[derive(Debug)]
pub(super) enum RelayEnding {
    /// One side broke off.
    Broken,
    /// A peer does what it must not.
    Violated(Violation),
}

impl From<io::Error> for RelayEnding {
    fn from(_: io::Error) -> Self {
        Self::Broken
    }
}

impl From<Violation> for RelayEnding {
    fn from(violation: Violation) -> Self {
        Self::Violated(violation)
    }
}

/// One side of the connection: what comes from it and what goes to it.
#[derive(Default)]
pub(super) struct Peer {
    inbox: BytesMut,
    pub(super) parts: HeaderBlockParts,
    pub(super) decoder: Decoder,
    pub(super) outbox: Outbox,
    /// It sends nothing more.
    has_ended: bool,
    /// It was told that nothing more comes.
    is_shut: bool,
}

pub(super) struct Http2Relay<'a> {
    pub(super) route: &'a ConnectionRoute,
    pub(super) endpoint: &'a EndpointAddress,
    /// Which faults hit the connection.
    hits: &'a ConnectionHits,
    pub(super) caller: Peer,
    pub(super) callee: Peer,
    pub(super) streams: HashMap<u32, Stream>,
    pub(super) held: HeldFrames,
    /// The latest stream of the caller.
    pub(super) last: u32,
    /// Whether headers are written anew.
    pub(super) is_rewriting: bool,
    /// Streams in a row that were reset as soon as they were opened.
    pub(super) rapid_resets: u32,
    /// When the caller was told to go.
    told_to_go: Option<Instant>,
}

/// Passes frames on until both sides have closed, or the connection is cut or closed.
pub(crate) async fn relay(
    route: &ConnectionRoute,
    mut caller: PeekedStream,
    mut callee: CalleeConnection,
    closing: watch::Receiver<()>,
) {
    let hits = Arc::clone(caller.hits());
    let mut relay = Http2Relay::new(route, &callee.endpoint, &hits);
    let (from_caller, mut to_caller) = caller.split();
    let (from_callee, to_callee) = callee.stream.split();
    let halves = (from_caller, &mut to_caller, from_callee, to_callee);
    let Err(ending) = relay.run(halves, closing).await else { return };
    if let RelayEnding::Violated(violation) = ending {
        let to = relay.endpoint.to_string();
        tracing::warn!(%to, %violation, "a connection of HTTP/2 is closed");
    }
    let is_told = relay.say_why(&ending, &mut to_caller).await;
    // A reset would make the caller forget what it has not read: why it is closed.
    if !is_told {
        caller.reset_on_close();
    }
    callee.stream.reset_on_close();
}

type RelayHalves<'a, 's> =
    (PeekedHalf<'s>, &'a mut FaultedHalf<'s>, PeekedHalf<'s>, FaultedHalf<'s>);

impl<'a> Http2Relay<'a> {
    fn new(
        route: &'a ConnectionRoute,
        endpoint: &'a EndpointAddress,
        hits: &'a ConnectionHits,
    ) -> Self {
        Self {
            route,
            endpoint,
            hits,
            caller: Peer::default(),
            callee: Peer::default(),
            streams: HashMap::new(),
            held: HeldFrames::default(),
            last: 0,
            is_rewriting: false,
            rapid_resets: 0,
            told_to_go: None,
        }
    }

    async fn run(
        &mut self,
        (mut from_caller, to_caller, mut from_callee, mut to_callee): RelayHalves<'_, '_>,
        mut closing: watch::Receiver<()>,
    ) -> Result<(), RelayEnding> {
        self.pass_preface(&mut from_caller).await?;
        let mut is_closing = false;
        // The edge is looked up again when the caller becomes known while it is connected.
        let mut callers = self.route.changes();
        let mut faults = self.route.edge().faults.changes();
        self.faults_changed();
        loop {
            self.handle_frames()?;
            self.shut_down_sides(to_caller, &mut to_callee).await?;
            if self.caller.is_shut && self.callee.is_shut {
                return Ok(());
            }
            let (reads_caller, reads_callee) = (self.reads_caller(), self.reads_callee());
            let gone_at = self.gone_at();
            tokio::select! {
                biased;
                _ = faults.changed() => self.faults_changed(),
                () = callers.changed() => {
                    faults = self.route.edge().faults.changes();
                    self.faults_changed();
                }
                _ = closing.changed(), if !is_closing => {
                    is_closing = true;
                    self.tell_to_go();
                }
                () = self.held.due() => self.pass_due(),
                written = self.callee.outbox.write_some(&mut to_callee),
                    if !self.callee.outbox.is_empty() => written?,
                written = self.caller.outbox.write_some(to_caller),
                    if !self.caller.outbox.is_empty() => written?,
                piece = from_caller.read(PIECE), if reads_caller && !self.caller.has_ended => {
                    self.caller.take(&piece?);
                }
                piece = from_callee.read(PIECE), if reads_callee && !self.callee.has_ended => {
                    self.callee.take(&piece?);
                }
                () = until(gone_at) => self.see_off(),
            }
        }
    }

    /// What a client says first is no frame.
    async fn pass_preface(&mut self, from_caller: &mut PeekedHalf<'_>) -> Result<(), RelayEnding> {
        while self.caller.inbox.len() < PREFACE.len() {
            let piece = from_caller.read(PIECE).await?;
            if piece.is_empty() {
                return Err(RelayEnding::Broken);
            }
            self.caller.take(&piece);
        }
        self.caller.inbox.advance(PREFACE.len());
        self.callee.outbox.bytes.extend_from_slice(PREFACE);
        Ok(())
    }

    /// Whether what comes from the caller has room. Most of it goes to the callee, and some is
    /// for this proxy.
    fn reads_caller(&self) -> bool {
        !self.callee.outbox.is_full() && !self.caller.outbox.is_full()
    }

    fn reads_callee(&self) -> bool {
        !self.caller.outbox.is_full() && !self.callee.outbox.is_full() && !self.held.is_full()
    }

    fn handle_frames(&mut self) -> Result<(), RelayEnding> {
        while self.reads_caller() {
            match Frame::take(&mut self.caller.inbox).map_err(Violation::from)? {
                Some(frame) => self.take_from_caller(&frame)?,
                None => break,
            }
        }
        while self.reads_callee() {
            match Frame::take(&mut self.callee.inbox).map_err(Violation::from)? {
                Some(frame) => self.take_from_callee(&frame)?,
                None => break,
            }
        }
        Ok(())
    }

    /// A side that sends nothing more may still be sent the rest.
    async fn shut_down_sides(
        &mut self,
        to_caller: &mut FaultedHalf<'_>,
        to_callee: &mut FaultedHalf<'_>,
    ) -> io::Result<()> {
        if self.caller.has_ended && !self.callee.is_shut && self.callee.outbox.is_empty() {
            self.callee.is_shut = true;
            to_callee.shutdown().await?;
        }
        let is_passed = self.caller.outbox.is_empty() && self.held.is_empty();
        if self.callee.has_ended && !self.caller.is_shut && is_passed {
            self.caller.is_shut = true;
            to_caller.shutdown().await?;
        }
        Ok(())
    }

    /// Tells the caller to open another connection, if callers are to find another way.
    pub(super) fn tell_to_go(&mut self) {
        if self.route.is_draining() && self.told_to_go.is_none() {
            self.told_to_go = Some(Instant::now());
            let outbox = &mut self.caller.outbox.bytes;
            frame::write_goaway(outbox, ANY_STREAM, ErrorCode::NoError);
        }
    }

    /// Ends the connection of a caller that has stayed.
    fn see_off(&mut self) {
        frame::write_goaway(&mut self.caller.outbox.bytes, self.last, ErrorCode::NoError);
        (self.caller.has_ended, self.callee.has_ended) = (true, true);
        self.told_to_go = None;
    }

    /// When a caller that was told to go, and has nothing open, is gone.
    fn gone_at(&self) -> Option<Instant> {
        let told = self.told_to_go.filter(|_| self.streams.is_empty())?;
        Some(told + LAST_REQUESTS)
    }

    /// Asks for the limits of each direction, which hold for all that is written.
    pub(super) fn look_for_limits(&mut self) {
        let edge = self.route.edge();
        let is_hit = |id, share| self.hits.is_hit(id, share);
        let limit = |direction| edge.faults.on_bytes(direction, self.endpoint, is_hit).limit;
        self.callee.outbox.limit(limit(EdgeDirection::Request));
        self.caller.outbox.limit(limit(EdgeDirection::Reply));
    }

    /// Tells the caller why its connection is closed. Returns whether it could be told.
    async fn say_why(&mut self, ending: &RelayEnding, to_caller: &mut FaultedHalf<'_>) -> bool {
        let code = match ending {
            RelayEnding::Broken => return false,
            RelayEnding::Violated(violation) => violation.code(),
        };
        let outbox = &mut self.caller.outbox;
        outbox.limit(None);
        frame::write_goaway(&mut outbox.bytes, self.last, code);
        let telling = async {
            while !outbox.is_empty() {
                outbox.write_some(to_caller).await?;
            }
            to_caller.shutdown().await
        };
        matches!(tokio::time::timeout(LAST_WORDS, telling).await, Ok(Ok(())))
    }
}

/// Waits for a time; for ever without one.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

impl Peer {
    fn take(&mut self, piece: &[u8]) {
        self.has_ended = piece.is_empty();
        self.inbox.extend_from_slice(piece);
    }
}
