# shellcheck shell=bash disable=SC2034,SC2154 # what is set here is used where it is sourced, and the other way round
# What every flow here starts with: a provider for development, an upstream that records what reaches it, and a gateway,
# which is this project's or Envoy. Read by the flows beside this file; it does nothing by itself.
#
#   usage: examples/flows/FLOW.sh [--engine host|envoy] [--idp entra-v1|entra-v2|okta|ping]
#
# A flow prints each step with what came of it, ends with 1 if one is not as expected, and leaves nothing running.
#
# CLAIMGATE and CLAIMGATE_WASM name the program and the filter, where they are built already; CLAIMGATE_ENVOY names Envoy.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
. scripts/paths.sh
. scripts/programs.sh

engine=host
idp=entra-v2
number=0
requests=0
wrong=0

# Reads the options, sets what the shape of the provider means, and starts everything. Arguments: those of the flow.
stage() {
  while (($#)); do
    case $1 in
      --engine) engine=${2-} && shift ;;
      --idp) idp=${2-} && shift ;;
      --help | -h) usage && exit ;;
      *) fail "expected --engine host|envoy or --idp entra-v1|entra-v2|okta|ping, found $1" ;;
    esac
    shift || fail "expected a value after the last option"
  done
  provider_facts
  work=$(mktemp -d)
  trap 'stop' EXIT
  trap 'exit 130' INT TERM
  programs
  start_provider "127.0.0.1:$(port_to_keep)"
  begin echo "$claimgate" echo --listen 127.0.0.1:0
  upstream=$address
  document=$(<"examples/flows/$idp.json")
  document=${document//http:\/\/127.0.0.1:9090/"$provider"}
}

usage() {
  sed -n 's/^#   usage: //p' examples/flows/stage.sh | sed "s#FLOW.sh#$(basename "$0")#"
}

# Where each provider has its endpoints, what it calls the API, and who the caller is there.
provider_facts() {
  secret=billing-secret portal_secret=portal-secret
  case $idp in
    entra-v1)
      local tenant=72f988bf-86f1-41af-91ab-2d7cd011db47 api=api://0b6f4a1d-5c1e-4d0f-9a53-7a2f0e8c4b11
      realm=entra client=75dbe77f-10a3-4e59-85fd-8c127544f17c portal=2f1a6c08-9d47-4be5-8a3b-51c0e7d94f26
      token_path=/$tenant/oauth2/token authorize_path=/$tenant/oauth2/authorize revoke_path='' opaque_scope=''
      for_api=(resource="$api") for_user=(resource="$api" scope=openid)
      ;;
    entra-v2)
      local tenant=72f988bf-86f1-41af-91ab-2d7cd011db47 api=api://6e74172b-be56-4843-9ff4-e66a39bb12e3
      realm=entra client=75dbe77f-10a3-4e59-85fd-8c127544f17c portal=2f1a6c08-9d47-4be5-8a3b-51c0e7d94f26
      token_path=/$tenant/oauth2/v2.0/token authorize_path=/$tenant/oauth2/v2.0/authorize revoke_path='' opaque_scope=''
      for_api=(scope="$api/.default") for_user=(scope="openid $api/access_as_user")
      ;;
    okta)
      realm=okta client=0oa1b2c3d4e5f6g7h8i9 portal=0oa9p8o7r6t5a4l3x2y1
      token_path=/oauth2/default/v1/token authorize_path=/oauth2/default/v1/authorize
      revoke_path=/oauth2/default/v1/revoke
      for_api=(scope=orders:read) for_user=(scope="openid orders:read") opaque_scope=reports:read
      ;;
    ping)
      local environment=5cf8b9a1-0d7e-4c2b-8f6a-9b1e2d3c4f50
      realm=ping client=3c0f9a1e-6a52-4f8d-9c3f-0f7d5e1b2a44 portal=b7d41e92-3c58-4f06-a1e9-6d0f82c3a574
      token_path=/$environment/as/token authorize_path=/$environment/as/authorize
      revoke_path=/$environment/as/revoke
      for_api=(scope=orders:read) for_user=(scope="openid orders:read") opaque_scope=reports:read
      ;;
    *) fail "--idp: expected entra-v1, entra-v2, okta or ping, found '$idp'" ;;
  esac
}

