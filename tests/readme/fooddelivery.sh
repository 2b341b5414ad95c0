#!/usr/bin/env bash
# The food delivery's README, step by step, with the real httpie on the README's ports (8081 to
# 8085). Each service runs in the foreground of its own shell, as the README starts them. The README
# shows its requests as pictures; here they are commands.
#   fooddelivery.sh BRUNT
# shellcheck source=tests/readme/common.sh
source "$(dirname "$0")/common.sh" fooddelivery "$1"

start_all app=8081 pay=8082 store=8083 rider=8084 customer=8085 gateway=8088

echo "-- Saga: app publishes, store receives"
call POST :8081/orders menu="피자" qty=2 price=20000 storeId=1 deliveryType="도보" address="서울시 강남구" customer="홍길동"
wants 201 '.menu == "피자" and .qty == 2 and .deliveryType == "walk" and .address == "서울시 강남구" and .status == "Placed"
  and (._links.self.href | endswith("/orders/1"))' 'an order is placed'
until_true "the store has the order" shows :8083/storeOrders/1 '.orderId == 1 and .accept == false and .status == "Received"'
echo "ok: the order is in the store"
call PATCH :8083/storeOrders/1 accept=true
wants 200 '.accept == true and .status == "Accepted"' 'accept is set to true, and the status follows'

echo "-- no unpaid orders"
call GET :8082/payments/1
wants 200 '.orderId == 1 and .price == 20000 and .status == "Paid"' 'the order is paid for'
stop pay
call POST :8081/orders menu="치킨" qty=1 price=18000
wants 503 '.message | endswith("try again shortly")' 'without pay an order is refused'
grep -qi '^retry-after: [0-9]' <<<"$HEAD" || fail "there is no Retry-After: $HEAD"
start pay
until_true "pay is ready" is_ready 8082

echo "-- the store is down, and orders are accepted"
stop store
call POST :8088/orders menu="치킨" qty=1 price=18000 deliveryType="자전거"
wants 201 '.deliveryType == "bicycle"' 'an order is placed while the store is down'
second=$(jq .id <<<"$BODY")
start store
until_true "the store is ready" is_ready 8083
until_true "the store has the second order" shows :8083/storeOrders/2 ".orderId == $second"
echo "ok: it is in the store afterwards"

echo "-- Request/Response: only an existing order is cooked"
stop app
call PUT :8083/storeOrders/1/start
wants 503 '.message | startswith("nothing is cooked")' 'without app, nothing is cooked'
start app
until_true "app is ready" is_ready 8081
call PUT :8083/storeOrders/1/start
wants 200 '.status == "Cooking"' 'cooking begins'
until_true "app shows it" shows :8081/orders/1 '.status == "Cooking"'
call PATCH :8081/orders/1 status="Canceled"
wants 409 '.status == 409' 'an order that is being cooked cannot be canceled'
call PUT :8083/storeOrders/1/finish
wants 200 '.status == "Cooked"' 'cooking ends'

echo "-- the rider delivers by the chosen type"
until_true "the delivery is ready" shows :8084/deliveries/1 '.status == "Ready" and .deliveryType == "walk"'
call POST :8081/reviews orderId=1 rating=5 text="맛있어요"
wants 409 '' 'there is no review before the delivery'
call PUT :8084/deliveries/1/pick deliveryType="바이크"
wants 409 '' 'a rider on a bike is refused'
call PUT :8084/deliveries/1/pick deliveryType="도보"
wants 200 '.status == "Picked"' 'a rider on foot picks it up'
call PUT :8084/deliveries/1/deliver
wants 200 '.status == "Delivered"' 'it is delivered'
until_true "app shows it" shows :8081/orders/1 '.status == "Delivered"'
call POST :8081/reviews orderId=1 rating=5 text="맛있어요"
wants 201 '.text == "맛있어요"' 'the customer reviews it'

echo "-- an order is canceled, and so are payment and delivery"
call PUT ":8088/orders/$second/cancel"
wants 200 '.status == "Canceled"' 'the second order is canceled'
canceled=".orderId == $second and .status == \"Canceled\""
until_true "the payment is canceled" shows :8088/payments "._embedded.payments[] | select($canceled)"
until_true "the delivery is canceled" shows :8088/deliveries "._embedded.deliveries[] | select($canceled)"
echo "ok: payment and delivery are canceled"

echo "-- CQRS, and a notification at every change"
until_true "the page shows it" shows :8085/myPages '[._embedded.myPages[] | select(.menu) | .orderStatus] == ["Delivered", "Canceled"]'
echo "ok: http :8085/myPages"
notified='[._embedded.notifications[] | select(.orderId == 1) | .text] == ["Your order is placed", "The store accepted your order",
  "Your order is being cooked", "Your order is cooked", "Your order is on its way", "Your order is delivered"]'
until_true "the customer has every notification" shows :8085/notifications "$notified"
until_true "they carry the name" shows :8085/notifications '[._embedded.notifications[] | select(.orderId == 1) | .customer] | unique == ["홍길동"]'
echo "ok: http :8085/notifications"
stop_all
