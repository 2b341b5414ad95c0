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

/// A folder that is not brunt's, and a link to it below `.brunt`.
fn link_at(here: &Workplace, place: &str) -> PathBuf {
    here.write("precious/thesis", "precious");
    let link = here.path(place);
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(here.path("precious"), link).unwrap();
    here.path("precious")
}

#[test]
fn a_link_in_the_place_of_brunt_s_folders_is_refused_and_nothing_is_written_through_it() {
    for (place, command) in [
        (".brunt", &["run", "scenario.yaml"][..]),
        (".brunt/runs", &["run", "scenario.yaml"]),
        (".brunt", &["up", "shop.yaml", "--fresh"]),
        (".brunt/up/shop", &["up", "shop.yaml", "--fresh"]),
        (".brunt/up/shop/data", &["up", "shop.yaml", "--fresh"]),
        (".brunt/up/shop/logs", &["up", "shop.yaml"]),
        (".brunt/up/coffee", &["serve", "coffee", "stock"]),
    ] {
        let here = Workplace::new();
        here.scenario("steps:\n  - {name: there are orders, get: front/orders}\n");
        let precious = link_at(&here, place);
        here.brunt(command).must(2, &[&format!("{place} is a symbolic link")]);
        let left: Vec<_> = std::fs::read_dir(precious).unwrap().map(Result::unwrap).collect();
        assert_eq!(left.len(), 1, "{place}: {left:?}");
    }
}

#[test]
fn a_file_of_the_system_is_not_written_through_a_link_in_the_data_folder() {
    for (link, file) in [("settings.txt", "settings.txt"), ("deep", "deep/thesis")] {
        let here = Workplace::new();
        here.write("shop.yaml", &program::system(&format!("    files: {{{file}: replaced}}\n")));
        let precious = link_at(&here, &format!(".brunt/up/shop/data/{link}"));
        here.brunt(&["up", "shop.yaml"]).must(2, &["is a symbolic link"]);
        assert_eq!(std::fs::read_to_string(precious.join("thesis")).unwrap(), "precious");
    }
}

#[test]
fn reports_of_earlier_runs_are_not_rendered_through_a_link_among_them() {
    let here = Workplace::new();
    here.scenario("steps:\n  - {name: there are orders, get: front/orders}\n");
    here.brunt(&["run", "scenario.yaml"]).must(0, &[]);
    let report = std::fs::read_to_string(here.run_folder().join("report.json")).unwrap();
    let precious = link_at(&here, ".brunt/runs/20260101-000000-x");
    std::fs::write(precious.join("report.json"), report).unwrap();
    here.brunt(&["report"]).must(2, &["20260101-000000-x is a symbolic link"]);
    assert!(!precious.join("report.html").exists());
}
