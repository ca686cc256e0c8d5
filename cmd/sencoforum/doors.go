package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"

	"sencoforum/config"
)

// doors are the sockets of serve. They are opened while root's power is still
// there.
type doors struct {
	smtp, lmtp []net.Listener
	web        []net.Listener
	redirect   []net.Listener // where browsers come without TLS
	monitor    net.Listener   // nil: nobody asks
}

// lmtpSocket is the name (FileDescriptorName=) by which the supervisor says that
// a socket is for LMTP.
const lmtpSocket = "lmtp"

// openDoors opens the sockets that the settings name. Where the supervisor has
// opened some of a kind they are taken in place of those.
func openDoors(cfg config.Config) (d doors, err error) {
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	given, err := activation.ListenersWithNames()
	if err != nil {
		return d, fmt.Errorf("take the supervisor's sockets: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if name == lmtpSocket {
			d.lmtp = given[name]
			continue
		}
		d.smtp = append(d.smtp, given[name]...)
	}
	if len(d.smtp) == 0 {
		if d.smtp, err = listenAll(cfg.SMTP.Listen); err != nil {
			return d, err
		}
	}
	if len(d.lmtp) == 0 {
		if d.lmtp, err = listenAll(cfg.LMTP.Listen); err != nil {
			return d, err
		}
	}
	if d.web, err = listenPages(cfg.Web.Listen); err != nil {
		return d, err
	}
	if d.redirect, err = listenPages(cfg.Web.Redirect); err != nil {
		return d, err
	}
	d.monitor, err = listenMetrics(cfg.Metrics)
	return d, err
}

// close closes what is still open, and removes the files of Unix sockets.
func (d doors) close() {
	for _, l := range slices.Concat(d.smtp, d.lmtp, d.web, d.redirect) {
		l.Close()
	}
	if d.monitor != nil {
		d.monitor.Close()
	}
}

// listenAll opens all of the addresses, or none.
func listenAll(addrs []string) ([]net.Listener, error) {
	var open []net.Listener
	for _, a := range addrs {
		l, err := listenMail(a)
		if err != nil {
			doors{smtp: open}.close()
			return nil, err
		}
		open = append(open, l)
	}
	return open, nil
}

// listenMail opens an address with a port, or "unix:" and a path.
func listenMail(addr string) (net.Listener, error) {
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		l, err := listenUnix(path)
		if err != nil {
			return nil, fmt.Errorf("listen for mail on %s: %w", addr, err)
		}
		return l, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail: %w; is another mail server running, or may only root use that port?", err)
	}
	return l, nil
}

// listenUnix opens a socket that every user of this machine may write to: who
// gets there is for its directory to say. A file that a killed server left is
// replaced, but never one where somebody listens.
func listenUnix(path string) (net.Listener, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("the path has %d characters and the system takes %d; choose a shorter one", len(path), maxPath)
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	switch {
	case err == nil:
		conn.Close()
		return nil, errors.New("another server listens there")
	case errors.Is(err, syscall.ECONNREFUSED):
		if err := removeSocket(path); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o666); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// addresses names sockets for the log.
func addresses(ls []net.Listener) []string {
	var out []string
	for _, l := range ls {
		out = append(out, cmp.Or(l.Addr().String(), "a socket without a name"))
	}
	return out
}
