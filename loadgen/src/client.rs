//! Users of a load, and what the users of one thread share: figures, connections, deadlines.

mod connector;
mod deadline;
mod follow_ups;
mod judge;
mod page;
pub(crate) mod redirect;
mod server_connection;
mod single_request_user;
mod stalls;
mod visit_end;
mod worker_load;

pub(crate) use deadline::RequestDeadline;
pub(crate) use server_connection::ServerConnection;
pub(crate) use single_request_user::SingleRequestUser;
pub(crate) use visit_end::VisitEnd;
pub(crate) use worker_load::{WorkerLoad, WorkerLoadRecord};

/// The most of a body that is kept for checks, in bytes; the rest is counted and dropped, so that
/// an endless reply costs no more memory than this.
pub(crate) const LONGEST_BODY: usize = 4 * 1024 * 1024;
