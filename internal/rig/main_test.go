package rig

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// TestMain removes what build has made.
func TestMain(m *testing.M) {
	if os.Getenv(orphanVariable) != "" {
		leaveAnOrphan()
	}
	code := m.Run()
	for _, p := range []*program{&shipped, &failpoints} {
		if p.dir != "" {
			os.RemoveAll(p.dir)
		}
	}
	os.Exit(code)
}

// A program is the server, compiled once for all tests.
type program struct {
	once sync.Once
	dir  string
	err  error
}

// shipped is the server as it ships, failpoints the one that can be stopped, broken and delayed.
var shipped, failpoints program

// build returns the path of the server as it ships.
func build(t *testing.T) string {
	t.Helper()
	return shipped.path(t)
}

// path returns where the server lies that flags of go build make.
func (p *program) path(t *testing.T, flags ...string) string {
	t.Helper()
	p.once.Do(func() {
		if p.dir, p.err = os.MkdirTemp("", "rig-binary-"); p.err != nil {
			return
		}
		if p.err = os.Chmod(p.dir, 0o755); p.err != nil { // some tests start it as another user
			return
		}
		args := append([]string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", p.dir}, flags...)
		cmd := exec.Command("go", append(args, "sencoforum/cmd/sencoforum")...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if p.err != nil {
		t.Fatalf("build: %v", p.err)
	}
	return filepath.Join(p.dir, "sencoforum")
}
