package rig

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"
)

// askProgram lets the real program look at damaged data, start on it, and then puts the backup back.
func (s *rotSample) askProgram(t *testing.T, what string, b []byte, v rotVerdict) {
	t.Helper()
	srv := &Server{Binary: s.srv.Binary, Dir: filepath.Join(shortDir(t), "data"), Config: s.srv.Config, Addr: s.srv.Addr, Log: &output{}}
	keys, err := os.ReadFile(filepath.Join(s.srv.Dir, diskKeys))
	if err == nil {
		err = os.Mkdir(srv.Dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(srv.Dir, diskKeys), keys, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(srv.Dir, diskStore)
	if err := s.write(path, b); err != nil {
		t.Fatal(err)
	}
	verify, said := s.ask(t, srv, "verify", "--json")
	if want := map[bool]int{true: 3}[v.found()]; verify != want {
		t.Errorf("%s: verify ends with %d, want %d: %s", what, verify, want, said)
	}
	audit, said := s.ask(t, srv, "audit", "--json", "--posts")
	if !v.found() && audit != 0 || v.opened != nil && audit == 0 {
		t.Errorf("%s: audit ends with %d: %s", what, audit, said)
	}
	s.startDamaged(t, what, srv, v)

	backup, err := os.ReadFile(s.backup)
	if err == nil {
		err = os.WriteFile(path, backup, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, said := s.ask(t, srv, "verify"); code != 0 {
		t.Errorf("verify of the backup ends with %d: %s", code, said)
	}
	s.restored(t, srv)
}

// ask runs a command on the data of a server that does not run.
func (s *rotSample) ask(t *testing.T, srv *Server, args ...string) (code int, said string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, srv.Binary, append([]string{"--config", srv.Config, "--data", srv.Dir}, args...)...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || !exit.Exited()) || brokenDown(string(out)) {
		t.Errorf("%q broke down: %v\n%s", args, err, out)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(out)
}

// startDamaged starts the server on the damaged store. It refuses, or works as far as it can; it does not break down.
func (s *rotSample) startDamaged(t *testing.T, what string, srv *Server, v rotVerdict) {
	t.Helper()
	p := launch(t, command([]string{srv.Binary, "--config", srv.Config, "--data", srv.Dir, "serve"}))
	cameTrue(patience, func() bool { return !p.running() || srv.greets() })
	if v.opened != nil && p.running() {
		t.Errorf("%s: it takes mail on a store that cannot be opened", what)
	}
	if p.running() {
		p.signal(t, syscall.SIGTERM)
	}
	if !cameTrue(patience, func() bool { return !p.running() }) {
		t.Fatalf("%s: it does not stop", what)
	}
	state, out := p.cmd.ProcessState, p.said.String()
	if !state.Exited() || brokenDown(out) {
		t.Errorf("%s: it broke down: %v\n%s", what, state, out)
	}
	if v.opened != nil && (state.ExitCode() != 1 || !strings.Contains(out, "restore the newest backup")) {
		t.Errorf("%s: it ended with %v and says: %s", what, state, out)
	}
}

// restored starts the server on the backup and compares every post.
func (s *rotSample) restored(t *testing.T, srv *Server) {
	t.Helper()
	code, said := s.ask(t, srv, "audit", "--json", "--posts")
	var a Audit
	if err := json.Unmarshal([]byte(said), &a); err != nil || code != 0 || len(a.Faults) > 0 {
		t.Errorf("the audit of the backup ends with %d, %v: %s", code, err, said)
	}
	if !reflect.DeepEqual(a.Posts, s.posts) {
		t.Errorf("the backup has other posts: %v, want %v", a.Posts, s.posts)
	}
	b, err := os.ReadFile(filepath.Join(srv.Dir, diskStore))
	if err != nil {
		t.Fatal(err)
	}
	if v := s.judgeInTime(t, "the backup", b); v.found() || v.touched() {
		t.Errorf("the backup is not what was backed up: %+v", v)
	}
}

// freePages are those of the sample that hold nothing.
func (s *rotSample) freePages(t *testing.T) (free []int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), diskStore)
	if err := s.write(path, s.file); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for id := range len(s.file) / s.page {
			info, err := tx.Page(id)
			if err != nil {
				return err
			}
			if info != nil && info.Type == "free" {
				free = append(free, id)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return free
}
