//! One connection with its streams.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use brunt_scenarios::timeline::Failure;
use bytes::Bytes;
use h2::client::{Builder, SendRequest};
use tokio::sync::Notify;

use crate::client::Missed;
use crate::engine::Lane;

/// How much may come unasked, in bytes, on a stream and on the connection: enough to keep a fast server busy.
const WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 4 << 20;
/// The longest head that is put up with, in bytes; that of HTTP/1.1.
const LONGEST_HEAD: u32 = 64 * 1024;

/// How many streams are opened before the server has said how many it allows. A request waits for that: a server may refuse
/// streams beyond what it was about to allow.
const UNKNOWN: usize = 0;

/// A connection that clients share. A task of its own opens it and drives it.
pub(super) struct Session {
    state: RefCell<State>,
    changed: Notify,
    streams: Cell<usize>,
    most: usize,
}

enum State {
    Opening,
    Open(SendRequest<Bytes>),
    /// With why, if it never was open.
    Ended(Option<Missed>),
}

impl Session {
    /// Starts to open one.
    pub fn start(lane: &Rc<Lane>, server: usize) -> Rc<Self> {
        let session = Rc::new(Self {
            state: RefCell::new(State::Opening),
            changed: Notify::new(),
            streams: Cell::new(0),
            most: lane.ready.job.transport.streams.max(1),
        });
        tokio::task::spawn_local(drive(Rc::clone(&session), Rc::clone(lane), server));
        session
    }

    /// Whether it can take another stream.
    pub fn has_room(&self) -> bool {
        let most = match &*self.state.borrow() {
            State::Opening => self.most,
            State::Open(send) => match send.current_max_send_streams() {
                UNKNOWN => self.most,
                allowed => self.most.min(allowed),
            },
            State::Ended(_) => 0,
        };
        self.streams.get() < most
    }

    pub fn is_over(&self) -> bool {
        matches!(&*self.state.borrow(), State::Ended(_))
    }

    /// One stream more, or less.
    pub fn count(&self, change: isize) {
        self.streams.set(self.streams.get().saturating_add_signed(change));
    }

    /// No request is sent on it any more; streams that are open go on.
    pub fn retire(&self, why: Option<Missed>) {
        if !self.is_over() {
            *self.state.borrow_mut() = State::Ended(why);
        }
        self.changed.notify_waiters();
    }

    /// Waits until a request can be sent: `None` when the connection has ended meanwhile, so that nothing was sent.
    pub async fn ready(&self) -> Result<Option<SendRequest<Bytes>>, Missed> {
        let send = loop {
            let changed = self.changed.notified();
            match &*self.state.borrow() {
                State::Opening => {}
                State::Open(send) => break send.clone(),
                State::Ended(None) => return Ok(None),
                State::Ended(Some(missed)) => return Err(*missed),
            }
            changed.await;
        };
        match send.ready().await {
            Ok(send) => Ok(Some(send)),
            Err(_) => {
                self.retire(None);
                Ok(None)
            }
        }
    }
}

async fn drive(session: Rc<Session>, lane: Rc<Lane>, server: usize) {
    let timeout = lane.ready.job.timeout;
    let opened = tokio::time::timeout(timeout, lane.open(server)).await;
    let opened = opened.unwrap_or(Err(Missed::new(Failure::Timeout, "no connection in time")));
    let stream = match opened {
        Ok(opened) => opened.stream,
        Err(missed) => return session.retire(Some(missed)),
    };
    let mut builder = Builder::new();
    builder.enable_push(false).initial_max_send_streams(UNKNOWN);
    builder.initial_window_size(WINDOW).initial_connection_window_size(CONNECTION_WINDOW);
    builder.max_header_list_size(LONGEST_HEAD);
    match builder.handshake(stream).await {
        Ok((send, connection)) => {
            *session.state.borrow_mut() = State::Open(send);
            session.changed.notify_waiters();
            // Streams learn by themselves what became of them.
            let _ = connection.await;
            session.retire(None);
        }
        Err(error) => session.retire(Some(Missed::from(&error))),
    }
}
