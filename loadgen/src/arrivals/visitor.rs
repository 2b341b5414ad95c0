//! Who makes an arrival's requests: one request, or a journey.

use std::rc::Rc;

use crate::client::{Client, Due, Finished};
use crate::engine::Lane;
use crate::journey::Traveller;

/// Makes one request after another, or one journey after another.
pub(super) enum Visitor {
    Client(Client),
    Traveller(Box<Traveller>),
}

impl Visitor {
    /// A user of the closed model, by its number from 0.
    pub fn user(lane: &Rc<Lane>, number: usize, users: usize) -> Self {
        match &lane.ready.job.journeys {
            Some(script) => {
                Self::Traveller(Box::new(Traveller::new(lane, script, Some(number as u64 + 1))))
            }
            None => Self::Client(Client::user(lane, number, users)),
        }
    }

    /// A connection of the open model, which serves one arrival after another.
    pub fn connection(lane: &Rc<Lane>) -> Self {
        match &lane.ready.job.journeys {
            Some(script) => Self::Traveller(Box::new(Traveller::new(lane, script, None))),
            None => Self::Client(Client::connection(lane)),
        }
    }

    /// Makes the next request, or journey.
    pub async fn visit(&mut self, due: Due) -> Finished {
        match self {
            Self::Client(client) => client.request(due).await,
            // Boxed, so that requests without journeys are not made to carry its state.
            Self::Traveller(traveller) => Box::pin(traveller.travel(due)).await,
        }
    }
}
