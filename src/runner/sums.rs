//! Conserved quantities: numbers read from several places that must add up.

use brunt_faults::with_causes;
use brunt_scenarios::plan::{CheckId, ItemsPath, JsonPath, RequestTarget};
use brunt_scenarios::timeline::SumRecord;
use serde_json::Value;

use super::client::SystemClient;
use super::fetch_items::{ItemsError, fetch_items};
use super::reading_error::ReadingError;
use super::variables::Variables;

/// What was read: the terms, and what they must add up to.
#[derive(Debug, PartialEq)]
pub struct Sum {
    wanted: f64,
    terms: Vec<f64>,
}

/// Why a sum could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SumError {
    #[error("`{0}` is not a number to compare with")]
    Wanted(String),
    #[error("{path} of {target} finds what is not a number")]
    Term { path: JsonPath, target: RequestTarget },
    #[error(transparent)]
    Fetch(#[from] ItemsError),
}

/// Reads every term and what they must add up to.
pub async fn read(
    terms: &[(RequestTarget, JsonPath)],
    equals: &str,
    client: &SystemClient,
    variables: &Variables,
) -> Result<Sum, SumError> {
    let wanted = variables.text(equals);
    let Ok(wanted) = wanted.parse() else {
        return Err(SumError::Wanted(wanted));
    };
    let mut sums = Vec::new();
    for (target, path) in terms {
        let items = ItemsPath::Each(path.clone());
        let no_number = || SumError::Term { path: path.clone(), target: target.clone() };
        let number = |value: Value| value.as_f64().ok_or_else(no_number);
        let numbers = fetch_items(client, (target, &items), variables, number).await?;
        sums.push(numbers.iter().sum());
    }
    Ok(Sum { wanted, terms: sums })
}

impl Sum {
    /// Whether the terms add up, so that reading again would change nothing.
    pub fn is_settled(&self) -> bool {
        (self.terms.iter().sum::<f64>() - self.wanted).abs() < 1e-6
    }
}

/// The record of what was read last.
pub fn record(check: CheckId, read: Result<Sum, ReadingError<SumError>>, after: f64) -> SumRecord {
    let (sum, trouble) = match read {
        Ok(sum) => (sum, None),
        Err(error) => (Sum { wanted: 0.0, terms: vec![] }, Some(with_causes(&error))),
    };
    SumRecord { check, wanted: sum.wanted, terms: sum.terms, after, trouble }
}
