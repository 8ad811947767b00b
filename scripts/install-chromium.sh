#!/usr/bin/env bash
# Installs the browser that the tests drive, Debian's chromium with its chromedriver, and prints the path of chromedriver;
# chromium stands beside it. Does nothing but print if both are there.
#
# usage: scripts/install-chromium.sh
#
# As root, or with sudo, it installs Debian's packages. Otherwise it unpacks them, with the libraries that the machine
# lacks, below the target directory. Debian keeps no older versions, so none is named here; chromium-driver depends on
# the very version of chromium that it is for.
set -euo pipefail
. "$(dirname "$0")/paths.sh"

packages=(chromium chromium-driver)
unpacked=$target/chromium

main() {
  # What was unpacked halfway does not have the wrapper, which is written last.
  installed || unpacked && return
  command -v apt-get >/dev/null ||
    fail "expected a Debian system with apt-get, found none; install chromium and chromedriver of one version into one \
directory of the PATH, or run scripts/test.sh --quick"
  if may_install; then
    echo "installing ${packages[*]}" >&2
    install || not_to_be_had
    installed || fail "expected a chromium that runs beside chromedriver on the PATH, found none"
  else
    unpack || not_to_be_had
    unpacked || fail "expected a chromium that runs below $unpacked, found none"
  fi
}

not_to_be_had() {
  fail "apt cannot get ${packages[*]}; check the network, or run scripts/test.sh --quick"
}

installed() {
  local driver
  driver=$(command -v chromedriver) && [[ -x ${driver%/*}/chromium ]] && answer "$driver"
}

unpacked() {
  [[ -x $unpacked/bin/chromedriver ]] && answer "$unpacked/bin/chromedriver"
}

answer() {
  runs "$1" && runs "${1%/*}/chromium" && echo "$1"
}

# A program that finds its libraries tells its version.
runs() {
  local said
  said=$("$1" --version 2>&1) || { echo "$1: $said" >&2 && return 1; }
}

install() {
  as_root apt-get update -qq >&2 &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}" >&2
}

may_install() {
  ((EUID == 0)) || sudo -n true 2>/dev/null
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

unpack() {
  local names
  rm -rf "$unpacked"
  mkdir -p "$unpacked"/{lists/partial,cache/archives/partial,packages,bin}
  own_apt update -qq >&2 || return
  mapfile -t names < <(missing)
  ((${#names[@]})) || return
  echo "unpacking ${names[*]}" >&2
  (cd "$unpacked/packages" && own_apt download -q "${names[@]}" >&2) || return
  for package in "$unpacked"/packages/*.deb; do
    dpkg-deb -x "$package" "$unpacked/root" || return
  done
  rm -r "$unpacked"/{packages,lists,cache}
  wrapper chromium usr/lib/chromium/chromium
  wrapper chromedriver usr/bin/chromedriver
}

# apt-get with lists of its own: those of the machine are root's, and may be old or empty.
own_apt() {
  apt-get -o Dir::State::Lists="$unpacked/lists" -o Dir::Cache="$unpacked/cache" -o Debug::NoLocking=1 "$@"
}

# What apt would install, and this machine does not have.
missing() {
  own_apt install --simulate --no-install-recommends "${packages[@]}" | sed -n 's/^Inst \([^ ]*\).*/\1/p'
}

# Starts a program of $unpacked/root with its libraries, those of a directory of their own included, and with its fonts
# where the machine has none.
wrapper() {
  cat >"$unpacked/bin/$1" <<END
#!/bin/sh
root='$unpacked/root'
libraries=\$(echo "\$root"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="\$libraries:\$libraries/pulseaudio:\$(echo "\$root"/lib/*-linux-gnu)"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_SYSROOT="\$root"
exec "\$root/$2" "\$@"
END
  chmod +x "$unpacked/bin/$1"
}

main
