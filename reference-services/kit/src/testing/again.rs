//! Repeats events, and compares what a system shows before and after.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Trial;
use crate::log::NewRecord;

impl Trial {
    /// What these collections show, each a service and a path.
    pub async fn state(&self, collections: &[(&str, &str)]) -> Vec<Value> {
        let mut state = Vec::new();
        for (service, path) in collections {
            state.push(self.get(service, path).await.1);
        }
        state
    }

    /// Appends each event of a topic once more; `count` is the number of events there must be.
    pub async fn duplicate(&self, topic: &str, count: usize) {
        let again = self.events(topic, count).await.into_iter().map(|event| NewRecord {
            topic: topic.to_owned(),
            key: event.key,
            value: event.value,
            headers: BTreeMap::new(),
        });
        self.log().append(again.collect()).await.unwrap();
    }

    /// Waits until a service has received an event this many times with this outcome.
    pub async fn until_received(&self, service: &str, event_type: &str, outcome: &str, count: u32) {
        let line = format!(
            "events_received_total{{eventType=\"{event_type}\",outcome=\"{outcome}\"}} {count}"
        );
        self.until_text(service, "/actuator/prometheus", |text| {
            text.lines().any(|found| found == line)
        })
        .await;
    }
}
