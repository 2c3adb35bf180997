#!/bin/sh
# Builds and tests the portals. build: web/dist, which the binary embeds. test: types, lints, generated code, components,
# budgets. journeys: the screens in Chromium. storybook: the components' states.
set -eu
cd "$(dirname "$0")/../web"

# Installed anew only when the lock changed: `npm ci` removes what is there first.
installed() { # folder
    [ -e "$1/node_modules/.installed" ] && [ "$1/node_modules/.installed" -nt "$1/package-lock.json" ]
}
ready() { # folder
    if ! installed "$1"; then
        (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
        touch "$1/node_modules/.installed"
    fi
}

case "${1:-build}" in
build)
    ready .
    npm run --silent build
    ;;
test)
    ready .
    npm run --silent codegen -- --check
    npm run --silent typecheck
    npm run --silent lint
    npm test --silent
    npm run --silent budget
    ;;
journeys)
    ready .
    npm run --silent e2e
    ;;
storybook)
    ready .
    ready storybook
    npm --prefix storybook run --silent build
    ;;
*)
    echo "web.sh build|test|journeys|storybook" >&2
    exit 2
    ;;
esac
