package main

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sencoforum/config"
)

func TestListenUnix(t *testing.T) {
	tests := []struct {
		name  string
		plant func(t *testing.T, path string)
		want  string // of the error
	}{
		{"nothing is there", func(*testing.T, string) {}, ""},
		{"what a killed server left is replaced", func(t *testing.T, path string) {
			l := listensOn(t, path)
			l.SetUnlinkOnClose(false)
			l.Close()
		}, ""},
		{"somebody listens", func(t *testing.T, path string) { listensOn(t, path) }, "another server listens there"},
		{"a file of another kind is left alone", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "is in the way and no socket"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "s")
			tt.plant(t, path)
			l, err := listenMail("unix:" + path)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("got %v", err)
				}
				if _, err := os.Lstat(path); err != nil {
					t.Errorf("what was there is gone: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Lstat(path); err != nil || info.Mode() != os.ModeSocket|0o666 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			l.Close()
			if _, err := os.Lstat(path); !os.IsNotExist(err) {
				t.Errorf("it is still there: %v", err)
			}
		})
	}
}

func listensOn(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestListenUnixInNoDirectory(t *testing.T) {
	if _, err := listenMail("unix:" + filepath.Join(t.TempDir(), "none", "s")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := listenMail("unix:/" + strings.Repeat("x", 200)); err == nil || !strings.Contains(err.Error(), "choose a shorter one") {
		t.Errorf("got %v", err)
	}
}

// TestOpenDoorsOpensAllOrNone: what is open is closed again when something else
// cannot be opened.
func TestOpenDoorsOpensAllOrNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	cfg := config.Config{
		SMTP: config.SMTP{Listen: []string{"127.0.0.1:0"}},
		LMTP: config.LMTP{Listen: []string{"127.0.0.1:0", "unix:" + path}},
	}
	d, err := openDoors(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.smtp) != 1 || len(d.lmtp) != 2 || d.monitor != nil {
		t.Errorf("got %+v", d)
	}
	taken := d.smtp[0].Addr().String()
	d.lmtp[1].Close()
	cfg.Metrics.Listen = taken
	if _, err := openDoors(cfg); err == nil || !strings.Contains(err.Error(), taken) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Error("the socket was left behind")
	}
	d.close()
	cfg.LMTP.Listen = nil
	cfg.SMTP.Listen = []string{taken}
	cfg.Metrics.Listen = ""
	if d, err = openDoors(cfg); err != nil {
		t.Fatalf("a port is still in use: %v", err)
	}
	d.close()
}
