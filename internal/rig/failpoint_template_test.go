package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// sweepUnsettled is the unsettled_max of the sweep: small, so that few repeated copies are too many.
const sweepUnsettled = 8

// A sweepTemplate is a prepared data directory, of which each trial gets a copy.
type sweepTemplate struct {
	srv     *Server
	to      []string // who receives every post
	weekly  []string // who receives one email a week instead
	members int      // all of them, with those who receive nothing
	store   []byte   // the data file without the zeros at its end
	size    int64
}

// silent is how many members lie between the recipients of the large template. Fan-out looks at 500 in one transaction,
// so each post takes it three.
const silent = 500

// makeTemplate makes a data directory with eight recipients: alone, or spread over a thousand members who want no mail.
func makeTemplate(ctx context.Context, binary, parent string, large bool) (*sweepTemplate, error) {
	dir, err := os.MkdirTemp(parent, "template")
	if err != nil {
		return nil, err
	}
	srv, to, err := NewServer(ctx, Setup{
		Binary: binary, Dir: dir, SinkPort: sinkPort, Unsettled: sweepUnsettled, Recipients: 4, Log: io.Discard,
	})
	if err != nil {
		return nil, err
	}
	csv := strings.Builder{}
	csv.WriteString("address,mode\n")
	t := &sweepTemplate{srv: srv, to: to, members: len(to)}
	for part := range 2 {
		for i := 0; large && i < silent; i++ {
			fmt.Fprintf(&csv, "silent%d.%d@school.example,none\n", part, i)
			t.members++
		}
		for i := range 2 {
			a := fmt.Sprintf("late%d.%d@school.example", part, i)
			fmt.Fprintf(&csv, "%s,every\n", a)
			t.to = append(t.to, a)
			t.members++
		}
		for i := 0; large && i < 2; i++ {
			a := fmt.Sprintf("weekly%d.%d@school.example", part, i)
			fmt.Fprintf(&csv, "%s,weekly\n", a)
			t.weekly = append(t.weekly, a)
			t.members++
		}
	}
	if err := importMembers(ctx, srv, dir, csv.String()); err != nil {
		return nil, err
	}
	if err := restDigests(ctx, srv); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(srv.Dir, storeFile))
	t.size, t.store = int64(len(text)), bytes.TrimRight(text, "\x00")
	return t, err
}

// importMembers has a server that does not run yet import a file.
func importMembers(ctx context.Context, srv *Server, dir, csv string) error {
	file := filepath.Join(dir, "more.csv")
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		return err
	}
	out, err := srv.Command(ctx, "member", "import", "--list", "rig", "--yes", file)
	if err != nil {
		return fmt.Errorf("import members: %w: %s", err, out)
	}
	return nil
}

// The files of a data directory that a copy needs, and what the settings of the template say in place of a real port.
const (
	storeFile   = "forum.db"
	reserveFile = "forum.db.reserve"
	keysFile    = "token.keys"
	sinkPort    = 1
)

// copyTo makes a server over a copy of the template in an empty directory. The reserve is linked and not copied:
// nobody writes into it.
func (t *sweepTemplate) copyTo(dir string, sink int) (*Server, error) {
	srv := &Server{Binary: t.srv.Binary, Dir: filepath.Join(dir, "data"), Config: filepath.Join(dir, "config.toml"), Addr: ownAddress()}
	if err := os.Mkdir(srv.Dir, 0o700); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(t.srv.Config)
	if err != nil {
		return nil, err
	}
	settings := strings.NewReplacer(
		fmt.Sprintf("%q", t.srv.Dir), fmt.Sprintf("%q", srv.Dir),
		fmt.Sprintf("%q", t.srv.Addr), fmt.Sprintf("%q", srv.Addr),
		fmt.Sprintf("port = %d\n", sinkPort), fmt.Sprintf("port = %d\n", sink),
	).Replace(string(text))
	if err := os.WriteFile(srv.Config, []byte(settings), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(srv.Dir, storeFile), t.store, 0o600); err != nil {
		return nil, err
	}
	if err := os.Truncate(filepath.Join(srv.Dir, storeFile), t.size); err != nil {
		return nil, err
	}
	keys, err := os.ReadFile(filepath.Join(t.srv.Dir, keysFile))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(srv.Dir, keysFile), keys, 0o600); err != nil {
		return nil, err
	}
	err = os.Link(filepath.Join(t.srv.Dir, reserveFile), filepath.Join(srv.Dir, reserveFile))
	if errors.Is(err, unix.EXDEV) { // on a disk of its own the server makes one
		err = nil
	}
	return srv, err
}

// ownAddress is an address of the loopback network that no other trial has. Its port is none that the system gives to
// connections, so nobody takes it while the server is down.
func ownAddress() string {
	return fmt.Sprintf("127.%d.%d.%d:2525", 1+rand.IntN(250), rand.IntN(250), 1+rand.IntN(250))
}
