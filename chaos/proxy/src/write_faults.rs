//! Faults of what is written on a connection: it comes in small pieces, with wrong bits, only up
//! to a number of bytes, or its end comes late. They work below whatever the connection speaks.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use brunt_scenarios::plan::EdgeDirection;
use tokio::io::AsyncWrite;
use tokio::sync::watch;

use crate::connection_hits::ConnectionHits;
use crate::edge::Edge;
use crate::faults::{FaultId, StreamFaults, StreamState};
use crate::routing::{CallerChanges, ConnectionRoute};

/// What meets the bytes that are written on one connection.
pub(crate) struct WriteFaults {
    direction: EdgeDirection,
    hits: Arc<ConnectionHits>,
    edge: Arc<Edge>,
    /// Where the edge may become another one.
    route: Option<(ConnectionRoute, CallerChanges)>,
    injected: watch::Receiver<StreamFaults>,
    states: Vec<(FaultId, StreamState)>,
    pause: Option<Pause>,
    end: WriteEnd,
}

/// A wait, which the end of a fault cuts short.
type Pause = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// How far the end of what is written has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WriteEnd {
    Open,
    /// It waits until it may close.
    Waiting,
    /// A fault has closed it.
    Faulted,
}

impl WriteFaults {
    /// On a connection that belongs to one edge for good.
    pub(crate) fn on_edge(edge: &Arc<Edge>, direction: EdgeDirection) -> Self {
        Self::new(Arc::clone(edge), direction, Arc::default(), None)
    }

    /// On a connection whose edge may still become known.
    pub(crate) fn on_route(
        route: &ConnectionRoute,
        direction: EdgeDirection,
        hits: Arc<ConnectionHits>,
    ) -> Self {
        let route = route.uncounted();
        let changes = route.changes();
        Self::new(route.edge(), direction, hits, Some((route, changes)))
    }

    fn new(
        edge: Arc<Edge>,
        direction: EdgeDirection,
        hits: Arc<ConnectionHits>,
        route: Option<(ConnectionRoute, CallerChanges)>,
    ) -> Self {
        let mut injected = edge.faults.on_streams();
        injected.mark_changed();
        let (states, pause, end) = (Vec::new(), None, WriteEnd::Open);
        Self { direction, hits, edge, route, injected, states, pause, end }
    }

    pub(crate) fn hits(&self) -> &Arc<ConnectionHits> {
        &self.hits
    }

    /// Whether a fault has closed the connection.
    pub(crate) fn has_closed(&self) -> bool {
        self.end == WriteEnd::Faulted
    }

    /// Whether bytes pass as they are.
    fn is_quiet(&mut self) -> bool {
        self.look();
        self.states.is_empty() && self.pause.is_none() && self.end == WriteEnd::Open
    }

    /// Takes notice of what has begun or ended.
    fn look(&mut self) {
        if let Some((route, changes)) = &mut self.route
            && changes.has_changed()
        {
            self.edge = route.edge();
            self.injected = self.edge.faults.on_streams();
            self.injected.mark_changed();
        }
        if !self.injected.has_changed().unwrap_or_default() {
            return;
        }
        let now = Arc::clone(&self.injected.borrow_and_update());
        self.states.retain(|(id, _)| now.iter().any(|fault| fault.id == *id));
        for fault in now.iter() {
            let is_known = self.states.iter().any(|(id, _)| *id == fault.id);
            let is_meant = fault.scope.direction.includes(self.direction);
            if !is_known && is_meant && self.hits.is_hit(fault.id, fault.scope.share) {
                self.states.extend(fault.begin().map(|state| (fault.id, state)));
            }
        }
        if self.states.is_empty() {
            self.pause = None;
        }
    }

    fn wait(&mut self, time: Duration) {
        if time.is_zero() {
            return;
        }
        let mut injected = self.injected.clone();
        self.pause = Some(Box::pin(async move {
            // An error means that the edge is gone, and the connection with it.
            tokio::select! {
                () = tokio::time::sleep(time) => {}
                _ = injected.changed() => {}
            }
        }));
    }

    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
            self.pause = None;
        }
        Poll::Ready(())
    }

    /// Writes some of the bytes, as the faults let it.
    pub(crate) fn poll_write(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match self.is_quiet() {
            true => ready!(to.poll_write(cx, bytes))?,
            false => ready!(self.poll_write_faulted(to, cx, bytes))?,
        };
        self.edge.counters.passed(self.direction, written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_faulted(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_pause(cx));
        let mut to = to;
        ready!(self.poll_limit(to.as_mut(), cx))?;
        let most = self.states.iter().map(|(_, state)| state.most()).min().unwrap_or(u64::MAX);
        let piece = &bytes[..usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len())];
        let length = piece.len() as u64;
        let is_corrupt = self.states.iter().any(|(_, state)| state.corrupts_last_of(length));
        let written = match is_corrupt {
            false => ready!(to.poll_write(cx, piece))?,
            true => {
                let mut piece = piece.to_vec();
                if let Some(last) = piece.last_mut() {
                    *last ^= 1 << fastrand::u8(..8);
                }
                ready!(to.poll_write(cx, &piece))?
            }
        };
        self.written(bytes.len() as u64, written as u64);
        Poll::Ready(Ok(written))
    }

    fn written(&mut self, waiting: u64, written: u64) {
        let mut pause = Duration::ZERO;
        for (id, state) in &mut self.states {
            if state.changes(waiting, written) {
                self.hits.count(&self.edge, *id);
            }
            pause += state.written(written);
        }
        self.wait(pause);
    }

    /// Several buffers at once, where nothing is in force.
    pub(crate) fn poll_write_vectored(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_quiet() {
            let written = ready!(to.poll_write_vectored(cx, buffers))?;
            self.edge.counters.passed(self.direction, written);
            return Poll::Ready(Ok(written));
        }
        let first = buffers.iter().find(|buffer| !buffer.is_empty());
        self.poll_write(to, cx, first.map_or(&[], |buffer| &**buffer))
    }

    pub(crate) fn poll_flush(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let mut to = to;
        if !self.is_quiet() {
            ready!(self.poll_limit(to.as_mut(), cx))?;
        }
        to.poll_flush(cx)
    }

    /// Closes it, once all bytes have passed that may.
    fn poll_limit(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        let is_used_up = self.states.iter().any(|(_, state)| state.is_used_up());
        if !is_used_up && self.end != WriteEnd::Faulted {
            return Poll::Ready(Ok(()));
        }
        if self.end != WriteEnd::Faulted {
            for (id, _) in self.states.iter().filter(|(_, state)| state.is_used_up()) {
                self.hits.count(&self.edge, *id);
            }
            self.end = WriteEnd::Faulted;
        }
        ready!(to.poll_shutdown(cx))?;
        Poll::Ready(Err(io::Error::new(io::ErrorKind::BrokenPipe, "closed by a fault")))
    }

    pub(crate) fn poll_shutdown(
        &mut self,
        to: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        self.look();
        if self.end == WriteEnd::Open {
            ready!(self.poll_pause(cx));
            self.end = WriteEnd::Waiting;
            let mut late = Duration::ZERO;
            for (id, state) in &self.states {
                if let StreamState::SlowClose(delay) = state {
                    late += *delay;
                    self.hits.count(&self.edge, *id);
                }
            }
            self.wait(late);
        }
        ready!(self.poll_pause(cx));
        to.poll_shutdown(cx)
    }
}

impl std::fmt::Debug for WriteFaults {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "WriteFaults({:?} {:?})", self.direction, self.states)
    }
}
