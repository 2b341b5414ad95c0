//! A report shows no credentials.

use brunt_reports::{MASK, Report, Secrets, html, judge, junit, markdown};
use brunt_scenarios::plan::{Auth, Body, Plan, Program, Work};
use brunt_scenarios::timeline::{Moment, StepRecord};

use serde_json::json;

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
