//! A thread's connections to a load's servers, and leases of streams on them.

use std::cell::RefCell;
use std::rc::Rc;

use super::options::Http2Options;
use super::session::{Http2Session, NotReady};
use crate::protocol::connector::Connector;
use crate::protocol::reply::Reuse;

/// One thread's connections of a load, by server. Not shared with other threads, so no locks.
pub(crate) struct Http2Pool {
    options: Http2Options,
    sessions: RefCell<Vec<(usize, Rc<Http2Session>)>>,
}

/// Room for one stream on a connection, given back when dropped.
pub(super) struct StreamLease {
    pub session: Rc<Http2Session>,
    private: bool,
}

impl Http2Pool {
    pub fn new(options: Http2Options) -> Self {
        Self { options, sessions: RefCell::default() }
    }

    /// A stream on the first connection that has room, or on a new one; not on the one that refused
    /// the request before.
    pub(super) fn lease(
        &self,
        connector: &Rc<impl Connector>,
        server: usize,
        refused: Option<&Rc<Http2Session>>,
    ) -> StreamLease {
        let is_refused = |session| refused.is_some_and(|refused| Rc::ptr_eq(refused, session));
        let private = self.options.reuse == Reuse::No;
        let mut sessions = self.sessions.borrow_mut();
        // Here and not when it ends, so that no connection has to know its pool.
        sessions.retain(|(_, session)| !session.is_over());
        let free = sessions
            .iter()
            .find(|(of, session)| *of == server && session.has_room() && !is_refused(session));
        let session = match free {
            Some((_, session)) if !private => Rc::clone(session),
            _ => {
                let session = Http2Session::start(connector, server, self.options);
                if !private {
                    sessions.push((server, Rc::clone(&session)));
                }
                session
            }
        };
        session.count(1);
        StreamLease { session, private }
    }
}

impl Drop for StreamLease {
    fn drop(&mut self) {
        self.session.count(-1);
        if self.private {
            self.session.retire(NotReady::Over);
        }
    }
}
