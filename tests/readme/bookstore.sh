#!/usr/bin/env bash
# The bookstore's README, command by command, with the real httpie, against `brunt up bookstore` on
# the README's ports.
#   bookstore.sh BRUNT
# shellcheck source=tests/readme/common.sh
source "$(dirname "$0")/common.sh" bookstore "$1"
hosts=([gateway:8080]=8080 [order:8080]=8081)
up

echo "-- every service answers"
empty() { readme "http http://gateway:8080/$1" 200 "._embedded.$1 == [] and .page.totalElements == 0 and (._links.self.href | test(\"/$1\"))"; }
for collection in customers myPages books deliverables stockInputs orders deliveries coupons mycoupons; do empty $collection; done

echo "-- Book"
readme 'http POST http://gateway:8080/books bookName=LondonTour stock=100' 201 '.bookName == "LondonTour" and .stock == 100
  and .bookId == 1 and (._links | has("self") and has("book"))'
readme 'http POST http://gateway:8080/stockInputs bookId=1 quantity=10 inCharger=CHOI' 201 '.bookId == 1 and .quantity == 10 and .inCharger == "CHOI"'
readme 'http http://gateway:8080/books' 200 '[._embedded.books[] | .stock] == [110]'
readme 'http http://gateway:8080/deliverables' 200 '.page.totalElements == 0'
readme 'http http://gateway:8080/stockInputs' 200 '[._embedded.stockInputs[] | .quantity] == [10]'

echo "-- Coupon"
readme 'http POST http://gateway:8080 couponStatus=Registered customerId=1' 201 '.couponStatus == "Registered" and .customerId == 1'
readme 'http http://gateway:8080/coupons/1' 200 '.couponId == 1 and .couponStatus == "Registered"'

echo "-- Order"
order_keys='(has("orderId") and has("bookId") and has("customerId") and has("quantity") and has("deliveryAddress") and has("couponId"))'
readme 'http POST http://gateway:8080/orders customerId=1 bookId=1 quantity=10 deliveryAddress=Seoul' 201 "$order_keys
  and .orderStatus == \"Ordered\" and .orderId == 1"
readme 'http POST http://gateway:8080/orders customerId=2 bookId=1 quantity=200 deliveryAddress=Wien couponId=2' 404 '.message | test("no coupon 2")'
readme 'http POST http://gateway:8080/orders customerId=2 bookId=1 quantity=200 deliveryAddress=Wien couponId=1' 201 "$order_keys
  and .orderStatus == \"Ordered\" and .orderId == 2 and .couponId == 1"
coupon_is() { shows http://localhost:8080/mycoupons/1 ".couponStatus == \"$1\""; }
until_true "the coupon is used" coupon_is "Used(Not Available)"
echo "ok: the coupon is used"
readme 'http DELETE http://gateway:8080/orders/2' 204
readme 'http http://gateway:8080/orders/2' 404 '.status == 404'
until_true "the coupon is returned" coupon_is "Refund(Available)"
readme 'http http://gateway:8080/mycoupons/1' 200 '.couponStatus == "Refund(Available)"'
until_true "the first order is shipped" shows http://localhost:8080/orders/1 '.orderStatus == "Shipped"'
readme 'http http://gateway:8080/books' 200 '[._embedded.books[] | .stock] == [100]'

echo "-- the topic"
"$brunt" watch bookstore --topic cnabookstore --from-beginning --json --for 1s >events.json
for event in CouponCreated Ordered CouponUsed OrderCanceled CouponRefund DeliveryPrepared DeliveryStatusChanged; do
  grep -q "\"eventType\":\"$event\"" events.json || fail "there is no $event: $(cat events.json)"
done
echo "ok: kafka-console-consumer --topic cnabookstore --from-beginning, as brunt watch"

echo "-- siege"
serves() { # ARGUMENTS...: those of siege, which brunt load takes
  "$brunt" load "$@" >siege.log 2>&1 || fail "$*: $(cat siege.log)"
  grep -q 'Availability:[[:space:]]*100.00 %' siege.log || fail "$*: $(cat siege.log)"
  echo "ok: siege $*"
}
serves -c10 -t2S -v http://localhost:8080/coupons/
serves -c2 -t2S -v http://localhost:8080/orders

echo "-- liveness"
readme 'http http://gateway:8080/orders' 200
readme 'http http://order:8080/isHealthy' 200
readme 'http http://order:8080/makeZombie' 200
readme 'http http://order:8080/isHealthy' 500 '.error == "Internal Server Error" and .message == "zombie....." and .path == "/isHealthy"
  and .status == 500 and has("timestamp")'
healthy() { call http://localhost:8081/isHealthy; [[ $STATUS == 200 ]]; }
until_true "order is restarted" healthy
readme 'http http://order:8080/isHealthy' 200
stop_all
