//! A report shows no credentials.

use brunt_reports::{MASK, PlannedFailure, Report, Secrets, html, judge, junit, markdown};
use brunt_scenarios::plan::{
    Auth, Body, Claim, Conserved, JsonPath, Plan, Program, Proof, RequestTarget, SecretValues, Work,
};
use brunt_scenarios::timeline::{Moment, StepRecord, Timeline};

use serde_json::{Value, json};

use crate::fixture::{origin, plan, timeline};

const TOKEN: &str = "eyJhbGciOi.topsecret";

fn carrying(auth: Option<Auth>, headers: &[(&str, &str)]) -> Plan {
    let mut plan = plan(vec![]);
    if let Work::Request { request, .. } = &mut plan.loads[0].work {
        request.auth = auth;
        request.headers =
            headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    }
    plan
}

/// Everything that is written of a run whose scenario and replies quote this.
fn written(plan: &Plan, quoted: &str) -> String {
    let mut timeline = timeline();
    timeline.steps = vec![StepRecord {
        name: "a step".to_owned(),
        start: Moment(0.5),
        end: Moment(0.6),
        tries: 1,
        status: Some(401),
        objection: Some(format!("`{quoted}` is not valid")),
    }];
    let origin = brunt_reports::Origin { text: format!("x: {quoted}\n"), ..origin() };
    let verdict = judge(plan, &timeline);
    let report = Report::new(plan, verdict, timeline, origin);
    let all = [
        brunt_reports::json(&report).expect("renders"),
        html(&report).expect("renders"),
        markdown(&report).expect("renders"),
        junit(&report).expect("renders"),
    ];
    all.concat()
}

#[test]
fn credentials_and_secret_headers_are_masked_everywhere() {
    let bearer = carrying(Some(Auth::Bearer(TOKEN.to_owned())), &[]);
    let basic = carrying(Some(Auth::Basic("ann".to_owned(), TOKEN.to_owned())), &[]);
    let headers = ["Authorization", "x-api-key", "X-My-Token", "Proxy-Authorization"]
        .map(|name| carrying(None, &[(name, TOKEN)]));
    let with_scheme = carrying(None, &[("authorization", "bearer eyJhbGciOi.topsecret")]);
    let cookie = carrying(None, &[("Cookie", "theme=dark; session=eyJhbGciOi.topsecret")]);
    let all = headers.into_iter().chain([bearer, basic, with_scheme, cookie]);
    for plan in all {
        let written = written(&plan, TOKEN);
        assert!(!written.contains("topsecret"), "{written}");
        assert!(written.contains(MASK), "{written}");
    }
}

#[test]
fn secrets_in_urls_and_bodies_are_masked_by_their_names() {
    let with = |path: &str, body: Body| {
        let mut plan = carrying(None, &[]);
        if let Work::Request { request, .. } = &mut plan.loads[0].work {
            request.target.path = path.to_owned();
            request.body = body;
        }
        plan
    };
    let json = json!({"user": "ann", "login": [{"password": TOKEN}], "token_type": "Bearer"});
    let form = [("client_secret".to_owned(), TOKEN.to_owned())].into();
    let text = format!("grant=password&api_key={TOKEN}");
    for plan in [
        with(&format!("/orders?n=1&access_token={TOKEN}"), Body::Empty),
        with("/", Body::Json(json)),
        with("/", Body::Form(form)),
        with("/", Body::Text(text)),
    ] {
        let written = written(&plan, TOKEN);
        assert!(!written.contains("topsecret"), "{written}");
    }
    let mut running = carrying(None, &[]);
    let url = format!("http://ann:{TOKEN}@bank.example/").parse().expect("a URL");
    let service = running.system.services.values_mut().next().expect("a service");
    service.program = Program::Running { url };
    assert!(!written(&running, TOKEN).contains("topsecret"));
}

