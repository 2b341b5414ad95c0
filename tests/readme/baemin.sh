#!/usr/bin/env bash
# The README of the food delivery of team 4, command by command, with the real httpie on the
# README's ports.
#   baemin.sh BRUNT
# shellcheck source=tests/readme/common.sh
source "$(dirname "$0")/common.sh" baemin "$1"

start_all order=8082 payment=8083 delivery=8081 orderDetail=8084 gateway=8088

echo "-- an order"
readme 'http localhost:8082/orders' 200 '._embedded.orders == [] and .page.totalElements == 0'
readme 'http localhost:8082/orders orderId=1 productName="TV"' 201 '.orderId == 1 and .productName == "TV" and .id == 1
  and (has("customerId") and has("productPrice") and has("orderTotalPrice") and has("orderStatus") and has("orderDate")
  and has("customerAddr") and has("customerTel"))'
readme 'http localhost:8082/orders/1' 200 '.productName == "TV"'

echo "-- correlation and compensation"
readme 'http localhost:8082/orders orderId="30" productName="APPLE"' 201 '.orderId == 30 and .id == 2'
for _ in $(seq 3 13); do call localhost:8082/orders orderId="30" productName="APPLE"; done
wants 201 '.id == 13' 'the thirteenth, as the README cancels that one'
readme 'http localhost:8083/payments' 200 '[._embedded.payments[] | select(.orderId == 13)] | length == 1'
until_true "it is being delivered" shows localhost:8084/orderDetails/13 '.orderStatus == "DeliveryStarted" and .payStatus == "PaymentApproved"'
readme 'http delete localhost:8082/orders/13' 204
paid_for_13='([._embedded.payments[] | select(.orderId == 13)] | length)'
until_true "the payment is deleted" shows localhost:8083/payments "$paid_for_13 == 0"
readme 'http localhost:8083/payments' 200 "$paid_for_13 == 0 and .page.totalElements == 12"
until_true "the delivery is canceled" shows localhost:8081/deliveries '[._embedded.deliveries[] | select(.orderId == 13) | .orderStatus] == ["DeliveryCanceled"]'
"$brunt" watch baemin --topic team --from-beginning --json --for 1s >events.json
for event in Ordered PaymentApproved DeliveryStarted OrderCanceled PaymentCanceled DeliveryCanceled; do
  grep -q "\"eventType\":\"$event\"" events.json || fail "there is no $event: $(cat events.json)"
done
echo "ok: kafka-console-consumer --topic team --from-beginning, as brunt watch"

echo "-- no unpaid orders"
stop payment
call localhost:8082/orders orderId=1 productName="TV"
wants 503 '.status == 503' 'without payment an order is refused'
start payment
until_true "payment is ready" is_ready 8083
call localhost:8082/orders orderId=1 productName="TV"
wants 201 '.id == 14' 'with payment it is accepted, and the refused order used no id'

echo "-- the status can be read whatever is down"
until_true "the order is shown" shows localhost:8084/orderDetails/14 '.orderStatus == "DeliveryStarted"'
for service in order payment delivery; do stop $service; done
call localhost:8084/orderDetails/14
wants 200 '.orderStatus == "DeliveryStarted" and .payStatus == "PaymentApproved"' 'with order, payment and delivery down'
start_all order=8082 payment=8083 delivery=8081

echo "-- the gateway"
until_true "order can be reached through it" shows localhost:8088/orders '.page.totalElements == 13'
call localhost:8088/orders orderId=1 productName="TV"
wants 201 '.id == 15' 'an order at 8088, as at 8082'
call localhost:8088/payments
wants 200 '[._embedded.payments[] | select(.orderId == 15)] | length == 1' 'payments at 8088, as at 8083'
stop_all
