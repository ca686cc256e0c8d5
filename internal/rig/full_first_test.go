package rig

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A fullWant is how much room there is: so many bytes, or so many files.
type fullWant struct {
	bytes, files int64 // -1: plenty
}

func (w fullWant) String() string {
	if w.files >= 0 {
		return fmt.Sprintf("room for %d files", w.files)
	}
	return fmt.Sprintf("%d KiB", w.bytes>>10)
}

// fullWants are the amounts of room with which something is made for the first time.
func fullWants(t *testing.T) (all []fullWant) {
	t.Helper()
	for _, kib := range []int64{0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 64, 256, 64 << 10} {
		all = append(all, fullWant{kib << 10, -1})
	}
	for files := range int64(7) {
		all = append(all, fullWant{-1, files})
	}
	if size(t).fullSteps < 64 {
		return slices.DeleteFunc(all, func(w fullWant) bool { return w.bytes > 0 && w.bytes != 8<<10 && w.bytes != 64<<10 || w.files > 1 })
	}
	return all
}

// A fullMaker is a command that makes something where nothing was.
type fullMaker struct {
	name    string
	refuses bool // with no room at all; the free pages of a store are enough for very little
	// ready makes in the empty directory dir what the command needs; its words are returned.
	ready func(t *testing.T, binary, dir string) []string
}

var fullMakers = []fullMaker{
	{"init", true, func(_ *testing.T, _, dir string) []string { return fullInit(dir) }},
	{"the first serve", true, func(t *testing.T, _, dir string) []string { return fullServe(t, dir) }},
	{"list create", false, func(t *testing.T, binary, dir string) []string {
		fullForum(t, binary, dir)
		return []string{"list", "create", "--config", filepath.Join(dir, "config.toml"), "other@lists.example.org", "--title", "Other"}
	}},
	{"member import", true, func(t *testing.T, binary, dir string) []string {
		fullForum(t, binary, dir)
		csv := filepath.Join(dir, "members.csv")
		if err := os.WriteFile(csv, []byte("address\n"+strings.Join(members(800), "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"member", "import", "--config", filepath.Join(dir, "config.toml"), "--list", "rig", "--yes", csv}
	}},
}

// fullInit is the command line that makes a forum in dir.
func fullInit(dir string) []string {
	return []string{"init", "--config", filepath.Join(dir, "config.toml"), "--send", "directly", "--address", List,
		"--title", "Rig", "--operator", "operator@host.example", "--data", filepath.Join(dir, "data")}
}

// fullServe makes settings and an empty data directory in dir and returns the command line of the server's first start.
func fullServe(t *testing.T, dir string) []string {
	t.Helper()
	text := fmt.Sprintf("data = %q\nhostname = \"rig.example.org\"\ndomain = \"lists.example.org\"\noperator = \"operator@host.example\"\n"+
		"[smtp]\nlisten = [\"127.0.0.1:0\"]\n[log]\nlevel = \"info\"\n", filepath.Join(dir, "data"))
	err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600)
	if err = errors.Join(err, os.Mkdir(filepath.Join(dir, "data"), 0o700)); err != nil {
		t.Fatal(err)
	}
	return []string{"serve", "--config", filepath.Join(dir, "config.toml")}
}

// fullForum makes a forum in dir.
func fullForum(t *testing.T, binary, dir string) {
	t.Helper()
	if out, err := exec.Command(binary, fullInit(dir)...).CombinedOutput(); err != nil {
		t.Fatalf("init: %v: %s", err, out)
	}
	// Without the reserve, which would help out.
	if err := os.Remove(filepath.Join(dir, "data", "forum.db.reserve")); err != nil {
		t.Fatal(err)
	}
}

// TestRigFirstStartOnAFullDisk makes a forum where there is hardly any room. Either it works, or it ends with an error
// that says why; and the same command works once there is room.
func TestRigFirstStartOnAFullDisk(t *testing.T) {
	needRoot(t)
	binary := build(t)
	for _, m := range fullMakers {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel() // each has its disk, and waits for one command after another
			d := fullTmpfs(t, 160<<20, 1000)
			refused, all := 0, fullWants(t)
			for _, w := range all {
				if m.try(t, binary, d, w) {
					refused++
				}
			}
			if refused == 0 && m.refuses {
				t.Error("it worked with no room at all: the disk was never full")
			}
			t.Logf("%d amounts of room: %d too little, and all well afterwards", len(all), refused)
		})
	}
}

// try runs the command with so much room, and again with plenty. It reports whether the first time failed.
func (m fullMaker) try(t *testing.T, binary string, d *fullDisk, w fullWant) (refused bool) {
	t.Helper()
	dir, err := os.MkdirTemp(d.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	line := append([]string{binary}, m.ready(t, binary, dir)...)
	if w.files >= 0 {
		d.leaveFiles(t, w.files)
	} else {
		d.leave(t, w.bytes)
	}
	code, said := fullOutcome(t, line...)
	left := fullListing(dir)
	d.clear(t)
	if code == 0 && line[1] != "serve" {
		return false
	}
	if code != 0 && (code != 1 || !saysOnly(said, "no space left on device", "no room left")) {
		t.Errorf("%s with %v ended with %d and said:\n%s", m.name, w, code, said)
	}
	if again, said := fullOutcome(t, line...); again != 0 {
		t.Errorf("%s with %v ended with %d and left %v; with room for all it ends with %d and says:\n%s", m.name, w, code, left, again, said)
	}
	return code != 0
}

// saysOnly reports whether a command ended with an error that holds one of the words, and without a breakdown.
func saysOnly(said string, words ...string) bool {
	for _, b := range fullBreakdowns {
		if strings.Contains(said, b) {
			return false
		}
	}
	return strings.Contains(said, "sencoforum: ") && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(said, w) })
}

// fullOutcome runs a command to its end. A server that takes mail is stopped then, which counts as its success; -1 is a
// signal.
func fullOutcome(t *testing.T, line ...string) (code int, said string) {
	t.Helper()
	var out output
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := begin(cmd); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	stopped, limit := false, time.After(patience)
	for {
		select {
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			return cmd.ProcessState.ExitCode(), out.String()
		case <-limit:
			cmd.Process.Kill()
		case <-tick.C:
			if !stopped && strings.Contains(out.String(), "taking mail") {
				stopped = true
				cmd.Process.Signal(syscall.SIGTERM)
			}
		}
	}
}

// fullListing names what lies in a directory and below, with sizes.
func fullListing(dir string) (names []string) {
	filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, fmt.Sprintf("%s (%d bytes)", rel, info.Size()))
		}
		return nil
	})
	return names
}
