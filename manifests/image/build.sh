#!/usr/bin/env bash
# build.sh -t NAME[:TAG] [MORE…]: packs target/release/brunt (or the program BRUNT), built with
# `--features kafka`, into an image.
# BUILDER is the build command: `docker build` (default), `buildah bud`, `podman build`.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
binary=${BRUNT:-$here/../../target/release/brunt}
[[ -x $binary ]] || { echo "there is no $binary: cargo build --release --features kafka" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sh "$here/root.sh" "$binary" "$folder"
chmod 755 "$folder"
# shellcheck disable=SC2086 # a command and its words
${BUILDER:-docker build} "$folder" -f "$here/Dockerfile" --build-arg FROM=ready "$@"
