#!/bin/sh
# Installs what building and testing need on a fresh Debian 12 machine that has cargo, node and apt.
# Does nothing where everything is there already; on other systems it says what to install by hand.
set -eu

packages=""
need() { # command-or-file package
    if ! command -v "$1" >/dev/null 2>&1 && [ ! -e "$1" ]; then packages="$packages $2"; fi
}
need cc gcc
need c++ g++
need make make
need pkg-config pkg-config
need /usr/include/openssl/crypto.h libssl-dev
if [ "${1:-build}" = "test" ]; then
    if [ -z "${GALEN_TEST_POSTGRES_URL:-}" ]; then need /usr/lib/postgresql/15/bin/initdb postgresql-15; fi
    need python3 python3
    python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || packages="$packages python3-venv"
    need openssl openssl
    need chromium chromium
fi
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    echo "Please install:$packages (this is no Debian, so it cannot be done for you)" >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then as_root="sudo"; fi
echo "Installing:$packages"
# A cluster of the system's own is not wanted: the tests start theirs, on a private port and folder.
$as_root mkdir -p /etc/postgresql-common
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages
