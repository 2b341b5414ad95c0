//! The secrets of a plan that are not in its own requests: in services, faults, proofs and checks.

use std::collections::BTreeMap;

use brunt_scenarios::plan::{Fault, FaultKind, Plan, PlatformFault, Program, Reading};

use super::LONG;
use super::found::FoundSecrets;

impl FoundSecrets {
    pub(super) fn in_plan(&mut self, plan: &Plan) {
        for service in plan.system.services.values() {
            if let Program::Running { url } = &service.program {
                // As it is written: what is shown of it has no user.
                self.in_url(&url.through("host", 0));
            }
            // A short one of the system file is rather a switch, such as `on` or `true`.
            let long = |(_, value): &(&String, &String)| value.len() >= LONG;
            service.env.iter().filter(long).for_each(|(name, value)| {
                self.in_parameter(name, value);
            });
            self.in_variables(&service.altered);
        }
        plan.faults.iter().for_each(|fault| self.in_fault(fault));
        for proof in &plan.proofs {
            proof.env.values().for_each(|variables| self.in_variables(variables));
            proof.planted.iter().for_each(|fault| self.in_fault(fault));
        }
        let readings = plan.checks.iter().filter_map(|check| check.claim.needs().reading);
        readings.flat_map(Reading::texts).for_each(|text| self.in_url(text));
    }

    fn in_fault(&mut self, fault: &Fault) {
        if let FaultKind::Platform {
            fault:
                PlatformFault::SetEnv { env: values, .. }
                | PlatformFault::SetConfig { data: values, .. },
            ..
        } = &fault.kind
        {
            self.in_variables(values);
        }
    }

    fn in_variables(&mut self, variables: &BTreeMap<String, String>) {
        variables.iter().for_each(|(name, value)| self.in_parameter(name, value));
    }
}
