//! One connection with its streams.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use brunt_scenarios::timeline::Failure;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;

use super::connection::Http2Connection;
use super::options::Http2Options;
use super::received_reply::ReceivedReply;
use super::request::Http2Request;
use crate::failure::RequestError;
use crate::net::ByteStream;
use crate::protocol::connector::Connector;
use crate::protocol::reply::ReplySummary;

/// How often a connection is read in a row before others have their turn.
const READS: usize = 16;

/// A connection that clients share. A task of its own opens it and drives it.
pub(super) struct Http2Session {
    state: Cell<SessionState>,
    talk: RefCell<Http2Connection>,
    changed: Notify,
    /// Who sends what is to be said.
    driver: RefCell<Waker>,
    /// How many requests are to be sent or were.
    leases: Cell<usize>,
    /// How many of them wait for room.
    waiting: Cell<usize>,
    most: usize,
}

#[derive(Debug, Clone, Copy)]
enum SessionState {
    Opening,
    Open,
    /// With why, if it never was of use.
    Ended(Option<RequestError>),
}

impl Http2Session {
    /// Starts to open one.
    pub fn start(connector: &Rc<impl Connector>, server: usize, options: Http2Options) -> Rc<Self> {
        let session = Rc::new(Self {
            state: Cell::new(SessionState::Opening),
            talk: RefCell::new(Http2Connection::new()),
            changed: Notify::new(),
            driver: RefCell::new(Waker::noop().clone()),
            leases: Cell::new(0),
            waiting: Cell::new(0),
            most: options.streams,
        });
        tokio::task::spawn_local(drive(
            Rc::clone(&session),
            Rc::clone(connector),
            server,
            options.timeout,
        ));
        session
    }

    /// Whether it can take another stream.
    pub fn has_room(&self) -> bool {
        let most = match self.state.get() {
            SessionState::Opening => self.most,
            SessionState::Open => self.most.min(self.talk.borrow().allowed()),
            SessionState::Ended(_) => 0,
        };
        self.leases.get() < most
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state.get(), SessionState::Ended(_))
    }

    /// One stream more, or less.
    pub fn count(&self, change: isize) {
        self.leases.set(self.leases.get().saturating_add_signed(change));
    }

    /// No request is sent on it any more; streams that are open go on.
    pub fn retire(&self, why: Option<RequestError>) {
        if !self.is_over() {
            self.state.set(SessionState::Ended(why));
        }
        self.changed.notify_waiters();
        self.driver.borrow().wake_by_ref();
    }

    /// Waits until a request can be sent; false when the connection has ended meanwhile, so that
    /// nothing was sent.
    pub async fn ready(&self) -> Result<bool, RequestError> {
        loop {
            match self.state.get() {
                SessionState::Open if self.talk.borrow().has_room() => return Ok(true),
                SessionState::Ended(None) => return Ok(false),
                SessionState::Ended(Some(missed)) => return Err(missed),
                SessionState::Opening | SessionState::Open => {}
            }
            // Nothing else runs between the look and this, so no change is missed.
            self.waiting.update(|waiting| waiting + 1);
            let changed = RoomWaiter(self);
            self.changed.notified().await;
            drop(changed);
        }
    }

    /// Sends a request and waits for its reply; whoever drops this gives it up. Call it when
    /// there is room.
    pub async fn exchange(
        &self,
        message: &Http2Request,
        received: &mut ReceivedReply,
    ) -> Result<ReplySummary, RequestError> {
        let kept = std::mem::replace(received, ReceivedReply::new(received.keep));
        let mut kept = Some(kept);
        let mut sent: Option<InFlightRequest<'_>> = None;
        poll_fn(|context| {
            if let Some(kept) = kept.take() {
                let id = self.talk.borrow_mut().request(message, kept, context.waker());
                // Sent by the driver, so that requests of one moment go out together.
                self.driver.borrow().wake_by_ref();
                sent = Some(InFlightRequest { session: self, id });
                return Poll::Pending;
            }
            let Some(id) = sent.as_ref().map(|sent| sent.id) else { return Poll::Pending };
            let polled = self.talk.borrow_mut().poll(id, context);
            let Some((got, result)) = ready!(polled) else {
                return Poll::Ready(Err(RequestError::new(
                    Failure::Reset,
                    "the connection was reset",
                )));
            };
            *received = got;
            Poll::Ready(result)
        })
        .await
    }

    /// Sends and reads what can be; ready when there is nothing left to do, or with why nothing
    /// more can come.
    fn poll(
        &self,
        context: &mut Context<'_>,
        stream: &mut ByteStream,
        scratch: &mut [u8],
    ) -> Poll<Result<(), RequestError>> {
        let mut stream = Pin::new(stream);
        for _ in 0..READS {
            if let Poll::Ready(written) = self.poll_write(context, stream.as_mut()) {
                written.map_err(|error| RequestError::broken(&error))?;
                if self.is_over() && self.talk.borrow().is_idle() {
                    return Poll::Ready(Ok(()));
                }
            } else if self.talk.borrow().is_congested() {
                return Poll::Pending;
            }
            let mut read = ReadBuf::new(scratch);
            ready!(stream.as_mut().poll_read(context, &mut read))
                .map_err(|error| RequestError::broken(&error))?;
            if read.filled().is_empty() {
                return Poll::Ready(Err(RequestError::CLOSED_MIDWAY));
            }
            self.talk.borrow_mut().feed(read.filled())?;
            self.look();
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_write(
        &self,
        context: &mut Context<'_>,
        mut stream: Pin<&mut ByteStream>,
    ) -> Poll<io::Result<()>> {
        let mut talk = self.talk.borrow_mut();
        loop {
            let output = talk.output();
            if output.is_empty() {
                // TLS may hold something back still.
                return stream.as_mut().poll_flush(context);
            }
            match ready!(stream.as_mut().poll_write(context, output))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => talk.advance(sent),
            }
        }
    }

    /// What the server said may change what can be sent.
    fn look(&self) {
        let talk = self.talk.borrow();
        if matches!(self.state.get(), SessionState::Opening) && talk.is_told() {
            self.state.set(SessionState::Open);
            self.changed.notify_waiters();
        }
        if let Some(missed) = talk.is_leaving()
            && !self.is_over()
        {
            self.state.set(SessionState::Ended((!talk.is_used()).then_some(missed)));
            self.changed.notify_waiters();
        }
        if self.waiting.get() > 0 && talk.has_room() {
            self.changed.notify_waiters();
        }
    }
}

