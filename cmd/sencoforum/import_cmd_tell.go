package main

import (
	"fmt"
	"strings"
	"time"
)

// importReport is an import as JSON.
type importReport struct {
	List     string        `json:"list"`
	Written  bool          `json:"written"`
	Messages int           `json:"messages"`
	First    time.Time     `json:"first,omitzero"` // dates of the first and of the last message
	Last     time.Time     `json:"last,omitzero"`
	New      int           `json:"new"`
	Known    int           `json:"known"`
	Linked   int           `json:"linked"`
	Undated  int           `json:"undated"`
	Repaired int           `json:"dates_repaired"`
	Gaps     []string      `json:"months_without,omitempty"`
	Charset  int           `json:"charset_repaired"`
	Broken   int           `json:"broken_threads"`
	NoID     int           `json:"without_message_id"`
	Footers  int           `json:"footers_removed"`
	Via      int           `json:"via_undone"`
	Tag      string        `json:"tag,omitempty"` // of the old list
	Tags     int           `json:"tags_removed"`
	Skipped  []skippedView `json:"left_out,omitempty"`
	Longest  float64       `json:"longest_write_ms"`
}

// skippedView is a message that was left out.
type skippedView struct {
	Where  string `json:"where"`
	Reason string `json:"reason"`
}

// skippedMost is how many of them people see.
const skippedMost = 20

// tell says what was done, or would be, and gives the exit code.
func (i *postImport) tell() error {
	p := i.plan
	fixed := p.Fixed()
	for _, s := range p.LeftOut() {
		i.skipped = append(i.skipped, skippedView{Where: s.Where, Reason: s.Bad})
	}
	first, last := p.Span()
	r := importReport{
		List: i.to.List, Written: !i.spec.dry, Messages: p.Messages, First: first, Last: last,
		New: i.sum.New, Known: i.sum.Known, Linked: i.sum.Linked, Undated: p.Undated, Repaired: p.Repaired, Gaps: p.Gaps(),
		Charset: i.sum.Charset, Broken: p.Broken, NoID: p.WithoutID, Footers: fixed.Footers, Via: fixed.Via, Tag: i.spec.tag, Tags: fixed.Tags, Skipped: i.skipped,
		Longest: float64(i.sum.Longest.Microseconds()) / 1000,
	}
	if sum := r.New + r.Known + len(r.Skipped); sum != r.Messages {
		return fmt.Errorf("%d messages were found and %d accounted for, a fault of this program", r.Messages, sum)
	}
	if err := i.show(r, func(t *text) { tellImport(t, r) }); err != nil {
		return err
	}
	if p.Unread > 0 {
		return &exit{code: exitFailed, err: errSaid}
	}
	return nil
}

func tellImport(t *text, r importReport) {
	if r.Messages == 0 {
		t.say("There is no message in it. Is it the right file?")
		return
	}
	t.say("%s, %s to %s.", plural(r.Messages, "message"), day(r.First), day(r.Last))
	tag := "the old list put none that is known before subjects"
	if r.Tag != "" {
		tag = r.Tag + ", which the old list put before subjects"
	}
	t.rows(nil, [][]string{
		{"new", fmt.Sprint(r.New), ""},
		{"known already", fmt.Sprint(r.Known), "passed over"},
		{"left out", fmt.Sprint(len(r.Skipped)), "see below"},
		{"by members", fmt.Sprint(r.Linked), "of the new ones, linked to them"},
		{"dates repaired", fmt.Sprint(r.Repaired), "their Date is absurd or missing; the postmark or a Received field tells"},
		{"undated", fmt.Sprint(r.Undated), "take the date of the message beside them"},
		{"charsets guessed", fmt.Sprint(r.Charset), "of the new ones: the text is not in the charset it says"},
		{"broken threads", fmt.Sprint(r.Broken), "answer a message that is not in this archive"},
		{"without Message-ID", fmt.Sprint(r.NoID), "are known by their author, date, subject and text"},
		{"footers removed", fmt.Sprint(r.Footers), ""},
		{"authors given back", fmt.Sprint(r.Via), "were sent \"via\" the list"},
		{"tags removed", fmt.Sprint(r.Tags), tag},
	})
	if len(r.Gaps) > 0 {
		t.paragraph("No message at all in: ", strings.Join(monthRanges(r.Gaps), ", ")+".")
	}
	for n, s := range r.Skipped {
		if n == skippedMost {
			t.say("And %d more; --json names them all.", len(r.Skipped)-n)
			break
		}
		t.say("Left out: %s: %s.", s.Where, s.Reason)
	}
	if !r.Written {
		t.say("Nothing was written: this was a dry run.")
		return
	}
	t.say("They are in the archive of %s, for members only. Nobody was mailed.", r.List)
}

// monthRanges joins months that follow each other: "2003-10 to 2003-12".
func monthRanges(months []string) []string {
	var out []string
	for n := 0; n < len(months); {
		end := n
		for end+1 < len(months) && nextMonth(months[end]) == months[end+1] {
			end++
		}
		if end == n {
			out = append(out, months[n])
		} else {
			out = append(out, months[n]+" to "+months[end])
		}
		n = end + 1
	}
	return out
}

func nextMonth(m string) string {
	t, err := time.Parse("2006-01", m)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 1, 0).Format("2006-01")
}
