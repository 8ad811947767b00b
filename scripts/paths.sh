# shellcheck shell=bash disable=SC2034 # what is set here is used where it is sourced
# Where things are; sourced by the other scripts, after which they stand in the top of the repository.
#
#   root     the repository
#   target   cargo's target directory: CARGO_TARGET_DIR where it is set, as cargo reads it
#   wasm     what scripts/build-filter.sh leaves

target=${CARGO_TARGET_DIR:-}
if [[ -n $target && $target != /* ]]; then
  target=$PWD/$target
fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${target:-$root/target}
wasm=$root/dist/claimgate.wasm
export CARGO_TARGET_DIR=$target
cd "$root" || exit 1

# Says on stderr what is wrong and what to do, and ends the script.
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Prints the comment at the head of the script that runs.
usage() {
  awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$root/scripts/${0##*/}"
}

for tool in cargo rustc; do
  command -v "$tool" >/dev/null || fail "$tool is not on the PATH; install Rust from https://rustup.rs"
done
