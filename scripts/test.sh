#!/usr/bin/env bash
# Runs every check and test, cheap ones first, and stops at the first that fails. The last line counts tests.
#
# usage: scripts/test.sh [--quick]
#
#   --quick  without Envoy, without an identity provider, without a browser and without the network
#
# A full run installs Envoy and an identity provider below the target directory (scripts/install-envoy.sh,
# scripts/install-oidc-provider.sh), and Chromium where it is missing (scripts/install-chromium.sh).
set -euo pipefail
. "$(dirname "$0")/paths.sh"

quick=
passed=0
failed=0
log=
begun=$SECONDS

main() {
  case ${1-} in
    '') ;;
    --quick) quick=yes && export CARGO_NET_OFFLINE=true ;;
    --help | -h) usage && exit ;;
    *) fail "expected --quick or nothing, found $1" ;;
  esac
  mkdir -p "$target"
  log=$(mktemp "$target/test-log.XXXXXX")
  trap finish EXIT

  step "format"               cargo fmt --all --check
  step "tidy"                 scripts/tidy.sh
  step "clippy, native"       cargo clippy --locked --workspace --all-targets -- -D warnings
  [[ -n $quick ]] || step "fuzz targets compile" fuzz_targets
  step "filter"               scripts/build-filter.sh
  clippy_for_wasm
  step "docs"                 env RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps
  export CLAIMGATE_WASM=$wasm CLAIMGATE_TRACES=$target/traces
  rm -rf "$CLAIMGATE_TRACES"
  step "tests"                cargo test --workspace
  step "scripts/run.sh"       scripts/run.sh --profile dev --port 0
  if [[ -z $quick ]]; then
    provider
    envoy
    browser
  fi
  # scripts/run.sh has built this gateway; with it and Envoy, the comparison of the two is tried as well.
  export CLAIMGATE_GATEWAY=$target/debug/claimgate
  step "benches, once each"   cargo test --workspace --bench "*"
  # Last: it looks at what all tests have seen.
  step "canaries"             scripts/canaries.sh ${quick:+--quick} "$CLAIMGATE_TRACES"
}

# Those of the core are a workspace of their own, and nothing else would see that one compiles no more. Running them needs
# nightly. That of the sandbox would compile the engine once more.
fuzz_targets() {
  cargo check --locked --manifest-path filter/policy/fuzz/Cargo.toml --target-dir "$target/fuzz"
}

# The edge and the core as they are in the .wasm. Clippy needs rustup's target; the build can do without.
clippy_for_wasm() {
  if [[ -d $(rustc --print sysroot)/lib/rustlib/wasm32-wasip1/lib ]]; then
    step "clippy, wasm" cargo clippy --package claimgate-filter --package claimgate-policy \
      --target wasm32-wasip1 -- -D warnings
  else
    echo "clippy, wasm          skipped: this toolchain has no target wasm32-wasip1"
  fi
}

provider() {
  step "install a provider" scripts/install-oidc-provider.sh
  CLAIMGATE_OIDC_PROVIDER=$(scripts/install-oidc-provider.sh)
  export CLAIMGATE_OIDC_PROVIDER
  step "tests with a provider" cargo test --workspace --test cases certified -- --ignored
}

envoy() {
  step "install Envoy" scripts/install-envoy.sh
  CLAIMGATE_ENVOY=$(scripts/install-envoy.sh)
  export CLAIMGATE_ENVOY
  step "tests in Envoy" cargo test --workspace --test envoy -- --include-ignored --skip holds_up_no_request
  step "loads, alone" cargo test --workspace --test cases --test envoy holds_up_no_request -- \
    --include-ignored --test-threads 1
}

browser() {
  local version
  step "install Chromium" scripts/install-chromium.sh
  CLAIMGATE_CHROMEDRIVER=$(scripts/install-chromium.sh)
  export CLAIMGATE_CHROMEDRIVER
  read -r _ version _ < <("$CLAIMGATE_CHROMEDRIVER" --version)
  step "tests in Chromium ${version%%.*}" cargo test --workspace --test browser -- --ignored
}

# Runs a command with its output in the log; shows the output if it fails.
step() {
  local name=$1 start=$SECONDS outcome=ok
  shift
  printf '%-22s' "$name"
  "$@" >"$log" 2>&1 || outcome=FAILED
  count
  printf '%-6s %5d s\n' "$outcome" $((SECONDS - start))
  if [[ $outcome == FAILED ]]; then
    cat "$log"
    exit 1
  fi
}

# Adds up cargo's lines "test result: ok. 12 passed; 0 failed; 1 ignored; ...".
count() {
  local line
  while read -r line; do
    [[ $line =~ ([0-9]+)\ passed\;\ ([0-9]+)\ failed ]] || continue
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  done < <(grep '^test result:' "$log" || true)
}

finish() {
  local status=$?
  # A step that is no test counts as one that failed.
  ((status == 0 || failed > 0)) || failed=1
  rm -f "$log"
  printf '%d s in all\n' $((SECONDS - begun))
  printf '%d passed, %d failed\n' "$passed" "$failed"
}

main "$@"
