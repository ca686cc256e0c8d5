package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// errNoServer says that nobody answers at the control socket.
var errNoServer = errors.New("no server runs")

// answer is how a command in the server ended.
type answer struct {
	code     int
	question string // set when it needs a yes first
}

// ask runs a command in the server whose data directory is dir, or returns errNoServer.
func ask(ctx context.Context, dir string, q request, out, errOut io.Writer) (answer, error) {
	conn, err := dialControl(filepath.Join(dir, controlName))
	if err != nil {
		return answer{}, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	q.Version = buildID()
	sent := sendRequest(conn, q) // a server that refuses does not read it to the end
	for {
		var f frame
		if err := receive(conn, &f, maxFrame); err != nil {
			if ctx.Err() != nil {
				return answer{}, errors.New("interrupted; look whether it was done")
			}
			return answer{}, fmt.Errorf("the server broke off; look into its log: %w", errors.Join(sent, err))
		}
		if f.Exit != nil {
			return answer{code: *f.Exit, question: f.Question}, nil
		}
		if _, err := out.Write(f.Out); err != nil {
			return answer{}, err
		}
		if _, err := errOut.Write(f.Err); err != nil {
			return answer{}, err
		}
	}
}

func dialControl(path string) (net.Conn, error) {
	conn, err := net.DialTimeout("unix", path, 10*time.Second)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), len(path) > maxPath:
		return nil, errNoServer
	case errors.Is(err, fs.ErrPermission):
		return nil, usage("you may not use the server at %s; run this as root or as the owner of that directory", filepath.Dir(path))
	case err != nil:
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	return conn, nil
}

// ownerOf returns who owns a directory.
func ownerOf(dir string) (uid, gid int, err error) {
	info, err := os.Stat(dir)
	if err != nil {
		return 0, 0, err
	}
	who, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("find the owner of %s: not known on this system", dir)
	}
	return int(who.Uid), int(who.Gid), nil
}
