#!/usr/bin/env bash
# Starts a node of its own and signs in there with openid-client: check.sh [PATH OF connex]
#
# The node, its database and its keys live in a temporary folder and end with this script.

set -euo pipefail
connex=$(realpath "${1:-connex}" 2>/dev/null || command -v connex) || { echo "no program ${1:-connex}" >&2; exit 2; }
cd "$(dirname "${BASH_SOURCE[0]}")"

folder=$(mktemp -d)
node_process=
stop() {
    local status=$?
    trap - EXIT
    if [[ -n $node_process ]]; then
        kill -TERM "$node_process" 2>/dev/null || true
        wait "$node_process" 2>/dev/null || true
        if ((status != 0)); then
            echo "---- what the node said last"
            tail -n 40 "$folder/node.log"
        fi
    fi
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A failure before the checks counts as one failed check, so that it is seen in the sum.
fail() {
    printf '%s\n\ntest result: FAILED. 0 passed; 1 failed; openid-client\n' "$1"
    exit 1
}

echo "     Running openid-client, a certified client library (conformance/openid-client)"
npm ci --no-audit --no-fund --loglevel=error >"$folder/npm.log" 2>&1 || fail "npm ci failed: $(tail -n 5 "$folder/npm.log")"

export REDIRECT_URI=https://client.example/callback
export POST_LOGOUT_REDIRECT_URI=https://client.example/signed-out
export CLIENT_ID=openid-client-basic USERNAME=dana
export KEY_CLIENT_ID=openid-client-key KEY_FILE=$folder/key.jwk.json
prepared=$(node prepare.mjs "$folder" "$REDIRECT_URI" "$POST_LOGOUT_REDIRECT_URI")
while IFS='=' read -r name value; do export "$name=$value"; done <<<"$prepared"
export ISSUER=http://127.0.0.1:$PORT CONNEX_CONFIG=$folder/connex.toml

prepare() { "$connex" "$@" >>"$folder/prepare.log" 2>&1 || fail "connex $1 failed: $(tail -n 20 "$folder/prepare.log")"; }
prepare migrate
prepare client add --from "$folder/basic.json" --json
prepare client add --from "$folder/key.json" --json
prepare user add --username "$USERNAME" --email dana@example.com --given-name Dana --family-name Lee \
    --email-verified --password-stdin <<<"$PASSWORD"

"$connex" serve >"$folder/node.log" 2>&1 &
node_process=$!
is_ready() { node -e 'fetch(process.argv[1]).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$ISSUER/readyz"; }
for attempt in {1..60}; do
    if is_ready; then break; fi
    kill -0 "$node_process" 2>/dev/null && ((attempt < 60)) || fail "connex serve is not ready"
    sleep 0.25
done

node run.mjs
