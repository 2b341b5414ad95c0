#!/usr/bin/env bash
# Every command of the five source READMEs, with the real httpie. Needs http, jq and the ports 8080
# to 8088.
#   all.sh BRUNT [SYSTEM...]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
brunt=$(readlink -f "$1"); shift
systems=("$@")
[[ ${#systems[@]} -gt 0 ]] || systems=(coffee bookstore baemin fooddelivery cleaning)
for system in "${systems[@]}"; do
  echo "== the README of $system"
  bash "$here/$system.sh" "$brunt"
done
