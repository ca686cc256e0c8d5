package rig

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRigSinksTLS has a next hop that spoils the way to an encrypted
// connection. No mail may leave in the clear, and none may be lost.
func TestRigSinksTLS(t *testing.T) {
	t.Parallel()
	host := makeBadHost()
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	host.cert, host.stranger = loopbackCertificate(t, trusted), loopbackCertificate(t, "")
	if err := host.listen(); err != nil {
		t.Fatal(err)
	}
	r := newSinkRun(t, build(t), host, `tls = "none"`, `tls = "starttls"`)
	r.srv.Env = []string{"SSL_CERT_FILE=" + trusted}
	r.run(t, chosen(dice(t), tlsVices()))
}

// loopbackCertificate makes a certificate for 127.0.0.1 and writes it to path,
// if there is one, for those who shall trust it.
func loopbackCertificate(t *testing.T, path string) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	if path != "" {
		text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
