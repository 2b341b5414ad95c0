use super::*;

fn update(version: u64, change: Change) -> Update {
    Update { order_id: 7, version, change }
}

fn order(version: u64, status: &str) -> Update {
    let placement = Placement {
        customer_id: 1,
        book_id: 1,
        quantity: 10,
        delivery_address: "Seoul".into(),
        coupon_id: None,
    };
    update(version, Change::Order { placement, status: status.into() })
}

fn prepared() -> Update {
    update(2, Change::Prepared)
}

fn delivery(version: u64, status: &str) -> Update {
    update(version, Change::Delivery { id: 3, status: status.into() })
}

fn fold(story: &[Update], gate: Guard) -> MyPage {
    story.iter().cloned().fold(MyPage::new(1, 7), |page, update| page.after(update, gate))
}

fn status(story: &[Update]) -> Option<String> {
    fold(story, Guard::On).order_status
}

/// Every order in which the events of a story can come.
fn permutations(story: &[Update]) -> Vec<Vec<Update>> {
    let Some((first, rest)) = story.split_first() else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for permutation in permutations(rest) {
        for place in 0..=permutation.len() {
            let mut longer = permutation.clone();
            longer.insert(place, first.clone());
            all.push(longer);
        }
    }
    all
}

#[test]
fn a_page_is_the_same_in_whatever_order_events_arrive() {
    for story in [
        vec![order(1, "Ordered"), prepared(), delivery(2, "Shipped"), delivery(3, "Delivered")],
        vec![order(1, "Ordered"), order(2, "OrderCanceled"), delivery(2, "CancelDelivery")],
        vec![order(1, "Ordered"), prepared(), delivery(2, "Shipped"), order(2, "Coupon_Refused")],
    ] {
        let told = fold(&story, Guard::On);
        for mut permutation in permutations(&story) {
            permutation.extend(story.clone());
            assert_eq!(fold(&permutation, Guard::On), told, "{permutation:?}");
        }
    }
}

#[test]
fn a_page_shows_how_far_an_order_is() {
    let story = [order(1, "Ordered"), prepared(), delivery(2, "Shipped"), delivery(3, "Delivered")];
    let shown: Vec<_> = (1..=4).map(|n| status(&story[..n]).unwrap()).collect();
    assert_eq!(shown, ["Ordered", "Delivery_Prepared", "Shipped", "Delivered"]);
    assert_eq!(status(&[delivery(2, "CancelDelivery")]).unwrap(), "DeliveryCanceled");
    assert_eq!(status(&[]), None);
}

#[test]
fn without_the_version_gate_a_page_goes_backwards() {
    let late = [order(1, "Ordered"), delivery(3, "Delivered"), delivery(2, "Shipped")];
    assert_eq!(fold(&late, Guard::On).order_status.unwrap(), "Delivered");
    assert_eq!(fold(&late, Guard::Off).order_status.unwrap(), "Shipped");
}

#[test]
fn a_page_keeps_what_it_knows() {
    for story in [vec![], vec![prepared()], vec![order(1, "Ordered"), delivery(2, "Shipped")]] {
        let page = fold(&story, Guard::On);
        let stored: MyPage = serde_json::from_str(&serde_json::to_string(&page).unwrap()).unwrap();
        assert_eq!(stored, page);
    }
}
