package rig

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Server is the real binary over a data directory that survives its kills.
type Server struct {
	Binary string
	Dir    string // data directory
	Config string // settings file
	Addr   string // where it takes mail
	Log    io.Writer

	// Of the next start.
	Env  []string // further variables, such as the failpoints
	Wrap []string // a command that runs the server's, such as strace -D or prlimit

	cmd *exec.Cmd
}

// Setup says what kind of server to make.
type Setup struct {
	Binary     string
	Dir        string // an empty directory
	SinkPort   int
	Unsettled  int
	Recipients int
	Log        io.Writer

	Data string // data directory where it is not one in Dir; must not exist
	SMTP string // lines for the part [smtp] of the settings file
	More string // further parts
}

// List is the posting address of the rig's list.
const List = "rig@lists.example.org"

// NewServer makes a data directory with one list, whose members all receive
// every post at once, and returns their addresses.
func NewServer(ctx context.Context, s Setup) (*Server, []string, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, nil, err
	}
	srv := &Server{Binary: s.Binary, Dir: cmp.Or(s.Data, filepath.Join(s.Dir, "data")), Config: filepath.Join(s.Dir, "config.toml"), Addr: addr, Log: s.Log}
	if err := os.Mkdir(srv.Dir, 0o700); err != nil {
		return nil, nil, err
	}
	text := fmt.Sprintf(`data = %q
hostname = "rig.example.org"
domain = "lists.example.org"
operator = "operator@host.example"
[smtp]
listen = [%q]
trusted_networks = ["127.0.0.0/8"]
connections = 20
%s
[delivery]
through = "smarthost"
unsettled_max = %d
[smarthost]
host = "127.0.0.1"
port = %d
tls = "none"
[dkim]
sign = false
[log]
level = "error"
%s
`, srv.Dir, addr, s.SMTP, s.Unsettled, s.SinkPort, s.More)
	if err := os.WriteFile(srv.Config, []byte(text), 0o600); err != nil {
		return nil, nil, err
	}
	return srv, members(s.Recipients), srv.fill(ctx, members(s.Recipients))
}

// freeAddress is an address of this machine where nobody listens. Its port is none that the kernel gives to connections or to those who
// ask for any port, so nobody takes it before a server begins or while it is down.
func freeAddress() (addr string, err error) {
	for range 100 {
		addr = fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000))
		var l net.Listener
		if l, err = net.Listen("tcp", addr); err == nil {
			return addr, l.Close()
		}
	}
	return "", err
}

func members(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("member%d@school%d.example", i+1, i%7)
	}
	return out
}

// fill makes the list and its members with the operator's own commands, which
// the running server carries out.
func (s *Server) fill(ctx context.Context, addresses []string) (err error) {
	if err := s.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	csv := filepath.Join(filepath.Dir(s.Config), "members.csv")
	if err := os.WriteFile(csv, []byte("address\n"+strings.Join(addresses, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"list", "create", List, "--title", "Rig"},
		{"list", "set", "rig", "send_delay", "0s"},
		{"list", "set", "rig", "posts_hour", "off"}, // one sender sends everything
		{"list", "set", "rig", "posts_day", "off"},
		{"list", "set", "rig", "ack", "off"}, // the sink counts mails
		{"member", "import", "--list", "rig", "--yes", csv},
	} {
		if out, err := s.Command(ctx, args...); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}

// Command runs one of the operator's commands and returns what it prints.
func (s *Server) Command(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, s.Binary, append([]string{"--config", s.Config}, args...)...)
	var problem strings.Builder
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%w: %s", err, problem.String())
	}
	return out, nil
}

// Start starts the server and returns when it takes mail.
func (s *Server) Start(ctx context.Context) error {
	line := append(slices.Clone(s.Wrap), s.Binary, "--config", s.Config, "serve")
	s.cmd = exec.Command(line[0], line[1:]...)
	s.cmd.Env = append(os.Environ(), s.Env...)
	s.cmd.Stdout, s.cmd.Stderr = s.Log, s.Log
	if err := begin(s.cmd); err != nil {
		return err
	}
	for until := time.Now().Add(startTime); time.Now().Before(until) && ctx.Err() == nil; {
		if s.greets() {
			return nil
		}
		sleep(ctx, 5*time.Millisecond)
	}
	s.End()
	return fmt.Errorf("the server took no mail within %s", startTime)
}

// startTime is how long a start may take, on a busy machine.
const startTime = 90 * time.Second

// greets reports whether the server answers, which it does only when its store
// is open and audited.
func (s *Server) greets() bool {
	c, err := net.DialTimeout("tcp", s.Addr, time.Second)
	if err != nil {
		return false
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(startTime))
	return answered(bufio.NewReader(c), "220")
}

// Kill ends the server with SIGKILL and waits until it is gone.
func (s *Server) Kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := s.cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		return fmt.Errorf("the server ended by itself: %v", err)
	}
	return nil
}

// End makes sure that no server is left behind when a test ends early.
func (s *Server) End() {
	if s.cmd != nil && s.cmd.ProcessState == nil {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
}

// Stop ends the server with an interrupt, as an operator does.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// Audit asks the server to account for every message.
func (s *Server) Audit(ctx context.Context) (Audit, error) {
	var a Audit
	out, err := s.Command(ctx, "audit", "--json", "--posts")
	if len(out) == 0 {
		return a, err
	}
	return a, json.Unmarshal(out, &a)
}

// stillTime is how long the server may go on without a copy arriving before it
// counts as stuck.
const stillTime = 30 * time.Second

// Settled waits until every post of the audit is done, or no copy has arrived
// for stillTime, and returns the audit.
func (s *Server) Settled(ctx context.Context, j *Journal) (Audit, error) {
	arrived, since := -1, time.Now()
	for {
		a, err := s.Audit(ctx)
		if err != nil {
			return a, err
		}
		open := 0
		for _, p := range a.Posts {
			if p.State != "done" {
				open++
			}
		}
		if _, copies := j.Count(); copies != arrived {
			arrived, since = copies, time.Now()
		}
		if open == 0 || time.Since(since) > stillTime {
			return a, nil
		}
		sleep(ctx, 200*time.Millisecond)
	}
}
