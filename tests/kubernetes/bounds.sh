#!/usr/bin/env bash
# Compares measured times with the bounds computed before the runs, as a table. Fails when fewer
# than 95 % are within their bound. Needs jq.
#   bounds.sh RUNS…
# RUNS are folders with reports. Runs without a guard (by the names of their folders) are ignored,
# because no bound holds for them.
set -euo pipefail
mapfile -t reports < <(find "$@" -name report.json -not -path '*-without-*' | sort)
((${#reports[@]})) || { echo "there is no report in $*"; exit 2; }

times=$(mktemp); trap 'rm -f "$times"' EXIT

measured() { # one line for each time: kind, service, measured, bound
  jq -r '
    # 1m30s, 79.5s, 534ms
    def seconds: [scan("([0-9.]+)(ms|s|m|h)") | (.[0] | tonumber) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[.[1]]] | add;
    . as $report
    | (.plan.bounds | map({key: .service, value: .}) | from_entries) as $bounds
    | .timeline.events as $events
    | def bound($service; $which): $bounds[$service][$which];
    def after($event; $kinds): first($events[] | select(.service == $event.service and .replica == $event.replica and .at >= $event.at
        and (.what.kind | IN($kinds[]))));
    # From the start of a replica until it is ready, and from the start of a rollout until it is
    # done.
    ($events[] | select(.what.kind == "started" and .at > 0) | . as $one | after($one; ["ready"]) as $reached
      | ["starts", .service, $reached.at - .at, bound(.service; "starts")]),
    ($events[] | select(.what.kind == "rolloutStarted" and .at > 0) | . as $one | after($one; ["rolloutDone"]) as $reached
      | ["rolls out", .service, $reached.at - .at, bound(.service; "rollsOut")]),
    # From the end of a replica until it has left the endpoints.
    (.timeline.faults[] | select(.name | test("^(kill|outage of|delete the workload)")) | . as $fault
      | $events[] | select((.service | IN($fault.services[])) and .at >= $fault.start and .at <= $fault.start + 30
          and (.what.kind == "notReady" or .what == {kind: "exited", how: "pod deleted"}))
      | . as $one
      | select(isempty($events[] | select(.service == $one.service and .replica == $one.replica and .at < $one.at and .at >= $fault.start
          and (.what.kind | IN("notReady", "exited")))))
      | ["leaves", .service, .at - $fault.start, bound(.service; "leaves")]),
    # Times that the run itself judged.
    (.verdict.findings[] | select((.name | IN("recovers", "restarts", "hpa.reaches")) and (.measured | test("^[0-9.]+m?s")))
      | [.name, (.claim | split(" ")[0]), (.measured | seconds), (.claim | split("within ")[1] | seconds)])
    | select(.[2] != null and .[3] != null) | @tsv' "$1"
}

for report in "${reports[@]}"; do measured "$report"; done > "$times"
sort "$times" | awk -F"\t" '
  function row(kind) {
    printf "| %s | %d | %.1f | %.1f | %.1f | %d |\n", kind, n[kind], total[kind] / n[kind], most[kind], bound[kind], under[kind]
  }
  BEGIN { print "| time | measured | mean s | longest s | its bound s | within the bound |"; print "|---|---|---|---|---|---|" }
  !($1 in n) { order[++kinds] = $1 }
  { n[$1]++; total[$1] += $3; all++; if ($3 <= $4) { under[$1]++; good++ } }
  !($1 in most) || $3 > most[$1] { most[$1] = $3; bound[$1] = $4 }
  END {
    for (kind = 1; kind <= kinds; kind++) row(order[kind])
    printf "%d of %d within their bound\n", good, all
    exit !all || good < 0.95 * all
  }'
