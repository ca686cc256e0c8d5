package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/list"
	"sencoforum/message"
)

// round is a mail to Sam about post 48213.
func round() Round {
	r := Round{
		List: list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum"},
		To:   list.Person{ID: 3, Name: "Sam Green", Address: message.Address{Local: "sam", Domain: "school.example"}},
		ID:   "post.48213.3.1", Root: "post.48213.3", Now: time.Date(2026, 11, 22, 9, 21, 0, 0, time.UTC),
	}
	return r.Tokened("mod", "snc1_00000000000000000000000000000000")
}

// roundMail is a mail that writes itself for a round.
type roundMail interface{ Compose(r Round) (Mail, error) }

// ceiling: flat table
func TestMailsAboutActs(t *testing.T) {
	post := PostLine{Number: 48213, Subject: "Re: Part-time timetables"}
	at := round().Now
	for name, n := range map[string]roundMail{
		"stopped":           Stopped{Post: post, By: "Asha", At: at, Have: 310, Of: 1204},
		"stopped-in-time":   Stopped{Post: post, By: "Asha", At: at, Of: 1204},
		"stopped-again":     Stopped{Post: post, By: "Asha", At: at, Have: 1, Of: 1204, Again: true},
		"confirm-recall":    Confirm{What: `recall post 48213, "Re: Part-time timetables"`, Then: "310 people have the post. Each gets an email that asks them to delete it.\nNobody can take the emails back from them.", Days: 14},
		"carried":           Carried{By: "Asha", What: `recall post 48213, "Re: Part-time timetables"`, Result: "310 people were asked to delete it.", At: at},
		"list-changed":      ListChanged{By: "Asha", At: at, Changes: []string{"Where an answer goes: to the writer alone", "What the list is called: The forum for everybody who looks after special needs in a school", "Each message ends with lines on how to reply and how to leave: no"}},
		"list-changed-once": ListChanged{By: "Asha", At: at, Changes: []string{"How many minutes a message waits before it goes out: 10"}},
		"carried-not":       Carried{By: "Asha", What: "take words out of post 48213", Result: "These words are not in the post.", Fault: true, At: at},
		"act-unread":        Unread{Read: "stop it maybe", About: post.name(), Words: StoppedWords(310)},
		"act-undone":        Unread{Read: "yes", About: "Practice", Why: "That was done before. Nothing changed."},
		"unproved":          Unproved{},
		"unproved-other":    Unproved{From: "asha@home.example", To: "asha@school.example"},
		"unproved-unsigned": Unproved{Signed: true},
		"unproved-page":     Unproved{Signed: true, Page: "https://forum.example.org/mod/post/48213"},
		"reported-post":     PostReport{Post: post, By: "Ruth B.", Text: "Dear all,\n\nTom in Year 4 ...", WebURL: "https://forum.example.org"},
		"reported-page":     PostReport{Post: post, By: "Ruth B.", Text: "Dear all", WebURL: "https://forum.example.org", Page: "https://forum.example.org/mod/report/52301"},
		"reported-hidden":   PostReport{Post: post, By: "Ruth B.", Words: "It names a child.", Text: "Dear all", Hidden: true},
		"report-kept":       ReportKept{Post: post, By: "Asha", At: at},
		"owner-answer":      FromModerators{Subject: "A study about SENCO workload", Words: "Thank you. We will put it before the members.", Quote: "Dear colleagues,\n\nwe are looking for SENCOs."},
		"owner-question":    FromModerators{Subject: "report", Words: "Which child do you mean?", Quote: "report", Asked: true},
		"owner-answered":    Answered{Writer: "Jo Brown", Subject: "A study about SENCO workload", Words: "Thank you."},
		"health": Health{Month: at, Posts: 212, Members: 1204, Came: 31, Left: 9, Stopped: 1, Reports: 3, Dead: 2, Held: 41, Half: 100 * time.Minute, Slowest: 51 * time.Hour, Check: "9f2c 71ab 03de 8845", Backup: at,
			Delivery: []Delivery{{"BT", 9900, 100}, {"Virgin", 1000, 0}, {"Microsoft", 199, 1}}},
		"health-quiet":     Health{Month: at, Members: 4, Held: 1, Slowest: 40 * time.Minute, Unheard: 1, Needs: []string{"Only one person moderates: please find a second."}},
		"practice":         Practice{WebURL: "https://forum.example.org"},
		"practice-no-web":  Practice{},
		"practised":        PracticeSeen{Who: "Ellen", Self: true, Word: "approve", Verified: true, Signed: true, At: at},
		"practised-weakly": PracticeSeen{Who: "Ellen", Word: "approve", Verified: true, At: at},
		"practised-not":    PracticeSeen{Who: "Ellen", Self: true, Word: "ok", At: at},
		"practised-other":  PracticeSeen{Who: "Ellen", Word: "approve", Other: "ellen@home.example", At: at},
	} {
		t.Run(name, func(t *testing.T) {
			r := round()
			switch {
			case strings.HasPrefix(name, "owner-"):
				r.By = "Asha"
			case strings.HasPrefix(name, "health"):
				r.Reply = message.Address{}
			}
			_, got := golden(t, "act-"+strings.TrimPrefix(name, "act-"), func() (Mail, error) { return n.Compose(r) })
			above, _, _ := strings.Cut(got, "\n----------")
			fit(t, above+"\n")
			offersNoWordAlone(t, got)
		})
	}
}

// offersNoWordAlone demands that no line of ours is a command word alone, which an out-of-office reply could quote.
func offersNoWordAlone(t *testing.T, mail string) {
	t.Helper()
	_, body, _ := strings.Cut(mail, "\n\n")
	for line := range strings.Lines(body) {
		switch strings.TrimSpace(line) {
		case "stop", "recall", "erase", "release", "close", "yes", "approve", "share", "ask":
			t.Errorf("a line is a word alone: %q", line)
		}
	}
}

func TestMailsOfTheRobotAboutActs(t *testing.T) {
	to := To{List: round().List, Person: list.Person{Name: "Ruth B.", Address: message.Address{Local: "ruth", Domain: "school.example"}},
		ID: "reported.9.1", Answers: "<1@school.example>", Now: round().Now}
	_, got := golden(t, "act-post-reported", func() (Mail, error) { return PostReported(to, PostLine{48213, "Re: Part-time timetables"}) })
	fit(t, got)
	_, got = golden(t, "act-handed-over", func() (Mail, error) {
		return HandedOver{Read: "Hello, I wonder if you could help me with"}.Compose(to)
	})
	fit(t, got)
}

func TestAMailToTheOwnersIsAnsweredInTheNameOfAll(t *testing.T) {
	n := letter()
	n.Token, n.ID, n.Root = "snc1_00000000000000000000000000000000", "people.9.2", "people.7.2"
	_, got := golden(t, "owner-with-token", n.Compose)
	fit(t, got)
	above, _, _ := strings.Cut(got, "---------- the email")
	if strings.Contains(above, "Reply-To: Jo") || !strings.Contains(got, "References: <people.7.2@lists.example.org>") {
		t.Error(got)
	}
}

func TestALongAnswerIsCut(t *testing.T) {
	m, err := FromModerators{Subject: "x", Words: strings.Repeat("\u00e4", maxOwn), Quote: strings.Repeat("word ", 20000)}.Compose(round())
	if err != nil || len(m.Header)+len(m.Body) > 64<<10 {
		t.Errorf("%d bytes, %v", len(m.Body), err)
	}
}
