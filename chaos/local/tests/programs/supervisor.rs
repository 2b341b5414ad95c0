//! A supervisor that tests kill. `reap` makes it the reaper; otherwise its arguments are the server
//! and a folder to work in. It prints the ids of the processes that it has started, one a line, and
//! then waits.

#[path = "../local/plans.rs"]
mod plans;

use std::path::Path;

use brunt_local::LocalSystem;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [word] if word == "reap" => brunt_local::reap(std::io::stdin()),
        [server, folder] => supervise(Path::new(server), Path::new(folder)),
        _ => std::process::exit(2),
    }
}

#[tokio::main]
async fn supervise(server: &Path, folder: &Path) {
    let behaviour = std::env::var("CHILD").unwrap_or_else(|_| "parent".to_owned());
    let service = plans::behaving(plans::service(), &behaviour);
    let system = plans::system([("one", service.clone()), ("two", service)]);
    let me = std::env::current_exe().expect("it runs");
    let mut options = plans::options(server, folder);
    options.reaper = Some(vec![me.into(), "reap".into()]);
    let (system, _observed) = LocalSystem::start(&system, options).await.expect("it starts");
    system.ready().await.expect("it gets ready");
    for replica in system.status().iter().flat_map(|service| &service.replicas) {
        println!("{}", replica.pid.expect("it is ready, so it runs"));
    }
    println!("ready");
    std::future::pending::<()>().await;
}
