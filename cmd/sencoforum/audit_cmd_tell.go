package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sencoforum/calendar"
	"sencoforum/intake"
)

// tell says it in words. The entries of the record are shown when it alone was asked for.
func (r auditReport) tell(t *text, f auditFlags) {
	r.tellEntries(t)
	if f.messages {
		r.tellMessages(t, f.posts)
	}
	if r.Log != nil {
		from := ""
		if r.Log.First > 1 {
			from = fmt.Sprintf(", from number %d on", r.Log.First)
		}
		t.say("The record has %s%s; its head is %s.", entries(r.Log.Entries), from, orDash(r.Log.Head))
	}
	for _, fault := range r.Faults {
		t.say("FAULT: %s", fault)
	}
	if len(r.Faults) == 0 {
		t.say("No faults.")
		return
	}
	t.say("%s. Keep the data directory as it is and look into the log of the server.", plural(len(r.Faults), "fault"))
}

func entries(n uint64) string {
	if n == 1 {
		return "1 entry"
	}
	return strings.TrimSuffix(plural(int(n), "entry"), "ys") + "ies"
}

func (r auditReport) tellEntries(t *text) {
	var rows [][]string
	for _, e := range r.Entries {
		rows = append(rows, []string{
			strconv.FormatUint(e.Number, 10), e.At.In(calendar.London()).Format("2 Jan 2006 15:04:05"), e.Actor, e.Action, about(e), orDash(e.Detail),
		})
	}
	t.rows([]string{"NUMBER", "TIME", "WHO", "DID", "TO", "DETAIL"}, rows)
}

// about names what an entry was done to, by numbers as in the record.
func about(e entryView) string {
	var words []string
	if e.List != 0 {
		words = append(words, fmt.Sprintf("list %d", e.List))
	}
	if e.Person != 0 {
		words = append(words, fmt.Sprintf("person %d", e.Person))
	}
	switch {
	case len(e.Items) == 1:
		words = append(words, fmt.Sprintf("item %d", e.Items[0]))
	case len(e.Items) > 1:
		words = append(words, fmt.Sprintf("%d items", len(e.Items)))
	}
	return orDash(strings.Join(words, ", "))
}

func (r auditReport) tellMessages(t *text, posts bool) {
	if posts {
		var rows [][]string
		for _, p := range r.Posts {
			c := p.Tally
			rows = append(rows, []string{
				strconv.Itoa(int(p.Number)), p.List, p.State, string(p.Intake), strconv.Itoa(c.Delivered),
				strconv.Itoa(c.Failed + c.Expired), strconv.Itoa(c.Dropped), strconv.Itoa(c.Open),
			})
		}
		t.rows([]string{"POST", "LIST", "POST IS", "MESSAGE IS", "DELIVERED", "FAILED", "DROPPED", "OPEN"}, rows)
	}
	var rows [][]string
	for _, s := range intake.States {
		if r.Live[s]+r.Purged[s] > 0 {
			rows = append(rows, []string{string(s), strconv.FormatUint(r.Live[s], 10), strconv.FormatUint(r.Purged[s], 10)})
		}
	}
	t.rows([]string{"STATE", "KEPT", "REMOVED"}, rows)
	kept := sum(r.Live)
	t.say("%s taken: %d kept and %d removed. %s.", plural(int(r.Accepted), "message"), kept, sum(r.Purged), plural(r.posts, "post"))
	t.say("%s to go out; %s put aside.", waits(int(r.Queue.Waiting)), plural(r.Queue.Aside, "item"))
}

func sum(counts map[intake.State]uint64) uint64 {
	total := uint64(0)
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		total += counts[s]
	}
	return total
}
