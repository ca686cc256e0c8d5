package guard

import (
	"bytes"
	"strings"
	"testing"

	"sencoforum/internal/corpora"
	"sencoforum/internal/long"
	"sencoforum/internal/ordinary"
	"sencoforum/message"
)

// inputOf reads a mail as the desk will: own words with the signature, and quotes apart.
func inputOf(raw []byte) Input {
	m := message.Parse(raw)
	in := Input{Subject: m.Subject(), Today: corpusDay}
	var own, quoted strings.Builder
	for _, s := range m.Words().Segments {
		switch s.Kind {
		case message.Quoted, message.Forwarded:
			quoted.WriteString(s.Text)
		default:
			own.WriteString(s.Text)
		}
	}
	in.Own, in.Quoted = own.String(), quoted.String()
	for _, f := range m.View().Files {
		in.Files = append(in.Files, File{Name: f.Name, Read: true})
	}
	return in
}

// TestOrdinaryMails: of the mails that any sensible forum sends on, none is held.
func TestOrdinaryMails(t *testing.T) {
	for _, m := range ordinary.Mails() {
		in := inputOf(m.Raw)
		if found := Look(in, DefaultAllow()); Holds(found) {
			t.Errorf("%s is held: %s", m.Name, show(in, found))
		}
	}
}

// TestRealMails counts holds in twenty years of a public mailing list of programmers, where no child is named: names, dates,
// numbers and tables of real people.
func TestRealMails(t *testing.T) {
	long.Test(t, "twenty years of a list")
	mbox := corpora.RealMbox(t)
	mails, held := 0, 0
	for _, raw := range bytes.Split(mbox, []byte("\n\nFrom ")) {
		_, rest, _ := bytes.Cut(raw, []byte("\n"))
		mails++
		in := inputOf(rest)
		if found := Look(in, DefaultAllow()); Holds(found) {
			held++
			miss(t, "mail", "held", show(in, found))
		}
	}
	t.Logf("held %d of %d real mails", held, mails)
	if 200*held > mails {
		t.Errorf("%d of %d real mails are held, more than one in 200", held, mails)
	}
}
