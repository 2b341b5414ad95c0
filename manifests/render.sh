#!/usr/bin/env bash
# Renders each system into rendered/, which is built into the binary for `brunt up --on kubernetes`.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
into=${1:-rendered}
for system in baemin bookstore cleaning coffee fooddelivery; do
  { echo "# Written by render.sh from ../$system."; kubectl kustomize "$system"; } >"$into/$system.yaml"
done
