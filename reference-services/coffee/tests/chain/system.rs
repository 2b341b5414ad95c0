//! The coffee chain in this process.

use brunt_coffee::SYSTEM;
use brunt_kit::testing::Trial;

/// Long enough to do something before it is over, whatever the machine.
pub const SLOW: (&str, &str) = ("MAKING_TIME", "60m");

pub async fn start(variables: &[(&str, &str)]) -> Trial {
    Trial::start(&SYSTEM, variables).await
}

pub async fn without(absent: &[&str], variables: &[(&str, &str)]) -> Trial {
    Trial::without(&SYSTEM, absent, variables).await
}
