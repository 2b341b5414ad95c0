//! Checks of what must hold, and what these checks have in common.

use super::checker::Checker;
use crate::plan::{Check, Claim, Fault, ItemsPath, KeyedCollection, Load, System};
use crate::scenario::{ExpectationSpec, LoadSpec, RowsSpec};
use crate::source::Located;

/// What expectations can be about.
pub(in crate::plan) struct ExpectationContext<'k> {
    /// The loads as they are written: one that is wrong itself is known all the same.
    pub written: &'k [LoadSpec],
    /// The loads that could be checked.
    pub loads: &'k [Load],
    /// The faults of the scenario, without those of its proofs.
    pub faults: &'k [Fault],
    /// The system under test.
    pub system: &'k System,
}

/// An expectation as it is written.
pub(in crate::plan) trait Checkable {
    /// What it claims. It claims nothing when it is wrong, and the checker knows why.
    fn check(&self, checker: &mut Checker<'_>, context: &ExpectationContext<'_>) -> Vec<Claim>;
}

/// The only claim of most expectations, if nothing is wrong with it.
pub(in crate::plan) fn one(claim: Option<impl Into<Claim>>) -> Vec<Claim> {
    claim.map(Into::into).into_iter().collect()
}

macro_rules! checkable {
    ($($doc:literal, $key:literal: $name:ident($spec:ident) => $($claim:ident),+;)*) => {
        fn checkable(written: &ExpectationSpec) -> &dyn Checkable {
            match written {
                $(ExpectationSpec::$name(written) => written,)*
            }
        }
    };
}
crate::expectations!(checkable);

impl Checker<'_> {
    pub(super) fn checks(
        &mut self,
        written: &[ExpectationSpec],
        context: &ExpectationContext<'_>,
    ) -> Vec<Check> {
        Check::numbered(written.iter().flat_map(|one| checkable(one).check(self, context)))
    }

    pub(in crate::plan) fn known_load<'k>(
        &mut self,
        name: &Located<String>,
        context: &ExpectationContext<'k>,
    ) -> Option<&'k Load> {
        let written: Vec<&str> = context.written.iter().map(|load| load.name.as_str()).collect();
        if !written.contains(&name.as_str()) {
            self.unknown(name.span, "load", name, &written);
        }
        // One that is written and not found here is wrong itself, which has been said.
        context.loads.iter().find(|load| load.name == name.value)
    }

    /// A load by whose keys what it did is found again.
    pub(in crate::plan) fn keyed_load(
        &mut self,
        name: &Located<String>,
        context: &ExpectationContext<'_>,
    ) -> Option<String> {
        let load = self.known_load(name, context)?;
        if !load.has_key() {
            self.wrong(name.span, format!("load `{}` has no `key`", load.name)).help = Some(
                "say where a reply holds the id of what was accepted, such as `key: $.id`, or \
                 where the request does: `key: {request: $.id}`"
                    .to_owned(),
            );
        }
        Some(load.name.clone())
    }

    /// Whether there is such a service, and a fault that may take it down.
    pub(in crate::plan) fn goes_down(
        &mut self,
        service: &Located<String>,
        context: &ExpectationContext<'_>,
    ) -> bool {
        if !self.known_service(service, &context.system.services) {
            return false;
        }
        let faults = context.faults;
        let hit = faults.iter().any(|fault| fault.kind.services().contains(&service.as_str()));
        if !hit {
            let example = format!("{{at: 5s, for: 5s, stop: {{service: {service}}}}}");
            self.wrong(service.span, format!("no fault hits `{service}`, so it is never down"))
                .help = Some(format!("add a fault such as `{example}`"));
        }
        hit
    }

    pub(in crate::plan) fn keyed_collection(
        &mut self,
        written: RowsSpec<'_>,
        system: &System,
    ) -> Option<KeyedCollection> {
        let RowsSpec { get, items, entries, key } = written;
        let target = self.target(get, &system.services);
        let items = match (items, entries) {
            (Some(path), None) => self.json_path(path, path.span).map(ItemsPath::Each),
            (None, Some(path)) => self.json_path(path, path.span).map(ItemsPath::Entries),
            _ => {
                self.wrong(get.span, format!("`{get}`: give `items` or `entries`")).help =
                    Some("`items: $.orders[*]` of a list, `entries: $.orders` of a map".to_owned());
                None
            }
        };
        let key = match (key, entries) {
            (Some(path), _) => self.json_path(path, path.span),
            (None, Some(path)) => self.json_path("$.key", path.span),
            (None, None) => {
                self.wrong(get.span, format!("`{get}`: items need a `key`")).help =
                    Some("say where an item has its key, such as `key: $.id`".to_owned());
                None
            }
        };
        Some(KeyedCollection { target: target?, items: items?, key: key? })
    }
}
