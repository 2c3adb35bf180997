#!/bin/sh
# Licences, sources and banned crates by cargo-deny; installs it when it is not there.
set -eu
cargo=${CARGO:-cargo}
if ! $cargo deny --version >/dev/null 2>&1; then
    $cargo install cargo-deny --locked --quiet
fi
$cargo deny --offline check bans licenses sources
