// An identity provider for tests: oidc-provider, with a client for each way in which clients say who they are,
// resources whose tokens are JWTs or opaque, and a login that nobody has to fill in.
//
// usage: node server.js PACKAGE SETTINGS
//
//   PACKAGE   where scripts/install-oidc-provider.sh put oidc-provider
//   SETTINGS  a JSON file:
//     host, port   where it listens
//     keys         private JWKs; of those of an algorithm the first signs
//     secret       of every client that has one
//     client_keys  public JWKs of the clients that sign, by algorithm
//
// Prints `listening`. GET /asked says how often each thing was asked for: { "POST /token": 2 }.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [installed, settingsFile] = process.argv.slice(2);
const { default: Provider, errors } = await import(pathToFileURL(join(installed, 'lib/index.js')));
const settings = JSON.parse(await readFile(settingsFile, 'utf8'));

const REDIRECT_URI = 'https://client.example/back';
const GATEWAY = 'http://gateway.example';
const SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const RESOURCES = {
  'https://rs256.example': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } },
  'https://es256.example': { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } },
  'https://opaque.example': { accessTokenFormat: 'opaque' },
};
const ACCOUNT = { sub: 'alice', name: 'Alice Example', email: 'alice@example.test' };

// A client that gets tokens for itself, and introspects them.
function machine(client_id, token_endpoint_auth_method, more) {
  return {
    client_id,
    token_endpoint_auth_method,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    ...more,
  };
}

// The gateway itself, to which people log in.
function gateway(client_id) {
  return {
    client_id,
    client_secret,
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${GATEWAY}/callback`],
    post_logout_redirect_uris: [`${GATEWAY}/bye`],
  };
}

const { secret: client_secret, client_keys } = settings;
const clients = [
  machine('basic', 'client_secret_basic', {
    client_secret,
    grant_types: ['authorization_code', 'client_credentials', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [REDIRECT_URI],
  }),
  machine('post', 'client_secret_post', { client_secret }),
  machine('secret-jwt', 'client_secret_jwt', { client_secret }),
  machine('key-es256', 'private_key_jwt', {
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [client_keys.ES256] },
  }),
  machine('key-rs256', 'private_key_jwt', {
    token_endpoint_auth_signing_alg: 'RS256',
    jwks: { keys: [client_keys.RS256] },
  }),
  gateway('web'),
  gateway('short'), // its access tokens last for seconds
  gateway('other-nonce'), // its ID tokens have a nonce of another login
  gateway('other-token'), // its access tokens are not those that its ID tokens name
  {
    client_id: 'page',
    token_endpoint_auth_method: 'none',
    grant_types: ['implicit'],
    response_types: ['id_token token', 'id_token'],
    redirect_uris: [REDIRECT_URI],
  },
];

function resourceServer(_ctx, resource) {
  if (!(resource in RESOURCES)) throw new errors.InvalidTarget();
  return { scope: 'read write', ...RESOURCES[resource] };
}

// Whoever is asked for has consented to everything, and once: with another grant the codes of a browser's other tabs
// would be good no longer.
async function loadExistingGrant({ oidc }) {
  const { client, provider, session } = oidc;
  const known = session.grantIdFor(client.clientId);
  const granted = known && (await provider.Grant.find(known));
  if (granted) return granted;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(SCOPES.join(' '));
  for (const resource of Object.keys(RESOURCES)) grant.addResourceScope(resource, 'read write');
  await grant.save();
  return grant;
}

// Gateways must prove with each code that they asked for it, and get each refresh token once.
function isGateway(client) {
  return client.postLogoutRedirectUris?.length > 0;
}

const configuration = {
  clients,
  jwks: { keys: settings.keys },
  responseTypes: ['code', 'id_token token', 'id_token'],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  scopes: SCOPES,
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  cookies: { keys: [settings.secret] },
  pkce: { required: (_ctx, client) => isGateway(client) },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...ACCOUNT, sub: accountId }) }),
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: ({ oidc }) => isGateway(oidc.client),
  loadExistingGrant,
  ttl: {
    AccessToken: (_ctx, _token, client) => (client.clientId === 'short' ? 8 : 3600),
    ClientCredentials: 600,
    Grant: 3600,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true, allowedPolicy: () => true },
    rpInitiatedLogout: { enabled: true, logoutSource },
    userinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: resourceServer,
    },
  },
};

// The form has but to be sent.
function logoutSource(ctx, form) {
  ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>');
}

const server = createServer();
server.listen(settings.port, settings.host, serve);

function serve() {
  const provider = new Provider(`http://${settings.host}:${settings.port}`, configuration);
  provider.use(lie);
  const answer = provider.callback();
  const asked = {};
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url, 'http://provider');
    const what = `${request.method} ${pathname}`;
    asked[what] = (asked[what] ?? 0) + 1;
    if (pathname === '/asked') response.end(JSON.stringify(asked));
    else if (pathname.startsWith('/interaction/')) logIn(provider, request, response);
    else answer(request, response);
  });
  console.log('listening');
}

// What no provider does that is one.
async function lie(ctx, next) {
  if (ctx.path === '/auth' && ctx.query.client_id === 'other-nonce') ctx.query = { ...ctx.query, nonce: 'another' };
  await next();
  if (ctx.path === '/token' && ctx.oidc.client?.clientId === 'other-token') {
    const token = new ctx.oidc.provider.AccessToken({ client: ctx.oidc.client, accountId: ACCOUNT.sub });
    ctx.body = { ...ctx.body, access_token: await token.save() };
  }
}

// Everybody is alice, but for who wants to be nobody.
async function logIn(provider, request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const result =
    params.login_hint === 'nobody' ? { error: 'access_denied' } : { login: { accountId: ACCOUNT.sub } };
  await provider.interactionFinished(request, response, result);
}
