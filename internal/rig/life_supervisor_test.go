package rig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// changesCertificate renews the certificate while a session runs.
func changesCertificate(t *testing.T, l *life) {
	cert, key := filepath.Join(shortDir(t), "cert.pem"), filepath.Join(shortDir(t), "key.pem")
	makeCertificate(t, 1001, cert, key)
	l.setUp(t, "[smtp]\n", fmt.Sprintf("[smtp]\ntls_cert = %q\ntls_key = %q\n", cert, key))
	p := l.start(t)
	old := l.dial(t)
	if got := serial(t, old); got != 1001 {
		t.Fatalf("certificate %d, want 1001", got)
	}

	if err := os.WriteFile(cert, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.signal(t, syscall.SIGHUP)
	p.says(t, "not reloaded")
	if got := serial(t, l.dial(t)); got != 1001 {
		t.Errorf("after a broken file: certificate %d, want 1001", got)
	}

	makeCertificate(t, 1002, cert, key)
	p.signal(t, syscall.SIGHUP)
	p.says(t, "reloaded: certificate")
	fresh := l.dial(t)
	if got := serial(t, fresh); got != 1002 {
		t.Errorf("certificate %d, want 1002", got)
	}
	l.post(t, old, "<old@x>")
	l.post(t, fresh, "<fresh@x>")
	l.accounted(t, 2)
	p.stop(t)
}

// makeCertificate writes a certificate of our own, and its key.
func makeCertificate(t *testing.T, serial int64, cert, key string) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{"rig.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	for file, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A supervisor is the socket on which a server tells how it is (sd_notify(3)).
type supervisor struct {
	conn *net.UnixConn
	path string
}

func newSupervisor(t *testing.T) *supervisor {
	t.Helper()
	s := &supervisor{path: filepath.Join(shortDir(t), "notify")}
	var err error
	if s.conn, err = net.ListenUnixgram("unixgram", &net.UnixAddr{Name: s.path, Net: "unixgram"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.conn.Close() })
	return s
}

// hears returns the next message, and "" where none comes for a time.
func (s *supervisor) hears(t *testing.T, within time.Duration) string {
	t.Helper()
	b := make([]byte, 4096)
	if err := s.conn.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	n, _ := s.conn.Read(b) // nothing is heard when it ends
	return string(b[:n])
}

// wants hears until a message comes. Signs of life may come before it, but
// nothing else.
func (s *supervisor) wants(t *testing.T, want string) {
	t.Helper()
	for {
		got := s.hears(t, patience)
		if slices.Contains(strings.Split(got, "\n"), want) {
			return
		}
		if got != "WATCHDOG=1" {
			t.Fatalf("the supervisor hears %q, want %q", got, want)
		}
	}
}

// tellsSupervisor listens to a whole life.
func tellsSupervisor(t *testing.T, l *life) {
	l.setUp(t)
	s := newSupervisor(t)
	cmd := l.serve()
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+s.path, "WATCHDOG_USEC=400000")
	p := launch(t, cmd)
	s.wants(t, "READY=1")
	l.dial(t) // ready means that it takes mail
	s.wants(t, "WATCHDOG=1")
	p.signal(t, syscall.SIGHUP)
	s.wants(t, "RELOADING=1")
	s.wants(t, "READY=1")
	p.signal(t, syscall.SIGTERM)
	s.wants(t, "STOPPING=1")
	p.exits(t, 0)
	if got := s.hears(t, 10*time.Millisecond); got != "" {
		t.Errorf("after its end it says %q", got)
	}

	s = newSupervisor(t)
	cmd = l.serve()
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+s.path)
	l.change(t, l.Addr, "127.0.0.1:no-port")
	p = launch(t, cmd)
	<-p.ended
	if got := s.hears(t, 10*time.Millisecond); got != "" {
		t.Errorf("a start that did not succeed: the supervisor hears %q", got)
	}
}

// takesSocket hands over an open port, as a systemd socket unit does.
func takesSocket(t *testing.T, l *life) {
	l.setUp(t)
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	file, err := open.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	l.change(t, `listen = ["`+l.Addr+`"]`, "listen = []")
	l.Addr = open.Addr().String()
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" --config "$1" serve`, l.binary, l.Config)
	cmd.ExtraFiles = []*os.File{file}
	p := launch(t, cmd)
	p.says(t, "taking mail")
	l.post(t, l.dial(t), "<socket@x>")
	l.accounted(t, 1)
	p.stop(t)
}
