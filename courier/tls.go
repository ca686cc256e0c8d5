package courier

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// security says how a way is encrypted.
type security uint8

const (
	required security = iota // STARTTLS, or no mail
	offered                  // STARTTLS where it is offered and works
	implicit                 // TLS from the first byte (RFC 8314 §3.3)
	clear                    // none: a smarthost on this machine or in this house
	verified                 // STARTTLS with a certificate that holds for the host's name, or no mail (RFC 8461 §4)
)

// errNoTLS is the cause when the policy wants encryption.
var errNoTLS = errors.New("the server does not offer encryption (STARTTLS)")

// demanded is the cause when the policy of the recipient's domain wants more than the peer has.
type demanded struct{ error }

// Error says whose wish it is.
func (e demanded) Error() string {
	return "the domain's policy (MTA-STS) allows only verified encryption: " + describe(e.error)
}

// Unwrap returns what is missing.
func (e demanded) Unwrap() error { return e.error }

// lacking is the cause when a peer lacks what p wants.
func (p protection) lacking(err error) error {
	if p.level == verified {
		return demanded{err}
	}
	return err
}

// startTLS encrypts the session as far as p asks for (RFC 3207). After it the extensions are those offered inside.
func (c *SMTP) startTLS(s *session, host string, p protection) error {
	if p.level == clear || p.level == implicit {
		return nil
	}
	if !s.ext.starttls {
		if p.level == offered {
			return nil
		}
		return &trouble{peer: s.peer, doing: "STARTTLS", err: p.lacking(errNoTLS), enhanced: "4.7.4"}
	}
	r, err := s.ask("STARTTLS", "STARTTLS", s.times.Command)
	if err != nil {
		return err
	}
	if !r.ok() {
		if p.level == offered {
			return nil
		}
		return s.refuses("STARTTLS", r)
	}
	if s.in.Buffered() > 0 {
		// Words in the clear must never pass for words said inside (CVE-2011-0411).
		return &trouble{peer: s.peer, doing: "STARTTLS", enhanced: "4.7.5",
			err: errors.New("the server sent more before the encryption began")}
	}
	if err := c.encrypt(s, host, p); err != nil {
		return err
	}
	return c.hello(s)
}

// encrypt shakes hands with host.
func (c *SMTP) encrypt(s *session, host string, p protection) error {
	cfg := c.tls
	if p.level == verified {
		cfg = c.verified
	}
	cfg = cfg.Clone() // shares the session cache
	cfg.ServerName = host
	if p.testing {
		cfg.VerifyConnection = func(state tls.ConnectionState) error {
			s.flaw = c.inspect(state, host)
			return nil
		}
	}
	if err := s.upgrade(cfg, s.times.Handshake); err != nil {
		return &trouble{peer: s.peer, doing: "TLS", err: p.lacking(handshakeError{err}), enhanced: "4.7.5"}
	}
	return nil
}

// inspect verifies a peer's certificate as a handshake would.
func (c *SMTP) inspect(state tls.ConnectionState, host string) error {
	o := x509.VerifyOptions{DNSName: host, Roots: c.cfg.RootCAs, Intermediates: x509.NewCertPool()}
	for _, cert := range state.PeerCertificates[1:] {
		o.Intermediates.AddCert(cert)
	}
	if _, err := state.PeerCertificates[0].Verify(o); err != nil {
		return handshakeError{&tls.CertificateVerificationError{UnverifiedCertificates: state.PeerCertificates, Err: err}}
	}
	return nil
}

// handshakeError is the cause of a trouble when no encryption could be agreed on.
type handshakeError struct{ error }

// Error adds what a certificate error leaves out.
func (e handshakeError) Error() string {
	var bad *tls.CertificateVerificationError
	if errors.As(e.error, &bad) {
		return fmt.Sprintf("the server's certificate is not valid: %v", bad.Err)
	}
	return "no encryption could be agreed on: " + describe(e.error)
}

// Unwrap returns what the handshake died of.
func (e handshakeError) Unwrap() error { return e.error }
