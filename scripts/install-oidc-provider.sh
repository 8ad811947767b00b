#!/usr/bin/env bash
# Installs the identity provider that the tests ask, oidc-provider, from npm below the target directory, and prints
# where it is. Does nothing but print if it is there. Which version, and of what: the lock file says.
#
# usage: scripts/install-oidc-provider.sh
set -euo pipefail
. "$(dirname "$0")/paths.sh"

source=$root/host/cli/tests/oidc-provider
installed=$target/oidc-provider
package=$installed/node_modules/oidc-provider

# The lock file is copied last: what was installed halfway does not have it.
is_there() {
  [[ -f $package/package.json ]] && cmp -s "$source/package-lock.json" "$installed/installed.json"
}

check_node() {
  local tool version
  for tool in node npm; do
    command -v "$tool" >/dev/null ||
      fail "$tool is not on the PATH; install Node.js 20 or newer, or run scripts/test.sh --quick"
  done
  version=$(node --version)
  version=${version#v}
  ((${version%%.*} >= 20)) || fail "expected Node.js 20 or newer, found $version"
}

is_there && echo "$package" && exit
check_node
mkdir -p "$installed"
cp "$source"/package{,-lock}.json "$installed"
npm ci --prefix "$installed" --ignore-scripts --no-audit --no-fund --silent >&2 ||
  fail "npm cannot install oidc-provider; check the network, or run scripts/test.sh --quick"
cp "$source/package-lock.json" "$installed/installed.json"
echo "$package"
