# What people do often. `just` lists it.

_list:
    @just --list

# Run the main job: the coffee chain loses a service for a while.
run scenario="scenarios/coffee/product-down.yaml":
    cargo run --release -- run {{scenario}}

# All tests.
test:
    cargo test --workspace

# What must be clean before a commit.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    command -v cargo-deny >/dev/null && cargo deny check || echo "cargo-deny is not installed: left out"

# Every scenario with and without its guards.
prove what="scenarios/coffee":
    cargo run --release -- prove {{what}}

# Write the schemas and snapshots anew after a wanted change.
accept:
    UPDATE_SCHEMAS=1 INSTA_UPDATE=always cargo test --workspace

# The image, from a release build with Kafka; BUILDER names another builder than docker.
image tag="brunt:0.1.0":
    cargo build --release --features kafka
    manifests/image/build.sh -t {{tag}}

# Render the manifests anew after a wanted change, and have them judged by the cluster at hand.
manifests:
    manifests/render.sh
    bash tests/kubernetes/manifests.sh

# All that continuous integration runs.
ci:
    bash .ci/run