#[test]
fn what_is_no_secret_stays() {
    let plan = carrying(None, &[("Authorization", "Bearer ${token}"), ("Accept", TOKEN)]);
    assert!(Secrets::of(&plan).is_empty());
    assert!(written(&plan, TOKEN).contains("Authorization: Bearer ${token}"));
    let short = carrying(Some(Auth::Basic("ann".to_owned(), "tea".to_owned())), &[]);
    let secrets = Secrets::of(&short);
    assert_eq!(secrets.mask("a team drinks 'tea'"), format!("a team drinks '{MASK}'"));
    let half = carrying(Some(Auth::Bearer("prefix-0123-${n}".to_owned())), &[]);
    assert_eq!(Secrets::of(&half).mask("prefix-0123-7"), format!("{MASK}7"));
}

#[test]
fn what_was_broken_on_purpose_is_shown_without_its_secrets() {
    let variables = [("API_TOKEN".to_owned(), TOKEN.to_owned())];
    let proof = Proof {
        without: [].into(),
        env: [("order".to_owned(), variables.into())].into(),
        planted: vec![],
        fails: vec!["availability".to_owned()],
    };
    let how = proof.to_string();
    assert!(how.contains(TOKEN), "{how}");
    let mut plan = plan(vec![]);
    plan.proofs = vec![proof];
    let (of, fails) = (plan.name.clone(), vec!["availability".to_owned()]);
    let report = Report::new(&plan, judge(&plan, &timeline()), timeline(), origin());
    let report = report.with_planned_failure(PlannedFailure { of, how, fails }, &plan);
    let planned = report.planned_failure.clone().expect("it was broken");
    assert_eq!(planned.how, format!("with API_TOKEN={MASK} of order"));
    assert!(!html(&report).expect("renders").contains(TOKEN));
    assert!(!junit(&report).expect("renders").contains(TOKEN));
}

#[test]
fn secrets_of_what_checks_read_and_of_the_system_file_are_masked() {
    let target = RequestTarget {
        service: "order".to_owned(),
        path: format!("/orders?api_key={TOKEN}&size=9"),
    };
    let path = JsonPath::parse("$.qty").expect("a path");
    let conserved = Conserved {
        what: "stock".to_owned(),
        terms: vec![(target, path)],
        equals: "1".to_owned(),
        within: std::time::Duration::ZERO,
    };
    let reads = plan(vec![Claim::Conserved(conserved)]);
    assert!(!written(&reads, TOKEN).contains("topsecret"));
    let mut runs = plan(vec![]);
    let (_, service) = runs.system.services.first_mut().expect("a service");
    service.env = [("DB_PASSWORD", TOKEN), ("USE_TOKEN", "on")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert!(!written(&runs, TOKEN).contains("topsecret"));
    assert_eq!(Secrets::of(&runs).mask("the load goes on"), "the load goes on");
}

#[test]
fn a_password_is_masked_in_the_header_that_carries_it() {
    let plan = carrying(Some(Auth::Basic("ann".to_owned(), "${secret:env:P}".to_owned())), &[]);
    assert!(Secrets::of(&plan).is_empty(), "its value is not known");
    let header = "Basic YW5uOnRvcCBzZWNyZXQ=";
    let written = carrying(Some(Auth::Basic("ann".to_owned(), "top secret".to_owned())), &[]);
    assert_eq!(Secrets::of(&written).mask(header), format!("Basic {MASK}"));
    let mut named = plan;
    named.secrets =
        SecretValues::read(&["${secret:env:P}".to_owned()], &Store).expect("it has a value");
    assert_eq!(Secrets::of(&named).mask(header), format!("Basic {MASK}"));
}

/// A machine with one secret.
struct Store;

impl brunt_scenarios::template::SecretStore for Store {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "P").then(|| "top secret".to_owned())
    }

    fn file(&self, _: &str) -> std::io::Result<String> {
        Err(std::io::ErrorKind::NotFound.into())
    }

    fn kubernetes(
        &self,
        _: &str,
        _: &str,
    ) -> Result<String, brunt_scenarios::template::StoreError> {
        Err("there is no cluster".into())
    }
}

