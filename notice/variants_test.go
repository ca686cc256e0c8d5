package notice

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
)

// variants are mails that differ from those of the other tests in a sentence or two.
//
// ceiling: flat table
func variants() map[string]func() (Mail, error) {
	duty := []string{"Asha", "Sam"}
	due, before := morning.Add(5*time.Minute), morning.Add(-time.Hour)
	held := func(n Held) func() (Mail, error) {
		return func() (Mail, error) { n.Token = aToken; return n.Compose(toAsha(true)) }
	}
	already := func(d hold.Decision) func() (Mail, error) {
		return func() (Mail, error) {
			return Already{Matter: parts(), Token: aToken, Read: "approve", Decision: d, By: "Sam"}.Compose(toAsha(false))
		}
	}
	told := func(line string) func() (Mail, error) {
		return func() (Mail, error) {
			return Told{Matter: parts(), Token: aToken, Line: line}.Compose(toAsha(false))
		}
	}
	member := func(m list.Membership) func() (Mail, error) {
		return func() (Mail, error) { return AlreadyMember(toTom(), m) }
	}
	jane := Matter{Code: "7d4p", Kind: hold.Application, Writer: list.Person{Name: "Jane Smith"}, Address: message.Address{Local: "jane", Domain: "school.example"}}
	all := map[string]func() (Mail, error){
		"held-automatic": held(Held{Matter: parts(list.CauseAutomatic, list.CauseEncrypted, list.CauseToken), Told: duty}),
		"held-repeated":  held(Held{Matter: parts(list.CauseRepeated, list.CauseClosed, list.CauseNotAddressed), Told: duty}),
		"held-private":   held(Held{Matter: parts(list.CausePrivate, list.CauseEmergency), Told: duty}),
		"held-plain": held(Held{Told: []string{"Asha", "Sam", "Ellen", "Tom", "Jo", "Ann", "Max"}, Matter: with(parts(), func(m *Matter) {
			m.Files = []FileLine{{Name: "timetable.xlsm", Kind: "application/vnd.ms-excel.sheet.macroenabled.12", Size: 24000}}
		})}),
		"already-unheard":    already(hold.Decision{Verdict: hold.Unheard, At: before, Due: before, Done: true}),
		"already-withdrawn":  already(hold.Decision{Verdict: hold.Withdrawn, At: before, Due: before, Done: true}),
		"already-gone":       already(hold.Decision{Verdict: hold.Approved, At: before, Due: before.Add(5 * time.Minute), Done: true}),
		"already-rejected":   already(hold.Decision{Verdict: hold.Rejected, At: morning, Due: due}),
		"held-for-everybody": held(Held{Matter: parts(list.CauseNotAddressed), Told: duty}),
		"told-withdrawn":     told(OutcomeLine(hold.Post, hold.Withdrawn, "", morning)),
		"told-unheard":       told(OutcomeLine(hold.Post, hold.Unheard, "", morning)),
		"told-undecided":     told(OutcomeLine(hold.Application, hold.Unheard, "", morning)),
		"held-command":       held(Held{Matter: parts(list.CauseCommand), Told: duty}),
		"obeyed-aside": func() (Mail, error) {
			return Obeyed{Subject: "Done: you follow this", Text: []string{"You get all of this discussion."}, ToList: true, Read: "follow"}.Compose(toTom())
		},
		"held-thread":        held(Held{Matter: parts(list.CauseThread), Told: duty}),
		"held-wrote-nothing": held(Held{Matter: jane, Told: duty}),
		"person-discarded": func() (Mail, error) {
			return Decided{Matter: jane, Token: aToken, Verdict: hold.Discarded, Due: due, Read: "discard"}.Compose(toAsha(false))
		},
		"morning-person": func() (Mail, error) {
			return Morning{Token: aToken, Waiting: []Wait{{Matter: jane, Since: morning.AddDate(0, 0, -9), Back: true}}}.Compose(toAsha(true))
		},
		"doubted-from-web": func() (Mail, error) {
			return Doubted{Held: Held{Matter: parts(), Token: aToken, Web: "https://forum.example.org"}, From: "asha@home.example"}.Compose(toAsha(false))
		},
		"morning-last": func() (Mail, error) {
			return Morning{Token: aToken, Waiting: []Wait{{Matter: parts(list.CauseModerated), Since: morning.AddDate(0, 0, -9), Back: true}}}.Compose(toAsha(true))
		},
		"join-already-paused": member(list.Membership{Mode: list.ModeEvery, PausedUntil: morning.AddDate(0, 1, 0)}),
		"join-already-daily":  member(list.Membership{Mode: list.ModeDaily}),
		"join-already-none":   member(list.Membership{Mode: list.ModeNone}),
		"status-suspended": func() (Mail, error) {
			return Status{Membership: list.Membership{Mode: list.ModeEvery, Joined: morning, Suspended: true}, Person: toTom().Person}.Compose(toTom())
		},
		"act-health-one": func() (Mail, error) {
			return Health{Month: morning, Members: 1, Dead: 1}.Compose(Round{List: forum, To: round().To, ID: "health.1.3", Now: morning})
		},
	}
	for i, c := range []list.Cause{list.CausePupil, list.CauseFile, list.CauseEmergency, list.CauseRate, list.CauseClosed, list.CauseEncrypted, list.CauseModerated, list.CauseThread} {
		all[fmt.Sprintf("writer-held-%d", i+1)] = func() (Mail, error) {
			return HeldBack{Subject: "Hello", Findings: parts(c).Findings, Token: aToken}.Compose(toJane())
		}
	}
	for word := range wordsDo {
		all["writer-command-"+word] = func() (Mail, error) {
			notes := []string{word + " or not", "It says \"or not\".", word}
			return Doubt{Subject: "Hello", Findings: []list.Finding{{Cause: list.CauseCommand, Notes: notes}}, Token: aToken, Members: 1204}.Compose(toJane())
		}
	}
	for _, why := range []Why{NoSuchWords, NoFiles, NoUndo, NotHere, AuthorLeft, Sealed} {
		all["unclear-"+strings.ReplaceAll(string(why), " ", "-")] = func() (Mail, error) {
			return Unclear{Held: Held{Matter: parts(list.CauseModerated), Token: aToken}, Read: "redact \"Tom\"", Why: why}.Compose(toAsha(false))
		}
	}
	for _, m := range []list.DeliveryMode{list.ModeEvery, list.ModeQuestions, list.ModeDaily, list.ModeNone} {
		all["done-"+string(m)] = func() (Mail, error) {
			return Obeyed{Subject: DoneWords(m), Text: []string{NowWords(m)}, Read: string(m)}.Compose(toTom())
		}
		all["back-to-"+string(m)] = func() (Mail, error) { return Back(toTom(), list.Membership{Mode: m}) }
	}
	return all
}

func TestVariantsOfMails(t *testing.T) {
	for name, compose := range variants() {
		t.Run(name, func(t *testing.T) { golden(t, name, compose) })
	}
}
