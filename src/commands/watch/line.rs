//! An event as a line.

use brunt_kit::consumer::REASON;
use brunt_kit::log::Delivery;
use brunt_scenarios::plain_text::printable;
use serde_json::{Map, Value, json};

/// Fields of every event, which say where it comes from, not what happened.
const ENVELOPE: [&str; 9] = [
    "eventType",
    "timestamp",
    "eventId",
    "aggregateId",
    "version",
    "correlationId",
    "causationId",
    "traceparent",
    "_links",
];
/// The longest value, in characters; longer ones are cut.
const LONGEST: usize = 60;

/// For people: time, partition and offset, key, type, and the event's own fields.
pub fn text(topic: &str, delivery: &Delivery) -> String {
    let Delivery { partition, offset, key, value, headers } = delivery;
    let (place, key) = (format!("{topic}/{partition}@{offset}"), printable(key));
    let shown = match serde_json::from_slice::<Map<String, Value>>(value) {
        Ok(event) => {
            let kind = event.get("eventType").and_then(Value::as_str).unwrap_or("?");
            format!("{}  {place}  {key}  {kind}{}", time(&event), fields(&event))
        }
        Err(_) => format!("{:19}  {place}  {key}  {}", "", cut(&String::from_utf8_lossy(value))),
    };
    match headers.get(REASON) {
        Some(reason) => format!("{shown}  dead: {}", printable(reason)),
        None => shown,
    }
}

/// For programs: the whole event.
pub fn json(topic: &str, delivery: &Delivery) -> String {
    let Delivery { partition, offset, key, value, headers } = delivery;
    let event = serde_json::from_slice::<Value>(value)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(value).into_owned()));
    let all = json!({
        "topic": topic, "partition": partition, "offset": offset, "key": key, "headers": headers, "event": event,
    });
    all.to_string()
}

/// `20210201123045` as people write it; another format is shown as it is.
fn time(event: &Map<String, Value>) -> String {
    let written = event.get("timestamp").map(plain).unwrap_or_default();
    let parsed = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", &written);
    parsed.map_or_else(
        |_| format!("{written:19}"),
        |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

fn fields(event: &Map<String, Value>) -> String {
    let own =
        event.iter().filter(|(name, value)| !ENVELOPE.contains(&name.as_str()) && !value.is_null());
    own.map(|(name, value)| format!("  {}={}", printable(name), cut(&plain(value)))).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    printable(&short)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn delivery(value: &str) -> Delivery {
        let value = value.to_owned().into();
        Delivery { partition: 3, offset: 117, key: "7".into(), value, headers: BTreeMap::new() }
    }

    const ORDERED: &str = r#"{"eventType":"Ordered","timestamp":"20210201123045","eventId":"e","aggregateId":7,"version":1,
        "correlationId":"c","causationId":null,"id":7,"productName":"따뜻한 아메리카노","qty":2,"productId":null}"#;

    #[test]
    fn an_event_is_shown_as_one_line() {
        assert_eq!(
            text("orders", &delivery(ORDERED)),
            "2021-02-01 12:30:45  orders/3@117  7  Ordered  id=7  productName=따뜻한 아메리카노  qty=2"
        );
    }

    #[test]
    fn a_record_that_is_no_event_is_shown_without_control_characters() {
        let mut dead = delivery("\u{1b}[2J not json\n");
        dead.headers.insert(REASON.to_owned(), "it makes\nno sense".to_owned());
        let shown = text("orders.DLT", &dead);
        assert!(
            shown.contains("orders.DLT/3@117  7  \u{fffd}[2J not json   dead: it makes no sense"),
            "{shown:?}"
        );
        let long = text("t", &delivery(&"x".repeat(10_000)));
        assert!(long.chars().count() < 120, "{long}");
        let odd = text("t", &delivery(r#"{"eventType":5,"timestamp":[1]}"#));
        assert!(odd.contains("t/3@117  7  ?"), "{odd}");
    }

    #[test]
    fn an_event_s_json_leaves_nothing_out() {
        let all: Value = serde_json::from_str(&json("orders", &delivery(ORDERED))).unwrap();
        assert_eq!(
            (&all["topic"], &all["partition"], &all["offset"]),
            (&"orders".into(), &3.into(), &117.into())
        );
        assert_eq!(all["event"], serde_json::from_str::<Value>(ORDERED).unwrap());
        let raw: Value = serde_json::from_str(&json("orders", &delivery("no json"))).unwrap();
        assert_eq!(raw["event"], "no json");
    }
}
