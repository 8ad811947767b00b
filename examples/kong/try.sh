#!/usr/bin/env bash
# Starts Kong without a database in Docker, with the files of this directory and an echo upstream, sends nine requests
# and prints what came of each. Ends with 1 if a row is not as expected.
#
# Our tests do not run this: it needs Docker, an image of Kong 3.4 to 3.9 (of Kong Gateway to 3.10) and, since the
# container uses the host's network, Linux. It takes the ports 8000 and 8001 for Kong and 9000 for the upstream.
#
# usage: examples/kong/try.sh [IMAGE]          (kong:3.9)
#
# Build first: scripts/build-filter.sh, and cargo build --release --package claimgate. CLAIMGATE names the program if
# it lies elsewhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

image=${1-kong:3.9}
claimgate=${CLAIMGATE-target/release/claimgate}
container=claimgate-try-$$
gateway=http://127.0.0.1:8000
upstream=http://127.0.0.1:9000
approved=a1b2c3d4-0000-4000-8000-000000000001
pending=a1b2c3d4-0000-4000-8000-000000000002
unknown=a1b2c3d4-0000-4000-8000-000000000003
forged='forged-by-the-client'
wrong=0

main() {
  check_needs
  work=$(mktemp -d)
  trap stop EXIT
  configure
  start
  send_requests
  ((wrong == 0)) || fail "$wrong rows not as expected; the log of Kong: docker logs $container (kept)"
  echo "all as expected"
}

fail() {
  echo "$0: $*" >&2
  exit 1
}

check_needs() {
  local program
  for program in docker curl "$claimgate"; do
    command -v "$program" >/dev/null || fail "$program is not there; see the head of this file"
  done
  [[ -f dist/claimgate.wasm ]] || fail "dist/claimgate.wasm is not there; run scripts/build-filter.sh"
  version=$(docker run --rm "$image" kong version | grep -o '[0-9]*\.[0-9]*' | head -1)
  case $version in
    3.4) conf=kong-3.4.conf declarative=kong-3.4.yaml ;;
    3.5) conf=kong-3.4.conf declarative=kong.yaml ;;
    3.[6-9] | 3.10) conf=kong.conf declarative=kong.yaml ;;
    *) fail "expected an image of Kong 3.4 to 3.10, found version '$version'" ;;
  esac
  echo "Kong $version with $conf and $declarative"
}

