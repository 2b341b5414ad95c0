//! What is prepared before the load, and that the load does not meet it.

use brunt_kubernetes::Watchdog;
use kube::api::Patch;
use serde_json::json;

use crate::customers::Customer;
use crate::inject_fault::LASTS;
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG and BRUNT_TEST_IMAGE"]
async fn without_its_readiness_probe_a_service_is_served_before_the_load_begins() {
    let shop = Shop::without_autoscaler("settled").await;
    // A slow start; without a liveness probe, which would not wait for it.
    let container = json!({
        "name": "service", "livenessProbe": null, "env": [{"name": "START_DELAY", "value": "6s"}]});
    let patch = json!({"spec": {"template": {"spec": {"containers": [container]}}}});
    shop.patch("Deployment", Patch::Strategic(patch)).await;
    let before = shop.settled().await;
    let system =
        shop.enter_without(&shop.options(Watchdog::None, LASTS), &["readinessProbe"]).await;
    let probe = "/spec/template/spec/containers/0/readinessProbe";
    assert_eq!(shop.deployment().await.pointer(probe), None);
    for number in 0..20 {
        // Each on a new connection, to either pod.
        let customer = Customer::keeping(&system, "shop", 0);
        assert_eq!(customer.buys().await.0, Some(201), "purchase {number}");
    }
    assert_eq!(system.teardown().await, [""; 0]);
    assert_eq!(shop.snapshot().await, before);
    shop.close().await;
}
