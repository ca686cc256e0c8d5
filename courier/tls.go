package courier

import (
	"crypto/tls"
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
)

// errNoTLS is the cause when the policy wants encryption.
var errNoTLS = errors.New("the server does not offer encryption (STARTTLS)")

// startTLS encrypts the session as far as the way asks for (RFC 3207). After it the extensions are those offered inside.
func (c *SMTP) startTLS(s *session, host string, level security) error {
	if level == clear || level == implicit {
		return nil
	}
	if !s.ext.starttls {
		if level == offered {
			return nil
		}
		return &trouble{peer: s.peer, doing: "STARTTLS", err: errNoTLS, enhanced: "4.7.4"}
	}
	r, err := s.ask("STARTTLS", "STARTTLS", s.times.Command)
	if err != nil {
		return err
	}
	if !r.ok() {
		if level == offered {
			return nil
		}
		return s.refuses("STARTTLS", r)
	}
	if s.in.Buffered() > 0 {
		// Words in the clear must never pass for words said inside (CVE-2011-0411).
		return &trouble{peer: s.peer, doing: "STARTTLS", enhanced: "4.7.5",
			err: errors.New("the server sent more before the encryption began")}
	}
	if err := c.encrypt(s, host); err != nil {
		return err
	}
	return c.hello(s)
}

// encrypt shakes hands with host.
func (c *SMTP) encrypt(s *session, host string) error {
	cfg := c.tls.Clone() // shares the session cache
	cfg.ServerName = host
	if err := s.upgrade(cfg, s.times.Handshake); err != nil {
		return &trouble{peer: s.peer, doing: "TLS", err: handshakeError{err}, enhanced: "4.7.5"}
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
