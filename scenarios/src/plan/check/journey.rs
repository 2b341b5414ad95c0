//! Checks of what users do: one request, or journeys of several.

use std::time::Duration;

use super::checker::Checker;
use super::load_context::LoadContext;
use super::target::Targets;
use crate::plan::{CommandKey, Extract, Feed, Journey, JourneyStep, Polling, Request, Work};
use crate::scenario::{self, LoadSpec};
use crate::source::{Located, Span};

/// Between two tries of a step unless told otherwise.
const EVERY: Duration = Duration::from_millis(100);

impl Checker<'_> {
    pub(super) fn work(
        &mut self,
        written: &LoadSpec,
        context: &LoadContext<'_>,
        feeds: &[Feed],
    ) -> Option<Work> {
        let fed = feeds.iter().flat_map(|feed| &feed.columns).map(String::as_str);
        let known: Vec<&str> = context.saved.iter().copied().chain(fed).collect();
        if written.journeys.is_empty() {
            return self.request_of(written, context, &known);
        }
        let fields = written.request();
        let has_target =
            fields.grpc.is_some() || fields.targets.iter().any(|(_, target)| target.is_some());
        let has_body = fields.json.is_some() || fields.form.is_some() || fields.body.is_some();
        if has_target || has_body || fields.expect.is_some() || written.key.is_some() {
            let what = format!("load `{}` has journeys and a request of its own", written.name);
            self.wrong(written.name.span, what).help = Some(
                "put the request into a step; of a request, journeys take `headers`, `auth`, \
                    `follow` and `timeout`"
                    .to_owned(),
            );
        }
        self.names(written.journeys.iter().map(|journey| &journey.name), "journeys");
        let journeys =
            written.journeys.iter().map(|journey| self.journey(written, journey, context, &known));
        Some(Work::Journeys(journeys.collect::<Option<_>>()?))
    }

    fn request_of(
        &mut self,
        written: &LoadSpec,
        context: &LoadContext<'_>,
        known: &[&str],
    ) -> Option<Work> {
        let what = format!("load `{}`", written.name);
        let request = self.asked(&written.request(), &what, context);
        let request = request?;
        let key = match &written.key {
            Some(key) => Some(self.key(key, &request, &context.saved)?),
            None => None,
        };
        // Such a request is built once. What sends it follows no redirects, and looks for keys and
        // for what is expected in JSON only.
        if is_fixed(&request, &context.saved) {
            let of_body = match &key {
                None => Some(None),
                Some(CommandKey::Reply(Extract::Json(path))) => Some(Some(path.clone())),
                Some(_) => None,
            };
            if let Some(key) = of_body {
                return Some(Work::Request { request: Box::new(request), key });
            }
        }
        self.values(&what, &request, known, written.name.span);
        let step = JourneyStep {
            name: written.name.value.clone(),
            think: (Duration::ZERO, Duration::ZERO),
            request,
            polling: None,
            save: vec![],
            key,
            thresholds: vec![],
        };
        Some(Work::Journeys(vec![Journey {
            name: written.name.value.clone(),
            weight: 1,
            steps: vec![step],
        }]))
    }

    fn journey(
        &mut self,
        load: &LoadSpec,
        written: &scenario::JourneySpec,
        context: &LoadContext<'_>,
        known: &[&str],
    ) -> Option<Journey> {
        let name = &written.name;
        let weight = written.weight.as_ref().map_or(1, |weight| weight.value);
        if let Some(span) =
            written.weight.as_ref().filter(|weight| weight.value == 0).map(|weight| weight.span)
        {
            self.wrong(span, format!("journey `{name}` is never chosen: a weight is at least 1"));
        }
        if written.steps.is_empty() {
            self.wrong(name.span, format!("journey `{name}` has no steps"));
        }
        if let Some(think) = written.steps.first().and_then(|step| step.think.as_ref()) {
            self.wrong(think.span, "the first step has no step before it to think after").help =
                Some(
                    "how long users think between journeys is `closed: {users: …, think: …}`"
                        .to_owned(),
                );
        }
        self.names(written.steps.iter().filter_map(|step| step.name.as_ref()), "steps");
        let mut known = known.to_vec();
        let mut steps: Vec<Option<JourneyStep>> = Vec::new();
        for step in &written.steps {
            steps.push(self.journey_step(load, step, context, &known));
            known.extend(step.save.keys().map(String::as_str));
        }
        let mut steps: Vec<JourneyStep> = steps.into_iter().collect::<Option<_>>()?;
        number_repeated(&mut steps);
        Some(Journey { name: name.value.clone(), weight, steps })
    }

    fn journey_step(
        &mut self,
        load: &LoadSpec,
        written: &Located<scenario::JourneyStepSpec>,
        context: &LoadContext<'_>,
        known: &[&str],
    ) -> Option<JourneyStep> {
        self.part(written.span, |part| part.journey_step_here(load, written, context, known))
    }

    fn journey_step_here(
        &mut self,
        load: &LoadSpec,
        written: &Located<scenario::JourneyStepSpec>,
        context: &LoadContext<'_>,
        known: &[&str],
    ) -> Option<JourneyStep> {
        let what =
            written.name.as_ref().map_or("the step".to_owned(), |name| format!("step `{name}`"));
        let request = self.asked(&written.request(load), &what, context);
        let polling = self.polling(written);
        let save: Vec<_> = written
            .save
            .iter()
            .map(|(name, save)| Some((name.clone(), self.extract(save)?)))
            .collect();
        let thresholds = self.thresholds(&written.thresholds);
        let mut request = request?;
        let own = std::mem::replace(&mut request.headers, load.headers.clone());
        // Names of headers are the same in any case, and those of a map are not.
        request.headers.retain(|name, _| !own.keys().any(|own| own.eq_ignore_ascii_case(name)));
        request.headers.extend(own);
        let key = match &written.key {
            Some(key) => Some(self.key(key, &request, &context.saved)?),
            None => None,
        };
        self.values(&what, &request, known, written.span);
        let short = match context.targets {
            Targets::Services(_) => request.target.to_string(),
            Targets::Urls { .. } => request.target.path.clone(),
        };
        let short = match request.call() {
            Some(call) => call.to_string(),
            None => short,
        };
        let name = written.name.as_ref().map(|name| name.value.clone());
        let think = written.think.as_ref().map(|think| (think.value.from.0, think.value.to.0));
        Some(JourneyStep {
            name: name.unwrap_or_else(|| format!("{} {short}", request.verb())),
            think: think.unwrap_or_default(),
            request,
            polling,
            save: save.into_iter().collect::<Option<_>>()?,
            key,
            thresholds,
        })
    }

    fn polling(&mut self, written: &scenario::JourneyStepSpec) -> Option<Polling> {
        match (&written.within, &written.every) {
            (Some(within), every) => {
                let every = every.as_ref().map_or(EVERY, |every| every.value.0);
                if every < Duration::from_millis(1) {
                    self.wrong(within.span, "between two tries there is at least 1ms");
                }
                if let Some(given) = &written.every
                    && given.value.0 >= within.value.0
                {
                    self.wrong(given.span, "the step would not be made a second time").help =
                        Some("`every` must be shorter than `within`".to_owned());
                }
                Some(Polling { within: within.value.0, every })
            }
            (None, Some(every)) => {
                self.wrong(every.span, "`every` needs `within`").help =
                    Some("say for how long it is asked again, such as `within: 5s`".to_owned());
                None
            }
            (None, None) => None,
        }
    }

    fn extract(&mut self, written: &Located<scenario::SaveSpec>) -> Option<Extract> {
        let places = "write it like $.id, {header: location} or {regex: 'id=(\\d+)'}";
        self.extract_as(written, written.span, places)
    }

    /// A value's place in a reply; `places` says how they are written.
    pub(super) fn extract_as(
        &mut self,
        written: &scenario::SaveSpec,
        span: Span,
        places: &str,
    ) -> Option<Extract> {
        let pattern = match &written.regex {
            Some(text) => Some(self.pattern(text, span)?),
            None => None,
        };
        match (&written.json, &written.header, pattern) {
            (Some(path), None, None) => Some(Extract::Json(self.json_path(path, span)?)),
            (None, Some(header), pattern) => Some(Extract::Header(header.clone(), pattern)),
            (None, None, Some(pattern)) => Some(Extract::Body(pattern)),
            _ => {
                self.wrong(span, "a value is taken from one place").help = Some(places.to_owned());
                None
            }
        }
    }

    fn names<'w>(&mut self, names: impl Iterator<Item = &'w Located<String>>, what: &str) {
        let mut seen: Vec<&str> = Vec::new();
        for name in names {
            self.shown_name(name, &format!("a {}", what.trim_end_matches('s')));
            if seen.contains(&name.as_str()) {
                self.wrong(name.span, format!("two {what} are named `{name}`"));
            }
            seen.push(name);
        }
    }
}

/// Whether the request is the same each time, once what was saved before the load is filled in.
fn is_fixed(request: &Request, saved: &[&str]) -> bool {
    let mut fixed =
        request.call().is_none() && request.expect.only_status_and_json() && !request.follow;
    super::values::texts(request, &mut |text| fixed &= super::values::uses_only(text, saved));
    fixed
}

/// Steps that were given no names and make the same request are told apart by their number.
fn number_repeated(steps: &mut [JourneyStep]) {
    for index in 1..steps.len() {
        let (before, rest) = steps.split_at_mut(index);
        let name = rest[0].name.clone();
        let is_taken = |name: &str| before.iter().any(|step| step.name == name);
        let mut number = 1;
        // A name with a number may be taken, too: by a step that was given it.
        while is_taken(&rest[0].name) {
            number += 1;
            rest[0].name = format!("{name} ({number})");
        }
    }
}
