//! Orders over gRPC, on the port of REST.

use std::time::Duration;

use brunt_coffee::proto::orders_client::OrdersClient;
use brunt_coffee::proto::{OrderId, Page, PlaceOrder};
use brunt_coffee::{SYSTEM, TOPIC};
use brunt_kit::event::Envelope;
use brunt_kit::testing::Trial;
use serde_json::json;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt;

use crate::system::{SLOW, start};

const NAME: &str = "따뜻한 아메리카노 ☕";

async fn orders(system: &Trial) -> OrdersClient<Channel> {
    OrdersClient::new(system.channel("order").await)
}

fn wanted(qty: i64) -> PlaceOrder {
    PlaceOrder { product_name: NAME.into(), qty, product_id: None }
}

#[tokio::test]
async fn an_order_over_grpc_is_the_same_over_rest_and_in_its_event() {
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    let mut orders = orders(&system).await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let mut request = Request::new(wanted(2));
    let traceparent = format!("00-{trace}-b7ad6b7169203331-01");
    request.metadata_mut().insert("traceparent", traceparent.parse().unwrap());
    let order = orders.place(request).await.unwrap().into_inner();
    assert_eq!(
        (order.id, order.product_name.as_str(), order.status.as_str()),
        (1, NAME, "Requested")
    );
    let shown = system.until("order", "/orders/1", |order| order["status"] != "Requested").await;
    assert_eq!((&shown["productName"], &shown["qty"]), (&json!(NAME), &json!(2)));
    let told: Envelope = serde_json::from_slice(&system.events(TOPIC, 1).await[0].value).unwrap();
    assert_eq!((told.event_type.as_str(), &told.body["productName"]), ("Ordered", &json!(NAME)));
    assert!(told.traceparent.unwrap().contains(trace));
    let same = orders.get(OrderId { id: 1 }).await.unwrap().into_inner();
    assert_eq!(same.status, shown["status"]);
}

#[tokio::test]
async fn a_key_is_one_order_whichever_way_it_comes_in() {
    let system = start(&[SLOW]).await;
    let mut orders = orders(&system).await;
    let keyed = |qty| {
        let mut request = Request::new(wanted(qty));
        request.metadata_mut().insert("idempotency-key", "k".parse().unwrap());
        request
    };
    for _ in 0..2 {
        assert_eq!(orders.place(keyed(1)).await.unwrap().into_inner().id, 1);
    }
    assert_eq!(orders.place(keyed(2)).await.unwrap_err().code(), Code::InvalidArgument);
    let client =
        reqwest::Client::new().post(system.url("order", "/orders")).header("idempotency-key", "k");
    let body = json!({"productName": NAME, "qty": 1}).to_string();
    let over_rest: serde_json::Value =
        serde_json::from_str(&client.body(body).send().await.unwrap().text().await.unwrap())
            .unwrap();
    assert_eq!(over_rest["id"], 1);
    let all = orders.list(Page::default()).await.unwrap().into_inner();
    assert_eq!((all.total, all.orders.len()), (1, 1));
}

#[tokio::test]
async fn refusals_have_their_grpc_status_codes_and_use_up_no_id() {
    let system = start(&[("MAKING_TIME", "0ms")]).await;
    let mut orders = orders(&system).await;
    assert_eq!(orders.place(wanted(0)).await.unwrap_err().code(), Code::InvalidArgument);
    let nameless = PlaceOrder { qty: 1, ..PlaceOrder::default() };
    let refusal = orders.place(nameless).await.unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.message()),
        (Code::InvalidArgument, "productName is missing")
    );
    assert_eq!(orders.get(OrderId { id: 1 }).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(orders.cancel(OrderId { id: 1 }).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(orders.place(wanted(1)).await.unwrap().into_inner().id, 1);
    system.until("order", "/orders/1", |order| order["status"] != "Requested").await;
    assert_eq!(
        orders.cancel(OrderId { id: 1 }).await.unwrap_err().code(),
        Code::FailedPrecondition
    );
    let huge = PlaceOrder { product_name: "x".repeat(1 << 21), qty: 1, product_id: None };
    assert_eq!(orders.place(huge).await.unwrap_err().code(), Code::OutOfRange);
}

#[tokio::test]
async fn with_product_down_a_cancel_says_when_to_come_again() {
    let mut system = start(&[SLOW]).await;
    let mut orders = orders(&system).await;
    orders.place(wanted(1)).await.unwrap();
    system.stop("product").await;
    let refusal = orders.cancel(OrderId { id: 1 }).await.unwrap_err();
    assert_eq!(refusal.code(), Code::Unavailable);
    let info = refusal.get_error_details().retry_info().cloned().unwrap();
    assert_eq!(info.retry_delay, Some(Duration::from_secs(1)));
    assert_eq!(orders.get(OrderId { id: 1 }).await.unwrap().into_inner().status, "Requested");
    system.restart("product").await;
    assert_eq!(orders.cancel(OrderId { id: 1 }).await.unwrap().into_inner().status, "Canceled");
}

#[tokio::test]
async fn the_service_describes_itself_and_says_how_it_is() {
    let system = Trial::start(&SYSTEM, &[]).await;
    let channel = system.channel("order").await;
    let ask = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut reflection = ServerReflectionClient::new(channel.clone());
    let asking = tokio_stream_of(ask);
    let answers = reflection.server_reflection_info(asking).await.unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) =
        answers.into_inner().message().await.unwrap().unwrap().message_response
    else {
        panic!("a list of services");
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    assert!(
        names.contains(&"brunt.coffee.v1.Orders") && names.contains(&"grpc.health.v1.Health"),
        "{names:?}"
    );
    let mut health = HealthClient::new(channel);
    let status = health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status;
    assert_eq!(status, 1);
    system.get_text("order", "/makeZombie").await;
    let status = health.check(HealthCheckRequest::default()).await.unwrap().into_inner().status;
    assert_eq!(status, 2);
}

fn tokio_stream_of<T>(
    one: T,
) -> impl tonic::codegen::tokio_stream::Stream<Item = T> + Send + 'static
where
    T: Send + 'static,
{
    tonic::codegen::tokio_stream::once(one)
}
