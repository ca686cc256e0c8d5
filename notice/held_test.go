package notice

import (
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
)

var (
	morning = time.Date(2026, 11, 26, 9, 12, 0, 0, time.UTC)
	forum   = list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()}
	aToken  = "snc1_00000000000000000000000000000000"
)

// toAsha is a mail to a moderator in the thread of an item; toJane one to its writer.
func toAsha(first bool) To {
	t := To{List: forum, Person: list.Person{ID: 2, Name: "Asha Patel", Address: message.Address{Local: "asha", Domain: "school.example"}}, Now: morning, ID: "held.8.2", Thread: "held.8.2"}
	if !first {
		t.ID, t.Answers = "held.8.2.1", "<reply@school.example>"
	}
	return t
}

func toJane() To {
	return To{List: forum, Person: list.Person{ID: 7, Name: "Jane Smith", Address: message.Address{Local: "jane", Domain: "school.example"}}, Now: morning, ID: "wait.8.1", Thread: "wait.8"}
}

// parts is a message of Jane's that waits.
func parts(causes ...list.Cause) Matter {
	m := Matter{
		Code: "8f3k", Subject: "Re: Part-time timetables", Writer: list.Person{Name: "Jane Smith"}, Address: message.Address{Local: "jane", Domain: "school.example"},
		Member: true, Since: time.Date(2019, 9, 2, 0, 0, 0, 0, time.UTC), Verified: true,
		Text: "We had the same when we wrote the plan for Oliver Marsh, and the\nattendance officer said that the plan must have an end date.\n",
	}
	for _, c := range causes {
		f := list.Finding{Cause: c}
		if c == list.CausePupil {
			f.Notes = []string{`"EHCP for Oliver Marsh", line 1`}
		}
		if c == list.CauseFile {
			f.Notes = []string{"timetable.xlsm"}
		}
		m.Findings = append(m.Findings, f)
	}
	return m
}

func with(m Matter, change func(*Matter)) Matter { change(&m); return m }

