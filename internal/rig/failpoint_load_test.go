package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// importing has members imported while the failpoint is set, by an operator who says the same again until it is done.
// Whatever went wrong before, all of the file are members or none.
func importing(ctx context.Context, r *sweepRun) {
	csv := strings.Builder{}
	csv.WriteString("address\n")
	for i := range r.n + 3 {
		a := fmt.Sprintf("fresh%d@school.example", i)
		csv.WriteString(a + "\n")
		r.to = append(r.to, a)
	}
	for again := false; ctx.Err() == nil; again = true {
		if !r.up(ctx) {
			return
		}
		if again {
			r.wholeImport(ctx)
		}
		if importMembers(ctx, r.srv, filepath.Dir(r.srv.Config), csv.String()) == nil {
			return
		}
	}
}

// compacting has the store compacted before mail comes, and again when that fails, until it has worked once more than
// the trial's number of the hit.
func compacting(ctx context.Context, r *sweepRun) {
	for done := 0; done <= r.n && ctx.Err() == nil; {
		if !r.up(ctx) {
			return
		}
		if _, err := r.srv.Command(ctx, "store", "compact"); err == nil {
			done++
		}
	}
}

// wholeImport demands that a transaction was done whole or not at all.
func (r *sweepRun) wholeImport(ctx context.Context) {
	out, err := r.srv.Command(ctx, "member", "export", "--list", "rig")
	if err != nil {
		r.fault("export members: %v", err)
		return
	}
	if n := bytes.Count(out, []byte("\n")) - 1; n != r.members && n != r.members+r.n+3 {
		r.fault("an import broke off and left %d of %d members", n-r.members, r.n+3)
	}
}

// smallDisk is the size of the disk of a trial that fills it, in bytes: enough for the reserve.
const smallDisk = 256 << 20

// takesAll lets a server take mail while there is any room at all.
func takesAll(srv *Server) error {
	text, err := os.ReadFile(srv.Config)
	if err != nil {
		return err
	}
	return os.WriteFile(srv.Config, bytes.Replace(text, []byte("[smtp]\n"), []byte("[smtp]\nmin_free = \"1 B\"\n"), 1), 0o600)
}

// filling takes all the room that is left on the disk of the trial, until the failpoint acts.
func filling(ctx context.Context, r *sweepRun) {
	if !r.up(ctx) {
		return
	}
	dir := filepath.Dir(r.srv.Config)
	resize := func(bytes int64) {
		if err := unix.Mount("none", dir, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", bytes)); err != nil && !errors.Is(err, unix.EINVAL) {
			r.fault("resize the disk: %v", err)
		} // EINVAL: the server was faster, and has more than that
	}
	s, err := quietDisk(ctx, dir)
	if err != nil {
		r.fault("look at the disk: %v", err)
		return
	}
	resize(int64(s.Blocks-s.Bfree+1) * s.Bsize) // a page, or mail is put off before there is a commit
	r.during.Go(func() {
		for until := time.Now().Add(fullTime); time.Now().Before(until) && ctx.Err() == nil && !r.acted(); {
			sleep(ctx, time.Millisecond)
		}
		resize(smallDisk)
	})
}

// quietDisk looks at a disk once nothing has been written to it for a while: the search index is begun after the start.
func quietDisk(ctx context.Context, dir string) (s unix.Statfs_t, err error) {
	for same, before := 0, uint64(0); same < 20 && ctx.Err() == nil; same++ {
		if err := unix.Statfs(dir, &s); err != nil {
			return s, err
		}
		if s.Bfree != before {
			same, before = 0, s.Bfree
		}
		sleep(ctx, 50*time.Millisecond)
	}
	return s, nil
}

// fullTime is how long the disk stays full at most.
const fullTime = 500 * time.Millisecond

// A shortSink ends each connection in good order after it took two mails, as some mail hosts do, so that there are many
// connections. It writes into the journal of the sink behind it.
type shortSink struct {
	*Sink
	l net.Listener
}

func newShortSink(behind *Sink) (*shortSink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &shortSink{Sink: behind, l: l}
	go s.serve()
	return s, nil
}

func (s *shortSink) port() int { return s.l.Addr().(*net.TCPAddr).Port }

func (s *shortSink) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		go s.session(&shortConn{TCPConn: c.(*net.TCPConn), left: 2})
	}
}

// shortConn says nothing more after so many mails were taken.
type shortConn struct {
	*net.TCPConn
	left int
}

func (c *shortConn) Write(p []byte) (int, error) {
	const taken = "250 2.0.0 taken\r\n"
	if c.left == 0 {
		return 0, os.ErrClosed
	}
	if i := bytes.Index(p, []byte(taken)); i >= 0 {
		if c.left--; c.left == 0 {
			n, _ := c.TCPConn.Write(p[:i+len(taken)])
			c.CloseWrite()
			return n, os.ErrClosed
		}
	}
	return c.TCPConn.Write(p)
}
