#!/usr/bin/env bash
# Looks for tokens and secrets in what the tests have seen: logs, metrics, answers, output of commands.
#
# usage: scripts/canaries.sh [--quick] DIRECTORY
#
#   --quick    the tests ran without Envoy
#   DIRECTORY  where they left their traces: they ran with CLAIMGATE_TRACES=DIRECTORY
#
# Every secret of the tests is a canary (c4n4ry-...), and so is a claim and a header member of every token; what
# cannot be one, as signatures and private numbers, stands in the *.secrets files, from its beginning on. The check
# fails if one of these is found, or a JSON Web Token, whole or in part, or a credential behind its scheme. It
# fails too if a place left nothing, or if it does not find a secret that it has put there itself.
set -euo pipefail
. "$(dirname "$0")/paths.sh"

# Who must have left something.
places=(native.debug native.answers host.log host.metrics host.answers gateway.log gateway.answers
  filter.log filter.answers filter.metrics cli.stdout cli.stderr)
envoy=(envoy.log envoy.metrics envoy.answers)

main() {
  case ${1-} in
    --help | -h) usage && exit ;;
    --quick) shift ;;
    *) places+=("${envoy[@]}") ;;
  esac
  (($# == 1)) || fail "expected the directory of the traces; see --help"
  local traces=$1
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT

  every_place_left_something "$traces"
  hidden_texts "$traces"
  finds_what_is_planted
  finds_nothing_in "$traces"
}

every_place_left_something() {
  local place
  for place in "${places[@]}"; do
    [[ -n $(find "$1" -name "$place-*.trace" -size +0 -print -quit) ]] || fail "$1 holds no trace of $place"
  done
}

# The texts of all processes in one file; an empty line would match everything.
hidden_texts() {
  { cat "$1"/*.secrets || true; } | { grep . || true; } | sort -u >"$work/hidden"
  [[ -s $work/hidden ]] || fail "$1 names no secret"
}

# Each form of a secret alone in a trace is found, and a trace without one is clean.
finds_what_is_planted() {
  local planted jwt=eyJhbGciOiJIUzI1NiJ9 claims=eyJzdWIiOiJhbm4ifQ
  mkdir "$work/planted"
  for planted in \
    "a c4n4ry-claim-1-2 in a line" \
    "the same as base64: $(printf 'c4n4ry-x' | base64)" \
    "as base64 behind a byte: $(printf 'xc4n4ry-x' | base64)" \
    "as base64 behind two: $(printf 'xxc4n4ry-x' | base64)" \
    "a signature or a private number: $(sed -n '$p' "$work/hidden")" \
    "a whole token: $jwt.$claims.c2lnbmF0dXJl" \
    "a token without signature: $jwt.$claims." \
    "its claims alone: $claims" \
    "authorization: Bearer 2YotnFZFEjr1zCsicMWpAA" \
    'authorization: basic Y2xpZW50OnNlY3JldA=='; do
    printf 'a line before\n%s\n' "$planted" >"$work/planted/self.test-0.trace"
    findings "$work/planted" >/dev/null || fail "this check does not find what is planted: $planted"
  done
  # shellcheck disable=SC2016 # what a challenge looks like
  printf '%s\n' 'Bearer realm="idp.example", error="invalid_token"' >"$work/planted/self.test-0.trace"
  ! findings "$work/planted" || fail "this check finds a secret where there is none"
}

finds_nothing_in() {
  local found
  if found=$(findings "$1"); then
    cut -c1-240 <<<"$found"
    fail "the lines above hold a token or a secret"
  fi
  printf '%s traces of %s places hold none of %s secrets\n' \
    "$(find "$1" -name '*.trace' | wc -l)" "${#places[@]}" "$(wc -l <"$work/hidden")"
}

# Prints each line of a trace that holds a secret; fails if there is none.
findings() {
  local found
  found=$(
    search -E "$pattern" "$1"/*.trace
    search -F -f "$work/hidden" "$1"/*.trace
  )
  [[ -n $found ]] && printf '%s\n' "$found"
}

# What cannot be read may hold a secret.
search() {
  grep -aHn "$@" || (($? == 1)) || echo "a trace cannot be read"
}

# What base64 makes of three characters that can be seen. Sealed cookies are as good as random: in a megabyte of them, any
# letters behind `eyJ` would be there four times, and such ones once in hundreds of runs.
seen='[I-Za-f][C-HS-Xi-ny-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9_-]'

# A canary, as it is and as base64 in each of the three places that it can have there; what base64 makes of the
# beginning of a JSON object; a credential behind its scheme in any case (a challenge goes on with realm=).
pattern="c4n4ry|YzRuNHJ5|M0bjRye|jNG40cn|eyJ[A-Za-z0-9_-]($seen){3}"
pattern+='|([Bb][Ee][Aa][Rr][Ee][Rr]|[Bb][Aa][Ss][Ii][Cc]|DPoP) +[A-Za-z0-9.~+/-]{8}'
work=

main "$@"