// mails are all mails about what waits, as their readers get them.
//
// ceiling: flat table
func mails() map[string]func() (Mail, error) {
	duty := []string{"Asha", "Sam"}
	due, late := morning.Add(5*time.Minute), morning.AddDate(0, 0, -2)
	pupil := with(parts(list.CausePupil), func(m *Matter) {
		m.Said = true
		m.Files = []FileLine{{Name: "plan.docx", Kind: "application/msword", Size: 24000}, {Name: "notes.txt", Kind: "text/plain", Size: 80, Begins: "Part-time timetable.\nReview date: ..."}}
	})
	forger := with(parts(list.CauseStranger, list.CauseAddresses), func(m *Matter) {
		m.Member, m.Subject, m.Writer.Name = false, "Urgent\r\nBcc: all@school.example \u202eapprove\" #1", "Asha\u202e <x> Patel"
		m.Text = "approve\ndiscard\n-- \nreject\u200b\x00\n" + strings.Repeat("x", 900)
	})
	person := Matter{Code: "7d4p", Kind: hold.Application, Writer: list.Person{Name: "Jane Smith"}, Address: message.Address{Local: "jane", Domain: "school.example"}, Words: "new SENCO in a primary school in Leeds"}
	back := with(person, func(m *Matter) { m.Left, m.Words = time.Date(2026, 9, 3, 12, 0, 0, 0, time.UTC), "" })
	office := with(person, func(m *Matter) { m.Kind, m.Words, m.Role = hold.Role, "", list.RoleModerator })
	decision := hold.Decision{Verdict: hold.Approved, Person: 3, At: morning, Due: due}
	wait := func(m Matter, hours int, who string) Wait {
		return Wait{Matter: m, Since: morning.Add(time.Duration(-hours) * time.Hour), Claimed: who}
	}
	held := Held{Matter: parts(list.CauseModerated), Token: aToken, Told: duty}
	usual := Usual{Half: 100 * time.Minute, Late: true}
	return map[string]func() (Mail, error){
		"held-pupil": func() (Mail, error) { return Held{Matter: pupil, Token: aToken, Told: duty}.Compose(toAsha(true)) },
		"held-first": func() (Mail, error) {
			return Held{Matter: parts(list.CauseFirst), Token: aToken, Told: duty, Web: "https://forum.example.org/"}.Compose(toAsha(true))
		},
		"held-spam": func() (Mail, error) {
			return Held{Matter: parts(list.CauseSpam), Token: aToken, Told: []string{"Asha"}}.Compose(toAsha(true))
		},
		"held-many": func() (Mail, error) {
			return Held{Matter: parts(list.CauseFile, list.CauseRate, list.CauseName), Token: aToken, Told: []string{"Asha", "Sam", "Ellen"}}.Compose(toAsha(true))
		},
		"held-forger": func() (Mail, error) { return Held{Matter: forger, Token: aToken, Told: duty}.Compose(toAsha(true)) },
		"held-unverified": func() (Mail, error) {
			return Held{Matter: with(parts(list.CauseModerated), func(m *Matter) { m.Verified, m.Changed = false, true }), Token: aToken, Told: duty}.Compose(toAsha(true))
		},
		"held-application": func() (Mail, error) { return Held{Matter: person, Token: aToken, Told: duty}.Compose(toAsha(true)) },
		"held-comes-back":  func() (Mail, error) { return Held{Matter: back, Token: aToken, Told: duty}.Compose(toAsha(true)) },
		"held-role":        func() (Mail, error) { return Held{Matter: office, Token: aToken, Told: duty}.Compose(toAsha(true)) },
		"held-nameless": func() (Mail, error) {
			return Held{Matter: with(person, func(m *Matter) { m.Writer.Name, m.Words = "", "approve\nI am nobody\n-- \ntrust" }), Token: aToken, Told: duty}.Compose(toAsha(true))
		},
		"held-for-operator": func() (Mail, error) { return HeldForOperator{Matter: parts(list.CauseFirst)}.Compose(toAsha(true)) },
		"decided-approved": func() (Mail, error) {
			return Decided{Matter: parts(), Token: aToken, Read: "Approve.", Verdict: hold.Approved, Members: 1204, Due: due}.Compose(toAsha(false))
		},
		"decided-on-a-page": func() (Mail, error) {
			return Decided{Matter: parts(), Token: aToken, Web: true, Verdict: hold.Approved, Members: 1204, Due: due}.Compose(toAsha(false))
		},
		"decided-trusted": func() (Mail, error) {
			return Decided{Matter: parts(), Token: aToken, Read: "trust", Verdict: hold.Approved, Trust: true, Members: 1204, Due: morning}.Compose(toAsha(false))
		},
		"decided-rejected": func() (Mail, error) {
			return Decided{Matter: parts(), Token: aToken, Read: "Reject Please take the child's name out", Verdict: hold.Rejected, Reason: "Please take the child's name out and send it again.\nThank you.\napprove", Due: due}.Compose(toAsha(false))
		},
		"decided-discarded": func() (Mail, error) {
			return Decided{Matter: parts(), Token: aToken, Read: "bin", Verdict: hold.Discarded, Due: due}.Compose(toAsha(false))
		},
		"decided-let-in": func() (Mail, error) {
			return Decided{Matter: person, Token: aToken, Read: "approve", Verdict: hold.Approved, Due: due}.Compose(toAsha(false))
		},
		"decided-not-let-in": func() (Mail, error) {
			return Decided{Matter: person, Token: aToken, Read: "reject", Verdict: hold.Rejected, Reason: "We are for SENCOs in schools.", Due: due}.Compose(toAsha(false))
		},
		"decided-role": func() (Mail, error) {
			return Decided{Matter: office, Token: aToken, Read: "approve", Verdict: hold.Approved, Due: due}.Compose(toAsha(false))
		},
		"already-let-in": func() (Mail, error) {
			return Already{Matter: person, Token: aToken, Read: "discard", Decision: decision, By: "Sam"}.Compose(toAsha(false))
		},
		"unclear-role": func() (Mail, error) {
			return Unclear{Held: Held{Matter: office, Token: aToken}, Read: "approve", Why: NotSigned}.Compose(toAsha(false))
		},
		"told-not-let-in": func() (Mail, error) {
			return Told{Matter: person, Token: aToken, Line: OutcomeLine(hold.Application, hold.Rejected, "Sam", morning), Undo: due, Comment: "We are for SENCOs in schools."}.Compose(toAsha(false))
		},
		"told-nothing-came": func() (Mail, error) {
			return Told{Matter: person, Token: aToken, Line: "Nothing came of this.", More: "The address is banned."}.Compose(toAsha(false))
		},
		"late-applicant": func() (Mail, error) {
			return Late{Matter: person, Token: aToken, Days: 2, Back: morning.AddDate(0, 0, 8)}.Compose(toAsha(false))
		},
		"already": func() (Mail, error) {
			return Already{Matter: parts(), Token: aToken, Read: "discard", Decision: decision, By: "Sam"}.Compose(toAsha(false))
		},
		"already-long-ago": func() (Mail, error) {
			d := hold.Decision{Verdict: hold.Rejected, At: late, Due: late, Done: true}
			return Already{Matter: parts(), Token: aToken, Read: "approve", Decision: d}.Compose(toAsha(false))
		},
		"unclear": func() (Mail, error) {
			return Unclear{Held: held, Read: "Approve but take the child's name out", Why: NotRead}.Compose(toAsha(false))
		},
		"unclear-no": func() (Mail, error) { return Unclear{Held: held, Read: "no", Why: RejectOrBin}.Compose(toAsha(false)) },
		"unclear-which": func() (Mail, error) {
			return Unclear{Held: Held{Token: aToken}, Read: "approve", Why: WhichOne}.Compose(toAsha(false))
		},
		"unclear-too-late": func() (Mail, error) {
			return Unclear{Held: held, Read: "undo", Why: TooLate, When: due}.Compose(toAsha(false))
		},
		"unclear-gone-out": func() (Mail, error) {
			return Unclear{Held: Held{Matter: parts(), Token: aToken, Web: "https://forum.example.org/"}, Read: "undo", Why: TooLate, When: due, Post: 48213}.Compose(toAsha(false))
		},
		"unclear-trust": func() (Mail, error) {
			return Unclear{Held: Held{Matter: pupil, Token: aToken}, Read: "trust", Why: NotOffered}.Compose(toAsha(false))
		},
		"told-approved": func() (Mail, error) {
			return Told{Matter: parts(), Token: aToken, Line: OutcomeLine(hold.Post, hold.Approved, "Sam", morning), Undo: due}.Compose(toAsha(false))
		},
		"told-rejected": func() (Mail, error) {
			return Told{Matter: parts(), Token: aToken, Line: OutcomeLine(hold.Post, hold.Rejected, "", morning), Undo: due, Comment: "No names, please."}.Compose(toAsha(false))
		},
		"told-undone": func() (Mail, error) {
			return Told{Matter: parts(), Token: aToken, Line: UndoLine(hold.Approved, "Sam", morning)}.Compose(toAsha(false))
		},
		"told-claimed": func() (Mail, error) {
			return Told{Matter: parts(), Token: aToken, Line: ClaimLine("Sam", morning)}.Compose(toAsha(false))
		},
		"doubted-from": func() (Mail, error) { return Doubted{Held: held, From: "asha@home.example"}.Compose(toAsha(false)) },
		"doubted-sender": func() (Mail, error) {
			return Doubted{Held: Held{Matter: parts(), Token: aToken, Web: "https://forum.example.org"}}.Compose(toAsha(false))
		},
		"doubted-old": func() (Mail, error) { return Doubted{Held: held, Days: 14}.Compose(toAsha(false)) },
		"morning": func() (Mail, error) {
			return Morning{Token: aToken, Waiting: []Wait{wait(pupil, 9, ""), wait(parts(list.CauseFirst), 5, "Ellen"), wait(person, 60, "")}, Approved: 4, Returned: 1, Unverified: 3,
				Outcomes: []string{"#2b9x: Approved by Sam, 22:10."}}.Compose(toAsha(true))
		},
		"waiting-asked": func() (Mail, error) {
			return Morning{Token: aToken, Waiting: []Wait{wait(office, 1, ""), wait(back, 0, "")}, Asked: true}.Compose(toAsha(false))
		},
		"waiting-nothing": func() (Mail, error) { return Morning{Asked: true, Unverified: 2}.Compose(toAsha(true)) },
		"morning-decided": func() (Mail, error) {
			return Morning{Approved: 1, Outcomes: []string{"#2b9x: Approved by Sam, 22:10."}}.Compose(toAsha(true))
		},
		"late-to-owner": func() (Mail, error) {
			return Late{Matter: parts(list.CauseModerated), Token: aToken, Days: 2, Back: morning.AddDate(0, 0, 8)}.Compose(toAsha(false))
		},
		"flood": func() (Mail, error) { return Alarm{}.Compose(toAsha(true)) },
		"writer-held": func() (Mail, error) {
			return HeldBack{Subject: "Hello, and a question", Findings: parts(list.CauseFirst).Findings, Token: aToken, Usual: usual}.Compose(toJane())
		},
		"writer-late": func() (Mail, error) {
			return StillWaiting{Subject: "Part-time timetables", Token: aToken, Days: 2, Back: morning.AddDate(0, 0, 8)}.Compose(toJane())
		},
		"writer-rejected": func() (Mail, error) {
			return Returned{Matter: parts(), Reason: "Please take the child's name out and send it again. Thank you."}.Compose(toJane())
		},
		"writer-unheard": func() (Mail, error) { return Returned{Matter: parts(), Days: 10}.Compose(toJane()) },
		"writer-asked-role": func() (Mail, error) {
			return Question{Words: "May I ring you?", Token: aToken, Role: list.RoleModerator}.Compose(toJane())
		},
		"writer-asked": func() (Mail, error) { return Question{Words: "Where do you work?", Token: aToken}.Compose(toJane()) },
		"writer-private": func() (Mail, error) {
			return Doubt{Subject: "Our meeting", Findings: []list.Finding{{Cause: list.CausePrivate, Notes: []string{"between us", "Priya N. via SENCO Forum"}}}, Token: aToken, Members: 1204, Only: "Priya N."}.Compose(toJane())
		},
		"not-understood": func() (Mail, error) {
			to := toJane()
			to.Answers, to.Thread, to.Last = "<x@school.example>", "", true
			return Unknown{Read: "weeekley", Why: `I do not know the word "weeekley". Near it are: weekly, every, leave.`, Words: [][2]string{
				{"weekly", "one email every Monday"}, {"every", "every email at once"}, {"leave", "no more emails; one word brings you back"}}}.Compose(to)
		},
		"not-understood-answer": func() (Mail, error) {
			to := toJane()
			to.Answers, to.Thread = "<x@school.example>", ""
			return Unknown{Why: "I found no words of yours above the email that you answered.", Words: [][2]string{{"cancel", "do nothing more with it"}}, Token: aToken}.Compose(to)
		},
		"may-be-a-word": func() (Mail, error) {
			notes := []string{"unsubscribe?", `I was not sure because of "?", so I did nothing.`, "leave"}
			return Doubt{Subject: "Re: [SENCO] Laptops in exams", Findings: []list.Finding{{Cause: list.CauseCommand, Notes: notes}}, Token: aToken, Members: 1204}.Compose(toJane())
		},
		"writer-private-again": func() (Mail, error) {
			return Doubt{Subject: "Our meeting", Findings: []list.Finding{{Cause: list.CausePrivate, Notes: []string{"between us", "off list"}}}, Token: aToken, Members: 1204, Again: true}.Compose(toJane())
		},
		"writer-pupil": func() (Mail, error) {
			return Doubt{Subject: "Re: Part-time timetables", Findings: pupil.Findings, Token: aToken, Members: 1204, Files: true, Days: 7}.Compose(toJane())
		},
		"writer-pupil-taken-out": func() (Mail, error) {
			return Doubt{Subject: "Re: Part-time timetables", Findings: pupil.Findings, Token: aToken, Members: 1204, Files: true, Days: 7, Left: "We had the same when we wrote the [removed].\n\nJane\n"}.Compose(toJane())
		},
		"writer-pupil-clean": func() (Mail, error) {
			return Doubt{Subject: "Re: Part-time timetables", Findings: []list.Finding{{Cause: list.CausePupil}}, Token: aToken, Members: 1204, Days: 7, Left: "We had the same when we wrote the [removed].\n\nJane\n"}.Compose(toJane())
		},
		"writer-not-sent":   func() (Mail, error) { return NotSent{Matter: parts()}.Compose(toJane()) },
		"writer-taken-back": func() (Mail, error) { return TakenBack{Subject: "Our meeting", Read: "cancel"}.Compose(toJane()) },
		"writer-too-late": func() (Mail, error) {
			return TakenBack{Subject: "Our meeting", Gone: morning, Read: "cancel"}.Compose(toJane())
		},
		"ack": func() (Mail, error) {
			return Ack{Subject: "EHCP annual review paperwork", Token: aToken, Members: 1204, Due: due}.Compose(toJane())
		},
		"ack-asked-before": func() (Mail, error) {
			return Ack{Subject: "EHCP annual review paperwork", Token: aToken, Members: 1204, Due: due, Before: []Earlier{
				{Number: 48213, Title: "Annual review paperwork", Begun: morning.AddDate(-3, 0, 0), Posts: 12, Link: "https://forum.example.org/t/48213"},
				{Number: 17, Title: "Forms for statement reviews", Begun: morning.AddDate(-14, 0, 0), Posts: 1},
			}}.Compose(toJane())
		},
		"ack-hint": func() (Mail, error) {
			return Ack{Subject: "A lunchtime club", Token: aToken, Members: 1204, Due: due, Hints: []string{"a first name beside a school year (line 2)"}}.Compose(toJane())
		},
		"ack-hint-at-once": func() (Mail, error) {
			return Ack{Subject: "A lunchtime club", Members: 1204, Due: morning, Hints: []string{"a first name beside a school year (line 2)", "something that I could not read (file 1)"}}.Compose(toJane())
		},
		"ack-at-once": func() (Mail, error) {
			return Ack{Subject: "EHCP annual review paperwork", Members: 1204, Due: morning}.Compose(toJane())
		},
	}
}

