//! What a user reads when a scenario or a system is wrong: place, words, and what to do about it.

use brunt_scenarios::plan::FaultKind;
use brunt_scenarios::{Diagnostic, Plan, Scenario, Source, SystemSpec, plan};

const SYSTEM: &str = "\
version: 1
name: shop
services:
  order:
    command: [./order]
    calls: {stock: {env: STOCK_URL}}
    readinessProbe: {httpGet: {path: /ready}, periodSeconds: 1}
    guards: {outbox: {env: {OUTBOX: 'off'}}}
    autoscaler: {minReplicas: 2, maxReplicas: 4, cpuRequest: 0.5}
  stock: {command: [./stock], strategy: {type: Recreate}}
  bank: {url: 'http://127.0.0.1:9000'}
";

const LOAD: &str = "\
load:
  - name: orders
    open: {rate: 10/s}
    for: 10s
    get: order/orders
";

fn check(scenario: &str) -> Result<Plan, Vec<Diagnostic>> {
    check_file(&format!("version: 1\nname: a test\nsystem: shop\n{scenario}"))
}

fn check_file(scenario: &str) -> Result<Plan, Vec<Diagnostic>> {
    let source = Source::new("shop/system.yaml", SYSTEM);
    let system = plan::System::read(&source).check(Ok)?;
    let source = Source::new("test.yaml", scenario);
    source.read::<Scenario>().check(|written| Plan::check(&written, &source, system))
}

fn problems(scenario: &str) -> String {
    let problems = check(scenario).expect_err("this is wrong");
    problems.iter().map(ToString::to_string).collect()
}

fn system_problems(system: &str) -> String {
    let source = Source::new("system.yaml", system);
    let wrong = match source.parse::<SystemSpec>() {
        Err(error) => vec![*error],
        Ok(written) => plan::System::check(&written, &source).expect_err("this is wrong"),
    };
    wrong.iter().map(ToString::to_string).collect()
}

#[test]
fn a_misspelt_key_gets_the_nearest_one() {
    insta::assert_snapshot!(problems(&format!(
        "{LOAD}expect:\n  - availability: {{of: orders, atLest: 99%}}\n"
    )));
}

#[test]
fn a_misspelt_kind_of_expectation_gets_the_nearest_one() {
    insta::assert_snapshot!(problems(&format!(
        "{LOAD}expect:\n  - availabilty: {{of: orders, atLeast: 99%}}\n"
    )));
}

