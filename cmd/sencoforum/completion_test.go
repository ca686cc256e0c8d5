package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// complete presses the key behind a command line and returns what is offered.
func complete(t *testing.T, args ...string) string {
	t.Helper()
	var out, errOut strings.Builder
	o := process()
	o.out, o.errOut = &out, &errOut
	if code := run(context.Background(), append([]string{"__complete"}, args...), o); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	if words := strings.TrimSpace(errOut.String()); strings.Contains(words, "\n") || !strings.HasPrefix(words, "Completion ended with directive") {
		t.Errorf("it says %s", words)
	}
	return out.String()
}

func TestNobodyWaitsLongForACompletion(t *testing.T) {
	c := newControl(t)
	c.stop()
	if err := c.ended(); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(c.dir, controlName)) // a server that answers nobody
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	began := time.Now()
	if got := complete(t, "--data", c.dir, "list", "show", ""); got != ":4\n" {
		t.Errorf("offered %q", got)
	}
	if took := time.Since(began); took < completionTime || took > completionTime+time.Minute { // a server that answers nobody is waited for without end
		t.Errorf("it took %s", took)
	}
}

func TestNobodyWaitsForAFileThatDoesNotCome(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "c.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if got := complete(t, "--config", pipe, "list", "show", ""); got != ":4\n" {
		t.Errorf("offered %q", got)
	}
	if took := time.Since(began); took < completionTime || took > completionTime+time.Minute { // a server that answers nobody is waited for without end
		t.Errorf("it took %s", took)
	}
	end, err := os.OpenFile(pipe, os.O_RDWR, 0) // whoever reads is let go
	if err != nil {
		t.Fatal(err)
	}
	end.Close()
}

func TestAServerIsAskedForNames(t *testing.T) {
	c := newControl(t)
	if got := complete(t, "--data", c.dir, "list", "show", "senco"); got != "senco-forum\tSENCO Forum\n:4\n" {
		t.Errorf("offered %q", got)
	}
}

func TestWhatMayStandNext(t *testing.T) {
	for _, c := range []struct {
		use  string
		n    int
		want string
	}{
		{"show [LIST]", 0, "LIST"},
		{"set LIST KEY VALUE", 1, "KEY"},
		{"drop ID...", 0, "ID"},
		{"create ADDRESS --title TITLE", 1, ""},
		{"version", 0, ""},
	} {
		if got := placeholder(c.use, c.n); got != c.want {
			t.Errorf("%q, argument %d: %q, want %q", c.use, c.n, got, c.want)
		}
	}
}
