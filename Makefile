# Go is all that is needed; CGO is off but for the race detector. "make check" is the one gate.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: build run test race check lint rig fuzz golden cover bench vuln clean

export CGO_ENABLED := 0
GO ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
KILLS ?= 100
FUZZTIME ?= 20s
RIG := ./internal/rig -run TestKill -timeout 60m -kills=$(KILLS)

build: # a static binary that knows its version
	$(GO) build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/sencoforum ./cmd/sencoforum

run: build # the whole server on loopback with invented data
	./bin/sencoforum demo

test:
	$(GO) test ./...

race:
	CGO_ENABLED=1 $(GO) test -race ./...

check: lint .cache/testcount # all tests anew and the quick form of the kill rig, counted
	{ $(GO) test -count=1 -json ./...; $(GO) test -count=1 -json $(RIG); } | .cache/testcount

lint: .cache/staticcheck # the import rule and the ceilings are tests
	@bad=$$(gofmt -l .); [ -z "$$bad" ] || { echo "run gofmt -w on: $$bad"; exit 1; }
	$(GO) vet ./... && .cache/staticcheck ./... && $(GO) mod tidy -diff
	$(GO) test -count=1 ./internal/importrule ./internal/ceilings

rig: # server killed again and again; KILLS=1000 is the long form
	$(GO) test -count=1 -v $(RIG)

fuzz: # every fuzz target for FUZZTIME; one that fails does not keep the others from running
	$(GO) test -list '^Fuzz' ./... | awk '/^Fuzz/ {t[n++] = $$1} /^ok/ {while (n) print $$2, t[--n]}' | { bad=; while read -r p f; do \
	$(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 5s "$$p" </dev/null || bad="$$bad $$p.$$f"; done; \
	[ -z "$$bad" ] || { echo "failed:$$bad"; exit 1; }; }

golden: # writes wanted output anew; read the difference as code
	for d in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u); do $(GO) test "$$d" -update; done

cover:
	mkdir -p .cache && $(GO) test -coverprofile=.cache/cover.out ./... && $(GO) tool cover -func=.cache/cover.out | tail -n 1

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...

vuln: # asks a database on the network; for people, never a gate
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

clean:
	rm -rf bin .cache

.cache/staticcheck: tools/go.mod tools/go.sum
	cd tools && $(GO) build -buildvcs=false -o ../.cache/staticcheck honnef.co/go/tools/cmd/staticcheck

.cache/testcount: $(wildcard internal/testcount/*.go)
	$(GO) build -buildvcs=false -o .cache/testcount ./internal/testcount
