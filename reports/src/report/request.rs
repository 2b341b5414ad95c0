//! Requests as commands that a person can type.

use std::fmt::Write;

use brunt_scenarios::plan::{Auth, Body, GrpcCall, Plan, Program, Request, Step, System, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::secrets::Secrets;

/// A request of the scenario, as commands. Names in `${…}` stand for what earlier replies
/// or feeds gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestCommands {
    /// Name of the load or step that makes it.
    pub of: String,
    /// Which of a journey's steps; `None` when there is but one request.
    pub step: Option<String>,
    /// Method and target, such as `POST gateway/orders`.
    pub what: String,
    /// With curl; a call of gRPC with grpcurl.
    pub curl: String,
    /// With httpie; a call of gRPC with brunt.
    pub httpie: String,
}

/// All requests of a plan: setup, loads, steps. Their secrets are masked.
pub(super) fn all(plan: &Plan) -> Vec<RequestCommands> {
    let secrets = Secrets::of(plan);
    let ask = |of: &str, step: Option<&str>, request: &Request| RequestCommands {
        of: of.to_owned(),
        step: step.map(str::to_owned),
        what: format!("{} {}", request.verb(), request.target),
        curl: secrets.mask(&match request.call() {
            Some(call) => grpcurl(call, request, &plan.system),
            None => curl(request, &plan.system),
        }),
        httpie: secrets.mask(&match request.call() {
            Some(call) => brunt(call, request, &plan.system),
            None => httpie(request, &plan.system),
        }),
    };
    let once = |step: &Step| ask(&step.name, None, &step.request);
    let mut asked: Vec<RequestCommands> = plan.setup.iter().map(once).collect();
    for load in &plan.loads {
        match &load.work {
            Work::Request { request, .. } => asked.push(ask(&load.name, None, request)),
            Work::Journeys(journeys) => {
                let steps = journeys.iter().flat_map(|journey| &journey.steps);
                asked.extend(steps.map(|step| ask(&load.name, Some(&step.name), &step.request)));
            }
        }
    }
    asked.extend(plan.steps.iter().map(once));
    asked
}

fn url(request: &Request, system: &System) -> String {
    format!("{}{}", base(request, system), request.target.path)
}

/// A service's URL, without a path.
fn base(request: &Request, system: &System) -> String {
    let target = &request.target;
    let service = system.services.get(&target.service);
    let base = service.and_then(|service| match &service.program {
        Program::Running { url } => Some(url.to_string()),
        Program::Command { .. } | Program::Deployed => {
            service.port.map(|port| format!("http://127.0.0.1:{port}"))
        }
    });
    // A service without a port of its own gets a free one, which `brunt up` prints.
    base.unwrap_or_else(|| format!("http://127.0.0.1:PORT-OF-{}", target.service))
}

/// A call's metadata, as options.
fn metadata(line: &mut String, request: &Request) {
    for (name, value) in &request.headers {
        let _ = write!(line, " -H {}", quoted(&format!("{name}: {value}")));
    }
    if let Some(Auth::Bearer(token)) = &request.auth {
        let _ = write!(line, " -H {}", quoted(&format!("authorization: Bearer {token}")));
    }
}

fn grpcurl(call: &GrpcCall, request: &Request, system: &System) -> String {
    let url = base(request, system);
    let (plain, address) = match url.strip_prefix("http://") {
        Some(address) => (" -plaintext", address),
        None => ("", url.trim_start_matches("https://")),
    };
    let mut line = format!("grpcurl{plain} -max-time {}", request.timeout.as_secs_f64());
    metadata(&mut line, request);
    let _ = write!(line, " -d {} {} {call}", quoted(&call.message.to_string()), quoted(address));
    line
}

fn brunt(call: &GrpcCall, request: &Request, system: &System) -> String {
    let mut line =
        format!("brunt load -c1 -r1 --grpc {call} --data {}", quoted(&call.message.to_string()));
    metadata(&mut line, request);
    let _ = write!(
        line,
        " --timeout {} {}",
        request.timeout.as_secs_f64(),
        quoted(&base(request, system))
    );
    line
}

fn curl(request: &Request, system: &System) -> String {
    let mut line = format!("curl -i -X {} {}", request.method, quoted(&url(request, system)));
    let mut add = |flag: &str, value: &str| {
        let _ = write!(line, " {flag} {}", quoted(value));
    };
    for (name, value) in &request.headers {
        add("-H", &format!("{name}: {value}"));
    }
    match &request.auth {
        Some(Auth::Basic(name, password)) => add("-u", &format!("{name}:{password}")),
        Some(Auth::Bearer(token)) => add("-H", &format!("Authorization: Bearer {token}")),
        None => {}
    }
    match &request.body {
        Body::Empty | Body::Call(_) => {}
        Body::Json(value) => {
            add("-H", "Content-Type: application/json");
            add("--data", &value.to_string());
        }
        Body::Form(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| add("--data-urlencode", &format!("{name}={value}")));
        }
        Body::Text(text) => add("--data-binary", text),
    }
    if request.follow {
        line.push_str(" -L");
    }
    let _ = write!(line, " --max-time {}", request.timeout.as_secs_f64());
    line
}

fn httpie(request: &Request, system: &System) -> String {
    let mut line = "http".to_owned();
    if matches!(request.body, Body::Form(_)) {
        line.push_str(" --form");
    }
    if request.follow {
        line.push_str(" --follow");
    }
    let _ = write!(line, " --timeout {}", request.timeout.as_secs_f64());
    match &request.auth {
        Some(Auth::Basic(name, password)) => {
            let _ = write!(line, " -a {}", quoted(&format!("{name}:{password}")));
        }
        Some(Auth::Bearer(token)) => {
            let _ = write!(line, " -A bearer -a {}", quoted(token));
        }
        None => {}
    }
    let raw = match &request.body {
        Body::Json(value) => Some(value.to_string()),
        Body::Text(text) => Some(text.clone()),
        Body::Empty | Body::Form(_) | Body::Call(_) => None,
    };
    if let Some(raw) = raw {
        let _ = write!(line, " --raw {}", quoted(&raw));
    }
    let _ = write!(line, " {} {}", request.method, quoted(&url(request, system)));
    for (name, value) in &request.headers {
        let _ = write!(line, " {}", quoted(&format!("{name}:{value}")));
    }
    if let Body::Form(fields) = &request.body {
        for (name, value) in fields {
            let _ = write!(line, " {}", quoted(&format!("{name}={value}")));
        }
    }
    line
}

/// Quotes a text so that a shell takes it for one word.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_shell_takes_it_for_one_word() {
        let words = ["", "plain", "two words", "it's", "$(rm x)", "http://h:1/a?b=c&d"];
        let taken =
            ["''", "plain", "'two words'", r"'it'\''s'", "'$(rm x)'", "'http://h:1/a?b=c&d'"];
        assert_eq!(words.map(quoted), taken);
    }
}
