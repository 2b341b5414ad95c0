//! Journeys: what users do step by step, with values taken from replies.
//!
//! A [`JourneyScript`](crate::JourneyScript) is shared by all threads; a [`JourneyUser`] is one
//! user. In the closed model a user keeps its cookies from journey to journey; in the open model
//! each arrival is a new user.

mod request;
mod step_verdict;
mod user;
mod values;

pub(crate) use user::JourneyUser;
