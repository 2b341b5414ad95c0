//! Documents held against one another: compensations against what was canceled, a view against its
//! sources.

mod compare;

use brunt_faults::with_causes;
use brunt_scenarios::plan::{
    Canceled, CheckId, Compensation, CrossCheck, KeyedCollection, ViewSource,
};
use brunt_scenarios::timeline::{AgreementRecord, LoadRecord};
use serde_json::Value;

use super::client::SystemClient;
use super::fetch_items::{ItemsError, fetch_items, key_of};
use super::reading_error::ReadingError;
use super::variables::Variables;
pub use compare::KeyComparison;
use compare::KeyedItem;

/// Why documents could not be held against one another.
#[derive(Debug, thiserror::Error)]
pub enum CrossCheckError {
    #[error("there is no record of {0}")]
    NoLoad(String),
    #[error(transparent)]
    Fetch(#[from] ItemsError),
}

/// Reads the documents and compares them.
pub async fn read(
    documents: CrossCheck<'_>,
    loads: &[LoadRecord],
    client: &SystemClient,
    variables: &Variables,
) -> Result<KeyComparison, CrossCheckError> {
    match documents {
        CrossCheck::Saga { canceled, compensated, .. } => {
            let keys = canceled_keys(canceled, loads, client, variables).await?;
            Ok(saga(keys, compensated, client, variables).await?)
        }
        CrossCheck::View { of, sources, .. } => Ok(view(of, sources, client, variables).await?),
    }
}

/// The record of what was read last for a check.
pub fn record(
    check: CheckId,
    read: Result<KeyComparison, ReadingError<CrossCheckError>>,
    after: f64,
) -> AgreementRecord {
    match read {
        Ok(comparison) => comparison.record(check, after, None),
        Err(error) => KeyComparison::default().record(check, after, Some(with_causes(&error))),
    }
}

async fn canceled_keys(
    canceled: &Canceled,
    loads: &[LoadRecord],
    client: &SystemClient,
    variables: &Variables,
) -> Result<Vec<String>, CrossCheckError> {
    match canceled {
        Canceled::By(load) => {
            let record = loads.iter().find(|record| record.name == *load);
            Ok(record.ok_or_else(|| CrossCheckError::NoLoad(load.clone()))?.accepted.clone())
        }
        Canceled::Found(rows) => {
            Ok(items(rows, client, variables).await?.into_iter().map(|item| item.key).collect())
        }
    }
}

async fn saga(
    keys: Vec<String>,
    compensated: &[Compensation],
    client: &SystemClient,
    variables: &Variables,
) -> Result<KeyComparison, ItemsError> {
    let mut comparison = KeyComparison::of(keys);
    for one in compensated {
        let place = one.rows.target.document();
        let found = items(&one.rows, client, variables).await?;
        let json = one.json.as_deref().map(|json| variables.conditions(json));
        comparison.compensated(&place, &found, json.as_deref());
    }
    Ok(comparison)
}

async fn view(
    of: &KeyedCollection,
    sources: &[ViewSource],
    client: &SystemClient,
    variables: &Variables,
) -> Result<KeyComparison, ItemsError> {
    // The sources first: what they hold by then must be in the view that is read after them.
    let mut held = Vec::new();
    for source in sources {
        let found = items(&source.rows, client, variables).await?;
        if let Some(field) = compare::field_without_values(source, &found) {
            let collection = source.rows.target.clone();
            return Err(ItemsError::NoField { collection, field: field.held.clone() });
        }
        held.push((source, found));
    }
    let rows = items(of, client, variables).await?;
    Ok(compare::view(&rows, &held))
}

/// Items with their keys.
async fn items(
    rows: &KeyedCollection,
    client: &SystemClient,
    variables: &Variables,
) -> Result<Vec<KeyedItem>, ItemsError> {
    let keyed = |item: Value| Ok(KeyedItem { key: key_of(rows, &item)?, item });
    fetch_items(client, (&rows.target, &rows.items), variables, keyed).await
}
