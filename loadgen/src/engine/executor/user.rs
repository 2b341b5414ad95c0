//! The user that an executor sends on visits: each a single request, or a journey.

use std::rc::Rc;

use crate::client::{SingleRequestUser, VisitEnd, WorkerLoad};
use crate::journey::JourneyUser;
use crate::schedule::ScheduledAt;

/// A user of either kind. An enum, so that no visit is a call through a pointer.
pub(super) enum ScheduledUser {
    Single(SingleRequestUser),
    Journey(Box<JourneyUser>),
}

impl ScheduledUser {
    /// A user of the closed model, by its number from 0.
    pub fn user(load: &Rc<WorkerLoad>, number: usize, users: usize) -> Self {
        match &load.prepared.job.journeys {
            Some(script) => {
                Self::Journey(Box::new(JourneyUser::new(load, script, Some(number as u64 + 1))))
            }
            None => Self::Single(SingleRequestUser::user(load, number, users)),
        }
    }

    /// A connection of the open model, which serves one arrival after another.
    pub fn connection(load: &Rc<WorkerLoad>) -> Self {
        match &load.prepared.job.journeys {
            Some(script) => Self::Journey(Box::new(JourneyUser::new(load, script, None))),
            None => Self::Single(SingleRequestUser::connection(load)),
        }
    }

    /// Makes the next request or journey.
    pub async fn visit(&mut self, due: ScheduledAt) -> VisitEnd {
        match self {
            Self::Single(user) => user.request(due).await,
            // Boxed, so that the futures of single requests do not have the size of a journey's.
            Self::Journey(user) => Box::pin(user.travel(due)).await,
        }
    }
}