programs() {
  command -v curl >/dev/null || fail "curl is not on the PATH; install it"
  if [[ -z ${CLAIMGATE-} ]]; then
    scripts/build-filter.sh
    cargo build --package claimgate --release
    CLAIMGATE=$target/release/claimgate
  fi
  claimgate=$CLAIMGATE
  wasm=${CLAIMGATE_WASM:-$wasm}
}

# One that is free, and that no system gives to who asks for any: it stays the provider's while it is away.
port_to_keep() {
  local port
  while
    port=$((20000 + RANDOM % 10000))
    listens "$port"
  do :; done
  echo "$port"
}

# Starts the provider at an address; it is then at $provider.
start_provider() {
  begin idp "$claimgate" idp --config examples/flows/idp.yaml --listen "$1"
  idp_pid=$pid
  provider=$address
}

stop_provider() {
  kill "$idp_pid"
  wait "$idp_pid" 2>/dev/null || true
}

# Starts the gateway under $document; it is then at $gateway.
start_gateway() {
  local port=${provider##*:}
  case $engine in
    host) start_host ;;
    envoy) start_envoy "$port" "${upstream##*:}" ;;
    *) fail "--engine: expected host or envoy, found '$engine'" ;;
  esac
  echo
  echo "$(basename "$0" .sh) through $engine, with a provider like $idp"
  echo
}

start_host() {
  printf '%s\n' "$document" >"$work/filter.json"
  cat >"$work/gateway.yaml" <<END
listen: ["127.0.0.1:0"]
services:
  - name: orders
    url: $upstream/anything
    routes: [{ name: orders, paths: ["/orders"] }]
upstreams: [{ name: idp, url: $provider }]
filters: [{ name: claimgate, wasm: $wasm, vm_id: flows, configuration_file: filter.json }]
END
  begin gateway "$claimgate" run --config "$work/gateway.yaml"
  gateway_pid=$pid
  gateway=$address
}

# examples/envoy/provider.yaml with this document and these ports.
start_envoy() {
  local idp_port=$1 upstream_port=$2
  DOCUMENT=$document awk '
    /^ *value: \|$/ { print; match($0, /^ */); indent = RLENGTH + 2; skip = 1
                      n = split(ENVIRON["DOCUMENT"], lines, "\n")
                      for (i = 1; i <= n; i++) printf "%*s%s\n", indent, "", lines[i]
                      next }
    skip { match($0, /^ */); if ($0 == "" || RLENGTH >= indent) next; skip = 0; print "" }
    { print }' examples/envoy/provider.yaml |
    sed -e "s/port_value: 9901/port_value: 0/; s/port_value: 8000/port_value: 0/" \
      -e "s/port_value: 9000/port_value: $upstream_port/; s/port_value: 9090/port_value: $idp_port/" \
      -e "s#dist/claimgate.wasm#$wasm#" >"$work/envoy.yaml"
  local envoy=${CLAIMGATE_ENVOY:-$(scripts/install-envoy.sh)}
  "$envoy" -c "$work/envoy.yaml" --concurrency 1 --disable-hot-restart --log-level info \
    --admin-address-path "$work/admin" >/dev/null 2>"$work/gateway.log" &
  local pid=$!
  pids+=("$pid")
  local listening='' tries
  for ((tries = 0; tries < 600; tries++)); do
    kill -0 "$pid" 2>/dev/null || { tail -5 "$work/gateway.log" >&2 && fail "Envoy did not start"; }
    [[ ! -s $work/admin ]] || listening=$(fetch "http://$(<"$work/admin")/listeners")
    [[ $listening != *gateway::* ]] || break
    sleep 0.05
  done
  gateway=http://${listening##*gateway::}
  gateway=${gateway%%[[:space:]]*}
}

# A request to the gateway, as a step: what happens, the status and the reason that are expected, arguments of curl.
step() {
  local words=$1 expected="$2 $3"
  shift 3
  number=$((number + 1))
  attempt "$@"
  report "$words" "$expected"
}

# The same for what becomes so in a moment, since the gateway does not ask all the time.
soon() {
  local words=$1 expected="$2 $3" tries
  shift 3
  number=$((number + 1))
  for ((tries = 0; tries < 50; tries++)); do
    attempt "$@"
    [[ $found != "$expected" ]] || break
    sleep 0.2
  done
  report "$words" "$expected"
}

# A step at a certain address of the gateway; the address stands after status and reason.
visit() {
  local words=$1 expected="$2 $3"
  shift 3
  number=$((number + 1))
  go "$@"
  report "$words" "$expected"
}

