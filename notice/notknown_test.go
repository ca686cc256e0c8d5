package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestMailsAboutAnotherAddress compares whole mails, as a stranger and a member read them.
func TestMailsAboutAnotherAddress(t *testing.T) {
	const tok = "snc1_00000000000000000000000000000000"
	home, school := message.Address{Local: "jane", Domain: "home.example"}, message.Address{Local: "jane", Domain: "school.example"}
	to := To{
		List: list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		ID:   "x", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
	forged := "Urgent\r\nBcc: everybody@school.example \u202e\"" + strings.Repeat("ü", 60)
	for name, compose := range map[string]func() (Mail, error){
		"not-known": func() (Mail, error) {
			to.Person = list.Person{Address: home}
			return NotKnown{Subject: "Laptops in exams", Token: tok, Days: 7}.Compose(to)
		},
		"not-known-without-subject": func() (Mail, error) { return NotKnown{Token: tok, Days: 7}.Compose(to) },
		"not-known-by-a-forger":     func() (Mail, error) { return NotKnown{Subject: forged, Token: tok, Days: 7}.Compose(to) },
		"address-named":             func() (Mail, error) { return AddressNamed{Read: []message.Address{school}, Left: 2}.Compose(to) },
		"addresses-named": func() (Mail, error) {
			return AddressNamed{Read: []message.Address{school, {Local: "jane.smith", Domain: "old-school.example"}}, Left: 1}.Compose(to)
		},
		"addresses-named-all": func() (Mail, error) { return AddressNamed{Read: []message.Address{school}}.Compose(to) },
		"is-this-you": func() (Mail, error) {
			return IsThisYou{From: home, Subject: "Laptops in exams", Token: tok, Days: 7}.Compose(member(to, school))
		},
		"is-this-you-by-a-forger": func() (Mail, error) {
			return IsThisYou{From: home, Subject: forged, Token: tok, Days: 7}.Compose(member(to, school))
		},
		"linked": func() (Mail, error) { return Linked(member(to, school), home) },
	} {
		t.Run(name, func(t *testing.T) {
			to.Person = list.Person{Address: home}
			m, text := golden(t, name, compose)
			for line := range strings.Lines(text) {
				if len([]rune(strings.TrimRight(line, "\n"))) > 78 {
					t.Errorf("a line is too long for a telephone: %q", line)
				}
			}
			h := message.Parse(append(m.Header, m.Body...)).Header
			if h.Get("Auto-Submitted") != "auto-generated" || h.Has("List-Post") || h.Has("Bcc") {
				t.Errorf("the header is\n%s", m.Header)
			}
		})
	}
}

func member(t To, a message.Address) To {
	t.Person = list.Person{ID: 7, Name: "Jane Smith", Address: a}
	return t
}
