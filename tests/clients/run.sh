#!/bin/sh
# Starts a server and lets public clients loose on it: npm fhir-kit-client, @medplum/core and fhirclient (launched in
# Chromium, too), PyPI fhirpy, fhirclient and schemathesis, and a GraphQL gateway (npm @apollo/gateway) before its subgraphs;
# then Galen exchanges with npm @medplum/fhir-router. Run from the project's root, with the portals built. Any check that fails
# fails the whole. The servers and their data are gone at the end.
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
started=""
clean() {
    for process in $started; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM

# Waits until a process has written a line that begins so; prints the rest of the line.
said() { # process file beginning
    tries=0
    until grep -qs "^$3" "$2"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$1" 2>/dev/null; then
            echo "what should say '$3' did not start:" >&2
            cat "$work"/said-* "$work/log" >&2
            exit 1
        fi
        sleep 0.1
    done
    sed -n "s/^$3//p" "$2"
}

# Installed anew only when the lock changed: `npm ci` removes what is there first.
for package in node graphql; do
    modules=$clients/$package/node_modules
    if [ ! "$modules/.installed" -nt "$clients/$package/package-lock.json" ]; then
        (cd "$clients/$package" && npm ci --no-audit --no-fund --silent)
        touch "$modules/.installed"
    fi
done
python=$clients/python/.venv/bin/python
if [ ! -x "$python" ]; then python3 -m venv "$clients/python/.venv"; fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$clients/python/requirements.txt"

data=$work/data
"$galen" user add --name feed --role integration --data "$data" >/dev/null
"$galen" user add --name ann --role patient --patient client-ann --data "$data" >/dev/null
"$galen" user add --name root --role administrator --data "$data" >/dev/null
"$galen" user add --name last --role administrator --data "$data" >/dev/null
GALEN_PAT=$("$galen" user add --name pat --role patient --patient smart-pat --data "$data" --json)
GALEN_SAM=$("$galen" user add --name sam --role patient --patient py-sam --data "$data" --json)
GALEN_DOCTOR=$("$galen" user add --name dora --role doctor --data "$data" --json)

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
GALEN_DOCTOR_TOKEN=$("$galen" token --user dora --data "$data")
GALEN_ADMINISTRATOR=$("$galen" token --user root --data "$data")
GALEN_LAST=$("$galen" token --user last --data "$data")

# The application is an origin of its own, which must be known before it is registered.
node "$clients/node/smart/app.js" >"$work/said-app" 2>&1 &
started="$started $!"
GALEN_APP=http$(said $! "$work/said-app" http)
GALEN_CLIENT=$("$galen" client add --name "Growth chart" --redirect-uri "$GALEN_APP/" --launch-url "$GALEN_APP/launch" \
    --scopes "launch launch/patient openid fhirUser offline_access patient/*.rs" --data "$data" --json |
    sed -n 's/.*"clientId":"\([^"]*\)".*/\1/p')

"$galen" serve --listen 127.0.0.1:0 --data "$data" >"$work/said-server" 2>"$work/log" &
started="$started $!"
GALEN_BASE=$(said $! "$work/said-server" "Galen serves " | sed 's/ .*//')/fhir
GALEN_CORPUS=${FOLDER:+loaded}
export GALEN_BASE GALEN_TOKEN GALEN_PATIENT_TOKEN GALEN_CORPUS
export GALEN_PAT GALEN_SAM GALEN_DOCTOR GALEN_APP GALEN_CLIENT
export GALEN_DOCTOR_TOKEN GALEN_ADMINISTRATOR GALEN_LAST

node "$clients/node/client.js"
node "$clients/node/medplum.js"
node "$clients/node/fhirclient.js"
node "$clients/node/smart/launch.js"
node "$clients/graphql/compatible.js"
node "$clients/graphql/gateway.js"
"$python" "$clients/python/client.py"
"$python" "$clients/python/smart.py"
(cd "$work" && sh "$clients/schemathesis/run.sh" "$clients/schemathesis")

# The other way round: Galen as the client of a server of another make.
node "$clients/node/exchange/server.js" >"$work/said-other" 2>&1 &
started="$started $!"
GALEN_OTHER=$(said $! "$work/said-other" "Other serves ")
mkdir "$work/exchanging"
GALEN="$galen" GALEN_PLACE="$work/exchanging" GALEN_OTHER="$GALEN_OTHER" node "$clients/node/exchange/exchange.js"

if grep -q '"level":"ERROR"' "$work/log"; then
    echo "the server logged errors:" >&2
    grep '"level":"ERROR"' "$work/log" >&2
    exit 1
fi
