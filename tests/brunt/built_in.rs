//! What is built in works from anywhere, as an installed binary would.

use crate::workplace::Workplace;

const SCENARIO: &str = "\
version: 1
name: a short one
system: coffee
load:
  - {name: orders, open: {rate: 20/s}, for: 3s, post: gateway/orders, json: {item: Hot Tea, qty: 1}, expect: 201, key: $.id}
faults:
  - {at: 1s, kill: {service: product}}
expect:
  - availability: {of: orders, atLeast: 100%}
  - recovers: {service: product}
  - ledger:
      of: orders
      effects: {get: 'gateway/orders?size=7', items: '$._embedded.orders[*]', key: $.id, json: {$.status: Completed}}
      within: 10s
";

#[test]
fn a_scenario_on_a_built_in_system_runs_outside_of_the_repository() {
    let here = Workplace::new();
    here.write("mine.yaml", SCENARIO);
    here.brunt(&["run", "mine.yaml"]).must(0, &["pass"]);
    assert!(here.run_folder().join("report.html").exists());
}

#[test]
fn built_in_scenarios_are_found_by_name_and_are_valid() {
    let here = Workplace::new();
    here.brunt(&["validate", "coffee"]).must(0, &["product-down", "kill-storm"]);
    here.brunt(&["validate", "scenarios/coffee/product-down.yaml"]).must(0, &["ok"]);
    here.brunt(&["list"]).must(0, &["coffee/zombie"]);
    let schema = here.brunt(&["schema"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&schema.out).unwrap()["properties"]["faults"]
            .is_object()
    );
}

#[test]
fn the_coffee_chain_comes_up_and_takes_an_order() {
    let here = Workplace::new();
    let mut child = here.up(&["up", "coffee", "--free-ports"]);
    let printed = here.printed();
    let url = printed.split("Entry point: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let order = |url: String| async move {
        let order = serde_json::json!({"productName": "Americano", "qty": 1});
        let reply =
            reqwest::Client::new().post(format!("{url}/orders")).json(&order).send().await.unwrap();
        (reply.status().as_u16(), reply.json::<serde_json::Value>().await.unwrap())
    };
    let (status, body) = runtime.block_on(order(url));
    assert_eq!((status, &body["status"]), (201, &serde_json::json!("Requested")), "{body}");
    rustix::process::kill_process(
        rustix::process::Pid::from_child(&child),
        rustix::process::Signal::TERM,
    )
    .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", here.printed());
}

const CALLS: &str = "\
version: 1
name: orders over gRPC are the orders of REST
system: coffee
load:
  - name: orders
    open: {rate: 20/s}
    for: 3s
    proto: order.proto
    journeys:
      - name: order
        steps:
          - name: place
            grpc: {call: brunt.coffee.v1.Orders/Place, to: order, message: {productName: Americano, qty: 1}}
            headers: {idempotency-key: '${uuid}'}
            expect: {json: {$.status: Requested, $.qty: 1}}
            key: $.id
            save: {id: $.id}
          - name: over REST
            get: order/orders/${id}
            expect: {status: 200, json: {$.productName: Americano}}
          - name: by its id
            grpc: {call: brunt.coffee.v1.Orders/Get, to: order, message: {id: '${id}'}}
            expect: {status: OK, json: {$.id: '${id}'}}
  - name: asked by reflection
    open: {rate: 10/s}
    for: 3s
    grpc: {call: brunt.coffee.v1.Orders/Get, to: order, message: {id: 999999999}}
    expect: NOT_FOUND
expect:
  - availability: {of: orders, atLeast: 100%}
  - availability: {of: asked by reflection, atLeast: 100%}
  - ledger:
      of: orders
      effects: {get: 'gateway/orders?size=1000', items: '$._embedded.orders[*]', key: $.id, json: {$.status: Completed}}
      within: 10s
";

#[test]
fn loads_call_the_reference_services_by_grpc() {
    let here = Workplace::new();
    here.write("calls.yaml", CALLS);
    here.write("order.proto", include_str!("../../reference-services/coffee/proto/order.proto"));
    here.brunt(&["run", "calls.yaml"]).must(0, &["pass"]);
    let misspelt = CALLS.replace("Orders/Place", "Orders/Plaze");
    here.write("misspelt.yaml", &misspelt);
    here.brunt(&["validate", "misspelt.yaml"])
        .must(2, &["misspelt.yaml:13:26", "did you mean `Place`?"]);
}
