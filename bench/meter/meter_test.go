package main

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain makes this test program the meter itself when it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("BENCH_METER") != "" {
		main()
	}
	os.Exit(m.Run())
}

// metered returns a command that runs the meter.
func metered(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "BENCH_METER=yes")
	cmd.Stderr = os.Stderr
	return cmd
}

// burn is a shell command that uses some processor time.
const burn = `i=0; while [ $i -lt 120000 ]; do i=$((i+1)); done`

// What the meter says must be what the kernel says of the whole, however the program is started.
func TestProcessorTimeOfAllDescendants(t *testing.T) {
	for _, c := range []struct{ name, program string }{
		{"the program itself", burn},
		{"a child of a child", "sh -c '" + burn + "'; true"},
		{"a daemon that outlives the program", "(setsid sh -c '" + burn + "' &) ; true"},
	} {
		out := filepath.Join(t.TempDir(), "usage.json")
		cmd := metered(t, "-out", out, "--", "sh", "-c", c.program)
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var got usage
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		whole := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if got.CPU < 0.05 || math.Abs(got.CPU-whole.Seconds()) > 0.05+whole.Seconds()/4 {
			t.Errorf("%s: %v s, the kernel says %v with the meter itself", c.name, got.CPU, whole)
		}
		if got.Exit != 0 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestExitCodeIsThatOfTheProgram(t *testing.T) {
	out := filepath.Join(t.TempDir(), "usage.json")
	var exit *exec.ExitError
	if err := metered(t, "-out", out, "--", "sh", "-c", "exit 7").Run(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("got %v", err)
	}
}

// A daemon is metered over HTTP while it runs, a reset begins anew, and a signal to the meter ends it.
func TestDaemon(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := metered(t, "-http", addr, "-every", "5ms", "-out", filepath.Join(t.TempDir(), "usage.json"), "--", "sh", "-c", "trap 'exit 3' TERM; "+burn+"; while :; do sleep 0.01; done")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	u := usageWhere(t, addr, func(u usage) bool { return u.CPU > 0.05 })
	if u.Peak < u.Now || u.Now <= 0 || u.NowAnon > u.Now || u.Processes < 1 {
		t.Errorf("got %+v", u)
	}
	if _, err := http.Post("http://"+addr+"/reset", "", nil); err != nil {
		t.Fatal(err)
	}
	if again := usageWhere(t, addr, func(usage) bool { return true }); again.Seconds >= u.Seconds || again.CPU < 0 {
		t.Errorf("after a reset: %+v, before: %+v", again, u)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Errorf("ended with %v, want the code of the daemon", err)
	}
}

// usageWhere asks until the answer is as wanted.
func usageWhere(t *testing.T, addr string, wanted func(usage) bool) usage {
	t.Helper()
	var last string
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); {
		resp, err := http.Get("http://" + addr + "/usage")
		if err != nil {
			last = err.Error()
			continue
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		var u usage
		if json.Unmarshal(text, &u) == nil && wanted(u) {
			return u
		}
		last = string(text)
	}
	t.Fatalf("usage: %s", last)
	return usage{}
}

func TestParseStat(t *testing.T) {
	fields := " S 41 2 3 4 5 6 7 8 9 10 100 50 25 25 20 0"
	for _, c := range []struct {
		name, text string
		want       process
		ok         bool
	}{
		{"an ordinary name", "7 (sh)" + fields, process{7, 41, 1.5, 0.5}, true},
		{"a name with brackets and spaces", "7 (a) R 1 (b)" + fields, process{7, 41, 1.5, 0.5}, true},
		{"cut short", "7 (sh) S 41", process{}, false},
		{"empty", "", process{}, false},
	} {
		if got, ok := parseStat(7, c.text); got != c.want || ok != c.ok {
			t.Errorf("%s: got %+v, %v", c.name, got, ok)
		}
	}
}

// The clock of a process must agree with its ticks, and be finer.
func TestTheClockOfAProcess(t *testing.T) {
	for range 1_000_000 {
		if p, ok := readProcess(os.Getpid()); ok && p.own >= 0.1 {
			break
		}
	}
	before, _ := readProcess(os.Getpid())
	got := process{pid: before.pid}.cpu()
	after, _ := readProcess(os.Getpid())
	if got < before.own-0.02 || got > after.own+0.02 {
		t.Errorf("the clock says %v s, the ticks %v before and %v after", got, before.own, after.own)
	}
	if gone := (process{pid: 1 << 28, own: 1, reaped: 2}); gone.cpu() != 3 {
		t.Errorf("a process that is gone: %v s", gone.cpu())
	}
}

func TestParseRollup(t *testing.T) {
	text := strings.Join([]string{"55d0-7ffd ---p 00000000 00:00 0 [rollup]", "Rss: 900 kB", "Pss: 700 kB", "Pss_Anon: 400 kB", "Pss_File: 300 kB"}, "\n")
	if got, want := parseRollup(text), (memory{kb: 700, anonKB: 400}); got != want {
		t.Errorf("got %+v", got)
	}
}
