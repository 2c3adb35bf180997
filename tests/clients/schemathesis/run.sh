#!/bin/sh
# Lets schemathesis loose on every operation of the API, as people of several roles: wrong data and right, in sequences.
# A fault of the server, an undocumented status or type, an answer beside its schema, a wrong request that is taken or a
# right one that is not: each fails the whole. GALEN_BASE, and a token for each role, come from tests/clients/run.sh.
set -eu
here=$1
python=$here/.venv/bin/python
if [ ! -x "$python" ]; then python3 -m venv "$here/.venv"; fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"

origin=${GALEN_BASE%/fhir}
look() { # role token examples options...
    role=$1 token=$2 examples=$3
    shift 3
    said=$role.txt
    if ! "$here/.venv/bin/schemathesis" --config-file="$here/schemathesis.toml" --no-color run \
        "$origin/api/openapi.json" --header "Authorization: Bearer $token" --seed 20261127 \
        --max-examples "$examples" --continue-on-failure "$@" >"$said" 2>&1; then
        cat "$said" >&2
        exit 1
    fi
    # The figures; the rest is for when something is found.
    sed -n "s/^ *\([0-9]* generated\), \([0-9]* passed\).*/schemathesis, $role: \1, \2/p" "$said"
}

# Whoever changes accounts ends their own right to ask, so that is looked at last, by an administrator of its own.
accounts='^/api/users/'
look administrator "$GALEN_ADMINISTRATOR" 8 --exclude-path-regex "$accounts"
look integration "$GALEN_TOKEN" 8 --include-path-regex '^/(fhir|api/(patients|directory|subscriptions))'
look doctor "$GALEN_DOCTOR_TOKEN" 8 --phases fuzzing,stateful \
    --include-path-regex '^/(fhir|api/(patients|launches|authorizations|access))'
look patient "$GALEN_PATIENT_TOKEN" 8 --phases fuzzing,stateful --include-path-regex '^/(fhir|api/(authorizations|access))'
look last "$GALEN_LAST" 20 --include-path-regex "$accounts"
