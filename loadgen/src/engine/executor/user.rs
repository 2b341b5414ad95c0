//! Who makes an arrival's requests: one request, or a journey.

use std::rc::Rc;

use crate::client::{SingleRequestUser, VisitEnd, WorkerLoad};
use crate::journey::JourneyUser;
use crate::schedule::ScheduledAt;

/// Makes one request after another, or one journey after another.
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

    /// Makes the next request, or journey.
    pub async fn visit(&mut self, due: ScheduledAt) -> VisitEnd {
        match self {
            Self::Single(user) => user.request(due).await,
            // Boxed, so that requests without journeys are not made to carry its state.
            Self::Journey(user) => Box::pin(user.travel(due)).await,
        }
    }
}
