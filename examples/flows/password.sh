#!/usr/bin/env bash
# A user's name and password at the gateway, which gets a token with them by a client of its own. Better than sending a
# password to every service, and worse than any flow in which no gateway sees it: RFC 9700 says it must not be used.
set -euo pipefail
. "$(dirname "$0")/stage.sh"

stage "$@"
document=${document/'"client_id"'/'"auth_methods": ["bearer", "password"], "client_id"'}
document=${document/'"scopes": ["orders:read"]'/'"scopes": ["openid", "orders:read"]'}
start_gateway

step "alice's name and password" 200 - -u alice@example.com:alice
step "a wrong password" 401 CredentialRejected -u alice@example.com:wrong
step "somebody whom the provider does not know" 401 CredentialRejected -u mallory@example.com:alice
step "a client's id and secret are no name and password" 401 CredentialRejected -u "$client:$secret"
stop_provider
step "the provider is gone: the token that was got serves" 200 - -u alice@example.com:alice
step "and nobody new gets in" 503 ProviderUnavailable -u bob@example.com:bob

finish