# The files of this directory, with a key that is made for this run.
configure() {
  local line jwks
  mkdir "$work/filters"
  cp dist/claimgate.wasm "$work/filters"
  [[ $declarative == kong-3.4.yaml ]] || cp examples/kong/claimgate.meta.json "$work/filters"
  cp "examples/kong/$conf" "$work/kong.conf"
  "$claimgate" keys new --alg ES256 --kid try --private "$work/key.jwk" --jwks "$work/jwks.json" >/dev/null
  jwks=$(tr -d '\n' <"$work/jwks.json")
  while IFS= read -r line; do
    # The key set stands on one line, from the brace to the line's end.
    [[ $line != *jwks*'{'* ]] || line=${line%%\{*}$jwks
    printf '%s\n' "$line"
  done <"examples/kong/$declarative" >"$work/kong.yaml"
  # Kong runs as a user of its own; the private key stays with us.
  chmod -R a+rX "$work"
  chmod 600 "$work/key.jwk"
}

start() {
  "$claimgate" echo --listen "${upstream#http://}" 2>"$work/echo.log" &
  echo_pid=$!
  docker run --detach --name "$container" --network host \
    --volume "$work/kong.conf:/etc/kong/kong.conf:ro" \
    --volume "$work/kong.yaml:/etc/kong/kong.yaml:ro" \
    --volume "$work/filters:/etc/kong/filters:ro" \
    --env KONG_DATABASE=off \
    --env KONG_DECLARATIVE_CONFIG=/etc/kong/kong.yaml \
    --env KONG_PROXY_LISTEN=127.0.0.1:8000 \
    --env KONG_ADMIN_LISTEN=127.0.0.1:8001 \
    --env KONG_PROXY_ERROR_LOG=/dev/stderr \
    "$image" >/dev/null
  local tries
  for ((tries = 0; tries < 60; tries++)); do
    [[ $(fetch -o /dev/null -w '%{http_code}' http://127.0.0.1:8001/status) != 200 ]] || return 0
    sleep 1
  done
  docker logs "$container" >&2
  fail "Kong did not start within a minute"
}

mint() {
  "$claimgate" token mint --key "$work/key.jwk" --claim iss=https://issuer.example/demo \
    --claim aud=https://api.example --claim "azp=$approved" --claim sub=demo "$@"
}

send_requests() {
  local seen=GET\ /anything as=", consumer $approved"
  row request status reason "recorded by the upstream"
  try /profile/accepted       "$(mint)"                                   200 -                  "$seen/accepted"
  try /profile/no-token       ""                                          401 CredentialMissing  nothing
  try /profile/expired        "$(mint --expires-in -60)"                  401 Expired            nothing
  try /profile/wrong-audience "$(mint --claim aud=https://other.example)" 403 AudienceMismatch   nothing
  try /profile/wrong-issuer   "$(mint --claim iss=https://other.example)" 401 IssuerMismatch     nothing
  try /profile/bad-signature  "$(mint --corrupt-signature)"               401 SignatureInvalid   nothing
  try /orders/unknown         "$(mint --claim "azp=$unknown")"            403 ConsumerUnknown    nothing
  try /orders/not-approved    "$(mint --claim "azp=$pending")"            403 ApplicationPending nothing
  try /orders/approved        "$(mint)"                                   200 -                  "$seen/approved$as"
}

# One request and its row. Each also claims to be a consumer, in a header that only the gateway may set.
try() {
  local path=$1 token=$2 expected=("$3" "$4" "$5") found headers
  headers=(-H "X-Marker: $path" -H "X-Consumer-Custom-Id: $forged")
  [[ -z $token ]] || headers+=(-H "Authorization: Bearer $token")
  found=("$(fetch -o /dev/null -w '%{http_code}' "${headers[@]}" "$gateway$path")" "$(reason "$path")" "$(recorded "$path")")
  row "GET $path" "${found[@]}"
  if [[ ${found[*]} != "${expected[*]}" ]]; then
    wrong=$((wrong + 1))
    row "  expected" "${expected[@]}"
  fi
}

row() {
  printf '%-28s %-7s %-19s %s\n' "$@"
}

fetch() {
  curl --silent --noproxy '*' --max-time 10 "$@" || true
}

# The reason in the audit line of the request with this path; "-" where it was permitted. The line may come after
# curl has its answer.
reason() {
  local line tries
  for ((tries = 0; tries < 20; tries++)); do
    line=$(docker logs "$container" 2>&1 | grep -F 'claimgate audit ' | grep -F "\"path\":\"$1\"" || true)
    [[ -z $line ]] || break
    sleep 0.2
  done
  case $line in
    *'"outcome":"permitted"'*) echo - ;;
    *) [[ $line =~ \"reason\":\"([A-Za-z]+)\" ]] && echo "${BASH_REMATCH[1]}" || echo "no audit line" ;;
  esac
}

# What the upstream saw of the request with this path.
recorded() {
  local json what=nothing
  json=$(fetch "$upstream/recorded?marker=$1")
  json=${json//[[:space:]]/}
  if [[ $json =~ \"method\":\"([A-Z]+)\",\"path\":\"([^\"]+)\" ]]; then
    what="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
  elif [[ $json != '[]' ]]; then
    what="not readable: $json"
  fi
  # An empty header is how this engine removes one.
  [[ ! $json =~ \"x-consumer-custom-id\",\"([^\"]+)\" ]] || what+=", consumer ${BASH_REMATCH[1]}"
  [[ $json != *"$forged"* ]] || what+=", with the forged header"
  echo "$what"
}

# A container that did not do as expected stays, stopped, for its log.
stop() {
  [[ -z ${echo_pid-} ]] || kill "$echo_pid" 2>/dev/null || true
  docker stop "$container" >/dev/null 2>&1 || true
  ((wrong > 0)) || docker rm "$container" >/dev/null 2>&1 || true
  rm -rf "$work"
}

main "$@"
