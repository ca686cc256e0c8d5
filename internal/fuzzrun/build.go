package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// binaries are the tests of packages with what fuzzing needs, each built once: the go command would build and link them anew for every
// target.
type binaries struct {
	tmp   string
	cache string // of the go command

	mu  sync.Mutex // guards all
	all map[string]func() (binary, error)
}

type binary struct{ path, dir string }

func newBinaries() (*binaries, error) {
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return nil, fmt.Errorf("ask where the go command keeps what it finds: %w", err)
	}
	tmp, err := os.MkdirTemp("", "fuzzrun")
	return &binaries{tmp: tmp, cache: strings.TrimSpace(string(cache)), all: map[string]func() (binary, error){}}, err
}

// of builds the tests of a package where that was not done yet.
func (b *binaries) of(pkg string) (binary, error) {
	b.mu.Lock()
	build, ok := b.all[pkg]
	if !ok {
		path := filepath.Join(b.tmp, fmt.Sprintf("%d.test", len(b.all)))
		build = sync.OnceValues(func() (binary, error) { return buildTests(pkg, path) })
		b.all[pkg] = build
	}
	b.mu.Unlock()
	return build()
}

// guided are the packages whose branches guide fuzzing: ours, and those that read what strangers wrote. The counters of the whole
// program, which -fuzz would set, are copied for every seed and looked through for every input: that took nine tenths of the time.
var guided = []string{"sencoforum/...", "github.com/emersion/...", "github.com/ledongthuc/pdf", "github.com/microcosm-cc/bluemonday", "golang.org/x/net/html",
	"encoding/csv"}

func buildTests(pkg, path string) (binary, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", pkg).Output()
	if err != nil {
		return binary{}, fmt.Errorf("find the package: %w", err)
	}
	args := []string{"test", "-c", "-vet=off", "-o", path}
	for _, g := range guided {
		args = append(args, "-gcflags="+g+"=-d=libfuzzer")
	}
	if out, err := exec.Command("go", append(args, pkg)...).CombinedOutput(); err != nil {
		return binary{}, fmt.Errorf("build its tests: %w: %s", err, out)
	}
	return binary{path, strings.TrimSpace(string(dir))}, nil
}
