package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sencoforum/config"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// control is a server's side of the control socket, over a store with one list.
type control struct {
	dir  string
	db   *store.DB
	stop func()
	end  chan error // what serveControl returned
}

func newControl(t *testing.T) *control {
	t.Helper()
	dir, err := os.MkdirTemp("", "sf") // a short name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &control{dir: dir, db: testdb.Open(t), end: make(chan error, 1)}
	testdb.Update(t, c.db, func(tx *store.Tx) error {
		_, err := list.Create(tx, newList("senco-forum", "lists.example.org", "SENCO Forum", config.Default().Lists, noon))
		return err
	})
	l, err := listenControl(filepath.Join(dir, controlName))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	go func() { c.end <- serveControl(ctx, l, c.newAdmin) }()
	t.Cleanup(func() {
		cancel()
		if err := c.ended(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *control) newAdmin(uid int, in io.Reader, out, errOut io.Writer) *admin {
	return &admin{
		db: c.db, cfg: config.Default(), now: func() time.Time { return noon },
		actor: operator(uid), in: in, out: out, errOut: errOut,
	}
}

// ended waits for the server to end, and may be called again.
func (c *control) ended() error {
	select {
	case err := <-c.end:
		c.end <- err
		return err
	case <-time.After(time.Minute):
		return errors.New("the control socket did not end")
	}
}

// ask runs a command line and returns its output, both kinds together.
func (c *control) ask(args ...string) (string, answer, error) {
	var out bytes.Buffer
	got, err := ask(context.Background(), c.dir, request{Args: args}, &out, &out)
	return out.String(), got, err
}

// raw sends a request as it is and returns the frames.
func (c *control) raw(t *testing.T, write func(net.Conn)) (frames []frame) {
	t.Helper()
	conn, err := net.Dial("unix", filepath.Join(c.dir, controlName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	write(conn)
	for {
		var f frame
		if err := receive(conn, &f, maxFrame); err != nil {
			return frames
		}
		frames = append(frames, f)
	}
}

func TestACommandRunsInTheServer(t *testing.T) {
	c := newControl(t)
	out, got, err := c.ask("member", "add", "priya@school.example")
	if err != nil || got.code != exitOK || out != "Added priya@school.example to senco-forum@lists.example.org, mode every. Nobody was mailed.\n" {
		t.Errorf("%q, %+v, %v", out, got, err)
	}
	out, got, err = c.ask("member", "remove", "priya@school.example")
	want := "priya@school.example will be no member of senco-forum@lists.example.org any more."
	if err != nil || got.question != want || got.code != exitUsage || out != "" {
		t.Errorf("a question: %q, %+v, %v", out, got, err)
	}
	out, got, err = c.ask("--yes", "member", "remove", "priya@school.example")
	if err != nil || got.code != exitOK || got.question != "" {
		t.Errorf("with a yes: %q, %+v, %v", out, got, err)
	}
	out, got, err = c.ask("member", "list", "--list", "nolist")
	if err != nil || got.code != exitUsage || !strings.Contains(out, "no such list") {
		t.Errorf("a fault: %q, %+v, %v", out, got, err)
	}
}

func TestOnlyAdminCommandsRunInTheServer(t *testing.T) {
	c := newControl(t)
	for _, word := range []string{"serve", "demo", "init", "config", "version", "completion"} {
		out, got, err := c.ask(word)
		if err != nil || got.code != exitUsage || !strings.Contains(out, "unknown command") {
			t.Errorf("%s: %q, %+v, %v", word, out, got, err)
		}
	}
}

func TestAnotherVersionIsRefused(t *testing.T) {
	c := newControl(t)
	frames := c.raw(t, func(conn net.Conn) { send(conn, request{Version: "version 0.1", Args: []string{"list", "show"}}) })
	if len(frames) != 2 || !strings.Contains(string(frames[0].Err), "this program is version 0.1; start the server anew, or use its program") ||
		frames[1].Exit == nil || *frames[1].Exit != exitUsage {
		t.Errorf("frames %+v", frames)
	}
}

func TestRequestsThatAreNone(t *testing.T) {
	c := newControl(t)
	for name, bytes := range map[string][]byte{
		"no JSON":   append(binary.BigEndian.AppendUint32(nil, 5), "hello"...),
		"too large": binary.BigEndian.AppendUint32(nil, maxRequest+1),
		"cut off":   append(binary.BigEndian.AppendUint32(nil, 500), "{"...),
		"nothing":   nil,
	} {
		frames := c.raw(t, func(conn net.Conn) { conn.Write(bytes); conn.(*net.UnixConn).CloseWrite() })
		if len(frames) != 2 || frames[1].Exit == nil || *frames[1].Exit != exitFailed {
			t.Errorf("%s: frames %+v", name, frames)
		}
	}
	if out, got, err := c.ask("list", "show"); err != nil || got.code != exitOK {
		t.Errorf("afterwards: %q, %+v, %v", out, got, err)
	}
}

func TestAPanicEndsTheCommandAlone(t *testing.T) {
	c := newControl(t)
	db := c.db
	c.db = nil
	out, got, err := c.ask("list", "show")
	if err != nil || got.code != exitFailed || !strings.Contains(out, "the command broke off, a fault of this program") {
		t.Errorf("%q, %+v, %v", out, got, err)
	}
	c.db = db
	if out, got, err := c.ask("list", "show"); err != nil || got.code != exitOK {
		t.Errorf("afterwards: %q, %+v, %v", out, got, err)
	}
}

func TestManyCommandsAtOnce(t *testing.T) {
	c := newControl(t)
	var all sync.WaitGroup
	for i := range 3 * maxCommands {
		all.Go(func() {
			out, got, err := c.ask("member", "add", fmt.Sprintf("m%d@school.example", i))
			if err != nil || got.code != exitOK {
				t.Errorf("%q, %+v, %v", out, got, err)
			}
		})
	}
	all.Wait()
	if out, _, _ := c.ask("member", "list"); !strings.Contains(out, fmt.Sprintf("has %d members", 3*maxCommands)) {
		t.Error(out)
	}
}

func TestTheServerStopsWhileSomebodySaysNothing(t *testing.T) {
	c := newControl(t)
	conn, err := net.Dial("unix", filepath.Join(c.dir, controlName))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, _, err := c.ask("list", "show"); err != nil { // the silent one has been let in before
		t.Fatal(err)
	}
	c.stop()
	if err := c.ended(); err != nil {
		t.Error(err)
	}
	if _, _, err := c.ask("list", "show"); !errors.Is(err, errNoServer) {
		t.Errorf("after the end: %v", err)
	}
}

func TestStrangersAreRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to be somebody else")
	}
	c := newControl(t)
	path := filepath.Join(c.dir, controlName)
	if err := errors.Join(os.Chmod(c.dir, 0o755), os.Chmod(path, 0o666)); err != nil {
		t.Fatal(err)
	}
	conn := dialAs(t, 4711, path)
	defer conn.Close()
	send(conn, request{Version: buildID(), Args: []string{"list", "show"}}) // which may find the door shut already
	var f frame
	if err := receive(conn, &f, maxFrame); err != nil || !strings.Contains(string(f.Err), "may use this server, not uid 4711") {
		t.Errorf("%s, %v", f.Err, err)
	}
}

// dialAs connects as another user. Only one thread becomes that user, and it ends with its goroutine.
func dialAs(t *testing.T, uid int, path string) net.Conn {
	t.Helper()
	type result struct {
		fd  int
		err error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread()
		var r result
		if r.fd, r.err = syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0); r.err == nil {
			if _, _, e := syscall.RawSyscall(syscall.SYS_SETRESUID, uintptr(uid), uintptr(uid), uintptr(uid)); e != 0 {
				r.err = e
			} else {
				r.err = syscall.Connect(r.fd, &syscall.SockaddrUnix{Name: path})
			}
		}
		done <- r
	}()
	r := <-done
	if r.err != nil {
		t.Fatal(r.err)
	}
	f := os.NewFile(uintptr(r.fd), "control")
	defer f.Close()
	conn, err := net.FileConn(f)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestWhatIsInTheWayOfTheSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	for i := range 2 { // the second time over a socket that was left behind
		l, err := listenControl(path)
		if err != nil {
			t.Fatalf("time %d: %v", i, err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		l.Close()
	}
	if _, err := dialControl(path); !errors.Is(err, errNoServer) {
		t.Errorf("a socket that was left behind: %v", err)
	}
	if err := errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := listenControl(path); err == nil || !strings.Contains(err.Error(), "is in the way and no socket") {
		t.Errorf("a file: %v", err)
	}
	if _, err := listenControl(filepath.Join(dir, strings.Repeat("x", maxPath))); err == nil || !strings.Contains(err.Error(), "choose a data directory with a shorter name") {
		t.Errorf("a long name: %v", err)
	}
}

func TestNoMoreIsReadThanIsAllowed(t *testing.T) {
	var b bytes.Buffer
	if err := send(&b, request{Args: []string{"list"}}); err != nil {
		t.Fatal(err)
	}
	size := uint32(b.Len() - 4)
	var q request
	if err := receive(bytes.NewReader(b.Bytes()), &q, size); err != nil || len(q.Args) != 1 {
		t.Errorf("at the limit: %+v, %v", q, err)
	}
	if err := receive(bytes.NewReader(b.Bytes()), &q, size-1); err == nil {
		t.Error("beyond the limit: no error")
	}
}

// FuzzReceive demands that nothing sent to the control socket breaks it or takes more memory than it has bytes.
func FuzzReceive(f *testing.F) {
	var b bytes.Buffer
	if err := send(&b, request{Version: "dev", Args: []string{"list"}, Input: []byte("x")}); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var q request
		if err := receive(bytes.NewReader(raw), &q, 1<<20); err != nil {
			return
		}
		var again bytes.Buffer
		if err := send(&again, q); err != nil {
			t.Fatal(err)
		}
	})
}

// A kill between the making of the socket and its mode kept every later start from succeeding (kill rig, seed 20261122).
func TestASocketLeftByAKilledServerIsNoReasonNotToStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, controlName), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if err := os.Chmod(filepath.Join(dir, controlName), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := checkDirectory(dir); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "readable"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := checkDirectory(dir); err == nil {
		t.Error("a file that others can read was let pass")
	}
}
