use super::*;

fn placement() -> Placement {
    Placement {
        book_id: 1,
        customer_id: 1,
        quantity: 10,
        delivery_address: "Seoul".into(),
        coupon_id: None,
    }
}

fn order(order_status: Status) -> Order {
    Order { order_status, delivery_version: 1, ..Order::placed(7, placement()) }
}

fn follow(version: u64, step: Step) -> Command {
    Command::Follow(Delivery { version, step })
}

const ENDS: [Status; 3] = [Status::DeliveryCanceled, Status::CouponRefused, Status::OrderCanceled];

#[test]
fn an_order_says_how_many_and_where_to() {
    assert_eq!(decide(None, Command::Place(placement())), Ok(Some(Event::Ordered(placement()))));
    for quantity in [0, -1, i64::MAX, i64::MIN] {
        let wrong = Placement { quantity, ..placement() };
        assert_eq!(decide(None, Command::Place(wrong)), Err(Rejection::Quantity));
    }
    let nowhere = Placement { delivery_address: " ".into(), ..placement() };
    assert_eq!(decide(None, Command::Place(nowhere)), Err(Rejection::NoAddress));
}

#[test]
fn a_customer_cancels_only_what_is_ordered() {
    let cancel = |status| decide(Some(&order(status)), Command::Cancel);
    assert_eq!(cancel(Status::Ordered), Ok(Some(Event::OrderCanceled(Reason::Customer))));
    let later = [Status::DeliveryPrepared, Status::Shipped, Status::Carried("At the door".into())];
    for status in later.into_iter().chain(ENDS) {
        assert_eq!(cancel(status.clone()), Err(Rejection::TooLate(status)));
    }
    assert_eq!(decide(None, Command::Cancel), Err(Rejection::NoSuchOrder));
}

#[test]
fn a_refused_coupon_ends_an_order_however_far_it_is() {
    let refuse = |status| decide(Some(&order(status)), Command::RefuseCoupon);
    for status in
        [Status::Ordered, Status::DeliveryPrepared, Status::Shipped, Status::Carried("x".into())]
    {
        assert_eq!(refuse(status), Ok(Some(Event::OrderCanceled(Reason::Coupon))));
    }
    for status in ENDS {
        assert_eq!(refuse(status), Ok(None));
    }
}

#[test]
fn an_order_follows_its_delivery_and_never_back() {
    let shipped = order(Status::Ordered);
    let event = decide(Some(&shipped), follow(2, Step::Shipped)).unwrap().unwrap();
    let shipped = shipped.after(&event);
    assert_eq!(
        (shipped.order_status.text(), shipped.delivery_version, shipped.version),
        ("Shipped", 2, 2)
    );
    // A late preparation and an older status change nothing.
    assert_eq!(decide(Some(&shipped), Command::Prepare), Ok(None));
    assert_eq!(decide(Some(&shipped), follow(2, Step::Carried("Loaded".into()))), Ok(None));
    let event =
        decide(Some(&shipped), follow(3, Step::Carried("Delivered".into()))).unwrap().unwrap();
    assert_eq!(shipped.after(&event).order_status.text(), "Delivered");
}

#[test]
fn what_a_carrier_says_is_never_taken_for_a_status_of_ours() {
    let event =
        decide(Some(&order(Status::Shipped)), follow(2, Step::Carried("Ordered".into()))).unwrap();
    let order = order(Status::Shipped).after(&event.unwrap());
    let stored: Order = serde_json::from_str(&serde_json::to_string(&order).unwrap()).unwrap();
    assert_eq!(stored, order);
    assert!(matches!(decide(Some(&stored), Command::Cancel), Err(Rejection::TooLate(_))));
}

#[test]
fn a_carrier_that_gives_up_ends_the_order() {
    let event = decide(Some(&order(Status::Shipped)), follow(2, Step::Canceled)).unwrap().unwrap();
    assert_eq!(order(Status::Shipped).after(&event).order_status, Status::DeliveryCanceled);
    for status in ENDS {
        assert_eq!(decide(Some(&order(status)), follow(2, Step::Canceled)), Ok(None));
    }
}
