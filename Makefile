# The two commands: `make run` and `make test`. Everything else is a part of them or a longer form of one.
.PHONY: run test build web lint unit fuzz clients deny torture bench fmt e2e storybook

CARGO ?= cargo
DATA ?= demo
TARGET ?= $(or $(CARGO_TARGET_DIR),./target)

## A whole demo hospital on http://127.0.0.1:8080, made on the first start; prints the sample sign-ins.
run: build
	$(TARGET)/release/galen demo --data $(DATA)

## Everything that must hold: format, lints, unit, property, conformance, kill and client tests.
test:
	sh scripts/install.sh test
	sh scripts/test.sh

build: web
	$(CARGO) build --release --locked --package galen

## The portals, built into web/dist, which the binary embeds.
web:
	sh scripts/install.sh build
	sh scripts/web.sh build

## Browser journeys in Chromium.
e2e: web
	sh scripts/install.sh test
	$(CARGO) build --locked --package galen
	sh scripts/web.sh journeys

## The clinical components, each with its states.
storybook:
	sh scripts/web.sh storybook

fmt:
	$(CARGO) fmt --all

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings

unit:
	$(CARGO) test --workspace --locked

## What reads hostile bytes, fuzzed: SECONDS of each target.
fuzz:
	sh scripts/fuzz.sh $(or $(SECONDS),60)

## Public FHIR clients that nobody here wrote, against a server that is started for them.
clients: web
	sh scripts/install.sh test
	sh tests/clients/run.sh

## Licences, sources and banned crates.
deny:
	sh scripts/deny.sh

## The long form of the kill tests: at least 100 SIGKILLs and 50,000 acknowledged writes on each engine.
torture:
	sh scripts/install.sh test
	GALEN_TORTURE_KILLS=110 $(CARGO) test --release --locked --package galen-store --test torture
	GALEN_TORTURE_KILLS=110 $(CARGO) test --release --locked --package galen --test journeys -- kill --nocapture

## The figures of docs/PERFORMANCE.md.
bench: build
	$(TARGET)/release/galen bench
