#!/usr/bin/env bash
# The coffee chain on a real Kafka and a real PostgreSQL, under load: the broker is down, the
# database is killed, replicas are killed, offsets are reset. Nothing is lost and nothing is
# duplicated.
#   coffee.sh BRUNT KAFKA POSTGRES [OUTAGE-SECONDS]
# BRUNT was built with `--features kafka`. KAFKA is a program with the commands `up`, which prints
# the bootstrap address, `stop`, and Kafka's own `topics`, `consumer-groups` and `console-consumer`;
# POSTGRES is one with `up`, which prints a URL, and `stop`. Needs psql, curl, jq and python3.
set -euo pipefail
brunt=$(readlink -f "$1") kafka=$(readlink -f "$2") postgres=$(readlink -f "$3") outage=${4:-8}
here=$(dirname "$(readlink -f "$0")")
topic=msacoffeechainsample
offset=${PORT_OFFSET:-0}
at() { echo "http://127.0.0.1:$((808$1 + offset))$2"; } # order 1, product 2, stock 3, customercenter 4, gateway 0
scratch=$(mktemp -d)
running=
cleanup() {
  if [[ -n $running ]]; then kill -INT "$running" 2>/dev/null || true; wait "$running" || true; fi
  rm -rf "$scratch"
}
trap cleanup EXIT

