# Go is all that is needed; CGO is off but for the race detector. "make check" is the one gate.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: build install run test race check lint rigs browser screenshots fuzz golden cover bench bench-quick bench-go vuln clean

export CGO_ENABLED := 0
GO ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
PREFIX ?= /usr/local
SCALE ?= quick
SEED ?= 0
RIG ?=
RIGSKIP ?=
FUZZTIME ?= 20s
FUZZDAYS ?= 1
SHOTS ?= .cache/shots
CHECK = $(GO) test -count=1 -vet=off -json -timeout 30m
BROWSER = ./internal/browser -run '^TestBrowser'
AXE = axe-core@4.14.1
AXESUM = e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
RIGS = ./internal/rig -run '^TestRig$(RIG)' -skip '$(RIGSKIP)' -timeout 24h -scale=$(SCALE) -seed=$(SEED)

build: # a static binary that knows its version
	$(GO) build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/sencoforum ./cmd/sencoforum

install: build # program, manual pages and completion; as root
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions
	install -m 755 bin/sencoforum $(DESTDIR)$(PREFIX)/bin/
	./bin/sencoforum man --dir $(DESTDIR)$(PREFIX)/share/man/man1
	./bin/sencoforum completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/sencoforum

run: build # the whole server on loopback with invented data
	./bin/sencoforum demo

test: .cache/testcount # of the server, but for what internal/long marks; lint vets, and memory is cheaper than collecting it
	{ GOGC=400 $(GO) test -short -vet=off -json -timeout 30m $$($(GO) list ./... | grep -Ev '/internal/(browser|rig)$$|/bench/') || :; } | .cache/testcount -short

race:
	CGO_ENABLED=1 $(GO) test -race ./...

check: lint .cache/testcount # all tests anew, and the browser and the rigs in their quick form, counted
	{ $(CHECK) -skip '^Test(Rig|Browser)' ./... || :; $(CHECK) $(BROWSER) || :; $(CHECK) $(RIGS) || :; } | .cache/testcount

lint: .cache/staticcheck # the import rule and the ceilings are tests
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "run gofmt -w on: $$bad"; exit 1; }
	$(GO) vet ./... && $(GO) vet -tags failpoint ./internal/failpoint ./cmd/... && .cache/staticcheck ./... && $(GO) mod tidy -diff
	$(GO) test -count=1 ./internal/importrule ./internal/ceilings

rigs: # the server killed, starved, lied to and flooded; SCALE=long takes hours, RIG=Kill only one of them
	$(GO) test -count=1 -v $(RIGS)

browser: .cache/axe.min.js # every page in Chromium, as everybody, in every light, and every attack
	$(GO) test -count=1 -v $(BROWSER) -timeout 3h -full

screenshots: .cache/axe.min.js # of every page, into SHOTS
	$(GO) test -count=1 -v ./internal/browser -run '^TestBrowser(Pages|Digest)$$' -timeout 1h -shots=$(abspath $(SHOTS))

fuzz: # every fuzz target for FUZZTIME, two at once (FUZZDAYS: what no stranger reaches first in so many days); all run, also when one fails
	$(GO) run ./internal/fuzzrun -time $(FUZZTIME) -in $(FUZZDAYS)

golden: # writes wanted output anew; read the difference as code
	for d in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u); do $(GO) test "$$d" -update; done

cover:
	mkdir -p .cache && $(GO) test -coverprofile=.cache/cover.out ./... && $(GO) tool cover -func=.cache/cover.out | tail -n 1

bench: # limits, rivals and ours in one run, then the table; Debian, as root (bench/README.md)
	bench/peers/run.sh

bench-quick: # the same within five minutes
	bench/peers/run.sh -q

bench-go: # of single packages
	$(GO) test -run '^$$' -bench . -benchmem ./...

vuln: # asks a database on the network; for people, never a gate
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

clean:
	rm -rf bin .cache

.cache/staticcheck: tools/go.mod tools/go.sum
	cd tools && $(GO) build -buildvcs=false -o ../.cache/staticcheck honnef.co/go/tools/cmd/staticcheck

.cache/testcount: $(wildcard internal/testcount/*.go internal/long/*.go)
	$(GO) build -buildvcs=false -o .cache/testcount ./internal/testcount

.cache/axe.min.js: # what looks for hurdles in pages; from npm, and shipped nowhere
	mkdir -p .cache && cd .cache && npm pack --silent $(AXE) && echo "$(AXESUM)  $(subst @,-,$(AXE)).tgz" | sha256sum -c - && \
		tar -xzOf $(subst @,-,$(AXE)).tgz package/axe.min.js > axe.tmp && mv axe.tmp axe.min.js
