#!/usr/bin/env bash
# Measures the CPU time that one request costs in a real Envoy over no filter, with Envoy's own jwt_authn, with an
# empty wasm module and with the filter, and how many requests the gateway does for a second of CPU time beside Envoy.
# Prints one table, and which marks it meets.
#
# usage: scripts/bench-envoy.sh [--quick] [--pairs N] [--only TEXT | --against WASM] [--json]
#
#   --quick         few and short turns, a smoke test that is no measurement
#   --pairs N       pairs of turns for each row (40); a turn is half a second
#   --only TEXT     only the rows whose name holds TEXT
#   --against WASM  only compare the filter with this other build of it, turn by turn; an absolute path
#   --json          JSON on stdout instead of the table
#
# A full run takes about twenty minutes. How it measures stands at the head of benches/envoy.rs, results stand in
# benches/README.md. Needs Linux; installs Envoy below the target directory (scripts/install-envoy.sh), and valgrind
# where it is missing and apt-get can.
set -euo pipefail
. "$(dirname "$0")/paths.sh"

main() {
  case " $* " in *' --help '* | *' -h '*) usage && exit ;; esac
  [[ $(uname) == Linux ]] || fail "expected Linux, whose clocks tell the CPU time of other processes; found $(uname)"
  have_valgrind
  echo "installing Envoy, building the filter and the gateway" >&2
  CLAIMGATE_ENVOY=$(scripts/install-envoy.sh)
  scripts/build-filter.sh >&2
  # In one go, so that both have the same dependencies.
  cargo build --release --workspace --bin claimgate --bench marks >&2
  export CLAIMGATE_ENVOY CLAIMGATE_WASM=$wasm CLAIMGATE_GATEWAY=$target/release/claimgate
  echo "commit $(git rev-parse --short HEAD), $(date -u +%F), $(cpu)" >&2
  cargo bench --quiet --workspace --bench marks -- "$@"
}

have_valgrind() {
  command -v valgrind >/dev/null && return
  echo "installing valgrind" >&2
  as_root apt-get install -qq -y valgrind >&2 || fail "valgrind is not on the PATH and apt-get cannot install it"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

cpu() {
  printf '%s x %s' "$(nproc)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
}

main "$@"
