package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestQuestionsToMembers compares whole mails, as a member reads them.
func TestQuestionsToMembers(t *testing.T) {
	for name, change := range map[string]func(*WasThisYou){
		"was-this-you":               func(*WasThisYou) {},
		"was-this-you-without-words": func(n *WasThisYou) { n.Subject, n.To.Name, n.Help = "", "", "" },
		"was-this-you-from-a-forger": func(n *WasThisYou) {
			n.Subject = "Urgent\r\nBcc: everybody@school.example \u202e" + strings.Repeat("ü", 60)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := WasThisYou{
				List:    list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
				To:      list.Person{ID: 7, Name: "Jane Smith", Address: message.Address{Local: "jane", Domain: "school.example"}},
				Subject: "Laptops in exams", Token: "snc1_00000000000000000000000000000000", Help: "https://forum.example.org",
				Days: 7, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
			}
			change(&n)
			golden(t, name, n.Compose)
			for line := range strings.Lines(n.text()) {
				if len([]rune(strings.TrimRight(line, "\n"))) > 78 {
					t.Errorf("a line is too long for a telephone: %q", line)
				}
			}
		})
	}
}
