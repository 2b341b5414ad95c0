//! Runs one service of the coffee chain: `cargo run -p brunt-coffee --example serve -- order`.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(service) = std::env::args().nth(1) else {
        eprintln!("usage: serve SERVICE, one of {}", brunt_coffee::SERVICES.join(", "));
        return ExitCode::from(2);
    };
    match brunt_coffee::serve(&service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
