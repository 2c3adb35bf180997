#!/bin/sh
# Fuzzes what reads hostile bytes: `sh scripts/fuzz.sh [SECONDS [TARGET...]]`, 60 seconds of each target without arguments.
# The stable compiler's own coverage counters serve libFuzzer: neither a nightly compiler nor cargo-fuzz is needed.
# What is found lies in target/fuzz/found, what broke something in target/fuzz/broken.
set -eu
cargo=${CARGO:-cargo}
seconds=${1:-60}
[ $# -eq 0 ] || shift
host=$(rustc -vV | sed -n 's/^host: //p')
place=${CARGO_TARGET_DIR:-$(pwd)/target}/fuzz

counters="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
counters="$counters -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
counters="$counters -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="--cfg fuzzing -Cdebuginfo=line-tables-only $counters" $cargo build --release --locked --quiet \
    --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$place"

run() { # target
    mkdir -p "$place/found/$1" "$place/broken"
    if "$place/$host/release/$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=8192 \
        -print_final_stats=1 -artifact_prefix="$place/broken/$1-" "$place/found/$1" "fuzz/corpus/$1" \
        >"$place/$1.log" 2>&1; then
        tries=$(sed -n 's/^stat::number_of_executed_units: *//p' "$place/$1.log")
        echo "fuzz: $1: $tries inputs in $seconds s, nothing broke"
    else
        tail -n 40 "$place/$1.log" >&2
        echo "fuzz: $1 broke; the input lies in $place/broken" >&2
        return 1
    fi
}

# Two at a time.
first="" failed=0
for target in ${*:-fhir_json fhir_patch fhirpath search}; do
    run "$target" &
    if [ -z "$first" ]; then
        first=$!
    else
        wait "$first" || failed=1
        wait $! || failed=1
        first=""
    fi
done
[ -z "$first" ] || wait "$first" || failed=1
exit $failed
