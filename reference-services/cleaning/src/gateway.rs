//! The system's one address: routes requests by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

use crate::{cleaning, html, message, mypage, payment, reservation};

/// The services behind the gateway, with their paths. `/bookings` and `/alarms` are other names for
/// reservations and messages.
pub static TARGETS: &[Target] = &[
    Target {
        service: "reservation",
        port: 8081,
        api: reservation::api,
        paths: &[
            Path::new("/cleaningReservations"),
            Path::alias("/bookings", "/cleaningReservations"),
        ],
    },
    Target { service: "cleaning", port: 8082, api: cleaning::api, paths: &[Path::new("/cleans")] },
    Target { service: "payment", port: 8083, api: payment::api, paths: &[Path::new("/payments")] },
    Target {
        service: "mypage",
        port: 8084,
        api: mypage::api,
        paths: &[Path::new("/dashBoardViews")],
    },
    Target {
        service: "message",
        port: 8085,
        api: message::api,
        paths: &[Path::new("/messages"), Path::alias("/alarms", "/messages")],
    },
    Target {
        service: "html",
        port: 8086,
        api: html::api,
        paths: &[Path::new("/"), Path::new("/html")],
    },
];
