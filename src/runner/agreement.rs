//! Documents held against one another: compensations against what was called off, a view against
//! its sources.

mod hold;

use brunt_scenarios::plan::{Canceled, Compensation, KeyedCollection, ViewSource};
use brunt_scenarios::timeline::{AgreementRecord, LoadRecord};
use serde_json::Value;

use super::calls::Calls;
use super::collection;
use super::variables::Variables;
use hold::{Agreement, Item};

/// Reads what was called off and what makes good for it.
pub async fn saga(
    called_off: &Canceled,
    compensated: &[Compensation],
    loads: &[LoadRecord],
    calls: &Calls,
    variables: &Variables,
) -> Result<AgreementRecord, String> {
    let keys = match called_off {
        Canceled::By(load) => {
            let record = loads.iter().find(|record| record.name == *load);
            record.ok_or_else(|| format!("there is no record of {load}"))?.accepted.clone()
        }
        Canceled::Found(rows) => {
            items(rows, calls, variables).await?.into_iter().map(|item| item.key).collect()
        }
    };
    let mut agreement = Agreement::of(keys);
    for one in compensated {
        let place = one.rows.target.document();
        let found = items(&one.rows, calls, variables).await?;
        agreement.compensated(
            &place,
            &found,
            one.json.as_deref().map(filled(variables)).as_deref(),
        );
    }
    Ok(agreement.record())
}

/// Reads a view and its sources.
pub async fn view(
    of: &KeyedCollection,
    sources: &[ViewSource],
    calls: &Calls,
    variables: &Variables,
) -> Result<AgreementRecord, String> {
    let mut held = Vec::new();
    for source in sources {
        held.push((source, items(&source.rows, calls, variables).await?));
    }
    let rows = items(of, calls, variables).await?;
    Ok(hold::view(&rows, &held))
}

/// Whether all agrees, so that reading again would change nothing.
pub fn is_settled(record: &AgreementRecord) -> bool {
    let wrong = record.missing.count + record.different.count + record.unasked.count;
    record.trouble.is_none() && record.keys > 0 && wrong == 0
}

/// A record that says why there is none.
pub fn unread(trouble: String) -> AgreementRecord {
    AgreementRecord { trouble: Some(trouble), ..Agreement::of(vec![]).record() }
}

type Conditions = Vec<(brunt_scenarios::plan::JsonPath, Value)>;

fn filled(
    variables: &Variables,
) -> impl Fn(&[(brunt_scenarios::plan::JsonPath, Value)]) -> Conditions {
    |json| json.iter().map(|(path, value)| (path.clone(), variables.json(value))).collect()
}

/// Items with their keys. One without a key is no row.
async fn items(
    rows: &KeyedCollection,
    calls: &Calls,
    variables: &Variables,
) -> Result<Vec<Item>, String> {
    let all = collection::read(calls, &rows.target, &rows.items, variables).await?;
    Ok(all.into_iter().filter_map(|item| Some(Item { key: rows.key.text(&item)?, item })).collect())
}
