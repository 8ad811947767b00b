#!/usr/bin/env bash
# A page in a browser gets a token in the fragment of its address, and sends it as bearer. The browser here is curl: it
# signs in at the provider's own page.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

# The fragment with which the provider sends the browser back, for a response type.
fragment() {
  local page location one
  local -a browser=(-b "$work/cookies" -c "$work/cookies") asked=()
  for one in "client_id=$client" "response_type=$1" state=s-1 nonce=n-1 "${for_user[@]}" \
    redirect_uri=http://localhost:3000/callback; do
    asked+=(--data-urlencode "$one")
  done
  page=$(fetch "${browser[@]}" -G "$provider$authorize_path" "${asked[@]}" -D "$work/page")
  [[ -n $(location page) ]] || answer_page username=alice@example.com password=alice
  location=$(location page)
  [[ $location == *'#'* ]] || fail "expected a fragment in the address, found: $location"
  echo "${location#*#}"
}

argument() {
  [[ "&$2&" =~ \&$1=([^\&]*)\& ]] || fail "expected $1 in the fragment"
  echo "${BASH_REMATCH[1]}"
}

stage "$@"
start_gateway

step "without a token" 401 CredentialMissing
tell "alice signs in; the provider sends her back with a token in the fragment"
answer=$(fragment token)
step "the page sends it as bearer" 200 - -H "Authorization: Bearer $(argument access_token "$answer")"
tell "with response_type=id_token token there is an ID token beside it"
answer=$(fragment 'id_token token')
step "the access token is good" 200 - -H "Authorization: Bearer $(argument access_token "$answer")"
step "the ID token is not for this API" 403 AudienceMismatch -H "Authorization: Bearer $(argument id_token "$answer")"

finish
