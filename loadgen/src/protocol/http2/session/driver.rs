//! The task that opens a connection, and sends and reads on it until it ends.

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

use super::{Http2Session, NotReady, SessionState};
use crate::failure::RequestError;
use crate::net::ByteStream;
use crate::protocol::Connector;
use crate::protocol::http2::connection::Http2Connection;
use crate::protocol::http2::options::Http2Options;

/// How often a connection is read in a row before other tasks of the thread have their turn.
const READS: usize = 16;

impl Http2Session {
    /// Starts a task that opens a connection.
    pub fn start(connector: &Rc<impl Connector>, server: usize, options: Http2Options) -> Rc<Self> {
        let session = Rc::new(Self {
            state: Cell::new(SessionState::Opening),
            connection: RefCell::new(Http2Connection::new()),
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

    /// Sends and reads as much as is possible without waiting. Ready when the session has ended and
    /// all streams are done, or with the error that ended the connection.
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
                if self.is_over() && self.connection.borrow().is_idle() {
                    return Poll::Ready(Ok(()));
                }
            } else if self.connection.borrow().is_congested() {
                return Poll::Pending;
            }
            let mut read = ReadBuf::new(scratch);
            ready!(stream.as_mut().poll_read(context, &mut read))
                .map_err(|error| RequestError::broken(&error))?;
            if read.filled().is_empty() {
                return Poll::Ready(Err(RequestError::CLOSED_MIDWAY));
            }
            self.connection.borrow_mut().feed(read.filled())?;
            self.look();
        }
        // There may be more to read, but other connections of the thread have their turn first.
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn poll_write(
        &self,
        context: &mut Context<'_>,
        mut stream: Pin<&mut ByteStream>,
    ) -> Poll<io::Result<()>> {
        let mut connection = self.connection.borrow_mut();
        loop {
            let output = connection.output();
            if output.is_empty() {
                // TLS may still hold back a record that was not written as a whole.
                return stream.as_mut().poll_flush(context);
            }
            match ready!(stream.as_mut().poll_write(context, output))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                sent => connection.advance(sent),
            }
        }
    }

    /// Wakes waiting requests, as what was received may have changed what can be sent.
    fn look(&self) {
        let connection = self.connection.borrow();
        if matches!(self.state.get(), SessionState::Opening) && connection.has_settings() {
            self.state.set(SessionState::Open);
            self.changed.notify_waiters();
        }
        if let Some(missed) = connection.shutdown_reason()
            && !self.is_over()
        {
            let why = if connection.is_used() { NotReady::Over } else { NotReady::Refused(missed) };
            self.state.set(SessionState::Ended(why));
            self.changed.notify_waiters();
        }
        if self.waiting.get() > 0 && connection.has_room() {
            self.changed.notify_waiters();
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
        Err(missed) => return session.retire(NotReady::Failed(missed)),
    };
    let driven = poll_fn(|context| {
        session.driver.borrow_mut().clone_from(context.waker());
        session.poll(context, &mut stream, &mut connector.scratch().borrow_mut())
    });
    let Err(missed) = driven.await else { return session.retire(NotReady::Over) };
    // A request whose reply had not begun is told apart from one whose reply broke off.
    let without_reply = if missed == RequestError::CLOSED_MIDWAY {
        RequestError::CLOSED_UNANSWERED
    } else {
        missed
    };
    let mut connection = session.connection.borrow_mut();
    connection.fail(|stream| if stream.answer.is_some() { missed } else { without_reply });
    let useless = !connection.is_used();
    drop(connection);
    session.retire(if useless { NotReady::Failed(without_reply) } else { NotReady::Over });
}
