package ordinary

import (
	"strings"
	"testing"

	"sencoforum/message"
)

func TestTheMailsAreSound(t *testing.T) {
	all := Mails()
	if len(all) < 200 {
		t.Fatalf("only %d mails", len(all))
	}
	names, ids := map[string]bool{}, map[string]bool{}
	for _, mail := range all {
		t.Run(mail.Name, func(t *testing.T) {
			if mail.Name == "" || names[mail.Name] {
				t.Error("the name is empty or there twice")
			}
			names[mail.Name] = true
			if err := message.Scan(mail.Raw, message.Arriving()); err != nil {
				t.Fatal(err)
			}
			if err := message.Strict(mail.Raw, false); err != nil {
				t.Fatal(err)
			}
			m := message.Parse(mail.Raw)
			if id := m.MessageID(); id == "" || ids[id] {
				t.Errorf("Message-ID %q is empty or there twice", id)
			}
			ids[m.MessageID()] = true
			if from, ok := m.From(); !ok || from.Address.String() != Author {
				t.Errorf("From is %q", from.Address)
			}
			if to := m.To(); len(to) != 1 || to[0].Address.String() != List {
				t.Errorf("To is %v", to)
			}
			if m.Subject() == "" || strings.TrimSpace(m.Text()) == "" {
				t.Errorf("subject %q, text %q", m.Subject(), m.Text())
			}
		})
	}
}

// Two mails with the same long text within a week are held, so no text may be there twice.
func TestNoTextIsThereTwice(t *testing.T) {
	seen := map[string]string{}
	for _, mail := range Mails() {
		text := message.Parse(mail.Raw).Text()
		if other, ok := seen[text]; ok {
			t.Errorf("%s has the text of %s", mail.Name, other)
		}
		seen[text] = mail.Name
	}
}
