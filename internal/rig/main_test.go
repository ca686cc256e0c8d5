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
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// built is the server as it ships, compiled once for all tests.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// build returns the path of the server as it ships.
func build(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "rig-binary-"); built.err != nil {
			return
		}
		if built.err = os.Chmod(built.dir, 0o755); built.err != nil { // some tests start it as another user
			return
		}
		cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", built.dir, "sencoforum/cmd/sencoforum")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatalf("build: %v", built.err)
	}
	return filepath.Join(built.dir, "sencoforum")
}
