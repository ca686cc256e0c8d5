package courier

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
)

// authError marks a log-in that will not work until an operator acts.
type authError struct{ error }

// Unwrap returns the cause.
func (e authError) Unwrap() error { return e.error }

// logIn authenticates at a smarthost (RFC 4954), when it has a user. What an operator must mend is logged as an error.
func (c *SMTP) logIn(s *session, h *Smarthost, addr netip.Addr, encrypted bool) error {
	if h == nil || h.User == "" {
		return nil
	}
	s.secret = true
	err := s.authenticate(h, encrypted || addr.IsLoopback())
	s.secret = false
	var bad authError
	if errors.As(err, &bad) {
		c.log.Error("the smarthost does not let us log in: check user, password and mechanism; no mail leaves until then",
			"host", s.peer, "user", h.User, "reason", err)
	}
	return err
}

// authenticate runs the SASL exchange.
func (s *session) authenticate(h *Smarthost, safe bool) error {
	if !safe {
		return s.authTrouble("the password would travel in the clear: set tls for this smarthost")
	}
	client := mechanism(h, s.ext.auth)
	if client == nil {
		return s.authTrouble("the server offers no mechanism that we speak (PLAIN, LOGIN)")
	}
	name, initial, err := client.Start()
	if err != nil {
		return s.authTrouble(err.Error())
	}
	r, err := s.ask("AUTH "+name+" "+encodeSASL(initial), "AUTH", s.times.Command)
	for err == nil && r.code == 334 {
		r, err = s.challenge(client, r)
	}
	if err != nil || r.ok() {
		return err
	}
	words := withoutPassword(r.String(), h.Password)
	if r.code/100 == 5 {
		return s.authTrouble(words)
	}
	return &trouble{peer: s.peer, doing: "AUTH", err: errors.New(words), enhanced: "4.7.0"}
}

// withoutPassword returns words unless the peer repeats the password in them.
func withoutPassword(words, password string) string {
	for _, form := range []string{password, base64.StdEncoding.EncodeToString([]byte(password))} {
		if form != "" && strings.Contains(words, form) {
			return "the server's reply repeats the password and is not shown"
		}
	}
	return words
}

// challenge answers one question of the server; one that we do not understand cancels the exchange.
func (s *session) challenge(client sasl.Client, r reply) (reply, error) {
	question, err := base64.StdEncoding.DecodeString(strings.Join(r.lines, ""))
	answer := "*"
	if err == nil {
		var b []byte
		if b, err = client.Next(question); err == nil {
			answer = encodeSASL(b)
		}
	}
	r, askErr := s.ask(answer, "AUTH", s.times.Command)
	if askErr != nil {
		return reply{}, askErr
	}
	if err != nil {
		return reply{}, s.authTrouble("the server asked something that we do not understand")
	}
	return r, nil
}

func (s *session) authTrouble(text string) error {
	return &trouble{peer: s.peer, doing: "AUTH", err: authError{errors.New(text)}, enhanced: "4.7.8"}
}

// mechanism returns the one asked for, or the first of ours that the server offers; nil: there is none.
func mechanism(h *Smarthost, offered []string) sasl.Client {
	name := h.Mechanism
	if name == "" {
		for _, ours := range []string{sasl.Plain, sasl.Login} {
			if slices.Contains(offered, ours) {
				name = ours
				break
			}
		}
	}
	switch {
	case !slices.Contains(offered, name):
		return nil
	case name == sasl.Plain:
		return sasl.NewPlainClient("", h.User, h.Password)
	case name == sasl.Login:
		return sasl.NewLoginClient(h.User, h.Password)
	}
	return nil
}

// encodeSASL writes a response; an empty one is "=" (RFC 4954 §4).
func encodeSASL(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}