/// A request that waits for room.
struct RoomWaiter<'a>(&'a Http2Session);

impl Drop for RoomWaiter<'_> {
    fn drop(&mut self) {
        self.0.waiting.update(|waiting| waiting - 1);
    }
}

/// A request that was sent; given up when nobody waits for it.
struct InFlightRequest<'a> {
    session: &'a Http2Session,
    id: u32,
}

impl Drop for InFlightRequest<'_> {
    fn drop(&mut self) {
        let mut talk = self.session.talk.borrow_mut();
        talk.cancel(self.id);
        if !talk.output().is_empty() {
            self.session.driver.borrow().wake_by_ref();
        }
        drop(talk);
        if self.session.waiting.get() > 0 {
            self.session.changed.notify_waiters();
        }
    }
}

async fn drive(
    session: Rc<Http2Session>,
    connector: Rc<impl Connector>,
    server: usize,
    timeout: Duration,
) {
    let opened = tokio::time::timeout(timeout, connector.open(server)).await;
    let opened =
        opened.unwrap_or(Err(RequestError::new(Failure::Timeout, "no connection in time")));
    let mut stream = match opened {
        Ok(stream) => stream,
        Err(missed) => return session.retire(Some(missed)),
    };
    let driven = poll_fn(|context| {
        session.driver.borrow_mut().clone_from(context.waker());
        session.poll(context, &mut stream, &mut connector.scratch().borrow_mut())
    });
    let Err(missed) = driven.await else { return session.retire(None) };
    let without_reply = if missed == RequestError::CLOSED_MIDWAY {
        RequestError::CLOSED_UNANSWERED
    } else {
        missed
    };
    let mut talk = session.talk.borrow_mut();
    talk.fail(|stream| if stream.answer.is_some() { missed } else { without_reply });
    let useless = !talk.is_used();
    drop(talk);
    session.retire(useless.then_some(without_reply));
}