// commands are words that decide: none stands alone on a line of a mail to a moderator, so that a quoted mail never decides.
var commands = map[string]bool{"approve": true, "trust": true, "reject": true, "discard": true, "undo": true, "hold": true, "yes": true, "ok": true, "remove attachments": true, "no": true}

// TestMailsAboutWhatWaits compares whole mails, and looks for what no such mail may have.
func TestMailsAboutWhatWaits(t *testing.T) {
	for name, compose := range mails() {
		t.Run(name, func(t *testing.T) {
			_, text := golden(t, name, compose)
			head, body, _ := strings.Cut(text, "\n\n")
			if strings.Contains(head, "To: asha") && strings.Contains(head, "Reply-To") && !strings.Contains(strings.ReplaceAll(head, "\n ", ""), "senco-forum-mod+"+aToken) {
				t.Error("an answer has no token")
			}
			above := 0
			for line := range strings.Lines(body) {
				line = strings.TrimRight(line, "\n")
				switch {
				case strings.HasPrefix(line, ">"), strings.HasPrefix(line, "----------"):
					continue
				case commands[strings.ToLower(strings.Trim(line, " ."))] && strings.TrimLeft(line, " ") == line:
					t.Errorf("a line is a command alone: %q", line)
				case len([]rune(line)) > 78:
					t.Errorf("a line is too long for a telephone: %q", line)
				}
				above++
			}
			if above > 25 {
				t.Errorf("%d lines beside what is quoted", above)
			}
			lower := strings.ToLower(body)
			for _, banned := range []string{"pending", "disposition", "administrivia", "subscription", "invalid", "error code", "syntax"} {
				if strings.Contains(lower, banned) {
					t.Errorf("it says %q", banned)
				}
			}
			if strings.Contains(head, "Bcc:") && !strings.Contains(head, "Subject:") || strings.Contains(head, "\nBcc") || strings.ContainsAny(text, "\u202e\u200b\x00") {
				t.Error("a stranger's words became something else")
			}
		})
	}
}

