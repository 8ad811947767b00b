#!/usr/bin/env bash
# A token of which nothing but its provider knows what it is worth. Entra has no such tokens and no introspection endpoint:
# there the flow shows that they open nothing.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

stage "$@"
start_gateway

if [[ -z $opaque_scope ]]; then
  step "this provider has no introspection endpoint: an opaque token is no token" 401 MalformedToken \
    -H "Authorization: Bearer opaque"
  token=$(token_for "${for_api[@]}")
  step "its own tokens are signed, and good by themselves" 200 - -H "Authorization: Bearer $token"
  finish
  exit
fi

tell "the caller gets an opaque token from the provider"
token=$(token_for "scope=$opaque_scope")
[[ $token != *.* ]] || fail "expected an opaque token, found a signed one"
step "the gateway asks the provider, which calls it good" 200 - -H "Authorization: Bearer $token"
step "one that the provider does not know" 401 TokenInactive -H "Authorization: Bearer of-nobody"
tell "the caller takes its token back, at the provider"
fetch -o /dev/null -u "$client:$secret" -d "token=$token" "$provider$revoke_path"
step "the next request with it" 401 TokenInactive -H "Authorization: Bearer $token"
stop_provider
step "the provider is gone: nobody knows" 503 ProviderUnavailable -H "Authorization: Bearer $token"

finish
