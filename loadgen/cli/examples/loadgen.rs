//! The load generator alone: `cargo run --release -p brunt-loadgen-cli --example loadgen -- -c 64
//! -t 10S http://127.0.0.1:8080/`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    brunt_loadgen_cli::main(&arguments)
}
