//! Conserved quantities: numbers read from several places that must add up.

use brunt_scenarios::plan::{JsonPath, RequestTarget};
use brunt_scenarios::timeline::SumRecord;
use serde_json::Value;

use super::calls::Calls;
use super::collection;
use super::variables::Variables;

/// Reads every term and what they must add up to.
pub async fn read(
    terms: &[(RequestTarget, JsonPath)],
    equals: &str,
    calls: &Calls,
    variables: &Variables,
) -> Result<SumRecord, String> {
    let wanted = variables.text(equals);
    let wanted: f64 =
        wanted.parse().map_err(|_| format!("`{wanted}` is not a number to compare with"))?;
    let mut sums = Vec::new();
    for (target, path) in terms {
        let values = collection::read(calls, target, path, variables).await?;
        let numbers: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
        sums.push(
            numbers
                .ok_or_else(|| format!("{path} of {target} finds what is not a number"))?
                .iter()
                .sum(),
        );
    }
    Ok(SumRecord { check: 0, wanted, terms: sums, after: 0.0, trouble: None })
}

/// Whether the terms add up.
pub fn is_settled(record: &SumRecord) -> bool {
    record.trouble.is_none() && (record.terms.iter().sum::<f64>() - record.wanted).abs() < 1e-6
}
