#!/usr/bin/env bash
# A caller that has nothing but an id and a secret: the gateway gets a token for it, and sends that upstream.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

stage "$@"
start_gateway

step "the caller sends its id and secret, in base64" 200 - -u "$client:$secret"
step "or as they are" 200 - -H "Authorization: Basic $client:$secret"
control "realms/$realm/faults/token?status=503"
step "the token endpoint is out of order: the token that was got serves" 200 - -u "$client:$secret"
step "a wrong secret never finds it, and is told to come again" 503 ProviderUnavailable -u "$client:wrong"
control "realms/$realm/faults/token?hang=true"
step "it hangs: after the timeout of two seconds" 503 ProviderUnavailable -u "$client:hangs"
within 4
fetch -X DELETE "$provider/_idp/realms/$realm/faults/token" -o /dev/null
soon "a wrong secret, once the provider answers" 401 CredentialRejected -u "$client:wrong"
step "an id that the provider does not know" 401 CredentialRejected -u "nobody:$secret"
step "a caller may as well get a token itself" 200 - -H "Authorization: Bearer $(token_for "${for_api[@]}")"
stop_provider
step "the provider is gone: the token that was got serves" 200 - -u "$client:$secret"
step "and nobody new gets one" 503 ProviderUnavailable -u "$client:another"
start_provider "${provider#http://}"
soon "it is back, with other keys: a new token is got" 200 - -u "$client:$secret"

finish
