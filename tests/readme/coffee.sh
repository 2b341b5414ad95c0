#!/usr/bin/env bash
# The coffee chain's README, command by command, with the real httpie on the README's ports. Each
# service runs in the foreground of its own shell, as the README starts them.
#   coffee.sh BRUNT
# shellcheck source=tests/readme/common.sh
source "$(dirname "$0")/common.sh" coffee "$1"
export MAKING_TIME=2s
hosts=([10.0.232.104:8080]=8080)
status_is() { call GET "http://localhost:8081/orders/$1"; [[ $(jq -r .status <<<"$BODY") == "$2" ]]; }

start_all order=8081 product=8082 stock=8083 customercenter=8084 gateway=8080

readme 'http POST http://10.0.232.104:8080/orders productName="Americano" qty=1' 201 '.productName == "Americano" and .qty == 1
  and .status == "Requested" and (._links.self.href | endswith("/orders/1"))'
until_true "order 1 is Completed" status_is 1 Completed
echo "ok: the coffee is made"

echo "-- product is stopped with Ctrl-C"
stop product
readme 'http http://localhost:8081/orders item="Hot Tea" qty=10' 201 '.productName == "Hot Tea" and .qty == 10'
readme 'http GET http://localhost:8081/orders/2' 200 '.status == "Requested"'
readme 'http PATCH http://localhost:8081/orders/2 status="Canceled"' 503 '.status == 503'
readme 'http http://localhost:8081/orders item="Hot Tea" qty=10' 201 '.status == "Requested"'

echo "-- product is started again"
start product
until_true "product is ready" is_ready 8082
readme 'http PATCH http://localhost:8081/orders/2 status="Canceled"' 200 '.status == "Canceled"'
until_true "order 3 is Completed" status_is 3 Completed
readme 'http GET http://localhost:8081/orders/1' 200 '.status == "Completed"'
echo "ok: the order of the downtime is made"
status_is 2 Canceled || fail "order 2 is no longer Canceled: $BODY"
echo "ok: the canceled order is not made"

pages() { call GET http://localhost:8084/mypages; jq -e '[._embedded.mypages[].orderStatus] == ["Completed", "Canceled", "Completed"]' <<<"$BODY" >/dev/null; }
until_true "MyPage shows the history" pages
echo "ok: http GET http://localhost:8084/mypages shows all orders"
stop_all
