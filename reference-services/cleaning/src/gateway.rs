//! The one address for all: routes by path to the other services.

use brunt_kit::gateway::Target;
use brunt_kit::proxy::Path;

/// Who serves what. Bookings and alarms are other names for reservations and messages.
pub static TARGETS: &[Target] = &[
    Target {
        service: "reservation",
        port: 8081,
        paths: &[Path::new("/cleaningReservations"), Path::alias("/bookings", "/cleaningReservations")],
    },
    Target { service: "cleaning", port: 8082, paths: &[Path::new("/cleans")] },
    Target { service: "payment", port: 8083, paths: &[Path::new("/payments")] },
    Target { service: "mypage", port: 8084, paths: &[Path::new("/dashBoardViews")] },
    Target {
        service: "message",
        port: 8085,
        paths: &[Path::new("/messages"), Path::alias("/alarms", "/messages")],
    },
    Target { service: "html", port: 8086, paths: &[Path::new("/"), Path::new("/html")] },
];
