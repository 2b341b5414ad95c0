#!/usr/bin/env bash
# The cleaning service's README, command by command, with the real httpie. Its commands come from
# another project, as it says itself: its bookings are reservations here and its alarms messages,
# both at the gateway. There are no rooms.
#   cleaning.sh BRUNT
# shellcheck source=tests/readme/common.sh
source "$(dirname "$0")/common.sh" cleaning "$1"
hosts=([booking:8080]=8088 [alarm:8080]=8088 [room:8080]=8088)
services=(reservation=8081 cleaning=8082 payment=8083 mypage=8084 message=8085 html=8086 gateway=8088)
start_all "${services[@]}"

echo "-- REST"
readme 'http POST http://room:8080/rooms name=호텔 price=1000 address=서울 host=Superman' 404 '.status == 404'
hotel='http POST http://booking:8080/bookings roomId=1 name=호텔 price=1000 address=서울 host=Superman guest=배트맨 usedate=20201010'
pension='http POST http://booking:8080/bookings roomId=2 name=펜션 price=1000 address=양평 host=Superman guest=홍길동 usedate=20201011'
reserved='.place == "서울" and .customerName == "배트맨" and .price == 1000 and .requestDate == "20201010" and .status == "ReservationApply"'
readme "$hotel" 201 "$reserved and .id == 1 and (._links | has(\"self\"))"
readme 'http http://booking:8080/bookings/1' 200 "$reserved"
call http://localhost:8083/payments
wants 200 '._embedded.payments[0] | .requestId == 1 and .price == 1000 and .status == "PaymentApproved"' 'it is paid'

echo "-- payment is down"
stop payment
readme "$hotel" 503 '.status == 503 and has("error") and has("message") and has("path") and has("timestamp")'
readme "$pension" 503 '.status == 503'
readme 'http DELETE http://booking:8080/bookings/1' 204
start payment
until_true "payment is ready" is_ready 8083
readme "$hotel" 201 "$reserved"
grep -qi '^location: .*/2$' <<<"$HEAD" || fail "there is no Location: $HEAD"
readme "$pension" 201 '.place == "양평" and .customerName == "홍길동"'
until_true "the payment is refunded" shows http://localhost:8083/payments/1 '.status == "PaymentCancel"'
echo "ok: the payment of a reservation that was canceled meanwhile is refunded"

echo "-- message is down"
stop message
readme "$hotel" 201 "$reserved"
readme "$pension" 201 '.status == "ReservationApply"'
readme 'http http://alarm:8080/alarms' 503
start message
until_true "message is ready" is_ready 8085
notified='([._embedded.messages[] | select(.status == "PaymentCompleted") | .requestId] | sort == [1, 2, 3, 4, 5])'
until_true "every customer has a message" shows http://localhost:8088/alarms "$notified"
readme 'http http://alarm:8080/alarms' 200 "$notified and ([._embedded.messages[] | select(.status == \"PaymentCancelCompleted\") | .requestId] == [1])"

echo "-- cleaned"
call POST :8088/cleans requestId=2 cleanDate=20201011
wants 201 '.status == "CleaningCompleted" and .requestId == 2' 'reservation 2 is cleaned'
until_true "the customer sees it" shows :8088/dashBoardViews '[._embedded.dashBoardViews[] | .status] | sort == ["CleaningCompleted",
  "PaymentCancelCompleted", "PaymentCompleted", "PaymentCompleted", "PaymentCompleted"]'
echo "ok: the customer's page shows them all"

echo "-- the web page"
page=$(http --ignore-stdin --check-status --body :8088/) || fail "there is no page"
grep -qi '<!doctype html>' <<<"$page" || fail "not a page: $page"
for file in $(grep -o '/html/page\.[a-z]*' <<<"$page" | sort -u); do http --ignore-stdin --check-status --body ":8088$file" >/dev/null || fail "$file"; done
echo "ok: http :8088/"
stop_all
