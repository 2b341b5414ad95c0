//! The published schema is that of the reports that are written.

use brunt_reports::{Report, json, schema};
use brunt_scenarios::plan::{Availability, Claim, During};
use brunt_scenarios::timeline::{
    CheckCount, CheckId, Failure, JourneyRecord, KeySample, LedgerRecord, Moment, Schedule,
    SparseHistogram, StepFigures, StepRecord, SumRecord,
};
use serde_json::Value;

use crate::fixture::{percent, plan, report, timeline};

/// One that has something of everything.
fn rich() -> Report {
    let claim = Claim::Availability(Availability {
        of: "orders".to_owned(),
        at_least: percent("90%"),
        during: During::Run,
    });
    let mut timeline = timeline();
    let step = StepFigures {
        name: "buy".to_owned(),
        ok: 3,
        failed: [(Failure::Status(503), 2)].into(),
        latency: SparseHistogram::from(vec![(10, 3)]),
        checks: vec![CheckCount { name: "status".to_owned(), passed: 3, failed: 2 }],
        ..StepFigures::default()
    };
    let journey = JourneyRecord {
        name: "shopping".to_owned(),
        steps: vec![step],
        ..JourneyRecord::default()
    };
    timeline.loads[0].journeys = vec![journey];
    timeline.loads[0].schedule = Schedule::Missed("it was late".to_owned());
    timeline.steps = vec![StepRecord {
        name: "a step".to_owned(),
        start: Moment(0.5),
        end: Moment(0.6),
        tries: 1,
        status: Some(500),
        objection: Some("status 500".to_owned()),
    }];
    let keys = KeySample { count: 1, some: vec!["a".to_owned()] };
    timeline.ledgers = vec![LedgerRecord {
        check: CheckId(0),
        accepted: 2,
        unknown: 0,
        effects: 1,
        missing: keys.clone(),
        unfinished: KeySample::default(),
        repeated: KeySample::default(),
        unasked: keys,
        objection: None,
        earlier_trouble: None,
        after: 0.5,
        trouble: None,
    }];
    timeline.sums = vec![SumRecord {
        check: CheckId(0),
        wanted: 5.0,
        terms: vec![2.0, 3.0],
        after: 0.1,
        trouble: None,
    }];
    report(&plan(vec![claim]), timeline)
}

#[test]
fn a_report_is_valid_under_its_schema() {
    let schema = schema();
    let report: Value = serde_json::from_str(&json(&rich()).expect("renders")).expect("JSON");
    valid(&report, &schema, &schema, "report").expect("valid");
}

#[test]
fn another_document_is_not_valid_under_the_schema() {
    let schema = schema();
    let mut report: Value = serde_json::from_str(&json(&rich()).expect("renders")).expect("JSON");
    report["timeline"]["loads"][0]["windows"][0]["ok"] = "many".into();
    let error = valid(&report, &schema, &schema, "report").expect_err("a word is no number");
    assert!(error.contains("ok"), "{error}");
    report["timeline"].as_object_mut().expect("an object").remove("loads");
    assert!(valid(&report, &schema, &schema, "report").is_err());
}

/// As much of JSON Schema as is used; a field that the schema does not know is an error too.
fn valid(value: &Value, schema: &Value, root: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let pointer = name.trim_start_matches('#');
        return valid(value, root.pointer(pointer).ok_or(format!("{at}: no {name}"))?, root, at);
    }
    for (all, kind) in [(true, "allOf"), (false, "anyOf"), (false, "oneOf")] {
        let Some(parts) = schema[kind].as_array() else { continue };
        let tried: Vec<_> = parts.iter().map(|part| valid(value, part, root, at)).collect();
        if let Some(error) = tried.iter().find_map(|one| one.clone().err()) {
            let some = tried.iter().any(Result::is_ok);
            if all || !some {
                return Err(error);
            }
        }
        return Ok(());
    }
    typed(value, schema, at)?;
    if let Some(only) = schema.get("const")
        && only != value
    {
        return Err(format!("{at}: {value} is not {only}"));
    }
    match value {
        Value::Object(fields) => object(fields, schema, root, at),
        Value::Array(items) => match &schema["items"] {
            Value::Array(each) => {
                items.iter().zip(each).try_for_each(|(item, schema)| valid(item, schema, root, at))
            }
            Value::Null => Ok(()),
            all => items.iter().try_for_each(|item| valid(item, all, root, at)),
        },
        _ => Ok(()),
    }
}

fn typed(value: &Value, schema: &Value, at: &str) -> Result<(), String> {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        _ => value.is_null(),
    };
    let fits = match &schema["type"] {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    };
    let listed = schema["enum"].as_array().is_none_or(|all| all.contains(value));
    if fits && listed { Ok(()) } else { Err(format!("{at}: {value} is not {}", schema["type"])) }
}

fn object(
    fields: &serde_json::Map<String, Value>,
    schema: &Value,
    root: &Value,
    at: &str,
) -> Result<(), String> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        fields.get(name).ok_or(format!("{at}: {name} is missing"))?;
    }
    for (name, value) in fields {
        let known = &schema["properties"][name];
        let other = &schema["additionalProperties"];
        let schema = if known.is_null() { other } else { known };
        if schema.is_null() {
            return Err(format!("{at}: {name} is not in the schema"));
        }
        valid(value, schema, root, &format!("{at}.{name}"))?;
    }
    Ok(())
}
