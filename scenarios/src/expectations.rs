//! The one list of what a scenario can expect.

/// Hands the list of all expectations to another macro: for each one its description, its key in
/// scenario files (which is also its name in proofs), its variant of
/// [`ExpectationSpec`](crate::scenario::ExpectationSpec) with the type that it is read into, and
/// the claims that it is checked into.
///
/// Code that does something for each of them (reading, checking, judging) expands this list, so
/// that a new expectation is listed here and nowhere else.
#[macro_export]
macro_rules! expectations {
    ($with:ident) => {
        $with! {
            "The share of good replies.",
            "availability": Availability(AvailabilitySpec) => Availability;

            "Quantiles of the latency, counted from the intended start.",
            "latency": Latency(LatencySpec) => Latency;

            "The rate of good replies.",
            "throughput": Throughput(ThroughputSpec) => Throughput;

            "The longest time in which requests were sent and none got a good reply.",
            "longestOutage": LongestOutage(LongestOutageSpec) => LongestOutage;

            "A service is ready again in time after each fault that hit it.",
            "recovers": Recovers(RecoversSpec) => Recovers;

            "The liveness probe restarts a service, in time.",
            "restarts": Restarts(RestartsSpec) => Restarts;

            "Every accepted command has its effect, exactly once.",
            "ledger": Ledger(LedgerSpec) => Ledger;

            "A quantity is neither made nor lost.",
            "conserved": Conserved(ConservedSpec) => Conserved;

            "A circuit breaker opens when its callee fails, and closes again.",
            "breaker": Breaker(BreakerSpec) => Breaker;

            "While a service is down commands are accepted, and all of them complete once it is \
back.",
            "decoupled": Decoupled(DecoupledSpec) => Decoupled;

            "All that was canceled is compensated, everywhere.",
            "saga": Saga(SagaSpec) => Saga;

            "A view shows what its sources hold.",
            "view": View(ViewSpec) => View;

            "Others are served as before while one is overloaded.",
            "fairness": Fairness(FairnessSpec) => Fairness;

            "A load is served while services are down that it does not need.",
            "isolation": Isolation(IsolationSpec) => Isolation;

            "An autoscaler brings enough replicas in time, and does not flap.",
            "hpa": Hpa(HpaSpec) => ScalesOut, ScalesIn;

            "Retries do not multiply the load on a service that has trouble.",
            "amplification": Amplification(AmplificationSpec) => Amplification;

            "The run spends no more than this of a service level objective's error budget.",
            "slo": Slo(SloSpec) => Slo;
        }
    };
}
