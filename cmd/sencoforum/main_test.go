package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sencoforum/doctor"
	"sencoforum/document"
	"sencoforum/internal/dnszone"
)

var updateScripts = flag.Bool("update", false, "rewrite the output that the scripts want")

// noon is the time at which commands in scripts run.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	document.Begin() // this program reads files for itself, too
	testscript.Main(m, map[string]func(){"sencoforum": atNoon, "script-lines": scriptLines})
}

// atNoon is the program with a clock that stands still, for user 0. A server keeps the real one.
func atNoon() {
	document.Begin()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], noonOptions()))
}

func noonOptions() *rootOptions {
	o := process()
	o.uid, o.now = 0, func() time.Time { return noon }
	o.outside = world()
	if os.Getenv(lentVariable) != "" {
		o.lend = lentByScript
	}
	return o
}

// world is what the doctor looks at in scripts: the DNS is the file "zone" of the current directory, this machine has
// two addresses, and nobody outside can be reached when there is a file "closed".
func world() doctor.Outside {
	text, _ := os.ReadFile("zone") // without one nothing is published
	zone, err := dnszone.Parse(string(text))
	if err != nil {
		fmt.Fprintf(os.Stderr, "zone: %v\n", err)
		os.Exit(exitFailed)
	}
	addresses := func() []netip.Addr {
		return []netip.Addr{netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("2001:db8::10")}
	}
	return doctor.Outside{
		Resolver: zone,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "127.0.0.1:") {
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			if _, err := os.Stat("closed"); err == nil {
				return nil, errors.New("connection timed out")
			}
			conn, _ := net.Pipe()
			return conn, nil
		},
		Fetch:     func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
		Addresses: addresses, Sources: addresses,
		Hosts: func() string { return "" },
	}
}

// TestScripts runs testdata/scripts, which are the manual of the command line: each shows a command with what it prints. After exec it
// has a process of its own, after run it shares one with other lines of its script (runner), as one that changes its user must not.
func TestScripts(t *testing.T) {
	work, err := os.MkdirTemp("", "sf") // a short name, because of the control socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	if err := os.Chmod(work, 0o755); err != nil { // so that a server without root's rights comes in
		t.Fatal(err)
	}
	keys := keysForScripts(t, work)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/scripts",
		WorkdirRoot:   work,
		UpdateScripts: *updateScripts,
		Setup: func(e *testscript.Env) error {
			e.Setenv("GORACE", "atexit_sleep_ms=0")        // else each command of a race build takes a second more
			e.Setenv("GOGC", "off")                        // a command lives too short to collect anything
			e.Setenv("GOMEMLIMIT", "256MiB")               // a server does not
			if filepath.Base(e.WorkDir) != "script-dkim" { // it shows how keys are made
				e.Setenv(lentVariable, keys)
			}
			giveRunner(e)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "chown": chown, "owned": owned, "mode": mode, "plant": plant, "run": runLine,
		},
		Condition: func(c string) (bool, error) {
			if c == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", c)
		},
	})
}

// await waits until a file is there: await FILE.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for range 1200 { // a minute
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s did not come", args[0])
}

// chown gives a file to a user: chown UID FILE.
func chown(ts *testscript.TestScript, _ bool, args []string) {
	uid, err := strconv.Atoi(args[0])
	ts.Check(err)
	ts.Check(os.Chown(ts.MkAbs(args[1]), uid, uid))
}

// owned demands that everything in a directory belongs to a user and to no other: owned UID DIRECTORY.
func owned(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.Walk(ts.MkAbs(args[1]), func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		uid, gid, err := ownerOf(path)
		if err == nil && (strconv.Itoa(uid) != args[0] || uid != gid) {
			err = fmt.Errorf("%s belongs to %d, group %d", path, uid, gid)
		}
		return err
	}))
}

// mode demands the permissions of files: mode 0600 FILE...
func mode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s has mode %s", name, got)
		}
	}
}

// TestEveryHelpFitsOneScreen looks at each command of the tree.
func TestEveryHelpFitsOneScreen(t *testing.T) {
	commands := []string{"", "init", "serve", "demo", "version", "explain", "man", "completion"}
	o := process()
	for _, c := range append(newRoot(o).Commands(), configCommand(o), guardCommand(o), glossaryCommand(o)) {
		if c.Hidden {
			continue
		}
		commands = append(commands, c.Name())
		for _, below := range c.Commands() {
			commands = append(commands, c.Name()+" "+below.Name())
		}
	}
	for _, words := range commands {
		var out strings.Builder
		o := process()
		o.out, o.errOut = &out, &out
		args := append(strings.Fields(words), "--help")
		if code := run(context.Background(), args, o); code != exitOK {
			t.Errorf("%q: exit code %d", words, code)
		}
		help := out.String()
		if n := strings.Count(help, "\n"); n > 24 {
			t.Errorf("the help of %q has %d lines", words, n)
		}
		for line := range strings.Lines(help) {
			if len(line) > 121 {
				t.Errorf("the help of %q has a line of %d characters: %s", words, len(line), line)
			}
		}
		if !strings.Contains(help, "Example:\n  sencoforum") {
			t.Errorf("the help of %q has no example", words)
		}
	}
}
