#!/usr/bin/env bash
# A provider changes its keys, with overlap and without, shows none, and is gone for a while.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

stage "$@"
start_gateway

first=$(token_for "${for_api[@]}")
step "a token by the first key" 200 - -H "Authorization: Bearer $first"
control "realms/$realm/rotate?overlap=true"
second=$(token_for "${for_api[@]}")
soon "a new key signs: it is fetched while the request waits" 200 - -H "Authorization: Bearer $second"
step "the old one is still among the keys" 200 - -H "Authorization: Bearer $first"
control "realms/$realm/rotate?overlap=false"
third=$(token_for "${for_api[@]}")
soon "a third key, and the others are gone" 200 - -H "Authorization: Bearer $third"
step "their tokens are nobody's any more" 401 KeyUnknown -H "Authorization: Bearer $first"
control "realms/$realm/jwks?show=empty"
soon "a token by a key that never was makes the gateway look again" 401 KeyUnknown -H "Authorization: Bearer $second"
step "it finds no keys at all, and keeps those that it has" 200 - -H "Authorization: Bearer $third"
control "realms/$realm/jwks?show=garbage"
step "likewise where it finds garbage" 200 - -H "Authorization: Bearer $third"
stop_provider
step "and where it finds nobody" 200 - -H "Authorization: Bearer $third"
start_provider "${provider#http://}"
fourth=$(token_for "${for_api[@]}")
soon "the provider is back, with other keys" 200 - -H "Authorization: Bearer $fourth"

finish
