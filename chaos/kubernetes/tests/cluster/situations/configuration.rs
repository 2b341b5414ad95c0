//! Values of objects: ConfigMaps of every shape, variables of every kind, probes.

use serde_json::{Value, json};

use super::{situations, some_replaced, there_is, untouched};
use crate::lab::objects::{PORT, app, container, container_with, object, plain, with};

const SET: &str = "{at: 1s, for: 3s, setConfig: {service: shop, configMap: settings, data: {\
                   a.properties: x, NEW_1: y}}}";
const SET_ENV: &str = "{at: 1s, for: 4s, setEnv: {service: shop, env: {A: b}}}";

fn config(more: &Value) -> Vec<Value> {
    let mut all = plain("shop");
    all.push(object("v1", "ConfigMap", "settings", more));
    all
}

/// The shop, with these variables.
fn variables(env: &Value) -> Vec<Value> {
    let mut own = container("shop", PORT);
    own["env"].as_array_mut().unwrap().extend(env.as_array().unwrap().clone());
    let mut all = app("shop", &[own]);
    let secret = json!({"stringData": {"a": "hidden"}});
    all.push(object("v1", "Secret", "secret", &secret));
    all
}

fn probed(probe: &Value) -> Vec<Value> {
    app("shop", &[with(container("shop", PORT), probe)])
}

fn is_set(seen: &crate::lab::seen::Seen) -> bool {
    seen.gone == 0 && seen.changed.contains("ConfigMap settings")
}

situations! {
    entries_are_set_in_a_config_map_and_go_again =>
        there_is(config(&json!({"data": {"a.properties": "b"}}))).fault(SET)
            .touches(&["ConfigMap settings"]).hits(2, is_set);
    entries_are_set_in_a_config_map_without_any =>
        there_is(config(&json!({}))).fault(SET)
            .touches(&["ConfigMap settings"]).hits(2, is_set);
    entries_are_set_beside_binary_ones =>
        there_is(config(&json!({"binaryData": {"file": "AAEC"}}))).fault(SET)
            .touches(&["ConfigMap settings"]).hits(2, is_set);
    an_immutable_config_map_is_left_and_the_run_is_no_pass =>
        there_is(config(&json!({"immutable": true, "data": {"a.properties": "b"}}))).fault(SET)
            .shows(untouched).inconclusive("immutable");
    an_entry_that_is_binary_is_no_text_to_set =>
        there_is(config(&json!({"binaryData": {"a.properties": "AAEC"}}))).fault(SET)
            .shows(untouched).inconclusive("a.properties");
    a_variable_is_set_where_there_is_no_list_of_them =>
        there_is(app("shop", &[with(container("shop", PORT), &json!({"env": null}))]))
            .fault(SET_ENV).hits(2, some_replaced);
    a_variable_from_a_secret_is_set_and_comes_from_the_secret_again =>
        there_is(variables(&json!([{"name": "A", "valueFrom": {"secretKeyRef": {
            "name": "secret", "key": "a"}}}])))
            .fault(SET_ENV).hits(2, some_replaced);
    a_variable_that_others_refer_to_keeps_its_place =>
        there_is(variables(&json!([
            {"name": "A", "value": "first"}, {"name": "OTHER", "value": "$(A)-second"}])))
            .load("{name: looks, open: {rate: 5/s}, for: 9s, get: shop/env/OTHER}")
            .fault(SET_ENV).hits(2, some_replaced);
    a_variable_that_is_set_already_gives_the_fault_nothing_to_do =>
        there_is(app("shop", &[container_with("shop", PORT, &[("A", "b")])])).fault(SET_ENV)
            .shows(untouched).inconclusive("has all of these values already");
    an_entry_that_is_set_already_gives_the_fault_nothing_to_do =>
        there_is(config(&json!({"data": {"a.properties": "x", "NEW_1": "y"}}))).fault(SET)
            .shows(untouched).inconclusive("has all of these values already");
    a_probe_without_a_path_has_none_to_tamper_with =>
        there_is(probed(&json!({"readinessProbe": {"httpGet": null,
            "tcpSocket": {"port": PORT}}})))
            .fault("{at: 1s, for: 3s, tamperProbe: {service: shop, probe: readiness, path: /x}}")
            .shows(untouched).inconclusive("");
    a_probe_of_any_kind_is_taken_away_and_comes_back =>
        there_is(probed(&json!({"readinessProbe": {"httpGet": null,
            "tcpSocket": {"port": PORT}, "successThreshold": 2}})))
            .fault("{at: 1s, for: 4s, tamperProbe: {service: shop, probe: readiness}}")
            .hits(2, |seen| seen.gone > 0);
}
