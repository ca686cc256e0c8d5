package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// letter is a mail to the owners from somebody who is no member.
func letter() ForPeople {
	return ForPeople{
		List:    list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		Kind:    list.KindOwner,
		To:      message.Address{Local: "asha", Domain: "school.example"},
		Writer:  message.Mailbox{Name: "Jo Brown", Address: message.Address{Local: "jo", Domain: "university.example"}},
		Subject: "A study about SENCO workload", Text: "Dear colleagues,\n\nwe are looking for SENCOs.\n",
		Verified: true, ID: "people.7.2", Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
	}
}

// TestMailsForPeople compares whole mails, as a moderator reads them.
func TestMailsForPeople(t *testing.T) {
	for name, change := range map[string]func(*ForPeople){
		"owner-from-a-stranger": func(*ForPeople) {},
		"owner-not-checked":     func(n *ForPeople) { n.Verified = false },
		"leave-from-a-member":   func(n *ForPeople) { n.Kind, n.Member, n.Subject, n.Text = list.KindLeave, true, "", "" },
		"join-without-a-name":   func(n *ForPeople) { n.Kind, n.Writer.Name = list.KindJoin, "" },
		"request-with-a-file": func(n *ForPeople) {
			n.Kind = list.KindRequest
			n.Files = []message.Attachment{{Name: "form.pdf", Type: "application/pdf", Size: 123456}}
		},
		"writer-beyond-ascii": func(n *ForPeople) { n.Writer.Address.Local = "jörg" },
		"postmaster":          func(n *ForPeople) { n.Kind = list.KindOperator },
	} {
		t.Run(name, func(t *testing.T) {
			n := letter()
			change(&n)
			_, got := golden(t, name, n.Compose)
			fit(t, got)
		})
	}
}

// fit checks what holds for every mail that people get from us.
func fit(t *testing.T, mail string) {
	t.Helper()
	for line := range strings.Lines(mail) {
		if len(strings.TrimRight(line, "\n")) > 78 {
			t.Errorf("more than 78 columns: %s", line)
		}
	}
	above, _, _ := strings.Cut(mail, "---------- the email")
	for _, word := range []string{"pending", "disposition", "administrivia", "subscription", "invalid", "error code", "syntax", "!"} {
		if strings.Contains(strings.ToLower(above), word) {
			t.Errorf("says %q", word)
		}
	}
	_, body, _ := strings.Cut(above, "\n\n")
	if n := strings.Count(body, "\n"); n > 25 {
		t.Errorf("%d lines above the quoted mail", n)
	}
}

func TestALongMailIsCut(t *testing.T) {
	n := letter()
	n.Text = strings.Repeat("ä", maxQuoted)
	m, err := n.Compose()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Body) > 2*maxQuoted {
		t.Errorf("%d bytes", len(m.Body))
	}
}

func TestNoStrangersShellCommandIsOffered(t *testing.T) {
	for local, want := range map[string]string{"jo.brown+x": "--list senco-forum jo.brown+x@", "$(reboot)": "--list senco-forum ADDRESS", "a;b": "ADDRESS", "a b": "ADDRESS", "-rf": "--list senco-forum ADDRESS"} {
		n := letter()
		n.Kind, n.Writer.Address.Local = list.KindJoin, local
		if got := n.act(); !strings.Contains(got, want) {
			t.Errorf("%q: %s", local, got)
		}
	}
}
