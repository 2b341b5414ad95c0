//! A lane's connections, and who has a stream on which.

use std::cell::RefCell;
use std::rc::Rc;

use super::session::Http2Session;
use crate::engine::WorkerLoad;
use crate::job::Reuse;

/// Connections by server.
#[derive(Default)]
pub(crate) struct Http2Pool {
    sessions: RefCell<Vec<(usize, Rc<Http2Session>)>>,
}

/// One stream's place on a connection.
pub(super) struct StreamLease {
    pub session: Rc<Http2Session>,
    private: bool,
}

impl Http2Pool {
    /// A place on the first connection that has one, or on a new one.
    pub(super) fn lease(&self, lane: &Rc<WorkerLoad>, server: usize) -> StreamLease {
        let private = lane.ready.job.reuse == Reuse::No;
        let mut sessions = self.sessions.borrow_mut();
        sessions.retain(|(_, session)| !session.is_over());
        let free = sessions.iter().find(|(of, session)| *of == server && session.has_room());
        let session = match free {
            Some((_, session)) if !private => Rc::clone(session),
            _ => {
                let session = Http2Session::start(lane, server);
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
            self.session.retire(None);
        }
    }
}
