//! A connection that users share, with its streams.

mod driver;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker, ready};

use brunt_scenarios::timeline::Failure;
use tokio::sync::Notify;

use super::connection::Http2Connection;
use super::received_reply::ReceivedReply;
use super::request::Http2Request;
use super::stream::StreamFailure;
use crate::failure::RequestError;
use crate::protocol::reply::ReplySummary;

/// A connection that users share. A task of its own, the driver, opens it and does its IO.
pub(super) struct Http2Session {
    state: Cell<SessionState>,
    connection: RefCell<Http2Connection>,
    changed: Notify,
    /// Wakes the driver when there is something to send.
    driver: RefCell<Waker>,
    /// How many users hold a lease, whether their request was sent or not.
    leases: Cell<usize>,
    /// How many leases wait for room.
    waiting: Cell<usize>,
    most: usize,
}

#[derive(Debug, Clone, Copy)]
enum SessionState {
    Opening,
    Open,
    /// It takes no more requests.
    Ended(NotReady),
}

/// Why no request can be sent on a connection. Nothing was sent of one that waits for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum NotReady {
    /// It has ended after it was used, as connections do.
    Over,
    /// The server ended it before a request was sent on it (RFC 9113, 6.8): it drains, and another
    /// connection may lead to one that does not.
    Refused(RequestError),
    /// It could not be opened, or the server does not speak HTTP/2 on it.
    Failed(RequestError),
}

impl Http2Session {
    /// Whether it can take another lease.
    pub fn has_room(&self) -> bool {
        let most = match self.state.get() {
            SessionState::Opening => self.most,
            SessionState::Open => self.most.min(self.connection.borrow().allowed()),
            SessionState::Ended(_) => 0,
        };
        self.leases.get() < most
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state.get(), SessionState::Ended(_))
    }

    /// Whether any request on it got its reply.
    pub fn has_answered(&self) -> bool {
        self.connection.borrow().has_answered()
    }

    /// Counts a lease, or with -1 its end.
    pub fn count(&self, change: isize) {
        self.leases.set(self.leases.get().saturating_add_signed(change));
    }

    /// Takes no more requests; streams that are open continue.
    pub fn retire(&self, why: NotReady) {
        if !self.is_over() {
            self.state.set(SessionState::Ended(why));
        }
        self.changed.notify_waiters();
        self.driver.borrow().wake_by_ref();
    }

    /// Waits until a request can be sent.
    pub async fn ready(&self) -> Result<(), NotReady> {
        loop {
            match self.state.get() {
                SessionState::Open if self.connection.borrow().has_room() => return Ok(()),
                SessionState::Ended(why) => return Err(why),
                SessionState::Opening | SessionState::Open => {}
            }
            // All tasks of a thread run in turn, so nothing changes between the check and this.
            self.waiting.update(|waiting| waiting + 1);
            let changed = RoomWaiter(self);
            self.changed.notified().await;
            drop(changed);
        }
    }

    /// Sends a request and waits for its reply. Dropping the future cancels the stream. Call it
    /// only after [`Http2Session::ready`].
    pub async fn exchange(
        &self,
        message: &Http2Request,
        received: &mut ReceivedReply,
    ) -> Result<ReplySummary, StreamFailure> {
        let kept = std::mem::replace(received, ReceivedReply::new(received.keep));
        let mut kept = Some(kept);
        let mut sent: Option<InFlightRequest<'_>> = None;
        poll_fn(|context| {
            if let Some(kept) = kept.take() {
                let id = self.connection.borrow_mut().request(message, kept, context.waker());
                // The driver sends it, so that requests of one moment go out in one write.
                self.driver.borrow().wake_by_ref();
                sent = Some(InFlightRequest { session: self, id });
                return Poll::Pending;
            }
            let Some(id) = sent.as_ref().map(|sent| sent.id) else { return Poll::Pending };
            let polled = self.connection.borrow_mut().poll(id, context);
            let Some((got, result)) = ready!(polled) else {
                let reset = RequestError::new(Failure::Reset, "the connection was reset");
                return Poll::Ready(Err(StreamFailure::Final(reset)));
            };
            *received = got;
            Poll::Ready(result)
        })
        .await
    }
}

/// Counts a request that waits for room, until it is dropped.
struct RoomWaiter<'a>(&'a Http2Session);

impl Drop for RoomWaiter<'_> {
    fn drop(&mut self) {
        self.0.waiting.update(|waiting| waiting - 1);
    }
}

/// A request that was sent; dropping it cancels the stream.
struct InFlightRequest<'a> {
    session: &'a Http2Session,
    id: u32,
}

impl Drop for InFlightRequest<'_> {
    fn drop(&mut self) {
        let mut connection = self.session.connection.borrow_mut();
        connection.cancel(self.id);
        if !connection.output().is_empty() {
            self.session.driver.borrow().wake_by_ref();
        }
        drop(connection);
        if self.session.waiting.get() > 0 {
            self.session.changed.notify_waiters();
        }
    }
}
