package notice

import (
	"regexp"
	"strings"
	"testing"
)

// specified are the mails of the table in the specification of what people see: who each is from, where an answer goes, and how its
// subject begins. An answer to a mail without Reply-To goes to its sender (RFC 5322 §3.6.2).
var specified = []struct {
	number, name string
	from, reply  string // service addresses; with a token where reply ends in +
	subject      string
}{
	{"02", "held-pupil", "owner", "mod+", `May name a child - Jane Smith: "Re: Part-time timetables" #8f3k`},
	{"02b", "held-first", "owner", "mod+", `First post - Jane Smith: "Re: Part-time timetables" #8f3k`},
	{"02c", "held-spam", "owner", "mod+", `Looks like spam - Jane Smith: "Re: Part-time timetables" #8f3k`},
	{"03", "decided-approved", "owner", "mod+", `Approved: "Re: Part-time timetables" #8f3k`},
	{"03b", "decided-rejected", "owner", "mod+", `Sent back to Jane: "Re: Part-time timetables" #8f3k`},
	{"03c", "already", "owner", "mod+", `Already approved: "Re: Part-time timetables" #8f3k`},
	{"04", "unclear", "owner", "mod+", `Nothing was done: "Re: Part-time timetables" #8f3k`},
	{"05", "writer-rejected", "owner", "owner", `Not sent: "Re: Part-time timetables"`},
	{"06", "writer-held", "request", "confirm+", `Your message is waiting: "Hello, and a question"`},
	{"07", "join-confirm", "request", "confirm+", "Join SENCO Forum? Please reply yes"},
	{"07b", "held-application", "owner", "mod+", "Wants to join - Jane Smith #7d4p"},
	{"08", "join-welcome", "request", "request", "Welcome to SENCO Forum"},
	{"09", "done", "request", "request", "Done: one email every Monday"},
	{"10", "goodbye-without-web", "request", "confirm+", "You have left SENCO Forum"},
	{"13", "writer-pupil", "request", "confirm+", `Before we send it: "Re: Part-time timetables"`},
	{"15", "morning", "owner", "mod+", "3 messages wait, the oldest 2 days"},
	{"16", "bounce-suspended", "request", "confirm+", "Are you getting our emails?"},
	{"17", "ack", "request", "confirm+", `Sent at 09:17: "EHCP annual review paperwork" (reply cancel to stop it)`},
	{"18", "writer-unheard", "owner", "owner", `Not sent: "Re: Part-time timetables"`},
	{"19", "was-this-you", "request", "confirm+", "Did you just write to the forum?"},
	{"20", "not-known", "request", "confirm+", `Your message was not sent: "Laptops in exams"`},
	{"21", "writer-private", "request", "confirm+", `Everyone, or only Priya? "Our meeting"`},
	{"22", "act-practice", "owner", "mod+", "Practice - please reply approve #test"},
	{"23", "act-stopped", "owner", "mod+", `Stopped: "Re: Part-time timetables" #48213`},
	{"24", "act-reported-post", "owner", "mod+", `Reported - "Re: Part-time timetables" #48213`},
	{"25", "owner-with-token", "owner", "owner+", `To the moderators - Jo Brown: "A study about SENCO workload"`},
	{"26", "act-handed-over", "request", "owner", "Passed to the moderators"},
	{"27", "writer-late", "request", "confirm+", `Still waiting: "Part-time timetables"`},
	{"28", "act-health", "owner", "owner", "SENCO Forum in November: nothing needs you"},
	{"29", "we-have-moved", "request", "request", "SENCO Forum is back, at a new address"},
}

var serviceForm = regexp.MustCompile(`<senco-forum-([a-z]+\+?)[^@>]*@lists\.example\.org>$`)

// service is the word in an address of the list, with a plus where a token follows.
func service(field string) string {
	if m := serviceForm.FindStringSubmatch(field); m != nil {
		return m[1]
	}
	return field
}

func TestMailsAreAsSpecified(t *testing.T) {
	byName := map[string]written{}
	for _, m := range everyMail(t) {
		byName[m.name] = m
	}
	for _, s := range specified {
		m := byName[s.name]
		from, reply := m.header.Text("From"), m.header.Text("Reply-To")
		if reply == "" {
			reply = from
		}
		if service(from) != s.from || service(reply) != s.reply || m.subject != s.subject {
			t.Errorf("%s, %s:\nfrom %s, answer to %s: %s\nwant\nfrom %s, answer to %s: %s", s.number, s.name,
				service(from), service(reply), m.subject, s.from, s.reply, s.subject)
		}
	}
}

// A mail from the moderators' address bears their name, and one from the robot's that of the list.
func TestSendersHaveTheirName(t *testing.T) {
	for _, m := range everyMail(t) {
		from := m.header.Text("From")
		name, _, _ := strings.Cut(from, " <")
		ok := service(from) == "request" && name == "SENCO Forum" || service(from) == "owner" && strings.HasPrefix(strings.Trim(name, `"`), "SENCO Forum moderators")
		if !ok {
			t.Errorf("%s is from %s", m.name, from)
		}
	}
}
