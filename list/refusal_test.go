package list

import (
	"strings"
	"testing"
)

func TestRefusalsAreFitForATeacher(t *testing.T) {
	texts := Texts{
		Name: "SENCO Forum", Post: "senco-forum@lists.example.org", Owner: "senco-forum-owner@lists.example.org",
		Help: "https://forum.example.org", Limit: "15 MB",
	}
	for c := range refusals {
		r := texts.Refuse(c)
		if len(r.Text) > 200 {
			t.Errorf("%s: %d characters: %s", c, len(r.Text), r.Text)
		}
		if strings.ContainsAny(r.Text, "{}\r\n") || strings.Contains(r.Text, "  ") {
			t.Errorf("%s: not filled in: %s", c, r.Text)
		}
		if r.Code/100 != int(r.Enhanced[0]-'0') {
			t.Errorf("%s: code %d with enhanced code %s", c, r.Code, r.Enhanced)
		}
		for _, word := range []string{"pending", "invalid", "syntax", "error", "disposition", "subscription", "!"} {
			if strings.Contains(strings.ToLower(r.Text), word) {
				t.Errorf("%s: says %q: %s", c, word, r.Text)
			}
		}
		if r.Temporary() != (r.Code < 500) {
			t.Errorf("%s: temporary is %t for %d", c, r.Temporary(), r.Code)
		}
	}
}

func TestRefusalTexts(t *testing.T) {
	host := Texts{Name: "mail.example.org", Owner: "postmaster@mail.example.org"}
	forum := Texts{Name: "SENCO Forum", Post: "senco-forum@lists.example.org", Owner: "senco-forum-owner@lists.example.org", Limit: "15 MB"}
	for _, c := range []struct {
		name  string
		texts Texts
		of    Case
		want  string
	}{
		{"where no list is meant the host speaks", host, CaseAddress,
			"550 5.1.1 mail.example.org: there is no such address here. For help write to postmaster@mail.example.org."},
		{"a list names both its addresses", forum, CaseAddress,
			"550 5.1.1 SENCO Forum: there is no such address here. To write to everyone use senco-forum@lists.example.org; for help write to senco-forum-owner@lists.example.org."},
		{"the limit stands in the words", forum, CaseSize,
			"552 5.3.4 SENCO Forum: your message is too large; the most is 15 MB. Please send a smaller file or a link."},
		{"an unknown case is a fault of ours", forum, "no such case",
			"451 4.3.0 SENCO Forum: something is wrong on our side. Your mail system will try again by itself."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.texts.Refuse(c.of).Error(); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
