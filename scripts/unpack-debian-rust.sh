#!/usr/bin/env bash
# Unpacks Debian's Rust compiler, its standard library's sources and wasi-libc into a directory.
#
# usage: scripts/unpack-debian-rust.sh DIRECTORY
#
# Downloads with apt from the sources that this machine has; installs nothing. Does nothing if the directory
# holds a compiler that runs.
set -euo pipefail

into=${1:?usage: scripts/unpack-debian-rust.sh DIRECTORY}

fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

runs() {
  [[ -f $into/complete ]] &&
    LD_LIBRARY_PATH=$(echo "$into"/usr/lib/*-linux-gnu) "$into/usr/bin/rustc" --version >/dev/null 2>&1
}

# The packages themselves, and of the libraries that the compiler needs those that are not installed.
packages() {
  local name
  printf '%s\n' rustc-web rust-web-src libstd-rust-web-dev wasi-libc
  apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
    --no-enhances libstd-rust-web-dev | grep '^[a-z]' | sort -u |
    while read -r name; do
      case $name in
        libstd-rust-web-dev) ;;
        libstd-rust-web-* | libllvm*) echo "$name" ;;
        lib*) dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || echo "$name" ;;
      esac
    done
}

runs && exit
command -v apt-get >/dev/null || fail "expected a Debian system with apt-get, found none"
[[ -n $(apt-cache policy rustc-web 2>/dev/null) ]] ||
  fail "apt does not know the package rustc-web; run: apt-get update"

rm -rf "$into"
mkdir -p "$into/packages"
mapfile -t names < <(packages)
echo "unpacking ${names[*]}" >&2
(cd "$into/packages" && apt-get -o APT::Sandbox::User=root download -qq "${names[@]}")
for package in "$into"/packages/*.deb; do
  dpkg-deb -x "$package" "$into"
done
rm -r "$into/packages"
touch "$into/complete"
runs || fail "the compiler in $into does not run: $(LD_LIBRARY_PATH=$(echo "$into"/usr/lib/*-linux-gnu) \
  "$into/usr/bin/rustc" --version 2>&1 | head -1)"
