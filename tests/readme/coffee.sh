#!/usr/bin/env bash
# The coffee chain's README, command by command, with the real httpie, on the README's ports.
#   coffee.sh BRUNT
set -euo pipefail
brunt=$(readlink -f "$1")
scratch=$(mktemp -d)
cd "$scratch"
MAKING_TIME=1s "$brunt" up coffee --fresh >up.log 2>&1 &
supervisor=$!
product=
cleanup() {
  kill "$supervisor" 2>/dev/null || true
  wait "$supervisor" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() { echo "FAILED: $*"; cat up.log; exit 1; }
until_true() { # WHAT COMMAND...: polls for at most 20 s
  local what=$1; shift
  for _ in $(seq 200); do "$@" && return; sleep 0.1; done
  fail "$what"
}
is_up() { grep -q 'is up' up.log; }
# STATUS and BODY of the last call
call() { BODY=$(http --ignore-stdin --print=hb "$@" 2>&1) || true; STATUS=$(head -n 1 <<<"$BODY" | cut -d' ' -f2); BODY=$(sed '1,/^\r*$/d' <<<"$BODY"); }
wants() { # STATUS JQ-TEST WHAT
  [[ $STATUS == "$1" ]] || fail "$3: status $STATUS, not $1: $BODY"
  jq -e "$2" <<<"$BODY" >/dev/null || fail "$3: $BODY"
  echo "ok: $3"
}
status_is() { call "http://localhost:8081/orders/$1"; [[ $(jq -r .status <<<"$BODY") == "$2" ]]; }

until_true "the system comes up" is_up

call POST http://localhost:8080/orders productName="Americano" qty=1
wants 201 '.productName == "Americano" and .qty == 1 and .status == "Requested" and (._links.self.href | endswith("/orders/1"))' \
  'http POST …:8080/orders productName="Americano" qty=1'
until_true "order 1 is Completed" status_is 1 Completed
echo "ok: it is made"

echo "-- product goes down"
product=$(sed -n 's/^ *product .*pid \([0-9]*\).*/\1/p' up.log)
kill -STOP "$product"
call http://localhost:8081/orders item="Hot Tea" qty=10
wants 201 '.productName == "Hot Tea" and .qty == 10' 'http http://localhost:8081/orders item="Hot Tea" qty=10'
call GET http://localhost:8081/orders/2
wants 200 '.status == "Requested"' 'http GET http://localhost:8081/orders/2: Requested'
call PATCH http://localhost:8081/orders/2 status="Canceled"
wants 503 '.status == 503' 'http PATCH http://localhost:8081/orders/2 status="Canceled": refused'

echo "-- product is back"
kill -CONT "$product"
canceled() { call PATCH http://localhost:8081/orders/2 status="Canceled"; [[ $STATUS == 200 || $STATUS == 409 ]]; }
until_true "the cancel is decided" canceled
call http://localhost:8081/orders item="Hot Tea" qty=10
wants 201 '.status == "Requested"' 'another order'
until_true "it is Completed" status_is 3 Completed
echo "ok: 'Requested' became 'Completed'"

call http://localhost:8084/mypages
wants 200 '._embedded.mypages | length == 3' 'the customer sees all orders in MyPage'
call http://localhost:8083/stocks
wants 200 '._embedded.stocks | length > 0' 'http http://localhost:8083/stocks'
for port in 8080 8081 8082 8083 8084; do
  call "http://localhost:$port/actuator/health"
  wants 200 '.status == "UP"' "http http://localhost:$port/actuator/health"
done