// All mails about one item make one thread for each reader.
func TestMailsOfAnItemMakeOneThread(t *testing.T) {
	first, err := Held{Matter: parts(list.CauseFirst), Token: aToken}.Compose(toAsha(true))
	if err != nil || strings.Contains(string(first.Header), "In-Reply-To") || !strings.Contains(string(first.Header), "Message-ID: <held.8.2@lists.example.org>") {
		t.Errorf("the first: %v\n%s", err, first.Header)
	}
	next, err := Told{Matter: parts(), Line: "x."}.Compose(func() To { t := toAsha(false); t.Answers = ""; return t }())
	if err != nil || !strings.Contains(string(next.Header), "In-Reply-To: <held.8.2@lists.example.org>\r\nReferences: <held.8.2@lists.example.org>\r\n") {
		t.Errorf("the next: %v\n%s", err, next.Header)
	}
	answer, err := Told{Matter: parts(), Line: "x."}.Compose(toAsha(false))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(answer.Header), "\r\n ", " "), "References: <held.8.2@lists.example.org> <reply@school.example>") {
		t.Errorf("an answer: %v\n%s", err, answer.Header)
	}
}

func FuzzHeld(f *testing.F) {
	f.Add("Re: x", "approve\n\n", "Jane", "words")
	f.Fuzz(func(t *testing.T, subject, text, name, words string) {
		m := parts(list.CauseModerated)
		m.Subject, m.Text, m.Writer.Name, m.Words = subject, text, name, words
		m.Files = []FileLine{{Name: name, Begins: words}}
		mail, err := Held{Matter: m, Token: aToken, Told: []string{name, name}}.Compose(toAsha(true))
		if err != nil {
			t.Fatal(err)
		}
		if len(mail.Body)+len(mail.Header) > 60<<10 {
			t.Errorf("it has %d bytes", len(mail.Body))
		}
		if n := strings.Count(string(mail.Header), "\r\nReply-To:"); n != 1 || strings.Contains(string(mail.Header), "\r\n\r\n") {
			t.Errorf("the header is\n%s", mail.Header)
		}
	})
}
