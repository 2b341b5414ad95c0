#!/usr/bin/env bash
# Completes an order through the gateway of each system on the current cluster.
#   systems.sh [SYSTEM…]
# Needs kubectl, curl, jq, and a cluster (KUBECONFIG) whose service addresses answer from here.
# Otherwise GATEWAY_coffee=URL and so on name the addresses of `kubectl port-forward`.
set -euo pipefail
systems=("$@")
((${#systems[@]})) || systems=(coffee bookstore baemin fooddelivery cleaning)
fail() { echo "FAILED: $*"; exit 1; }

gateway() { # SYSTEM
  local given=GATEWAY_$1
  if [[ ${!given:-} ]]; then echo "${!given}"; else kubectl get service gateway -n "$1" -o jsonpath='http://{.spec.clusterIP}:8080'; fi
}
send() { # METHOD PATH JSON: prints the reply
  curl -fsS --max-time 10 --retry 5 --retry-connrefused -X "$1" -H 'content-type: application/json' -d "$3" "$base/$2"
}
until_holds() { # WHAT PATH JQ: for at most 30 s
  for _ in $(seq 100); do
    curl -fsS --max-time 5 "$base/$2" 2>/dev/null | jq -e "$3" >/dev/null && { echo "  $1"; return; }
    sleep 0.3
  done
  curl -sS --max-time 5 "$base/$2" || true
  fail "it does not become true: $1"
}

coffee() {
  local id; id=$(send POST orders '{"productName":"Hot Tea","qty":10}' | jq -e .id)
  until_holds "order $id is Completed" "orders/$id" '.status == "Completed"'
  until_holds "the customer's page shows it" 'mypages?size=1000' "any(._embedded.mypages[]; .orderId == $id and .orderStatus == \"Completed\")"
}
bookstore() {
  local book id; book=$(send POST books '{"bookName":"LondonTour","stock":100}' | jq -e .bookId)
  id=$(send POST orders "{\"customerId\":1,\"bookId\":$book,\"quantity\":10,\"deliveryAddress\":\"Seoul\"}" | jq -e .orderId)
  until_holds "order $id is shipped" "orders/$id" '.orderStatus == "Shipped"'
  until_holds "the stock is reduced" "books/$book" '.stock == 90'
}
baemin() {
  local id; id=$(send POST orders '{"productName":"Chicken","productPrice":100,"orderTotalPrice":100,"customerAddr":"Seoul"}' | jq -e .id)
  until_holds "order $id is paid and on its way" 'orderDetails?size=1000' \
    "any(._embedded.orderDetails[]; .orderId == $id and .payStatus == \"PaymentApproved\")"
  until_holds "it has a delivery" 'deliveries?size=1000' "any(._embedded.deliveries[]; .orderId == $id)"
}
fooddelivery() {
  local id; id=$(send POST orders '{"menu":"Bibimbap","qty":1,"price":9000,"storeId":1,"deliveryType":"bike","address":"Seoul"}' | jq -e .id)
  until_holds "order $id is with the store" 'storeOrders?size=1000' "any(._embedded.storeOrders[]; .orderId == $id)"
  local at; at=$(curl -fsS "$base/storeOrders?size=1000" | jq -e "first(._embedded.storeOrders[] | select(.orderId == $id)).id")
  for step in accept start finish; do send PUT "storeOrders/$at/$step" '{}' >/dev/null; done
  until_holds "its delivery waits for the rider" 'deliveries?size=1000' "any(._embedded.deliveries[]; .orderId == $id)"
  at=$(curl -fsS "$base/deliveries?size=1000" | jq -e "first(._embedded.deliveries[] | select(.orderId == $id)).id")
  for step in pick deliver; do send PUT "deliveries/$at/$step" '{}' >/dev/null; done
  until_holds "order $id is delivered" "orders/$id" '.status == "Delivered"'
}
cleaning() {
  local id; id=$(send POST cleaningReservations '{"requestDate":"20201010","place":"서울","price":250000,"customerName":"홍길동"}' | jq -e .id)
  until_holds "reservation $id is paid" 'dashBoardViews?size=1000' \
    "any(._embedded.dashBoardViews[]; .requestId == $id and .customerName == \"홍길동\")"
  until_holds "it has a message" 'messages?size=1000' "any(._embedded.messages[]; .requestId == $id)"
}

for system in "${systems[@]}"; do
  base=$(gateway "$system")
  echo "$system at $base"
  "$system"
done
echo "every order is completed"