bootstrap=$("$kafka" up | tail -n 1)
server=$(cd / && "$postgres" up | tail -n 1)
export EVENT_LOG=kafka://$bootstrap STORE=${server%/*}/coffee_engines
cp "$here"/*.yaml "$scratch"
# The built-in system, with two replicas of each service that can have them on PostgreSQL.
sed -e '/strategy: {type: Recreate}/d' -e 's/^    command: .*\(order\|product\|stock\|customercenter\)\]$/&\n    replicas: 2/' \
  "$here/../../reference-services/coffee/system.yaml" >"$scratch/coffee.yaml"
cd "$scratch"

fail() { echo "FAILED: $*"; exit 1; }
until_true() { # WHAT COMMAND...: waits at most 60 s
  local what=$1; shift
  for _ in $(seq 300); do "$@" && return; sleep 0.2; done
  fail "$what"
}
broker_is_up() { "$kafka" up >/dev/null 2>&1; } # a busy machine may need more than one attempt
sql() { psql -qAtX "${1:-$STORE}" -c "$2" 2>/dev/null; }
count() { sql "$STORE" "SELECT count(*) FROM coffee_$1.entries WHERE key LIKE '$2/%'" || echo 0; }
at_least() { [[ $(count order doc/orders) -ge $1 ]]; }
outbox_is_empty() {
  local service
  for service in order product stock customercenter; do [[ $(count $service outbox) == 0 ]] || return 1; done
}
fresh() { # an empty database, no topic and no groups
  sql "$server" 'DROP DATABASE IF EXISTS coffee_engines WITH (FORCE)'
  sql "$server" 'CREATE DATABASE coffee_engines'
  "$kafka" topics --bootstrap-server "$bootstrap" --delete --if-exists --topic "$topic" >/dev/null 2>&1 || true
  "$kafka" consumer-groups --bootstrap-server "$bootstrap" --delete --group order --group product --group customercenter >/dev/null 2>&1 || true
}
# Every event of the topic with its partition and key, in the order of its partition.
events() {
  "$kafka" console-consumer --bootstrap-server "$bootstrap" --topic "$topic" --from-beginning --timeout-ms 6000 \
    --property print.key=true --property print.partition=true 2>/dev/null |
    grep -o '^Partition:[0-9]*.*$' || true
}
in_order() { # for each key, no event first appears after a later one of the same key
  events >"$scratch/events.txt"
  python3 - "$scratch/events.txt" <<'PY'
import json, sys
seen, last, again = set(), {}, 0
for line in open(sys.argv[1], encoding="utf-8"):
    partition, key, value = line.rstrip("\n").split("\t", 2)
    event = json.loads(value)
    if event["eventId"] in seen:
        again += 1
        continue
    seen.add(event["eventId"])
    whose = (event["eventType"] in ("Ordered", "OrderCanceled"), event["eventType"] == "StockReduced", key)
    assert key == str(event["aggregateId"]), line
    assert last.get(whose, (0, partition)) < (event["version"], partition), f"out of order: {line}"
    last[whose] = (event["version"], partition)
print(f"   {len(seen)} events, each key in order; {again} sent again")
assert len(seen) > 100, "the topic was read"
PY
}
up() { "$brunt" up "${1:-coffee}.yaml" --port-offset "$offset" --data "$scratch/up" >"$scratch/up.log" 2>&1 & running=$!; until_true "the system is up" grep -q 'Ctrl-C stops it' "$scratch/up.log"; } # its last line
down() { kill -INT "$running"; wait "$running" || fail "it stops cleanly"; running=; }
run() { # SCENARIO
  "$brunt" run "$1.yaml" --out "$scratch/runs" --quiet --retries 0 >"$scratch/$1.log" 2>&1 & running=$!
}
# A load generator that missed its own schedule on a busy machine says nothing about the system.
holds() { ! grep -q '✗ fail' "$1" && ! grep '? inconclusive  ' "$1" | grep -v '^?' | grep -qv 'the generator sends load'; }
drained() { # what a replica was killed over, others send; at the run's end, the next start does
  if outbox_is_empty; then return; fi
  up
  until_true "the outbox drains" outbox_is_empty
  down
}
passes() { # SCENARIO WHAT
  wait "$running" || true
  running=
  if ! grep -q 'report:' "$1.log" || ! holds "$1.log"; then
    cat "$1.log"; grep -h 'WARN\|ERROR' runs/*"$1"/logs/* | cut -c1-200 | tail -n 20 || true
    fail "$2"
  fi
  drained
  in_order || fail "$2: order"
  echo "ok: $2; $(sed -n 2p "$1.log" | xargs)"
}

echo "== the broker is down for $outage s"
fresh
sed -i "s/for: 25s/for: $((outage + 15))s/" broker-down.yaml
run broker-down
until_true "orders arrive" at_least 200
begun=$SECONDS
"$kafka" stop
sleep "$outage"
[[ $(count order outbox) -gt 0 ]] || fail "events wait in the outbox"
until_true "the broker is back" broker_is_up
echo "   the broker is back after $((SECONDS - begun)) s; $(count order outbox) events wait at order"
passes broker-down "an outage of the broker: orders accepted throughout, none lost, none duplicated, outbox empty"
flood=$(cat runs/*broker-down*/logs/* | grep -c 'Kafka cannot be reached' || true)
lines=$(cat runs/*broker-down*/logs/* | wc -l)
[[ $flood -ge 1 && $lines -lt 200 ]] || fail "an outage is logged, and not too often: $flood of $lines lines"
echo "ok: logged $flood times in $lines lines"

echo "== two replicas each, one killed every two seconds"
fresh
run replicas
passes replicas "kill -9 of replicas: none lost, none duplicated"

echo "== 200 orders race for 100 units at three replicas of stock"
fresh
run racing
passes racing "sold and stock are 100"

echo "== the database is killed"
fresh
run postgres-down
until_true "orders arrive" at_least 200
(cd / && "$postgres" stop)
sleep 3
(cd / && "$postgres" up >/dev/null)
passes postgres-down "a killed database: every reply holds"

echo "== offsets are reset by 1,000"
fresh
# Columns: group, topic, partition, committed, end, lag.
offsets() { "$kafka" consumer-groups --bootstrap-server "$bootstrap" --describe --group order --group product --group customercenter 2>/dev/null | awk -v topic="$topic" '$2 == topic'; }
lag() { offsets | awk '{sum += $6} END {print sum + 0}'; }
lag_is_zero() { [[ $(lag) == 0 ]]; }
groups_are_empty() {
  local states
  states=$("$kafka" consumer-groups --bootstrap-server "$bootstrap" --describe --state --group order --group product --group customercenter 2>/dev/null)
  [[ $(grep -c Empty <<<"$states") == 3 ]]
}
state() {
  local path
  for path in 1/orders 2/products 3/stocks 4/mypages; do
    curl -sf "$(at "${path%%/*}" "/${path#*/}?size=1000")" | jq -S 'del(.. | ._links?)'
  done
}
up
body='{"productName":"따뜻한 아메리카노","qty":1}'
curl -sf -X POST "$(at 3 /stocks)" -H 'content-type: application/json' -d '{"productName":"따뜻한 아메리카노","qty":1000}' >/dev/null
"$brunt" load -q -c 5 -r 60 --content-type application/json "$(at 0 /orders) POST $body" >load.log 2>&1 || fail "load: $(cat load.log)"
all_completed() { [[ $(curl -sf "$(at 1 '/orders?size=1000')" | jq '[._embedded.orders[] | select(.status == "Completed")] | length') == 300 ]]; }
until_true "all orders are made" all_completed
until_true "the outbox drains" outbox_is_empty
until_true "every event is read" lag_is_zero
state >before.json
[[ $(sql "$STORE" "SELECT count(*) FROM coffee_order.entries WHERE value LIKE '%따뜻한 아메리카노%'") == 300 ]] || fail "Korean text in PostgreSQL"
events >korean.txt
[[ $(grep -c '"Ordered".*따뜻한 아메리카노\|따뜻한 아메리카노.*"Ordered"' korean.txt) == 300 ]] || fail "Korean text in Kafka's own console consumer"
echo "ok: Korean text comes back byte for byte through Kafka and PostgreSQL"
down
until_true "the groups have no members" groups_are_empty
for group in order product customercenter; do
  "$kafka" consumer-groups --bootstrap-server "$bootstrap" --group $group --topic "$topic" --reset-offsets --shift-by -1000 --execute >"reset-$group.log" 2>&1 || fail "$(cat "reset-$group.log")"
