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
    #[error("{path} of {target} finds nothing, although there is what should have it")]
    Missing { path: JsonPath, target: RequestTarget },
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
    let Ok(wanted) = wanted.parse::<f64>() else {
        return Err(SumError::Wanted(wanted));
    };
    let mut sums = Vec::new();
    for (target, path) in terms {
        let items = ItemsPath::Each(path.clone());
        let no_number = || SumError::Term { path: path.clone(), target: target.clone() };
        let number = |value: Value| value.as_f64().ok_or_else(no_number);
        let numbers = fetch_items(client, (target, &items), variables, number).await?;
        if numbers.is_empty() && has_parents(target, path, client, variables).await? {
            return Err(SumError::Missing { path: path.clone(), target: target.clone() });
        }
        // The sum of no numbers is −0.0.
        sums.push(numbers.iter().sum::<f64>() + 0.0);
    }
    Ok(Sum { wanted, terms: sums })
}

/// Whether there is something that should have the field at the end of a path, none of which has
/// it: the field's name is mistyped. A filter may well find nothing.
async fn has_parents(
    target: &RequestTarget,
    path: &JsonPath,
    client: &SystemClient,
    variables: &Variables,
) -> Result<bool, SumError> {
    let Some(parent) = path.parent() else { return Ok(false) };
    let items = ItemsPath::Each(parent);
    let found = fetch_items(client, (target, &items), variables, Ok::<_, SumError>).await?;
    Ok(!found.is_empty())
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
