package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// TestMailsAboutPrivateMessages compares whole mails, and demands that they fit a small window.
func TestMailsAboutPrivateMessages(t *testing.T) {
	to, answer := toTom(), toTom()
	to.ID, answer.ID, answer.Answers = "robot.x", "robot.x", "<reply@school.example>"
	about := Private{Other: "Priya N.", Back: message.Address{Local: "senco-forum-author+" + backToken, Domain: "lists.example.org"}, Word: "Mute"}
	last := about
	last.Word, last.Last = "unmute", true
	report := Report{
		By:    list.Person{Name: "Tom B.", Address: message.Address{Local: "tom", Domain: "school.example"}},
		About: list.Person{Name: "Priya Nair", Address: message.Address{Local: "priya", Domain: "leeds.example"}},
		Named: "Priya Nair", Post: 48213, When: time.Date(2026, 11, 20, 8, 12, 0, 0, time.UTC), Known: true,
		Text: "report\n\nOn Friday Priya N. wrote:\n> Come to my sale.\n> \n> Everything must go.\n", WebURL: "https://forum.example.org/",
	}
	kept, bare := report, report
	kept.Kept, kept.Text = true, "Come to my sale."
	bare.By = list.Person{Address: message.Address{Local: "siân", Domain: "school.example"}}
	bare.About.Address.Local = "o'neill"
	bare.Known, bare.Text, bare.WebURL = false, "", ""
	for name, compose := range map[string]func() (Mail, error){
		"private-muted":        func() (Mail, error) { return about.Muted(answer) },
		"private-unmuted-last": func() (Mail, error) { return last.Unmuted(answer) },
		"private-reported":     func() (Mail, error) { return about.Reported(answer) },
		"private-unclear":      func() (Mail, error) { return about.Unclear(answer) },
		"private-undelivered":  func() (Mail, error) { return about.Undelivered(to, "EHCP paperwork") },
		"private-numbered": func() (Mail, error) {
			return about.Numbered(answer, "Our pupil", []string{"an NHS number, line 2", "a Unique Pupil Number, file 1"})
		},
		"private-report":              func() (Mail, error) { return report.ToModerator(to) },
		"private-report-kept":         func() (Mail, error) { return kept.ToModerator(to) },
		"private-report-of-few-words": func() (Mail, error) { return bare.ToModerator(to) },
	} {
		t.Run(name, func(t *testing.T) {
			m, text := golden(t, name, compose)
			lines := strings.Split(strings.SplitN(text, "\n\n", 2)[1], "\n")
			for i, line := range lines {
				if len(line) > 78 || strings.HasPrefix(line, ">") && i > 25 {
					t.Errorf("line %d is too long or too late: %q", i, line)
				}
				switch strings.ToLower(strings.TrimSpace(line)) {
				case "mute", "unmute", "report", "stop":
					t.Errorf("a line is a word for the robot: %q", line)
				}
			}
			if len(m.Header) == 0 {
				t.Error("no header")
			}
		})
	}
}

// A report goes into a row of the queue, which has a limit.
func TestAReportOfAnythingFitsARow(t *testing.T) {
	for _, text := range []string{"\n", "ü\n", "\x01\n", "=\n", "€€€€€€€€€€", ">", "\U0001f600\n"} {
		r := Report{Text: "x" + strings.Repeat(text, 20<<10/len(text)) + "x", Named: "A", By: toTom().Person}
		m, err := r.ToModerator(toTom())
		if n := len(m.Header) + len(m.Body); err != nil || n > 60<<10 {
			t.Errorf("%q: %d bytes, %v", text, n, err)
		}
	}
}
