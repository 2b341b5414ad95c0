//! Which kind a fault is, and whether what it aims at exists.

use super::super::checker::Checker;
use super::Length;
use crate::plan::{AbortStatus, EdgeFault, FaultKind, Protocol, StrategyKind, System};
use crate::scenario::{self, OneOrMany};
use crate::source::Located;

pub(super) type Kind = Option<(FaultKind, Length)>;

impl Checker<'_> {
    pub(super) fn fault_kind(&mut self, written: &scenario::FaultSpec, system: &System) -> Kind {
        let kinds = [
            written.kill.as_ref().map(|kill| self.kill(kill, system)),
            written.stop.as_ref().map(|stop| self.stop(stop, system)),
            written.pause.as_ref().map(|pause| self.pause(pause, system)),
            written.scale.as_ref().map(|scale| self.scale(scale, system)),
            written.rollout.as_ref().map(|rollout| self.rolled_out(rollout, system)),
            written.make_zombie.as_ref().map(|zombie| self.zombie(zombie, system)),
            written.abort.as_ref().map(|abort| self.abort(abort, system)),
            written.cut.as_ref().map(|cut| self.edge(&cut.from, &cut.to, EdgeFault::Cut, system)),
            written
                .refuse
                .as_ref()
                .map(|one| self.edge(&one.from, &one.to, EdgeFault::Refuse, system)),
            written.lost_reply.as_ref().map(|lost| {
                let share = self.share(lost.percent.as_ref());
                self.edge(&lost.from, &lost.to, EdgeFault::LostReply { share }, system)
            }),
            written.slow_reply.as_ref().map(|one| {
                self.some_delay(&one.delay);
                self.edge(&one.from, &one.to, EdgeFault::SlowReply(one.delay.value), system)
            }),
            written
                .half_open
                .as_ref()
                .map(|one| self.edge(&one.from, &one.to, EdgeFault::HalfOpen, system)),
            written.duplicate.as_ref().map(|one| {
                let share = self.share(one.percent.as_ref());
                self.edge(&one.from, &one.to, EdgeFault::Duplicate { share }, system)
            }),
        ];
        let of_bytes = self.byte_fault_kinds(written, system);
        let platform = self.platform_kinds(written, system);
        let mut given = kinds.into_iter().chain(of_bytes).flatten().chain(platform);
        match (given.next(), given.next()) {
            (Some(kind), None) => kind,
            (None, _) => {
                self.wrong(written.at.span, "the fault does nothing").help = Some(
                    "add one of kill, stop, pause, scale, rollout, autoscale, makeZombie, latency, \
                     abort, cut, refuse, lostReply, slowReply, bandwidth, halfOpen, duplicate, \
                     slowClose, limitData, slice, corrupt, or, on Kubernetes only, one of evict, \
                     killContainer, remove, rollBack, setEnv, setConfig, tamperProbe, stress, \
                     cordon, drain, outage"
                        .to_owned(),
                );
                None
            }
            (Some(_), Some(_)) => {
                self.wrong(written.at.span, "the fault is of two kinds").help =
                    Some("write two faults; they may have the same time".to_owned());
                None
            }
        }
    }

    pub(super) fn breakable(&mut self, name: &Located<String>, system: &System) -> bool {
        if !self.known_service(name, &system.services) {
            return false;
        }
        let ours = system.services[&name.value].is_ours();
        if !ours {
            self.wrong(name.span, format!("`{name}` runs already, so brunt cannot break it"))
                .help =
                Some("give it a `command` in the system file, or break the calls to it".to_owned());
        }
        ours
    }

    fn kill(&mut self, kill: &scenario::KillSpec, system: &System) -> Kind {
        let OneOrMany(names) = &kill.service;
        // Counted, as `all` would stop at the first that is wrong.
        let known = names.iter().filter(|name| self.breakable(name, system)).count();
        let services: Vec<String> = names.iter().map(|name| name.value.clone()).collect();
        let pick = self.pick_of(kill.pick.as_ref(), names).unwrap_or_default();
        let kind = FaultKind::Kill { services, pick, grace: kill.grace.0 };
        (known == names.len()).then_some((kind, Length::None))
    }

    fn stop(&mut self, stop: &scenario::StopSpec, system: &System) -> Kind {
        let kind = FaultKind::Stop {
            service: stop.service.value.clone(),
            grace: stop.grace.map(|grace| grace.0),
        };
        self.breakable(&stop.service, system).then_some((kind, Length::Needed))
    }

    fn pause(&mut self, pause: &scenario::PauseSpec, system: &System) -> Kind {
        let service = std::slice::from_ref(&pause.service);
        let pick = self.pick_of(pause.pick.as_ref(), service).unwrap_or_default();
        let kind = FaultKind::Pause { service: pause.service.value.clone(), pick };
        self.breakable(&pause.service, system).then_some((kind, Length::Needed))
    }

    fn scale(&mut self, scale: &scenario::ScaleSpec, system: &System) -> Kind {
        if !self.breakable(&scale.service, system) {
            return None;
        }
        let service = &system.services[&scale.service.value];
        let replicas = scale.replicas.value;
        self.at_most_replicas(&scale.service, &scale.replicas);
        if replicas > 1 && service.rollout.kind == StrategyKind::Recreate {
            self.wrong(
                scale.service.span,
                format!("`{}` can have one replica only", scale.service),
            )
            .help = Some("its system file says `strategy: {type: Recreate}`".to_owned());
        }
        let kind = FaultKind::Scale { service: scale.service.value.clone(), replicas };
        Some((kind, Length::Optional))
    }

    fn rolled_out(&mut self, rollout: &scenario::RolloutSpec, system: &System) -> Kind {
        let kind = FaultKind::Rollout { service: rollout.service.value.clone() };
        self.breakable(&rollout.service, system).then_some((kind, Length::None))
    }

    fn zombie(&mut self, zombie: &scenario::ZombieSpec, system: &System) -> Kind {
        let kind = FaultKind::MakeZombie {
            service: zombie.service.value.clone(),
            path: format!("/{}", zombie.path.trim_start_matches('/')),
        };
        self.breakable(&zombie.service, system).then_some((kind, Length::None))
    }

    fn abort(&mut self, abort: &scenario::AbortSpec, system: &System) -> Kind {
        let status = abort.status.value;
        let protocol = system.services.get(&abort.to.value).and_then(|callee| callee.protocol);
        if matches!((status, protocol), (AbortStatus::Grpc(_), Some(Protocol::Http))) {
            let what =
                format!("`{}` speaks HTTP/1.1, in which there are no calls of gRPC", abort.to);
            self.wrong(abort.status.span, what).help = Some("such as `status: 503`".to_owned());
        }
        let share = self.share(abort.percent.as_ref());
        self.edge(&abort.from, &abort.to, EdgeFault::Abort { status, share }, system)
    }

    pub(super) fn edge(
        &mut self,
        from: &Located<String>,
        to: &Located<String>,
        fault: EdgeFault,
        system: &System,
    ) -> Kind {
        self.known_edge(from, to, system)?;
        let protocol = system.services.get(&to.value).and_then(|callee| callee.protocol);
        // Where no protocol is given, only the connections of a run show what is spoken.
        if let Some(protocol) = protocol
            && fault.needs_requests()
            && !protocol.has_visible_requests()
        {
            let message = format!("`{to}` speaks {protocol}, of which only bytes are seen");
            self.wrong(to.span, message).help = Some(format!("use {}", EdgeFault::OF_BYTES));
        }
        let kind = FaultKind::Edge { from: from.value.clone(), to: to.value.clone(), fault };
        Some((kind, Length::Needed))
    }
}
