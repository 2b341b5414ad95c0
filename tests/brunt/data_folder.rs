//! `brunt up` removes only data that brunt has made, and only when nothing uses it.

use std::net::TcpListener;
use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};

use crate::program;
use crate::workplace::Workplace;

/// A file that services might have left there.
fn store(here: &Workplace) -> PathBuf {
    here.write(".brunt/up/shop/data/store", "orders");
    here.path(".brunt/up/shop/data/store")
}

/// Has brunt make the folder of the data, and ends the system again.
fn up_and_down(here: &Workplace, arguments: &[&str]) {
    let mut child = here.up(arguments);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", here.printed());
}

#[test]
fn fresh_beside_the_running_system_leaves_its_data_alone() {
    let here = Workplace::new();
    let mut child = here.up(&["up", "shop.yaml"]);
    let store = store(&here);
    here.brunt_beside(&["up", "shop.yaml", "--fresh", "--free-ports"])
        .must(2, &["is in use by", &format!("(process {})", child.id()), "--data"]);
    here.brunt_beside(&["up", "shop.yaml"]).must(2, &["is in use by"]);
    assert!(store.exists());
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{}", here.printed());
    up_and_down(&here, &["up", "shop.yaml"]);
    assert!(store.exists(), "without --fresh data is kept");
    up_and_down(&here, &["up", "shop.yaml", "--fresh"]);
    assert!(!store.exists());
}

#[test]
fn fresh_removes_nothing_when_a_port_is_in_use() {
    let here = Workplace::new();
    up_and_down(&here, &["up", "shop.yaml"]);
    let store = store(&here);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    here.write("shop.yaml", &program::system(&format!("    port: {port}\n")));
    here.brunt(&["up", "shop.yaml", "--fresh"]).must(2, &[&format!("port {port}")]);
    assert!(store.exists());
}

#[test]
fn fresh_removes_nothing_from_a_folder_that_brunt_did_not_make() {
    let here = Workplace::new();
    here.write("mine/data/thesis", "precious");
    here.brunt(&["up", "shop.yaml", "--fresh", "--data", "mine"])
        .must(2, &["was not made by brunt", "mine/data"]);
    assert!(here.path("mine/data/thesis").exists());
}

#[test]
fn a_system_s_name_never_leads_out_of_its_folder() {
    let here = Workplace::new();
    here.write("precious/data/thesis", "precious");
    let system = program::system("").replace("name: shop", "name: ../../../precious");
    here.write("work/here/shop.yaml", &system);
    let mut command = here.command(&["up", "shop.yaml", "--fresh"]);
    let output = command.current_dir(here.path("work/here")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("a system cannot be called `../../../precious`"), "{said}");
    assert!(here.path("precious/data/thesis").exists());
}