#[test]
fn a_bad_quantity_says_how_to_write_it() {
    let scenario =
        "load:\n  - {name: a, closed: {users: 1}, for: 10 seconds, get: order/}\nexpect: []\n";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn yaml_that_does_not_parse_says_where() {
    insta::assert_snapshot!(problems("load: [\n"));
}

#[test]
fn a_load_without_an_end_is_refused() {
    let scenario = "load:\n  - {name: a, closed: {users: 1}, get: order/}\nexpect:\n  - \
        availability: {of: a, atLeast: 99%}\n";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn unknown_services_loads_and_edges_are_named_with_what_there_is() {
    let scenario = "\
load:
  - {name: orders, open: {rate: 10/s}, for: 10s, get: ordr/orders}
faults:
  - {at: 1s, for: 2s, stop: {service: stok}}
  - {at: 1s, for: 2s, cut: {from: stock, to: order}}
  - {at: 1s, kill: {service: bank}}
expect:
  - availability: {of: order, atLeast: 99%}
  - recovers: {service: nowhere}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn a_fault_of_no_kind_is_answered_with_every_kind_of_the_schema() {
    let schema = brunt_scenarios::schema::scenario();
    let keys = schema["definitions"]["FaultSpec"]["properties"].as_object().unwrap();
    let text = problems(&format!("{LOAD}faults:\n  - {{at: 1s}}\n"));
    for kind in keys.keys() {
        let is_kind = !["at", "for", "every", "until", "where"].contains(&kind.as_str());
        assert!(!is_kind || text.contains(&format!(" {kind}")), "{kind} is missing in {text}");
    }
}

#[test]
fn faults_must_be_one_thing_with_an_end_under_load() {
    let scenario = format!(
        "{LOAD}\
faults:
  - {{at: 1s}}
  - {{at: 1s, stop: {{service: order}}}}
  - {{at: 1s, for: 1s, kill: {{service: order}}}}
  - {{at: 1s, for: 1s, stop: {{service: order}}, pause: {{service: order}}}}
  - {{at: 20s, kill: {{service: order}}}}
  - {{at: 1s, every: 1s, for: 2s, pause: {{service: order}}}}
  - {{at: 1s, scale: {{service: stock, replicas: 2}}}}
  - {{at: 1s, for: 1s, stop: {{service: order}}, where: {{zone: a}}}}
  - {{at: 1s, kill: {{service: order}}, where: {{}}}}
  - {{at: 1s, for: 1s, drain: {{node: a, zoneOf: order}}}}
  - {{at: 1s, for: 1s, drain: {{zone: a, pick: all}}}}
  - {{at: 1s, for: 1s, bandwidth: {{from: order, to: stock, bytesPerSecond: 0}}}}
  - {{at: 1s, bandwidth: {{from: order, to: stock, bytesPerSecond: 1, direction: request}}}}
expect:
  - availability: {{of: orders, atLeast: 99%}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn expectations_need_what_they_are_about() {
    let scenario = format!(
        "{LOAD}\
expect:
  - latency: {{of: orders}}
  - restarts: {{service: order}}
  - recovers: {{service: order}}
  - ledger: {{of: orders, effects: {{get: order/orders, items: '$.[', key: $.id}}, within: 5s}}
  - conserved: {{what: beans, sum: [], equals: many, within: 5s}}
  - longestOutage: {{of: orders, atMost: 10s}}
  - longestOutage: {{of: ordrs, atMost: 2s}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn what_others_must_not_notice_needs_somebody_who_is_down_or_overloaded() {
    let scenario = format!(
        "{LOAD}\
expect:
  - isolation: {{of: orders, down: [order, nowhere]}}
  - decoupled: {{service: stock, commands: orders, effects: {{get: order/orders, items: '$[*]', key: $.id}}, within: 5s}}
  - fairness: {{of: orders}}
  - fairness: {{of: orders, while: orders}}
  - hpa: {{service: order, reaches: 2}}
  - hpa: {{service: stock, reaches: 2}}
  - amplification: {{of: orders, from: stock, to: order, atMost: 1.2}}
  - amplification: {{of: orders, from: order, to: stock, atMost: -1}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn breakers_stand_between_services_and_documents_have_paths() {
    let scenario = format!(
        "{LOAD}  - {{name: others, open: {{rate: 10/s}}, for: 10s, get: order/orders}}
expect:
  - breaker: {{caller: stock, callee: order}}
  - breaker: {{caller: order, callee: stock, path: [closed], metrics: actuator}}
  - breaker: {{caller: order, callee: stock, failsFastWithin: 50ms}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
    let scenario = format!(
        "{LOAD}\
expect:
  - breaker: {{caller: stock, callee: order}}
  - breaker: {{caller: order, callee: stock, path: [closed], metrics: actuator}}
  - saga: {{of: orders, compensated: [{{get: order/orders, items: '$[*]', key: $.id, absent: true, json: {{$.a: 1}}}}], within: 5s}}
  - saga: {{compensated: [], within: 5s}}
  - view: {{of: {{get: order/orders, items: '$[*]', key: $.id}}, sources: [], within: 5s}}
  - view:
      of: {{get: 'order/orders/${{late}}', items: '$[*]', key: $.id}}
      sources: [{{get: stock/stocks, items: '$[*]', key: $.id, fields: {{$.a: $.b, $.n: {{sum: '$.['}}}}}}]
      within: 5s
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn a_scenario_that_checks_nothing_is_refused() {
    insta::assert_snapshot!(problems(LOAD));
    insta::assert_snapshot!(problems("expect: []\n"));
}

#[test]
fn proofs_name_guards_and_checks_that_exist() {
    let scenario = format!(
        "{LOAD}\
expect:
  - availability: {{of: orders, atLeast: 99%}}
proof:
  - {{without: {{outbx: order}}, fails: [availability]}}
  - {{without: {{livenessProbe: order}}, fails: [ledger.lost]}}
  - {{env: {{odrer: {{A: b}}}}, fails: [availability]}}
  - {{fails: [availability]}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn a_run_longer_than_its_limit_is_refused() {
    let scenario = "\
load:
  - {name: orders, open: {rate: 10/s}, for: 1h, get: order/orders}
expect:
  - availability: {of: orders, atLeast: 99%}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn systems_are_checked_too() {
    insta::assert_snapshot!(system_problems(
        "\
version: 2
name: shop
entry: gate
services:
  gateway: {command: [./gateway], port: 8080, calls: {ordr: {env: ORDER_URL}}}
  order: {port: 8080}
  stock: {command: [], url: 'http://x', replicas: 2}
  mail: {command: [./mail], strategy: {type: Recreate}, replicas: 2}
  bank: {url: 'ftp://x'}
  slow: {command: [./slow], strategy: {maxSurge: 0}}
"
    ));
    insta::assert_snapshot!(system_problems("version: 1\nname: shop\nservices: {}\n"));
    insta::assert_snapshot!(system_problems(
        "version: 1\nname: shop\nservices: {a: {comand: [x]}}\n"
    ));
}

#[test]
fn services_depend_on_others_that_exist_and_never_on_themselves() {
    insta::assert_snapshot!(system_problems(
        "\
version: 1
name: shop
services:
  api: {command: [./api], dependsOn: [db, dd]}
  db: {command: [./db], dependsOn: [cache]}
  cache: {command: [./cache], dependsOn: [api]}
  bank: {url: 'http://x', dependsOn: [db]}
"
    ));
}

#[test]
fn what_a_service_is_on_a_cluster_is_checked() {
    insta::assert_snapshot!(system_problems(
        "\
version: 1
name: shop
services:
  api: {command: [./api], calls: {bank: {}}}
  bank: {url: 'http://x', kubernetes: {name: bank}}
"
    ));
    insta::assert_snapshot!(system_problems(
        "version: 1\nname: shop\nservices: {web: {kubernetes: {nmae: web}}}\n"
    ));
}

#[test]
fn a_service_without_a_command_runs_on_a_cluster_only() {
    let system = "\
version: 1
name: shop
kubernetes: {namespace: prod}
services:
  web:
    calls: {store: {}}
    kubernetes: {kind: StatefulSet, name: shop-web, selector: {tier: 1}, container: web, port: 8080}
  store: {dependsOn: [web], kubernetes: {namespace: data}}
";
    let source = Source::new("system.yaml", system);
    let system = plan::System::read(&source).check(Ok).unwrap();
    assert_eq!(system.namespace.as_deref(), Some("prod"));
    let of = |service: &str| system.services[service].on_kubernetes.namespace.clone();
    assert_eq!((of("web"), of("store").as_deref()), (None, Some("data")));
    let web = &system.services["web"].on_kubernetes;
    assert_eq!(web.kind, Some(plan::WorkloadKind::StatefulSet));
    assert_eq!((web.name.as_deref(), web.port.as_deref()), (Some("shop-web"), Some("8080")));
    assert_eq!(web.selector["tier"], "1");
    let kill = "version: 1\nname: x\nsystem: x\nload: [{name: a, open: {rate: 1/s}, for: 1s, get: \
                web/}]\nfaults: [{at: 0s, kill: {service: store}}]\nexpect: [{availability: {of: \
                a, atLeast: 99%}}]\n";
    let source = Source::new("test.yaml", kill);
    let plan = source.read::<Scenario>().check(|written| Plan::check(&written, &source, system));
    let needs = plan.unwrap().needs_a_cluster();
    assert_eq!(needs.as_deref(), Some("the service `web` without a `command`"));
}

#[test]
fn names_that_would_lead_out_of_their_folder_are_refused() {
    insta::assert_snapshot!(system_problems(
        "version: 1\nname: ../../../precious\nservices:\n  '../order': {command: [./order]}\n  \
         'a b': {command: [./order]}\n"
    ));
}

#[test]
fn variables_must_be_saved_before_they_are_used() {
    let scenario = "\
load:
  - {name: orders, open: {rate: 10/s}, for: 10s, post: order/orders, json: {book: ['${bok}']}}
setup:
  - {post: order/books, save: {book: $.id}}
steps:
  - {get: 'order/orders/${late}'}
  - {post: order/orders, save: {late: $.id}}
  - {get: 'order/orders/${late}', expect: {json: {$.book: '${book}'}}}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn an_old_key_is_read_and_named_once_with_its_new_name() {
    let saga = |key: &str| {
        let rows = "{get: order/orders, items: '$[*]', key: $.id}";
        format!(
            "{LOAD}expect:
  - saga: {{{key}: {rows}, compensated: [{rows}], within: 5s}}
  - saga: {{{key}: {rows}, compensated: [{rows}], within: 5s}}
"
        )
    };
    let warnings = |scenario: &str| {
        let source =
            Source::new("test.yaml", format!("version: 1\nname: a\nsystem: shop\n{scenario}"));
        let written: Scenario = source.parse().unwrap();
        written.renamed_keys(&source).iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let claims = |scenario: &str| {
        let checks = check(scenario).unwrap().checks;
        checks.iter().map(|check| check.claim.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(claims(&saga("calledOff")), claims(&saga("canceled")));
    assert!(warnings(&saga("canceled")).is_empty());
    let old = warnings(&saga("calledOff"));
    assert_eq!(old.len(), 1, "{old:?}");
    assert!(old[0].starts_with("test.yaml:10:23: `calledOff` is now called `canceled`"), "{old:?}");
    let both = saga("calledOff").replace(
        "compensated",
        "canceled: {get: order/orders, items: '$[*]', key: $.id}, compensated",
    );
    assert!(problems(&both).contains("leave `calledOff` out"));
}

#[test]
fn everything_that_is_wrong_comes_at_once_with_its_place() {
    let scenario = "\
version: 1
sytem: shop
system: shop
setup:
  - {post: order/orders, json: {qty: 1}, expect: 2000, save: {id: $.id}}
load:
  - name: orders
    open: {rate: fast}
    for: 10s
    get: order/orders
  - name: views
    closed: {users: -1}
    for: 10 seconds
    gett: order/orders
    post: stok/reserve
steps:
  - name: the order is there
    get: order/orders/${idd}
    expect:
      json: {'$.[': 1, $.qty: '${missing}'}
  - {name: another, get: order/orders, headers: {x-id: '${uuid}'}, body: a, json: {}}
faults:
  - {at: 1s, for: 2s, cut: {from: order, to: stok}}
  - {at: 1s, kill: {servce: order}}
expect:
  - availability: {of: orders, atLest: 99%}
  - availabilty: {of: orders, atLeast: 99%}
  - latency: {of: nothing, p99: 100ms}
  - latency: {of: orders, p99: 100}
";
    let problems = check_file(scenario).expect_err("this is wrong");
    assert!(problems.iter().all(|problem| problem.span.is_some()), "{problems:#?}");
    insta::assert_snapshot!(problems.iter().map(ToString::to_string).collect::<String>());
}

#[test]
fn a_missing_key_is_reported_once_and_not_where_its_value_is_wrong() {
    let scenario = Source::new("a.yaml", "version: 1\nname: x\nsystem: shop\n");
    let problems = scenario.read::<SystemSpec>().into_problems();
    let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["`services` is missing", "unknown key `system`"]);
    let wrong = Source::new("a.yaml", "version: one\nname: [x]\nsystem: shop\nfaults: 3\n");
    let problems = wrong.read::<Scenario>().into_problems();
    let places: Vec<_> = problems.iter().map(|problem| problem.span.unwrap().line).collect();
    assert_eq!(places, [1, 2, 4], "{problems:#?}");
}

#[test]
fn a_system_s_problems_come_at_once_with_their_places() {
    let system = "\
version: 1
name: shop
entry: frnt
services:
  front:
    command: [./front, --port, '${prot}']
    replicas: many
    env: {DATA: '${data}/x', OTHER: '${unknown.placeholder}', HOME: '${dta}'}
    calls: {bak: {env: BACK}, back: {env: BACK}}
  back:
    comand: [./back]
";
    let source = Source::new("system.yaml", system);
    let problems = plan::System::read(&source).into_problems();
    assert!(problems.iter().all(|problem| problem.span.is_some()), "{problems:#?}");
    insta::assert_snapshot!(problems.iter().map(ToString::to_string).collect::<String>());
}

#[test]
fn a_file_that_is_not_brunt_s_is_never_quoted() {
    let secret = "hunter2";
    for text in [
        format!("root:{secret}:0:0"),
        format!("PASSWORD={secret}\0PATH=/bin"),
        format!("password: {secret}\ntoken: [{secret}"),
        format!("password: {secret}\nuser: me\n"),
        format!("- {secret}\n- 2\n"),
        format!("name: x\nenv: {{PASSWORD: {secret}}}\nname: y\n"),
        format!("[{secret}, {secret}"),
    ] {
        let source = Source::new("system.yaml", text.as_str());
        for problems in
            [plan::System::read(&source).into_problems(), source.read::<Scenario>().into_problems()]
        {
            assert_eq!(problems.len(), 1, "{problems:#?}");
            let said = problems[0].to_string();
            assert!(!said.contains(secret) && said.contains("system.yaml"), "{text}: {said}");
        }
    }
}

#[test]
fn loads_that_no_machine_can_put_on_are_refused() {
    let refused = |model: &str| {
        problems(&format!(
            "load:\n  - {{name: a, {model}, get: order/}}\nexpect:\n  - availability: {{of: a, \
             atLeast: 9%}}\n"
        ))
    };
    assert!(refused("open: {rate: 1000000000/s}, for: 1s").contains("at most 10000000/s"));
    let ramp = "open: {rate: 1/s, stages: [{to: 1000000000000/s, for: 1s}]}";
    assert!(refused(ramp).contains("more than any machine sends"));
    assert!(refused("closed: {users: 4294967295}, for: 1s").contains("at most 1000000"));
    assert!(refused("closed: {users: 4294967296}, for: 1s").contains("a whole number from 0 to"));
}

#[test]
fn a_fault_of_requests_is_refused_where_only_bytes_are_seen() {
    let with = |protocol: &str, fault: &str| {
        let system = SYSTEM
            .replace("  stock: {command", &format!("  stock: {{protocol: {protocol}, command"));
        let source = Source::new("shop/system.yaml", system.as_str());
        let system = plan::System::read(&source).check(Ok).expect("the system is right");
        let edge = "from: order, to: stock";
        let source = Source::new(
            "test.yaml",
            format!(
                "version: 1\nname: a test\nsystem: shop\n{LOAD}faults:\n  - {{at: 1s, for: 1s, \
                 {}}}\nexpect:\n  - availability: {{of: orders, atLeast: 9%}}\n",
                fault.replace("EDGE", edge)
            ),
        );
        let checked =
            source.read::<Scenario>().check(|written| Plan::check(&written, &source, system));
        checked.err().map(|wrong| wrong.iter().map(ToString::to_string).collect::<String>())
    };
    let of_requests = [
        "abort: {EDGE, status: 503}",
        "lostReply: {EDGE}",
        "slowReply: {EDGE, delay: 1s}",
        "duplicate: {EDGE}",
    ];
    for protocol in ["tcp", "tls"] {
        for fault in of_requests {
            let wrong = with(protocol, fault).expect("it is refused");
            assert!(wrong.contains("of which only bytes are seen"), "{wrong}");
            assert!(wrong.contains("use `cut`"), "{wrong}");
        }
        for fault in ["cut: {EDGE}", "latency: {EDGE, delay: 1s}", "halfOpen: {EDGE}"] {
            assert_eq!(with(protocol, fault), None, "{fault} on {protocol}");
        }
    }
    for fault in of_requests {
        for protocol in ["http", "http2", "grpc"] {
            assert_eq!(with(protocol, fault), None, "{fault} on {protocol}");
        }
    }
}

#[test]
fn recovery_is_refused_where_nothing_says_when_a_service_is_ready() {
    let scenario = format!(
        "{LOAD}\
faults:
  - {{at: 1s, for: 1s, stop: {{service: stock}}}}
expect:
  - recovers: {{service: stock}}
  - recovers: {{service: bank, after: stock}}
  - recovers: {{service: order, after: stok}}
  - recovers: {{service: stock, after: bank}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn keys_of_requests_must_be_there_and_differ_each_time() {
    let scenario = "\
load:
  - {name: a, open: {rate: 1/s}, for: 10s, post: order/orders, json: {id: 1}, key: {request: $.id}}
  - {name: b, open: {rate: 1/s}, for: 10s, post: order/orders, json: {id: '${uuid}'}, key: {request: $.key}}
  - {name: c, open: {rate: 1/s}, for: 10s, put: order/orders/7, key: {request: {path: '[^/]+$'}}}
  - {name: d, open: {rate: 1/s}, for: 10s, get: order/, key: {json: $.id, request: $.id}}
  - {name: e, open: {rate: 1/s}, for: 10s, get: order/, key: {request: {header: x, json: $.id}}}
  - {name: f, open: {rate: 1/s}, for: 10s, get: order/, key: {request: {header: x-id}}}
  - {name: g, open: {rate: 1/s}, for: 10s, get: order/}
expect:
  - ledger: {of: g, effects: {get: order/orders, items: '$[*]', entries: $, key: $.id}, within: 5s}
  - ledger: {of: b, effects: {get: order/orders, items: '$[*]'}, within: 5s}
  - ledger: {of: b, effects: {get: order/orders, key: $.id}, within: 5s}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn a_secret_is_refused_where_it_would_not_be_filled_in_or_says_nothing() {
    let scenario = "\
env: {order: {TOKEN: '${secret:env:TOKEN}'}}
load:
  - {name: a, open: {rate: 1/s}, for: 10s, get: order/, headers: {x: '${secret:TOKEN}'}}
steps:
  - {get: 'order/?key=${secret:vault:a}'}
";
    insta::assert_snapshot!(problems(scenario));
    let system = "\
version: 1
name: shop
services: {order: {command: [./order, '--key=${secret:file:/run/key}', '$${secret:env:X}']}}
";
    insta::assert_snapshot!(system_problems(system));
}

#[test]
fn what_is_filled_in_at_a_start_is_known_beforehand() {
    insta::assert_snapshot!(system_problems(
        "\
version: 1
name: shop
services:
  api:
    command: [./api, '--db=${calls.db.hots}', '${calls.cache.port}', '$${HOME}', '${env.HOME}']
    env: {DATA: '${data}/api', MODE: '${MODE}'}
    calls:
      db: {env: {PGHOST: '${host}', PGPORT: '${prot}', DB: 'postgres://${calls.db.url}'}}
      bank: {}
    replicas: 2
    files:
      ../api.conf: x
      api.conf: |
        listen = ${port}
        server = ${server_name}
      api-${port}.conf: ${port}
      half.conf: ${calls.db.port
    guards: {retries: {env: {RETRIES: '${retries}'}}}
  db: {command: [./db], files: {api.conf: y}}
  bank: {url: 'https://bank.example', protocol: http}
"
    ));
}

#[test]
fn variables_of_a_scenario_are_filled_in_as_well() {
    let scenario = "\
env: {order: {STOCK: '${calls.stock.hots}', OK: '${calls.stock.port}'}}
load:
  - {name: a, open: {rate: 1/s}, for: 10s, get: order/}
expect:
  - availability: {of: a, atLeast: 99%}
proof:
  - {env: {order: {A: '${nothing}'}}, fails: [availability]}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn a_url_names_one_host_and_requests_go_to_http_alone() {
    insta::assert_snapshot!(system_problems(
        "\
version: 1
name: shop
services:
  a: {url: 'bank:80'}
  b: {url: 'tcp://queue'}
  c: {url: 'mongodb://one,two/shop'}
  d: {url: 'postgres://app@db.example/shop'}
"
    ));
    let source =
        Source::new("system.yaml", "version: 1\nname: s\nservices: {db: {url: 'redis://c'}}\n");
    let system = plan::System::read(&source).check(Ok).unwrap();
    let scenario =
        "version: 1\nname: a\nsystem: s\nsteps:\n  - {get: db/keys, expect: {status: 200}}\n";
    let source = Source::new("test.yaml", scenario);
    let wrong = source.read::<Scenario>().check(|written| Plan::check(&written, &source, system));
    let wrong: String = wrong.unwrap_err().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(wrong);
}

#[test]
fn probes_ask_in_one_way_that_can_be_asked() {
    insta::assert_snapshot!(system_problems(
        "\
version: 1
name: shop
services:
  none: {command: [./a], readinessProbe: {periodSeconds: 1}}
  two: {command: [./a], livenessProbe: {httpGet: {path: /}, tcpSocket: {}}}
  path: {command: [./a], readinessProbe: {httpGet: {path: ready}}}
  header: {command: [./a], readinessProbe: {httpGet: {httpHeaders: [{name: 'a b', value: c}]}}}
  empty: {command: [./a], startupProbe: {exec: {command: []}}}
  unknown: {command: [./a], startupProbe: {exec: {command: [nc, '${prot}']}}}
  streak: {command: [./a], livenessProbe: {grpc: {}, successThreshold: 2}}
"
    ));
    let text = "\
version: 1
name: shop
services:
  slow:
    command: [./a]
    startupProbe: {grpc: {service: shop}, initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 10}
";
    let source = Source::new("system.yaml", text);
    let system = plan::System::read(&source).check(Ok).unwrap();
    let slow = &system.services["slow"];
    assert_eq!((slow.starts_within.as_secs(), slow.states_start), (5 + 2 * 10 + 1, true));
}

#[test]
fn a_path_that_makes_a_zombie_begins_with_a_slash_however_it_is_written() {
    for path in ["zombie", "/zombie"] {
        let plan = check(&format!(
            "{LOAD}faults: [{{at: 1s, makeZombie: {{service: order, path: {path}}}}}]\nexpect: \
             [{{availability: {{of: orders, atLeast: 99%}}}}]\n"
        ));
        let kind = plan.unwrap().faults.remove(0).kind;
        let is_right = matches!(&kind, FaultKind::MakeZombie { path, .. } if path == "/zombie");
        assert!(is_right, "{kind:?}");
    }
}

#[test]
fn faults_of_bytes_are_checked() {
    let fault = |fault: &str| {
        let scenario = format!(
            "{LOAD}faults:\n  - {{at: 1s, for: 1s, {fault}}}\nexpect:\n  - availability: {{of: \
             orders, atLeast: 99%}}\n"
        );
        check(&scenario).map(|plan| plan.faults[0].kind.to_string())
    };
    let edge = "from: order, to: stock";
    for (written, shown) in [
        (
            "latency: {EDGE, delay: 100ms, jitter: 20ms, distribution: pareto, direction: both}",
            "latency 100ms ± 20ms (pareto) both ways order → stock",
        ),
        (
            "latency: {EDGE, delay: 1s..2s, percent: 10%}",
            "latency 1s..2s on 10% of the connections order → stock",
        ),
        (
            "bandwidth: {EDGE, bytesPerSecond: 10, direction: both}",
            "limit requests and replies to 10 bytes/s order → stock",
        ),
        (
            "slowClose: {EDGE, delay: 2s, direction: request}",
            "slow close by 2s of requests order → stock",
        ),
        ("limitData: {EDGE, bytes: 100}", "close after 100 bytes order → stock"),
        ("abort: {EDGE, status: 503, percent: 50%}", "abort 50% with 503 order → stock"),
        ("abort: {EDGE, status: unavailable}", "abort 100% with UNAVAILABLE order → stock"),
        (
            "slice: {EDGE, size: 10, variation: 2, delay: 1ms}",
            "slice into 10 ± 2 bytes each 1ms order → stock",
        ),
        (
            "corrupt: {EDGE, rate: 0.1%, percent: 50%}",
            "corrupt 0.1% of the bytes on 50% of the connections order → stock",
        ),
    ] {
        assert_eq!(fault(&written.replace("EDGE", edge)).unwrap(), shown);
    }
    let mut wrong = String::new();
    for written in [
        "latency: {EDGE, delay: 1s..2s, jitter: 1s}",
        "latency: {EDGE, delay: 1s, distribution: normal}",
        "latency: {EDGE, delay: 1s, pick: one, direction: both}",
        "slice: {EDGE, size: 0}",
        "slice: {EDGE, size: 5, variation: 5}",
        "corrupt: {EDGE, rate: 0%}",
        "kill: {service: order, pick: 0%}",
        "abort: {EDGE, status: 100}",
        "abort: {EDGE, status: OK}",
        "abort: {EDGE, status: UNAVAILABEL}",
        "abort: {EDGE, status: 503, percent: 0%}",
        "latency: {EDGE, delay: 1s, percent: 0%}",
        "latency: {EDGE, delay: 0s}",
        "slowClose: {EDGE, delay: 0s}",
    ] {
        let problems = fault(&written.replace("EDGE", edge)).unwrap_err();
        wrong.extend(problems.iter().map(ToString::to_string));
    }
    insta::assert_snapshot!(wrong);
}

#[test]
fn what_is_wrong_within_a_text_is_pointed_at_where_that_text_stands() {
    let scenario = format!(
        "{LOAD}\
faults:
  - {{at: 1s, for: 1s, pause: {{service: order, pick: 0}}}}
  - {{at: 1s, for: 1s, abort: {{from: order, to: stock, status: 503, percent: 101%}}}}
expect:
  - availability: {{of: orders, atLeast: 99}}
  - latency: {{of: orders, p99: 1 second}}
steps:
  - {{get: order/orders, save: {{id: $.id}}, expect: {{json: {{$.id: 1, $.: 2}}}}}}
  - {{name: 'not $.[', get: order/orders, expect: {{json: {{'$.[': 2}}}}}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn expectations_that_every_run_or_none_holds_are_refused() {
    let scenario = format!(
        "{LOAD}    key: $.id\n\
faults:
  - {{at: 1s, for: 2s, stop: {{service: order}}}}
expect:
  - availability: {{of: orders, atLeast: 0%}}
  - latency: {{of: orders, p99: 0s}}
  - ledger: {{of: orders, effects: {{get: order/orders, items: $, key: $.id}}, within: 0s}}
  - conserved: {{what: beans, sum: [{{get: order/, values: $.q}}], equals: '1', within: 0ms}}
  - recovers: {{service: order, within: 0s}}
  - slo: {{of: orders, target: 99%, window: 0d, within: 0s, spends: 1%}}
  - slo: {{of: orders, target: 0%, spends: 1%}}
  - isolation: {{of: orders, down: order, atLeast: 0.0%}}
  - breaker: {{caller: order, callee: stock, failsFastWithin: 0s}}
  - amplification: {{of: orders, from: order, to: stock, atMost: 1000000}}
abortWhen: {{errorRate: 0%, for: 1s}}
steps:
  - {{get: order/orders, within: 0s}}
  - {{get: order/orders, timeout: 0s}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn loads_that_send_nothing_or_wait_for_nothing_are_refused() {
    let scenario = "\
load:
  - {name: a, open: {rate: 0/s, stages: [{to: 0/s, for: 5s}]}, get: order/a, timeout: 0s}
  - {name: b, open: {rate: 1/s, stages: [{to: 5/s, for: 0s}]}, get: order/a}
  - name: c
    closed: {users: 1}
    for: 5s
    thresholds: ['errors < 0%', 'max < 0s']
    journeys: [{name: j, steps: [{get: order/a, within: 1s, every: 1s}]}]
expect:
  - availability: {of: c, atLeast: 99%}
";
    insta::assert_snapshot!(problems(scenario));
}

#[test]
fn faults_that_hit_nothing_or_more_than_there_is_are_refused() {
    let scenario = format!(
        "{LOAD}\
faults:
  - {{at: 1s, for: 0s, stop: {{service: stock}}}}
  - {{at: 4s, every: 2s, until: 4s, kill: {{service: stock}}}}
  - {{at: 0s, every: 1us, until: 1s, kill: {{service: stock}}}}
  - {{at: 1s, kill: {{service: [stock, order], pick: 7}}}}
  - {{at: 1s, for: 1s, latency: {{from: order, to: stock, delay: 1s, pick: 3}}}}
  - {{at: 1s, for: 1s, latency: {{from: order, to: stock, delay: 0s, jitter: 0s}}}}
  - {{at: 1s, for: 1s, scale: {{service: order, replicas: 1000000}}}}
  - {{at: 1s, for: 1s, autoscale: {{service: order, min: 5, max: 4}}}}
  - {{at: 1s, for: 1s, autoscale: {{service: order, max: 0}}}}
  - {{at: 1s, for: 1s, autoscale: {{service: order, max: 1000000}}}}
  - {{at: 1s, for: 1s, stress: {{service: order, cpu: 1000000}}}}
  - {{at: 1s, for: 1s, stress: {{service: order, memory: 4000000000}}}}
  - {{at: 1s, evict: {{service: order, pick: 1000000}}}}
  - {{at: 1s, for: 1s, drain: {{of: order, pick: 1000000}}}}
expect:
  - availability: {{of: orders, atLeast: 99%}}
"
    );
    insta::assert_snapshot!(problems(&scenario));
}

#[test]
fn as_many_replicas_may_be_picked_as_there_can_be() {
    let picked = |number: u32, fault: &str| {
        check(&format!(
            "{LOAD}faults:\n  - {{at: 2s, kill: {{service: order, pick: {number}}}}}\n{fault}\
             expect:\n  - availability: {{of: orders, atLeast: 99%}}\n"
        ))
    };
    assert!(picked(4, "").is_ok(), "its autoscaler brings four");
    assert!(picked(5, "").is_err());
    let scale = "  - {at: 1s, for: 5s, scale: {service: order, replicas: 9}}\n";
    assert!(picked(9, scale).is_ok());
    assert!(picked(10, scale).is_err());
    let rollout = "  - {at: 1s, rollout: {service: order}}\n";
    assert!(picked(5, rollout).is_ok(), "a rollout has one more for a while");
    assert!(picked(6, rollout).is_err());
}

#[test]
fn a_ledger_that_may_lose_all_is_refused() {
    let ledger = |lost: u32| {
        check(&format!(
            "{LOAD}    key: $.id\nexpect:\n  - ledger: {{of: orders, lost: {lost}, within: 5s, \
             effects: {{get: order/orders, items: '$[*]', key: $.id}}}}\n"
        ))
    };
    assert!(ledger(99).is_ok());
    let problems = ledger(100).expect_err("the load makes ten a second for ten seconds");
    let problems: String = problems.iter().map(ToString::to_string).collect();
    assert!(problems.contains("every run holds this: `orders` makes 100 commands"), "{problems}");
    assert!(problems.contains("test.yaml:11:32:"), "{problems}");
}

#[test]
fn a_system_has_no_more_replicas_than_anybody_means() {
    let system = |replicas: u32| {
        format!(
            "version: 1\nname: shop\nservices:\n  a: {{command: [./a], replicas: {replicas}}}\n  \
             b: {{command: [./b], startsWithin: 0s}}\n  \
             c: {{command: [./c], autoscaler: {{maxReplicas: {replicas}, cpuRequest: 200m}}}}\n"
        )
    };
    insta::assert_snapshot!(system_problems(&system(1001).replace(", startsWithin: 0s", "")));
    let problems = system_problems(&system(1000));
    assert!(problems.contains("`0s` is not a duration above 0s"), "{problems}");
    assert!(!problems.contains("1000"), "{problems}");
}

#[test]
fn a_kill_of_several_replicas_has_one_number() {
    let shown = |pick: &str| {
        let plan = check(&format!(
            "{LOAD}faults:\n  - {{at: 1s, kill: {{service: order, {pick}}}}}\n\
             expect:\n  - availability: {{of: orders, atLeast: 99%}}\n"
        ));
        plan.unwrap().faults[0].kind.to_string()
    };
    assert_eq!(shown("pick: 3"), "kill 3 of order by SIGKILL");
    assert_eq!(shown("pick: 50%"), "kill 50% of order by SIGKILL");
    assert_eq!(shown("pick: all"), "kill -9 all of order");
    assert_eq!(shown("pick: 3, grace: 1s"), "kill 3 of order");
}

#[test]
fn faults_of_bytes_are_shown_in_plain_figures() {
    for (written, shown) in [
        ("slice: {EDGE, size: 10}", "slice into 10 bytes order → stock"),
        ("slice: {EDGE, size: 1}", "slice into 1 byte order → stock"),
        ("corrupt: {EDGE, rate: 0.0001%}", "corrupt 0.0001% of the bytes order → stock"),
        ("abort: {EDGE, status: 503, percent: 7%}", "abort 7% with 503 order → stock"),
    ] {
        let fault = written.replace("EDGE", "from: order, to: stock");
        let plan = check(&format!(
            "{LOAD}faults:\n  - {{at: 1s, for: 1s, {fault}}}\n\
             expect:\n  - availability: {{of: orders, atLeast: 99%}}\n"
        ));
        assert_eq!(plan.unwrap().faults[0].kind.to_string(), shown);
    }
}
