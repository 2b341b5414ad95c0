#!/usr/bin/env bash
# The coffee chain's README, command by command, with the real httpie, on the README's ports: each service in the foreground
# of a shell of its own, as the README starts them.
#   coffee.sh BRUNT
set -euo pipefail
brunt=$(readlink -f "$1")
scratch=$(mktemp -d)
cd "$scratch"
export MAKING_TIME=2s
declare -A pids

start() { "$brunt" serve coffee "$1" >>"$1.log" 2>&1 & pids[$1]=$!; }
stop() { kill -INT "${pids[$1]}"; wait "${pids[$1]}" || fail "$1 did not stop cleanly"; unset "pids[$1]"; }
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait || true
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() { echo "FAILED: $*"; tail -n 5 ./*.log; exit 1; }
until_true() { # WHAT COMMAND...: for at most 20 s
  local what=$1; shift
  for _ in $(seq 200); do "$@" && return; sleep 0.1; done
  fail "$what"
}
call() { # httpie's arguments; sets STATUS and BODY
  local reply
  reply=$(http --ignore-stdin --print=hb "$@" 2>&1 | tr -d '\r') || true
  STATUS=$(head -n 1 <<<"$reply" | cut -d' ' -f2)
  BODY=$(sed '1,/^$/d' <<<"$reply")
}
wants() { # STATUS JQ-TEST WHAT
  [[ $STATUS == "$1" ]] || fail "$3: status $STATUS, not $1: $BODY"
  jq -e "$2" <<<"$BODY" >/dev/null || fail "$3: $BODY"
  echo "ok: $3"
}
status_is() { call GET "http://localhost:8081/orders/$1"; [[ $(jq -r .status <<<"$BODY") == "$2" ]]; }
is_ready() { call "http://localhost:$1/actuator/health/readiness"; [[ $STATUS == 200 ]]; }

for service in order product stock customercenter gateway; do start $service; done
for port in 8081 8082 8083 8084 8080; do until_true "port $port is ready" is_ready $port; done

call POST http://127.0.0.1:8080/orders productName="Americano" qty=1
wants 201 '.productName == "Americano" and .qty == 1 and .status == "Requested" and (._links.self.href | endswith("/orders/1"))' \
  'http POST http://GATEWAY:8080/orders productName="Americano" qty=1'
until_true "order 1 is Completed" status_is 1 Completed
echo "ok: the coffee is made"

echo "-- product is stopped with ctrl-C"
stop product
call http://localhost:8081/orders item="Hot Tea" qty=10
wants 201 '.productName == "Hot Tea" and .qty == 10' 'http http://localhost:8081/orders item="Hot Tea" qty=10'
call GET http://localhost:8081/orders/2
wants 200 '.status == "Requested"' 'http GET http://localhost:8081/orders/2 shows Requested'
call PATCH http://localhost:8081/orders/2 status="Canceled"
wants 503 '.status == 503' 'http PATCH http://localhost:8081/orders/2 status="Canceled" fails'
call http://localhost:8081/orders item="Hot Tea" qty=10
wants 201 '.status == "Requested"' 'another order'

echo "-- product is started again"
start product
until_true "product is ready" is_ready 8082
call PATCH http://localhost:8081/orders/2 status="Canceled"
wants 200 '.status == "Canceled"' 'http PATCH http://localhost:8081/orders/2 status="Canceled" succeeds'
until_true "order 3 is Completed" status_is 3 Completed
echo "ok: http GET http://localhost:8081/orders/3 shows Completed"
status_is 2 Canceled || fail "order 2 is not Canceled any more: $BODY"
echo "ok: the cancelled order is not made"

pages() { call GET http://localhost:8084/mypages; jq -e '[._embedded.mypages[].orderStatus] == ["Completed", "Canceled", "Completed"]' <<<"$BODY" >/dev/null; }
until_true "MyPage shows the history" pages
echo "ok: http GET http://localhost:8084/mypages shows all orders"
for service in order product stock customercenter gateway; do stop $service; done
echo "ok: every service ends with exit code 0"