done
again=$(lag)
[[ $again -ge 600 ]] || fail "the offsets are reset: $again; $(cat reset-*.log)"
up
until_true "every event is read again" lag_is_zero
state >after.json
cmp before.json after.json || fail "a repeated event changed something"
echo "ok: offsets reset by 1,000, or as far as there are events: $again were repeated, nothing changed"

echo "== requests while the database is down"
(cd / && "$postgres" stop)
refused() { curl -s -o /dev/null -D headers.txt -X POST "$(at 1 /orders)" -H 'content-type: application/json' -d "$body"; grep -q '^HTTP/1.1 503' headers.txt; }
until_true "orders are refused" refused
grep -qi '^retry-after: 1' headers.txt || fail "a refusal has Retry-After: $(cat headers.txt)"
curl -sf "$(at 1 /actuator/health/readiness)" >/dev/null || fail "the service stays ready"
(cd / && "$postgres" up >/dev/null)
accepted() { curl -sf -X POST "$(at 1 /orders)" -H 'content-type: application/json' -d "$body" >/dev/null; }
until_true "orders are accepted again" accepted
echo "ok: 503 with Retry-After while the database is down, and orders again once it is back"
down

echo "== starting without a broker"
"$kafka" stop
up
for _ in 1 2 3; do accepted || fail "an order without a broker"; done
[[ $(count order outbox) -gt 0 ]] || fail "its event waits in the outbox"
until_true "the broker is back" broker_is_up
until_true "the outbox drains" outbox_is_empty
echo "ok: started without a broker, orders accepted, and events sent once it was up"
down

echo "== a new service joins"
fresh
# The same system without customercenter.
python3 - <<'PY'
import re
text = open("coffee.yaml", encoding="utf-8").read()
text = re.sub(r"\n  customercenter:\n(?:    .*\n|\n(?=    ))*", "\n", text)
text = re.sub(r"      customercenter: .*\n", "", text)
assert "customercenter" not in text.split("services:")[1]
open("newcomer.yaml", "w", encoding="utf-8").write(text)
PY
up newcomer
pids() { grep -o "pid [0-9]*" up.log | cut -d" " -f2; }
before=$(pids)
"$brunt" load -q -c 5 -r 20 --content-type application/json "$(at 0 /orders) POST $body" >load.log 2>&1 || fail "load: $(cat load.log)"
over() { [[ $(curl -sf "$(at 1 '/orders?size=1000')" | jq '[._embedded.orders[] | select(.status != "Requested")] | length') == 100 ]]; }
until_true "all orders are finished" over
DATA_DIR="$scratch/newcomer" PORT=$((8084 + offset)) "$brunt" serve coffee customercenter >newcomer.log 2>&1 & newcomer=$!
whole() { [[ $(curl -sf "$(at 4 '/mypages?size=1000')" | jq '[._embedded.mypages[] | select(.productStatus != null and .productName == "따뜻한 아메리카노")] | length') == 100 ]]; }
until_true "its view is complete" whole
kill -INT "$newcomer"; wait "$newcomer" || fail "the newcomer stops cleanly"
for pid in $before; do kill -0 "$pid" || fail "no other service is restarted: $pid is gone"; done
[[ $(wc -w <<<"$before") == 7 ]] || fail "all others run: $before"
echo "ok: customercenter joined, read the topic from its beginning and showed all 100 orders; no other service was restarted"
down
fresh
echo "ok: the coffee chain on Kafka and PostgreSQL"
