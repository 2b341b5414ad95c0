//! Setting entries of a ConfigMap. Pods that mount it see them after the kubelet's sync period,
//! about a minute; pods that read it into their environment do not see them at all.

use std::collections::BTreeMap;

use brunt_faults::TargetError;
use serde_json::json;

use super::recovery::recover_change;
use crate::changes::change::Change;
use crate::changes::changer::Changer;
use crate::changes::json_patch::escaped;
use crate::client::object::{ObjectKind, ObjectRef};

const SLOT: &str = "data";

fn object(name: &str) -> ObjectRef {
    ObjectRef::new(ObjectKind::ConfigMap, name)
}

pub(super) async fn inject(
    changer: &Changer,
    name: &str,
    data: &BTreeMap<String, String>,
) -> Result<(), TargetError> {
    let value =
        |(key, value): (&String, &String)| (format!("/data/{}", escaped(key)), Some(json!(value)));
    let values = data.iter().map(value).collect();
    let change = Change { object: object(name), slot: SLOT.to_owned(), values };
    changer.inject(&change).await?;
    Ok(())
}

pub(super) async fn recover(changer: &Changer, name: &str) -> Result<(), TargetError> {
    recover_change(changer, &object(name), SLOT).await
}
