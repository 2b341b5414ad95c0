# shellcheck shell=bash disable=SC2154 # run sets `scratch`
# The tools that stages need, installed where that is possible. Sourced by run.

as_root() { if [[ $EUID == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

apt_install() { as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null; }

install_packages() {
  if ! { have http && have jq && have siege && have shellcheck && have chromium && have chromedriver; } &&
    have apt-get && as_root true 2>/dev/null; then
    as_root apt-get update -qq
    apt_install httpie jq siege shellcheck || echo "some packages could not be installed"
    # Some distributions have no packages of these.
    have chromium || apt_install chromium || true
    have chromedriver || apt_install chromium-driver || true
  fi
  install_schemathesis || echo "schemathesis could not be installed"
  install_actionlint || echo "actionlint could not be installed"
}

# A Python tool, in a folder of its own that goes with the run.
install_schemathesis() {
  have schemathesis && return
  python3 -m venv "$scratch/python" >/dev/null 2>&1 &&
    "$scratch/python/bin/pip" install -q schemathesis >/dev/null 2>&1 &&
    PATH=$PATH:$scratch/python/bin
}

install_actionlint() {
  have actionlint && return
  have go && GOBIN=$scratch/go go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 >/dev/null 2>&1 &&
    PATH=$PATH:$scratch/go
}

check_scripts() {
  git ls-files -z '.ci/*' '*.sh' | xargs -0 shellcheck --severity=warning --shell=bash --external-sources
}
