// Writes what a node needs to be checked into FOLDER: prepare.mjs FOLDER REDIRECT_URI POST_LOGOUT_REDIRECT_URI
// Prints PORT, CLIENT_SECRET and PASSWORD as lines that a shell reads.

import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

const [folder, redirect_uri, post_logout_redirect_uri] = process.argv.slice(2)
const secret = () => randomBytes(24).toString('base64url')
const write = (name, text) => writeFile(join(folder, name), text, { mode: 0o600 })

/** A port that is free on the loopback address. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

const port = await freePort()
const issuer = `http://127.0.0.1:${port}`
await write(
  'connex.toml',
  `issuer = "${issuer}"

[http]
listen = "127.0.0.1:${port}"

[database]
url = "sqlite:${join(folder, 'connex.db')}"

[mail]
url = "outbox"

[signing]
sealing_key_file = "${join(folder, 'sealing.key')}"
`,
)

const metadata = {
  redirect_uris: [redirect_uri],
  post_logout_redirect_uris: [post_logout_redirect_uri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid profile email offline_access',
}
const client_secret = secret()
const basic = {
  client_id: 'openid-client-basic',
  client_secret,
  client_name: 'openid-client with a secret',
  token_endpoint_auth_method: 'client_secret_basic',
}
await write('basic.json', JSON.stringify({ ...basic, ...metadata }))

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const named = { kid: 'check', alg: 'ES256', use: 'sig' }
const jwk = async (key) => {
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', key)
  return { ...named, kty, crv, x, y, d }
}
const keyed = {
  client_id: 'openid-client-key',
  client_name: 'openid-client with a key',
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: 'ES256',
  id_token_signed_response_alg: 'ES256',
  jwks: { keys: [await jwk(pair.publicKey)] },
}
await write('key.json', JSON.stringify({ ...keyed, ...metadata }))
await write('key.jwk.json', JSON.stringify(await jwk(pair.privateKey)))

console.log(`PORT=${port}\nCLIENT_SECRET=${client_secret}\nPASSWORD=${secret()}`)
