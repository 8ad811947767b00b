#!/usr/bin/env bash
# Shows the gate at work: builds filter and gateway, starts both in front of an echo upstream, sends nine
# requests with curl and prints what came of each. Ends with 1 if a row is not as expected; leaves nothing running.
#
# usage: scripts/run.sh [--serve] [--port N] [--profile NAME]
#
#   --serve         stay up afterwards, with curl lines to try; Ctrl-C ends it
#   --port N        where the gateway listens (8000); 0 takes a free port
#   --profile NAME  cargo profile of the gateway (release); dev builds faster
#
# The configuration is that of examples/gateway, with a key that is made for this run.
set -euo pipefail
. "$(dirname "$0")/paths.sh"
. scripts/programs.sh

serve=
port=8000
profile=release
approved=a1b2c3d4-0000-4000-8000-000000000001
pending=a1b2c3d4-0000-4000-8000-000000000002
unknown=a1b2c3d4-0000-4000-8000-000000000003
forged='forged-by-the-client'
wrong=0

main() {
  arguments "$@"
  refuse_taken_port
  build
  work=$(mktemp -d)
  trap stop EXIT
  trap 'exit 130' INT TERM
  make_keys
  start
  send_requests
  refuse_tokens_in_the_log
  ((wrong == 0)) || report_failure
  echo "all as expected"
  [[ -z $serve ]] || stay_up
}

arguments() {
  while (($#)); do
    case $1 in
      --serve) serve=yes ;;
      --port) port=${2-} && shift ;;
      --profile) profile=${2-} && shift ;;
      --help | -h) usage && exit ;;
      *) fail "expected --serve, --port N or --profile NAME, found $1" ;;
    esac
    shift || fail "expected a value after the last option"
  done
  [[ $port =~ ^[0-9]{1,5}$ ]] || fail "--port: expected a number, found '$port'"
  command -v curl >/dev/null || fail "curl is not on the PATH; install it"
}

# Asked before the build, which takes minutes the first time.
refuse_taken_port() {
  if ((port != 0)) && listens "$port"; then
    fail "port $port is taken by another program; choose another with --port N"
  fi
}

build() {
  "$root/scripts/build-filter.sh"
  cargo build --package claimgate --profile "$profile"
  claimgate=$target/${profile/#dev/debug}/claimgate
}

make_keys() {
  "$claimgate" keys new --alg RS256 --kid demo --private "$work/key.jwk" --jwks "$work/jwks.json" >/dev/null
}

# A token that passes /profile and /orders, but for what the arguments change.
mint() {
  "$claimgate" token mint --key "$work/key.jwk" --claim iss=https://issuer.example/demo \
    --claim aud=https://api.example --claim "azp=$approved" --claim sub=demo "$@"
}

start() {
  begin echo "$claimgate" echo --listen 127.0.0.1:0
  upstream=$address
  configure
  begin gateway "$claimgate" run --config "$work/gateway.yaml"
  gateway=$address
}

# The files of examples/gateway with this run's ports, paths and key.
configure() {
  local yaml line
  yaml=$(<examples/gateway/gateway.yaml)
  yaml=${yaml//127.0.0.1:8000/127.0.0.1:$port}
  yaml=${yaml//http:\/\/127.0.0.1:9000/"$upstream"}
  printf '%s\n' "${yaml/..\/..\/dist\/claimgate.wasm/"$wasm"}" >"$work/gateway.yaml"
  while IFS= read -r line; do
    [[ $line != *'"jwks":'* ]] || line="\"jwks\": $(<"$work/jwks.json")"
    printf '%s\n' "$line"
  done <examples/gateway/filter.json >"$work/filter.json"
}

send_requests() {
  echo
  row request status reason "recorded by the upstream"
  local seen=GET\ /anything as=", consumer $approved"
  try /profile/accepted       "$(mint)"                                    200 -                  "$seen/accepted"
  try /profile/no-token       ""                                           401 CredentialMissing  nothing
  try /profile/expired        "$(mint --expires-in -60)"                   401 Expired            nothing
  try /profile/wrong-audience "$(mint --claim aud=https://other.example)"  403 AudienceMismatch   nothing
  try /profile/wrong-issuer   "$(mint --claim iss=https://other.example)"  401 IssuerMismatch     nothing
  try /profile/bad-signature  "$(mint --corrupt-signature)"                401 SignatureInvalid   nothing
  try /orders/unknown         "$(mint --claim "azp=$unknown")"             403 ConsumerUnknown    nothing
  try /orders/not-approved    "$(mint --claim "azp=$pending")"             403 ApplicationPending nothing
  try /orders/approved        "$(mint)"                                    200 -                  "$seen/approved$as"
  echo
}

# One request and its row. Each also claims to be a consumer, in a header that only the gateway may set.
try() {
  local path=$1 token=$2 expected=("$3" "$4" "$5") found headers
  headers=(-H "X-Marker: $path" -H "X-Consumer-Custom-Id: $forged")
  [[ -z $token ]] || headers+=(-H "Authorization: Bearer $token")
  [[ -z $token ]] || printf '%s\n' "${token##*.}" >>"$work/signatures"
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
  [[ ! $json =~ \"x-consumer-custom-id\",\"([^\"]*)\" ]] || what+=", consumer ${BASH_REMATCH[1]}"
  [[ $json != *"$forged"* ]] || what+=", with the forged header"
  echo "$what"
}

refuse_tokens_in_the_log() {
  if grep -qFf "$work/signatures" "$work/gateway.log"; then
    echo "a token stands in the gateway's log"
    wrong=$((wrong + 1))
  fi
}

report_failure() {
  echo "the gateway's log:" >&2
  cat "$work/gateway.log" >&2
  fail "$wrong of the above not as expected"
}

stay_up() {
  local token
  token=$(mint --expires-in 28800)
  cat <<END

The gateway stays up on $gateway, its files are in $work. Try:

  curl -i $gateway/orders
  curl -i -H 'Authorization: Bearer $token' $gateway/orders

  # why was it refused?
  $claimgate token inspect --config $work/gateway.yaml --service orders TOKEN

  # another token
  $claimgate token mint --key $work/key.jwk --claim iss=https://issuer.example/demo --claim aud=https://api.example --claim azp=$pending

Ctrl-C ends it.
END
  wait -n
}

main "$@"