attempt() {
  requests=$((requests + 1))
  go "$gateway/orders/step-$number-$requests" "$@"
}

# Sends a request; status and reason are then in $found, its address in $went, and what the upstream saw in $seen.
go() {
  went=$1
  shift
  local path=${went#"$gateway"} before status begun=$SECONDS
  path=${path%%\?*}
  before=$(audited "$path" | wc -l)
  status=$(fetch -o "$work/body" -D "$work/headers" -w '%{http_code}' "$@" -H "X-Marker: $path" "$went")
  found="$status $(reason "$path" "$((before + 1))")"
  took=$((SECONDS - begun))
  seen=$(recorded "$path")
}

# Where the last answer of the gateway or, with `page`, of the provider sends the browser.
location() {
  sed -n 's/^[Ll]ocation: //p' "$work/${1-headers}" | tr -d '\r'
}

# The upstream must have seen that of the last request.
saw() {
  [[ $seen == "the upstream saw $1" ]] || { wrong=$((wrong + 1)) && echo "    expected: the upstream saw $1"; }
}

# The last request must not have taken more than so many seconds.
within() {
  ((took <= $1)) || { wrong=$((wrong + 1)) && echo "    expected at most $1 s, found $took"; }
}

report() {
  printf '%2d  %-66s %-4s %-20s %s\n' "$number" "$1" "${found%% *}" "${found#* }" "$seen"
  if [[ $found != "$2" ]]; then
    wrong=$((wrong + 1))
    printf '    %-66s %-4s %s\n' "expected" "${2%% *}" "${2#* }"
  fi
}

# A step at the provider, without the gateway.
tell() {
  number=$((number + 1))
  printf '%2d  %s\n' "$number" "$1"
}

# Answers the form of a page of the provider's, which is in $page, with these names and values; the next page is then there,
# and its headers are in $work/page. ${browser[@]} says where curl keeps cookies.
answer_page() {
  local action form=() one
  [[ $page =~ action=\"([^\"]+)\" ]] || fail "expected a page with a form, found: $page"
  action=${BASH_REMATCH[1]}
  [[ $page =~ name=\"interaction\"\ value=\"([^\"]+)\" ]] || fail "expected an interaction, found: $page"
  for one in "interaction=${BASH_REMATCH[1]}" "$@"; do form+=(--data-urlencode "$one"); done
  page=$(fetch "${browser[@]}" -D "$work/page" "${form[@]}" "$provider$action")
}

# What the upstream saw of the request with this marker.
recorded() {
  local json
  json=$(fetch "$upstream/recorded?marker=$1")
  json=${json//[[:space:]]/}
  [[ $json != '[]' ]] || { echo "nothing reached the upstream" && return; }
  local consumer=nobody credential='no credential'
  [[ ! $json =~ \"x-consumer-custom-id\",\"([^\"]*)\" ]] || consumer=${BASH_REMATCH[1]}
  [[ ! $json =~ \"authorization\",\"(Bearer) ]] || credential='a bearer token'
  [[ ! $json =~ \"authorization\",\"Bearer([^\"]*) ]] || credential='a bearer token'
  [[ ! $json =~ \"authorization\",\"Basic ]] || credential='THE SECRET'
  [[ ! $json =~ \"cookie\",\"[^\"]*session ]] || credential+=', THE SESSION'
  echo "the upstream saw $consumer, $credential"
}

# A token that the caller gets from the provider itself; what it is for, as name=value.
token_for() {
  local args=(-u "$client:$secret" -d grant_type=client_credentials) one answer
  for one in "$@"; do args+=(--data-urlencode "$one"); done
  answer=$(fetch "${args[@]}" "$provider$token_path")
  [[ $answer =~ \"access_token\":\"([^\"]*)\" ]] || fail "expected a token from the provider, found: $answer"
  echo "${BASH_REMATCH[1]}"
}

control() {
  fetch -X POST -o /dev/null "$provider/_idp/$1"
}

finish() {
  echo
  if ((wrong > 0)); then
    echo "the gateway's log:" >&2
    tail -40 "$work/gateway.log" >&2
    fail "$wrong of the above not as expected"
  fi
  if grep -qF -e "$secret" -e "$portal_secret" "$work/gateway.log"; then
    fail "the secret stands in the gateway's log"
  fi
  echo "all as expected"
}
