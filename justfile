# Common tasks. `just` lists them.

_list:
    @just --list

# Run the first scenario of the README: the coffee chain loses a service for a while.
run scenario="scenarios/coffee/product-down.yaml":
    cargo run --release -- run {{scenario}}

# Run all tests that need nothing else.
test:
    cargo test --workspace

# Run the checks that must be clean before a commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    command -v cargo-deny >/dev/null && cargo deny check || echo "cargo-deny is not installed: left out"

# Run every scenario with and without its guards.
prove what="scenarios/coffee":
    cargo run --release -- prove {{what}}

# Update schemas and snapshots after an intended change.
accept:
    UPDATE_SCHEMAS=1 INSTA_UPDATE=always cargo test --workspace

# Build the image, from a release build with Kafka; BUILDER names another builder than docker.
image tag="brunt:0.1.0":
    cargo build --release --features kafka
    manifests/image/build.sh -t {{tag}}

# Render the manifests after an intended change, and check them against the current cluster.
manifests:
    manifests/render.sh
    bash tests/kubernetes/manifests.sh

# Run everything that continuous integration runs.
ci:
    bash .ci/run
