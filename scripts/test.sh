#!/bin/sh
# Runs all tests and prints how many there were. Every step's failure fails the whole.
set -eu
cargo=${CARGO:-cargo}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

step() {
    echo "== $*"
}

step "format"
$cargo fmt --all --check
step "portals: build"
sh scripts/web.sh build
step "portals: types, lints, components, budgets"
sh scripts/web.sh test
step "lints"
$cargo clippy --workspace --all-targets --locked -- -D warnings
step "HL7's examples of R4, for the tests that read them"
examples="${CARGO_TARGET_DIR:-$(pwd)/target}/r4-examples"
if [ ! -e "$examples/package/package.json" ]; then
    mkdir -p "$examples"
    (cd "$examples" && npm pack hl7.fhir.r4.examples@4.0.1 --silent && tar xzf ./*.tgz)
fi
GALEN_R4_EXAMPLES="$examples/package"
export GALEN_R4_EXAMPLES
step "unit, property, conformance, kill and journey tests"
# The pipe must not hide a failure.
{ $cargo test --workspace --locked --no-fail-fast 2>&1; echo "status $?"; } | tee "$log"
[ "$(tail -n 1 "$log")" = "status 0" ] || { echo "tests failed" >&2; exit 1; }
step "FHIR, the domains and what screens hear, on PostgreSQL in three shards"
GALEN_TEST_ENGINE=postgres $cargo test --workspace --locked --test api --test registration --test scheduling --test messaging --test realtime --test graphql --test results --test communications
step "fuzzing of what reads hostile bytes, a minute each"
sh scripts/fuzz.sh 60
step "public FHIR clients"
GALEN="${CARGO_TARGET_DIR:-$(pwd)/target}/debug/galen"
export GALEN
sh tests/clients/run.sh
step "browser journeys"
sh scripts/web.sh journeys
step "components' states"
sh scripts/web.sh storybook
step "licences, sources, bans"
sh scripts/deny.sh

awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
     END { printf "tests: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$log"
