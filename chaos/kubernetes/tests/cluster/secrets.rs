//! Secrets of the cluster, which requests refer to: they are read once, and stand in nothing that
//! others may read.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::controller::Controller;
use crate::shop::Shop;

const ENDS_WITHIN: Duration = Duration::from_secs(180);

const VALUE: &str = "a-very-secret-value";

fn scenario(key: &str) -> String {
    format!(
        "load: [{{name: looks, open: {{rate: 20/s}}, for: 5s, get: shop/isHealthy, headers: {{X-Token: \
         '${{secret:kubernetes:login/{key}}}'}}}}]\nexpect: [{{availability: {{of: looks, atLeast: \
         90%}}}}]\nlimits: {{maxDuration: 60s}}\n"
    )
}

async fn add_secret(shop: &Shop) {
    let secrets: Api<Secret> = Api::namespaced(shop.client.clone(), &shop.namespace);
    let secret = json!({"metadata": {"name": "login"}, "stringData": {"token": VALUE}});
    let secret = serde_json::from_value(secret).unwrap();
    secrets.create(&PostParams::default(), &secret).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_secret_of_the_cluster_reaches_load_workers_by_a_secret_alone() {
    let shop = Shop::open("secrets").await;
    shop.all_ready().await;
    add_secret(&shop).await;
    let args = ["--from", "inside", "--workers", "1", "-vv"];
    let mut controller = Controller::start(&shop, &scenario("token"), &args);
    assert!(controller.says("load for", ENDS_WITHIN).await, "{:?}", controller.said());
    let maps: Api<ConfigMap> = Api::namespaced(shop.client.clone(), &shop.namespace);
    let maps = maps.list(&ListParams::default()).await.unwrap();
    assert!(!serde_json::to_string(&maps).unwrap().contains(VALUE), "it stands in a ConfigMap");
    let ended = controller.finish(ENDS_WITHIN).await;
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("100 requests"), "{}", ended.said);
    assert!(!ended.said.contains(VALUE), "it is printed: {}", ended.said);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a cluster: set BRUNT_TEST_KUBECONFIG, BRUNT_TEST_IMAGE, BRUNT_TEST_BINARY"]
async fn a_secret_that_is_not_there_is_an_error_before_anything_starts() {
    let shop = Shop::open("no-secret").await;
    shop.all_ready().await;
    let missing = Controller::start(&shop, &scenario("tokn"), &[]).finish(ENDS_WITHIN).await;
    assert_eq!(missing.code, Some(2), "{}", missing.said);
    assert!(missing.said.contains("secrets \"login\" not found"), "{}", missing.said);
    add_secret(&shop).await;
    let wrong = Controller::start(&shop, &scenario("tokn"), &[]).finish(ENDS_WITHIN).await;
    assert_eq!(wrong.code, Some(2), "{}", wrong.said);
    let why = "Secret login has no key `tokn`; it has: token";
    assert!(wrong.said.contains(why), "{}", wrong.said);
    shop.close().await;
}