/// A timeline with a record of each kind.
fn full_timeline() -> Value {
    let keys = || json!({"count": 1, "some": ["a key"]});
    let mut all = serde_json::to_value(timeline()).expect("it is JSON");
    let more = json!({
        "ending": {"how": "aborted", "why": "too many errors"},
        "steps": [{"name": "a step", "start": 1, "end": 2, "tries": 1, "status": 200,
            "objection": "none"}],
        "ledgers": [{"check": 0, "accepted": 1, "unknown": 0, "effects": 1, "missing": keys(),
            "unfinished": keys(), "repeated": keys(), "unasked": keys(), "after": 1,
            "earlierTrouble": "no", "trouble": "no"}],
        "sums": [{"check": 0, "wanted": 1, "terms": [], "after": 1, "trouble": "no"}],
        "gaps": [{"from": 1, "to": null, "what": "all"}],
        "breakers": [{"check": 0, "caller": "order", "callee": "product", "spans": [],
            "readings": 0, "trouble": "no"}],
        "scalers": [{"service": "order", "trouble": "no"}],
        "agreements": [{"check": 0, "keys": 1, "missing": keys(), "different": keys(),
            "unasked": keys(), "after": 1, "trouble": "no"}],
        "leftBehind": ["a proxy"],
    });
    for (name, value) in more.as_object().expect("an object") {
        all[name] = value.clone();
    }
    all["faults"][0]["trouble"] = json!("no");
    all["loads"][0]["schedule"] =
        serde_json::to_value(brunt_scenarios::timeline::Schedule::Missed("late".to_owned()))
            .expect("it is JSON");
    let empty = || json!([]);
    let figures = json!({"name": "a step", "ok": 1, "failed": {}, "skipped": 0,
        "latency": empty(), "serviceTime": empty(), "lag": empty(),
        "checks": [{"name": "a check", "passed": 1, "failed": 0}]});
    all["loads"][0]["journeys"] = json!([{"name": "buy", "ok": 1, "failed": 0, "unfinished": 0,
        "latency": empty(), "serviceTime": empty(), "lag": empty(), "steps": [figures]}]);
    all
}

/// The pointers of all texts in a document, but those that name services.
fn texts(document: &Value, at: &str, found: &mut Vec<String>) {
    match document {
        Value::Object(fields) => {
            let services = ["service", "services", "from", "to", "caller", "callee"];
            let fields = fields.iter().filter(|(name, _)| !services.contains(&name.as_str()));
            fields.for_each(|(name, value)| texts(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(place, item)| texts(item, &format!("{at}/{place}"), found));
        }
        Value::String(_) => found.push(at.to_owned()),
        _ => {}
    }
}

#[test]
fn a_secret_is_masked_in_every_text_of_a_timeline() {
    let plan = carrying(Some(Auth::Bearer(TOKEN.to_owned())), &[]);
    let all = full_timeline();
    let whole: Timeline = serde_json::from_value(all.clone()).expect("it is a timeline");
    let verdict = judge(&plan, &whole);
    let mut pointers = Vec::new();
    texts(&all, "", &mut pointers);
    let mut masked = 0;
    for pointer in &pointers {
        let mut changed = all.clone();
        *changed.pointer_mut(pointer).expect("it is there") = json!(format!("x {TOKEN} y"));
        // Names of kinds can be nothing else.
        let Ok(timeline) = serde_json::from_value::<Timeline>(changed) else { continue };
        let report = Report::new(&plan, verdict.clone(), timeline, origin());
        let report = serde_json::to_value(&report.timeline).expect("it is JSON");
        assert_eq!(report.pointer(pointer), Some(&json!(format!("x {MASK} y"))), "{pointer}");
        masked += 1;
    }
    assert!(masked >= 25, "{masked} of {pointers:?}");
}
