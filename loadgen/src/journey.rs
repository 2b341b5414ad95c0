//! Journeys: what users do step by step, with values taken from replies.
//!
//! A [`Script`] is what all threads have in common; a [`JourneyUser`] is one user. In the closed
//! model a user keeps its cookies from journey to journey; in the open model each arrival is a new
//! user.

mod check;
mod draft;
mod feeder;
mod judge;
mod known;
pub(crate) mod redirect;
mod reply;
mod request;
mod script;
mod traveller;

pub(crate) use draft::RequestTemplate;
pub(crate) use reply::ReplyContent;
pub use script::Script;
pub(crate) use traveller::JourneyUser;
