#!/bin/sh
# Starts a server and lets public FHIR clients loose on it: npm fhir-kit-client and @medplum/core, PyPI fhirpy. Run from
# the project's root. Any check that fails fails the whole. The server and its data are gone at the end.
set -eu
cargo=${CARGO:-cargo}
root=$(pwd)
clients=$root/tests/clients
corpus=$root/../shared/corpora/fhir/synthea

# The test run has built the program already; GALEN names it then.
galen=${GALEN:-}
if [ -z "$galen" ]; then
    $cargo build --locked --quiet --package galen
    galen=${CARGO_TARGET_DIR:-$root/target}/debug/galen
fi

work=$(mktemp -d)
server=""
clean() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

data=$work/data
"$galen" user add --name feed --role integration --data "$data" >/dev/null
"$galen" user add --name ann --role patient --patient client-ann --data "$data" >/dev/null

FOLDER=""
if [ -d "$corpus" ]; then
    FOLDER=$work/corpus
    mkdir "$FOLDER"
    # The directory first, then some patients: enough to search and page through.
    cp "$corpus"/0-*.json.gz "$FOLDER"
    for file in $(ls "$corpus" | grep -v '^0-' | head -n 5); do cp "$corpus/$file" "$FOLDER"; done
    "$galen" import "$FOLDER" --data "$data"
else
    echo "notice: there are no corpora here, the clients use data of their own only"
fi

GALEN_TOKEN=$("$galen" token --user feed --data "$data")
GALEN_PATIENT_TOKEN=$("$galen" token --user ann --data "$data")
"$galen" serve --listen 127.0.0.1:0 --data "$data" >"$work/said" 2>"$work/log" &
server=$!
tries=0
until grep -q '^Galen serves ' "$work/said"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
        echo "the server did not start:" >&2
        cat "$work/said" "$work/log" >&2
        exit 1
    fi
    sleep 0.1
done
GALEN_BASE=$(sed -n 's/^Galen serves \([^ ]*\).*/\1/p' "$work/said")/fhir
GALEN_CORPUS=${FOLDER:+loaded}
export GALEN_BASE GALEN_TOKEN GALEN_PATIENT_TOKEN GALEN_CORPUS

echo "-- fhir-kit-client"
(cd "$clients/node" && npm ci --no-audit --no-fund --silent && node client.js)

echo "-- @medplum/core"
(cd "$clients/node" && node medplum.js)

echo "-- fhirpy"
if [ ! -x "$clients/python/.venv/bin/python" ]; then python3 -m venv "$clients/python/.venv"; fi
"$clients/python/.venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --requirement "$clients/python/requirements.txt"
"$clients/python/.venv/bin/python" "$clients/python/client.py"

if grep -q '"level":"ERROR"' "$work/log"; then
    echo "the server logged errors:" >&2
    grep '"level":"ERROR"' "$work/log" >&2
    exit 1
fi
