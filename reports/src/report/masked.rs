//! A report without the secrets of its scenario: they may be anywhere, in the scenario's text, in
//! commands, and in replies that quote them.

use brunt_scenarios::timeline::{
    Ending, EventKind, FaultRecord, JourneyRecord, KeySample, LoadRecord, Schedule, Timeline,
};

use super::{PlanSummary, Report};
use crate::secrets::Secrets;
use crate::verdict::Verdict;

impl Report {
    /// Puts a mask in the place of every secret. Names of kinds are left, by which a report is
    /// read again: a short secret may be written as one of them. So are those of services.
    pub(super) fn without(mut self, secrets: &Secrets) -> Self {
        if secrets.is_empty() {
            return self;
        }
        let mask = |text: &mut String| *text = secrets.mask(text);
        mask(&mut self.name);
        self.about.iter_mut().for_each(mask);
        mask(&mut self.origin.text);
        mask(&mut self.origin.command);
        mask(&mut self.origin.file);
        if let Some(planned) = &mut self.planned_failure {
            mask(&mut planned.of);
            mask(&mut planned.how);
        }
        mask_plan(&mut self.plan, &mask);
        mask_verdict(&mut self.verdict, &mask);
        mask_timeline(&mut self.timeline, &mask);
        self
    }
}

fn mask_plan(plan: &mut PlanSummary, mask: &impl Fn(&mut String)) {
    plan.loads.iter_mut().chain(&mut plan.faults).for_each(mask);
    plan.limits.iter_mut().for_each(|limit| mask(&mut limit.of));
    for request in &mut plan.requests {
        mask(&mut request.of);
        request.step.iter_mut().for_each(mask);
        mask(&mut request.what);
        mask(&mut request.curl);
        mask(&mut request.httpie);
    }
}

fn mask_verdict(verdict: &mut Verdict, mask: &impl Fn(&mut String)) {
    for finding in &mut verdict.findings {
        mask(&mut finding.claim);
        mask(&mut finding.measured);
        mask(&mut finding.evidence);
    }
}

fn mask_timeline(timeline: &mut Timeline, mask: &impl Fn(&mut String)) {
    match &mut timeline.ending {
        Ending::Aborted(why)
        | Ending::NotStarted(why)
        | Ending::NotSetUp(why)
        | Ending::LoadIncomplete(why) => mask(why),
        Ending::Completed | Ending::Interrupted => {}
    }
    timeline.loads.iter_mut().for_each(|load| mask_load(load, mask));
    for event in &mut timeline.events {
        if let EventKind::Exited { how } = &mut event.what {
            mask(how);
        }
    }
    for FaultRecord { name, trouble, .. } in &mut timeline.faults {
        trouble.iter_mut().chain([name]).for_each(mask);
    }
    for step in &mut timeline.steps {
        step.objection.iter_mut().chain([&mut step.name]).for_each(mask);
    }
    let keys = |sample: &mut KeySample| sample.some.iter_mut().for_each(mask);
    for one in &mut timeline.ledgers {
        let all = [&mut one.missing, &mut one.unfinished, &mut one.repeated, &mut one.unasked];
        all.into_iter().for_each(keys);
        let texts = [&mut one.trouble, &mut one.earlier_trouble, &mut one.objection];
        texts.into_iter().flatten().for_each(mask);
    }
    for one in &mut timeline.agreements {
        [&mut one.missing, &mut one.different, &mut one.unasked].into_iter().for_each(keys);
        one.trouble.iter_mut().for_each(mask);
    }
    timeline.sums.iter_mut().filter_map(|one| one.trouble.as_mut()).for_each(mask);
    timeline.breakers.iter_mut().filter_map(|one| one.trouble.as_mut()).for_each(mask);
    timeline.scalers.iter_mut().filter_map(|one| one.trouble.as_mut()).for_each(mask);
    timeline.gaps.iter_mut().for_each(|gap| mask(&mut gap.what));
    timeline.left_behind.iter_mut().for_each(mask);
}

fn mask_load(load: &mut LoadRecord, mask: &impl Fn(&mut String)) {
    mask(&mut load.name);
    match &mut load.schedule {
        Schedule::Missed(why) | Schedule::Failed(why) => mask(why),
        Schedule::Kept => {}
    }
    load.accepted.iter_mut().for_each(mask);
    for JourneyRecord { name, steps, .. } in &mut load.journeys {
        mask(name);
        for step in steps {
            mask(&mut step.name);
            step.checks.iter_mut().for_each(|check| mask(&mut check.name));
        }
    }
}
