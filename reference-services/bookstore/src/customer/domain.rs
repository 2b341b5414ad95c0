//! Customers: their commands and events. Pure: no clock, no store, no network.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub customer_id: i64,
    /// What they are called.
    pub customer_name: String,
    /// Counts the changes, from 1.
    pub version: u64,
}

/// The commands that change a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Someone becomes a customer.
    Register(String),
    /// They are called otherwise.
    Rename(String),
    /// They are a customer no more.
    Delete,
}

/// The events that commands lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Registered(String),
    Changed(String),
    Deleted,
}

/// Why a command is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("customerName is missing")]
    NoName,
    #[error("there is no such customer")]
    Unknown,
}

/// The event that a command leads to; none if it changes nothing.
///
/// # Errors
/// When the command is refused.
pub fn decide(customer: Option<&Customer>, command: Command) -> Result<Option<Event>, Rejection> {
    match command {
        Command::Register(name) | Command::Rename(name) if name.trim().is_empty() => {
            Err(Rejection::NoName)
        }
        Command::Register(name) => Ok(Some(Event::Registered(name))),
        Command::Rename(name) => {
            let customer = customer.ok_or(Rejection::Unknown)?;
            Ok((customer.customer_name != name).then_some(Event::Changed(name)))
        }
        Command::Delete => customer.map(|_| Some(Event::Deleted)).ok_or(Rejection::Unknown),
    }
}

impl Customer {
    /// Someone who has just become one.
    #[must_use]
    pub fn registered(customer_id: i64, customer_name: String) -> Self {
        Self { customer_id, customer_name, version: 1 }
    }

    #[must_use]
    pub fn after(self, event: &Event) -> Self {
        let customer_name = match event {
            Event::Registered(name) => {
                return Self::registered(self.customer_id, name.clone());
            }
            Event::Changed(name) => name.clone(),
            Event::Deleted => self.customer_name,
        };
        Self { customer_name, version: self.version + 1, customer_id: self.customer_id }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_has_a_name_that_may_change() {
        assert_eq!(decide(None, Command::Register(" ".into())), Err(Rejection::NoName));
        let kim = Customer::registered(1, "Kim".into());
        assert_eq!(decide(Some(&kim), Command::Rename(String::new())), Err(Rejection::NoName));
        assert_eq!(decide(Some(&kim), Command::Rename("Kim".into())), Ok(None));
        let event = decide(Some(&kim), Command::Rename("김철수".into())).unwrap().unwrap();
        let renamed = kim.after(&event);
        assert_eq!((renamed.customer_name.as_str(), renamed.version), ("김철수", 2));
        assert_eq!(decide(Some(&renamed), Command::Delete), Ok(Some(Event::Deleted)));
        assert_eq!(decide(None, Command::Delete), Err(Rejection::Unknown));
        assert_eq!(decide(None, Command::Rename("Lee".into())), Err(Rejection::Unknown));
    }
}
