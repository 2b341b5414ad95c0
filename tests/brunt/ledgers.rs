//! A ledger that cannot be trusted is no pass, and one that was read in the wrong place is no
//! failure of the system.

use crate::workplace::{Ended, Workplace};

/// Orders, and what is expected of them.
fn orders(post: &str, expect: &str) -> Ended {
    let here = Workplace::new();
    here.scenario(&format!(
        "\
setup: [{{post: front/orders, json: {{}}, expect: 201, save: {{one: $.id}}}}]
load:
  - {{name: orders, open: {{rate: 20/s}}, for: 1s, post: front/{post}, json: {{}}, expect: 201, key: $.id}}
expect:
  - {expect}
"
    ));
    here.brunt(&["run", "scenario.yaml"])
}

fn ledger(effects: &str) -> String {
    format!("ledger: {{of: orders, effects: {{get: front/orders, {effects}}}, within: 500ms}}")
}

#[test]
fn one_effect_is_not_enough_for_several_commands_with_the_same_key() {
    let here = Workplace::new();
    here.scenario(
        "\
load:
  - {name: orders, open: {rate: 20/s}, for: 1s, post: front/same, json: {}, expect: 201, key: $.id}
expect:
  - ledger: {of: orders, effects: {get: front/orders, items: '$.orders[*]', key: $}, within: 500ms}
",
    );
    let said = ["19 lost", "1, given to 20 commands"];
    here.brunt(&["run", "scenario.yaml"]).must(1, &said);
}

#[test]
fn effects_that_are_looked_for_in_the_wrong_place_are_inconclusive() {
    let right = ledger("items: '$.orders[*]', key: $");
    orders("orders", &right).must(0, &["0 lost", "0 duplicated"]);
    let mistyped = ledger("items: '$.order[*]', key: $");
    orders("orders", &mistyped).must(3, &["has no $.order"]);
    let no_key = ledger("items: '$.orders[*]', key: $.id");
    orders("orders", &no_key).must(3, &["has no key at $.id", "`items: $.orders[?@.id]`"]);
    let a_list = ledger("items: $.orders, key: $.id");
    orders("orders", &a_list).must(3, &["`[*]` at the"]);
}

#[test]
fn what_must_be_absent_or_add_up_to_nothing_is_looked_for_in_a_list_that_is_there() {
    let saga = |items: &str| {
        format!(
            "saga: {{of: orders, compensated: [{{get: front/orders, items: '{items}', key: $, \
             absent: true}}], within: 500ms}}"
        )
    };
    orders("orders", &saga("$.order[*]")).must(3, &["has no $.order"]);
    orders("orders", &saga("$.orders[?@ < 0]")).must(0, &["pass"]);
    let sum = |path: &str| {
        format!(
            "conserved: {{what: orders, sum: [{{get: front/orders, values: '{path}'}}], equals: 0, \
             within: 500ms}}"
        )
    };
    orders("orders", &sum("$.order[*]")).must(3, &["has no $.order"]);
    orders("orders", &sum("$.orders[?@ < 0]")).must(0, &["pass"]);
    orders("orders", &sum("$.orders[*].qyt")).must(3, &["$.orders[*].qyt", "finds nothing"]);
}

#[test]
fn saved_values_are_filled_in_where_effects_are_compared() {
    let json = |value: &str| {
        format!(
            "ledger: {{of: things, effects: {{get: front/things, entries: $.things, json: {{$.value: \
             {value}}}}}, within: 500ms}}"
        )
    };
    let run = |value: &str| {
        let here = Workplace::new();
        here.scenario(&format!(
            "\
setup: [{{post: front/orders, json: {{}}, expect: 201, save: {{one: $.id}}}}]
load:
  - name: things
    open: {{rate: 20/s}}
    for: 1s
    put: 'front/things/${{uuid}}'
    expect: 204
    key: {{request: {{path: '/things/(.*)'}}}}
expect:
  - {}
",
            json(value)
        ));
        here.brunt(&["run", "scenario.yaml"])
    };
    run("'${one}'").must(0, &["0 lost"]);
    run("'${two}'").must(2, &["no step before it saves `two`"]);
}
