#!/usr/bin/env bash
# Builds the filter: leaves dist/claimgate.wasm and dist/claimgate.wasm.sha256.
#
# usage: scripts/build-filter.sh [--with rustup|debian]
#
#   --with rustup   the standard library comes as rustup's target wasm32-wasip1, added if it is missing
#   --with debian   the standard library is built from Debian's Rust sources with Debian's compiler and wasi-libc,
#                   for machines that cannot reach rustup's downloads; the packages are unpacked below the
#                   target directory, nothing is installed and no root is needed
#   neither         rustup, and debian where rustup cannot give the target within two minutes
set -euo pipefail
. "$(dirname "$0")/paths.sh"

triple=wasm32-wasip1
with=
flags=()

main() {
  while (($#)); do
    case $1 in
      --with) with=${2-}; shift ;;
      --help | -h) usage; exit ;;
      *) fail "expected --with rustup or --with debian, found $1" ;;
    esac
    shift
  done
  case $with in
    rustup) have_target || fail "rustup cannot add $triple to this toolchain; try --with debian" ;;
    debian) ;;
    '') if have_target; then with=rustup; else with=debian; fi ;;
    *) fail "--with: expected rustup or debian, found $with" ;;
  esac
  "build_with_$with"
  check_imports "$built"
  publish "$built"
}

# The target is there, or rustup adds it now.
have_target() {
  [[ -d $(rustc --print sysroot)/lib/rustlib/$triple/lib ]] && return
  command -v rustup >/dev/null || return 1
  echo "adding $triple to the toolchain" >&2
  within_two_minutes rustup target add "$triple" >&2
}

within_two_minutes() {
  if command -v timeout >/dev/null; then timeout 120 "$@"; else "$@"; fi
}

build_with_rustup() {
  build --target-dir "$target"
  built=$target/$triple/filter/claimgate_filter.wasm
}

build_with_debian() {
  local debian=$target/debian host
  "$root/scripts/unpack-debian-rust.sh" "$debian/system"
  # Debian's wasm target has no linker of its own beside it; rustup's toolchain does.
  host=$(rustc -vV | sed -n 's/^host: //p')
  CARGO_TARGET_WASM32_WASIP1_LINKER=$(rustc --print sysroot)/lib/rustlib/$host/bin/rust-lld
  [[ -x $CARGO_TARGET_WASM32_WASIP1_LINKER ]] ||
    fail "expected the linker of rustup's toolchain at $CARGO_TARGET_WASM32_WASIP1_LINKER, found none"
  LD_LIBRARY_PATH=$(echo "$debian"/system/usr/lib/*-linux-gnu)
  # Cargo calls -Zbuild-std unstable; RUSTC_BOOTSTRAP allows it with a stable compiler.
  export CARGO_TARGET_WASM32_WASIP1_LINKER LD_LIBRARY_PATH RUSTC_BOOTSTRAP=1 RUSTC=$debian/system/usr/bin/rustc
  flags=(
    -C link-self-contained=no
    -L "$debian/system/usr/lib/wasm32-wasi"
    "--remap-path-prefix=$debian/system=/debian"
  )
  build --target-dir "$debian/target" -Zbuild-std=std,panic_abort
  built=$debian/target/$triple/filter/claimgate_filter.wasm
}

# Paths of this machine stay out of the file, so that two checkouts give the same bytes.
build() {
  flags+=(
    "--remap-path-prefix=$root=/claimgate"
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  )
  CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && echo "${flags[*]}")
  export CARGO_ENCODED_RUSTFLAGS
  cargo build --package claimgate-filter --target "$triple" --profile filter "$@"
}

# A module that imports one function that an engine lacks does not load there, so this list is what all engines
# have: functions of ABI 0.2.1 that Envoy and Kong's pinned ngx_wasm_module share, and six of WASI. Kong's engine
# lacks fd_fdstat_set_flags, sched_yield and poll_oneoff, and links proxy_get_log_level with another signature.
check_imports() {
  local imports unknown
  imports=$("$root/scripts/wasm-imports.sh" "$1")
  unknown=$(grep -vxF -f <(portable_imports) <<<"$imports" || true)
  [[ -z $unknown ]] || fail "expected imports that every engine has, found: ${unknown//$'\n'/, }"
}

portable_imports() {
  printf 'env proxy_%s\n' \
    log set_tick_period_milliseconds get_current_time_nanoseconds set_effective_context 'done' \
    get_header_map_pairs set_header_map_pairs get_header_map_value add_header_map_value \
    replace_header_map_value remove_header_map_value get_buffer_bytes set_buffer_bytes \
    get_property set_property send_local_response continue_stream close_stream get_status \
    http_call grpc_call grpc_stream grpc_send grpc_cancel grpc_close call_foreign_function \
    get_shared_data set_shared_data register_shared_queue resolve_shared_queue enqueue_shared_queue \
    dequeue_shared_queue define_metric increment_metric record_metric get_metric
  printf 'wasi_snapshot_preview1 %s\n' \
    clock_time_get environ_get environ_sizes_get fd_write proc_exit random_get
}

# Leaves the file alone if it is the same, so that nothing that watches it is woken.
publish() {
  mkdir -p "$root/dist"
  if ! cmp -s "$1" "$wasm"; then
    cp "$1" "$wasm.new"
    mv "$wasm.new" "$wasm"
  fi
  (cd "$root/dist" && sha256 claimgate.wasm >claimgate.wasm.sha256)
  printf 'dist/claimgate.wasm: %d bytes, built with %s\n' "$(wc -c <"$wasm")" "$with"
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

main "$@"
