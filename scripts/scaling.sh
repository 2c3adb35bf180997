#!/bin/sh
# Measures how answers' times grow with the number of patients, and draws it: `sh scripts/scaling.sh PROGRAM [SIZES [URL]]`.
# Sixteen observations of a kilobyte for each patient, so 64,000 patients have a million. Writes docs/images/scaling.svg.
set -eu
program=$1
sizes=${2:-"1000 4000 16000 64000"}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for patients in $sizes; do
    "$program" bench --patients "$patients" --observations 16 --seconds "${SECONDS_EACH:-5}" --json \
        ${3:+--database-url "$3"} >"$work/$patients.json"
    echo "$patients patients measured" >&2
done
python3 scripts/scaling.py "$work" docs/images/scaling.svg
