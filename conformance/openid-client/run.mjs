// Signs in at a provider with openid-client, a certified client library, and checks what comes back.
//
// ISSUER, CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD and REDIRECT_URI are taken from the environment.
// POST_LOGOUT_REDIRECT_URI adds the check of signing out; KEY_CLIENT_ID with KEY_FILE (a private JWK)
// adds the one of private_key_jwt. One line a check; status 1 when one fails.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import * as client from 'openid-client'
import { Person } from './person.mjs'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD, REDIRECT_URI } = process.env
const { POST_LOGOUT_REDIRECT_URI, KEY_CLIENT_ID, KEY_FILE } = process.env
const needed = { ISSUER, CLIENT_ID, CLIENT_SECRET, USERNAME, PASSWORD, REDIRECT_URI }
const missing = Object.keys(needed).filter((name) => !needed[name])
if (missing.length) {
  console.error(`set ${missing.join(', ')}`)
  process.exit(2)
}

const person = new Person(USERNAME, PASSWORD)
const SCOPE = 'openid profile email offline_access'
let passed = 0
let failed = 0

/** Runs one check and says how it went. What it returns is for the later ones; after a failure that is nothing. */
async function check(name, work) {
  try {
    const result = await work()
    passed++
    console.log(`check ${name} ... ok`)
    return result
  } catch (error) {
    failed++
    const said = [error.message, error.error, error.error_description, error.cause?.message].filter(Boolean)
    console.log(`check ${name} ... FAILED\n    ${[...new Set(said)].join('\n    ')}`)
  }
}

/** Discovers the provider anew, so that no check leans on what another one cached. */
async function discover(id, authentication) {
  // Loopback nodes speak http. Signatures are checked although the token came straight from the provider.
  const execute = [client.enableNonRepudiationChecks]
  if (new URL(ISSUER).protocol === 'http:') execute.push(client.allowInsecureRequests)
  return client.discovery(new URL(ISSUER), id, undefined, authentication, { execute })
}

/** The authorization code flow with PKCE, from the first address to the tokens. */
async function signIn(config, { pushed = false, ...further } = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...further,
  }
  const address = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters)
    : client.buildAuthorizationUrl(config, parameters)
  if (pushed) assert.deepEqual([...address.searchParams.keys()].sort(), ['client_id', 'request_uri'])
  const back = await person.walk(address, REDIRECT_URI)
  return client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
}

/** The promise ends in this OAuth error. */
function refusedWith(code, promise) {
  return assert.rejects(promise, (error) => error.error === code || assert.fail(`expected ${code}, got ${error.error ?? error}`))
}

const config = await check('discovery', async () => {
  const config = await discover(CLIENT_ID, client.ClientSecretBasic(CLIENT_SECRET))
  const metadata = config.serverMetadata()
  assert.equal(metadata.issuer, ISSUER)
  assert.ok(metadata.supportsPKCE('S256'), 'S256 is announced')
  assert.ok(metadata.authorization_response_iss_parameter_supported, 'iss in responses is announced')
  return config
})

if (config) {
  const tokens = await check('authorization code flow with PKCE', async () => {
    const tokens = await signIn(config, { prompt: 'consent' })
    assert.ok(person.seen.length > 0, 'a page was shown')
    return tokens
  })
  if (tokens) await withTokens(tokens)
  await check('wrong PKCE verifier is refused', () => wrongVerifier(config))
  await check('pushed authorization request', () => signIn(config, { pushed: true }))
  if (KEY_CLIENT_ID && KEY_FILE) {
    await check('private_key_jwt', async () => {
      const jwk = JSON.parse(await readFile(KEY_FILE, 'utf8'))
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
      const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
      await signIn(await discover(KEY_CLIENT_ID, client.PrivateKeyJwt({ key, kid: jwk.kid })))
    })
  }
  if (POST_LOGOUT_REDIRECT_URI && tokens) await withLogout(tokens)
}

async function withTokens(tokens) {
  const claims = tokens.claims()

  await check('ID token', () => {
    assert.equal(claims.iss, ISSUER)
    assert.equal(claims.aud, CLIENT_ID)
    assert.ok(claims.sub.length > 0 && claims.sub.length <= 255)
    assert.ok(tokens.expiresIn() > 0, 'expires_in is sent')
    for (const name of ['email', 'name', 'given_name']) assert.ok(!(name in claims), `${name} was not asked for here`)
  })

  await check('userinfo', async () => {
    const person = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
    for (const name of ['given_name', 'family_name', 'preferred_username', 'email']) assert.ok(person[name], name)
    assert.equal(person.email_verified, true)
  })

  await check('silent sign-in', async () => {
    const again = await signIn(config, { prompt: 'none' })
    assert.deepEqual(person.seen, [], 'no page is shown')
    assert.equal(again.claims().sub, claims.sub)
  })

  await check('introspection', async () => {
    const seen = await client.tokenIntrospection(config, tokens.access_token)
    assert.equal(seen.active, true)
    assert.equal(seen.client_id, CLIENT_ID)
    assert.deepEqual(await client.tokenIntrospection(config, 'made-up'), { active: false })
  })

  const refreshed = await check('refresh', async () => {
    assert.ok(tokens.refresh_token, 'a refresh token was issued')
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token)
    assert.notEqual(refreshed.access_token, tokens.access_token)
    assert.equal(refreshed.claims()?.sub ?? claims.sub, claims.sub)
    return refreshed
  })

  if (refreshed) {
    await check('revocation', async () => {
      const latest = refreshed.refresh_token ?? tokens.refresh_token
      await client.tokenRevocation(config, latest, { token_type_hint: 'refresh_token' })
      await refusedWith('invalid_grant', client.refreshTokenGrant(config, latest))
      // To revoke what nobody knows is no error (RFC 7009, section 2.2).
      await client.tokenRevocation(config, 'made-up')
    })
  }
}

async function wrongVerifier(config) {
  const parameters = {
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  }
  const back = await person.walk(client.buildAuthorizationUrl(config, parameters), REDIRECT_URI)
  const grant = client.authorizationCodeGrant(config, back, { pkceCodeVerifier: client.randomPKCECodeVerifier() })
  await refusedWith('invalid_grant', grant)
}

async function withLogout(tokens) {
  await check('RP-initiated logout', async () => {
    const state = client.randomState()
    const address = client.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI,
      state,
    })
    const back = await person.walk(address, POST_LOGOUT_REDIRECT_URI)
    assert.deepEqual([...back.searchParams], [['state', state]])
  })
  await check('prompt=none after logout', () => refusedWith('login_required', signIn(config, { prompt: 'none' })))
}

console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${passed} passed; ${failed} failed; openid-client against ${ISSUER}`)
process.exit(failed ? 1 : 0)
