#!/usr/bin/env bash
# A person opens a page, is sent to the provider to sign in, and comes back to that page. From then on a cookie says who it
# is, until it signs out. The browser here is curl, which keeps cookies in a file.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

# By this address browsers know the gateway, and the provider has it; curl is told where the gateway listens.
site=http://localhost:8000

# Has people log in where programs send tokens: a client of the gateway's own, and what the browser keeps.
for_people() {
  local members=(
    '"auth_methods": ["session", "authorization_code", "bearer"]'
    "\"redirect_uri\": [\"$site/callback\"]"
    '"login_navigations_only": true'
    "\"session_secret\": \"$session_secret\""
    '"forbidden_destroy_session": false'
    '"logout_uri_suffix": "/logout"'
    "\"logout_redirect_uri\": [\"$site/\"]"
    "\"client_id\": [\"$portal\"]"
  )
  local joined
  joined=$(printf '%s, ' "${members[@]}")
  document=${document/\"client_id\": \[\"$client\"\]/${joined%, }}
  document=${document/\"$secret\"/\"$portal_secret\"}
  document=${document/\/.default\"/\/access_as_user\"}
  document=${document/\"scopes\": [/\"scopes\": [\"openid\", }
  [[ $idp != entra-v1 ]] || resource_asked_for
}

# Entra's endpoints of version 1.0 take the API's name as `resource`, not as a scope.
resource_asked_for() {
  local name='"authorization_query_args_names": ["resource"]'
  local value="\"authorization_query_args_values\": [\"${for_api[0]#resource=}\"]"
  document=${document/\"token_post_args_names\"/$name, $value, \"token_post_args_names\"}
}

# Gives the portal another status: the last of the document.
set_portal() {
  local before=${document%\"status\": *} after=${document##*\"status\": \"}
  document="$before\"status\": \"$1\"${after#*\"}"
}

# The browser is sent to the provider, with all that a login needs.
asked_to_log_in() {
  local one
  login=$(location)
  [[ $login == "$provider$authorize_path?"* ]] || fail "expected a redirect to the provider, found: $login"
  for one in response_type=code "client_id=$portal" code_challenge_method=S256 'code_challenge=[^&]{43}' \
    'state=[^&]{20}' 'nonce=[^&]{20}' redirect_uri=http%3A%2F%2Flocalhost%3A8000%2Fcallback; do
    [[ $login =~ [?\&]$one ]] || fail "expected $one in the address, found: $login"
  done
}

# A browser with cookies of its own, at a page.
browser_of() {
  browser=(-b "$work/$1" -c "$work/$1" --connect-to "localhost:8000:${listening#http://}")
  page_headers=(-H "Accept: text/html" -H "Sec-Fetch-Mode: navigate")
}

# Changes one character of the session in a browser's cookies.
edit_session() {
  local before after
  before=$(awk '$6 == "session" { print $7 }' "$work/$1")
  [[ ${before:9:1} == A ]] && after=B || after=A
  sed "s/$before/${before:0:9}$after${before:10}/" "$work/$1" >"$work/$2"
}

session_secret=published-with-the-example-make-your-own
stage "$@"
for_people
start_gateway
listening=$gateway gateway=$site
browser_of alice

step "a program without a token is told so" 401 CredentialMissing "${browser[@]}"
step "alice opens a page: she is sent to the provider" 302 login_begun "${browser[@]}" "${page_headers[@]}"
asked_to_log_in
wanted=$went
tell "she signs in there, and lets the portal read her orders"
page=$(fetch "${browser[@]}" -D "$work/page" "$login")
answer_page username=alice@example.com password=alice
answer_page decision=allow
callback=$(location page)
[[ $callback == "$site/callback?"*code=* ]] || fail "expected a code at the gateway, found: $callback"

browser_of mallory
visit "somebody who stole that address has no use for it" 401 LoginUnknown "$callback" "${browser[@]}"
browser_of alice
visit "alice comes back with a code, and is in" 302 logged_in "$callback" "${browser[@]}" "${page_headers[@]}"
[[ $(location) == "$wanted" ]] || fail "expected a redirect to $wanted, found: $(location)"
visit "her browser goes on to the page that she wanted" 200 - "$wanted" "${browser[@]}" "${page_headers[@]}"
saw "$portal, a bearer token"
step "and to the next one, with the cookie alone" 200 - "${browser[@]}" "${page_headers[@]}"
saw "$portal, a bearer token"
visit "the address with the code is good once" 401 LoginUnknown "$callback" "${browser[@]}"

edit_session alice mallory
browser_of mallory
step "a session that somebody edited is none: a program is refused" 401 SessionInvalid "${browser[@]}"
step "and a person is sent to the provider" 302 login_begun "${browser[@]}" "${page_headers[@]}"
browser_of alice

if [[ $engine == host ]]; then
  set_portal revoked
  printf '%s\n' "$document" >"$work/filter.json"
  kill -HUP "$gateway_pid"
  soon "the portal's approval is taken back while alice is in" 403 ApplicationRevoked "${browser[@]}"
  set_portal approved
  printf '%s\n' "$document" >"$work/filter.json"
  kill -HUP "$gateway_pid"
  soon "and given again" 200 - "${browser[@]}"
fi

visit "alice signs out, and is sent to do so at the provider too" 302 logged_out \
  "$site/orders/logout" -X POST "${browser[@]}" -H "Sec-Fetch-Site: same-origin"
page=$(fetch "${browser[@]}" -D "$work/page" "$(location)")
[[ $(location page) == "$site/" ]] || fail "expected a redirect to $site/, found: $(location page) $page"
step "with what she had she is nobody" 401 CredentialMissing "${browser[@]}"
step "and is sent to sign in again" 302 login_begun "${browser[@]}" "${page_headers[@]}"
asked_to_log_in
page=$(fetch "${browser[@]}" -D "$work/page" "$login")
[[ $page == *'name="password"'* ]] || fail "expected a page to sign in, found: $page"
tell "the provider wants her password again"

finish
