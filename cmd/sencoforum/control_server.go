package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

// Times of the server's side of the control socket.
const (
	requestTime = 30 * time.Second // for a whole request to arrive
	frameTime   = 5 * time.Minute  // for a client to take one frame
	endTime     = 2 * time.Second  // the same, once the server stops
)

// maxPath is the longest name of a socket (unix(7)).
const maxPath = 107

// maxCommands is how many commands the server runs at once; more wait.
const maxCommands = 8

// listenControl opens the control socket. Whoever has the store open may replace a file that an earlier server left.
func listenControl(path string) (net.Listener, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("open control socket: %s has %d characters and the system takes %d; choose a data directory with a shorter name",
			path, len(path), maxPath)
	}
	if err := removeSocket(path); err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	return l, nil
}

// removeSocket removes a socket that nobody answers; anything else of that name is not ours to remove.
func removeSocket(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != os.ModeSocket:
		return fmt.Errorf("%s is in the way and no socket; move it away", path)
	}
	return os.Remove(path)
}

// serveControl answers commands until ctx ends. newAdmin gives each the open store; uid is who asks.
func serveControl(ctx context.Context, l net.Listener, newAdmin func(uid int, in io.Reader, out, errOut io.Writer) *admin) error {
	owner, _, err := ownerOf(filepath.Dir(l.Addr().String()))
	if err != nil {
		return fmt.Errorf("serve control socket: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	places := make(chan struct{}, maxCommands)
	for {
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("serve control socket: %w", err)
		case err != nil:
			time.Sleep(100 * time.Millisecond) // no descriptors left, for now
			continue
		}
		places <- struct{}{}
		running.Go(func() {
			defer func() { conn.Close(); <-places }()
			s := session{ctx: ctx, conn: conn.(*net.UnixConn), owner: owner, newAdmin: newAdmin}
			s.serve()
		})
	}
}

// session is one command on its way through the server. It lasts as long as the call that made it, and so does ctx.
type session struct {
	ctx      context.Context
	conn     *net.UnixConn
	owner    int
	newAdmin func(uid int, in io.Reader, out, errOut io.Writer) *admin
}

// serve runs the command of one connection. Nothing is left to tell when the client is gone, so errors of writing end
// it silently.
func (s session) serve() {
	stop := context.AfterFunc(s.ctx, func() {
		s.conn.SetReadDeadline(time.Now())
		s.conn.SetWriteDeadline(time.Now().Add(endTime))
	})
	defer stop()
	uid, err := peer(s.conn)
	if err == nil && uid != 0 && uid != s.owner {
		err = usage("only root and the owner of the data directory (uid %d) may use this server, not uid %d", s.owner, uid)
	}
	var q request
	if err == nil && s.ctx.Err() == nil {
		s.conn.SetReadDeadline(time.Now().Add(requestTime))
		err = receiveRequest(s.conn, &q)
	}
	if err == nil && q.Version != buildID() {
		err = usage("the server that runs is %s and this program is %s; start the server anew, or use its program", buildID(), q.Version)
	}
	if err != nil {
		send(s.writer(), frame{Err: fmt.Appendf(nil, "sencoforum: %v\n", err)})
		s.end(exitCode(err), "")
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	go func() {
		s.conn.SetReadDeadline(time.Time{})
		io.Copy(io.Discard, s.conn) // ends when the client hangs up
		cancel()
	}()
	s.end(s.run(ctx, uid, q))
}

// run runs a command. A panic ends the command and not the server.
func (s session) run(ctx context.Context, uid int, q request) (code int, question string) {
	errOut := s.stream(func(p []byte) frame { return frame{Err: p} })
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(errOut, "sencoforum: the command broke off, a fault of this program: %v\n%s", r, debug.Stack())
			code, question = exitFailed, ""
		}
	}()
	a := s.newAdmin(uid, bytes.NewReader(q.Input), s.stream(func(p []byte) frame { return frame{Out: p} }), errOut)
	code = a.run(ctx, q.Args)
	return code, a.question
}

func (s session) end(code int, question string) {
	send(s.writer(), frame{Exit: &code, Question: question})
}

// writer is the connection with a deadline for each write.
func (s session) writer() io.Writer { return deadline{s} }

type deadline struct{ s session }

func (d deadline) Write(p []byte) (int, error) {
	wait := frameTime
	if d.s.ctx.Err() != nil {
		wait = endTime
	}
	if err := d.s.conn.SetWriteDeadline(time.Now().Add(wait)); err != nil {
		return 0, err
	}
	return d.s.conn.Write(p)
}

// stream turns output into frames.
func (s session) stream(wrap func([]byte) frame) io.Writer {
	return stream{to: s.writer(), wrap: wrap}
}

type stream struct {
	to   io.Writer
	wrap func([]byte) frame
}

func (s stream) Write(p []byte) (int, error) {
	for done := 0; done < len(p); done += chunk {
		if err := send(s.to, s.wrap(p[done:min(done+chunk, len(p))])); err != nil {
			return done, err
		}
	}
	return len(p), nil
}

// peer returns the user at the other end of a connection.
func peer(c *net.UnixConn) (uid int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var who *syscall.Ucred
		if who, err = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); err == nil {
			uid = int(who.Uid)
		}
	})
	return uid, errors.Join(err, controlErr)
}
