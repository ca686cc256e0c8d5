package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/watch"
)

// modStatsData is what moderators may know: how mail fares, and what waited for them.
type modStatsData struct {
	Lists     []heldData
	Providers []providerData
	Small     int // members at providers of few, who are not named
	Known     bool
}

type heldData struct {
	Title, Waiting, Oldest string     // Waiting: a sentence without its end
	Decided                []factData // in the last thirty days
	Half, Slowest          string
}

type providerData struct {
	Name, People, Taken, Refused, Waiting string
	Alarm                                 bool
}

// namedFrom is how many members a provider has at least to be named: the domain of one family's mail says who somebody is, and
// the figures are of all lists of this server.
const namedFrom = 5

// decidedFor is how far back decisions are told.
const decidedFor = 30 * 24 * time.Hour

func modStatsPage(v *visit) error {
	var d modStatsData
	err := v.s.db.View(func(tx *store.Tx) error {
		d = modStatsData{}
		for _, l := range v.lists {
			if !v.reader.Moderates(l.ID) {
				continue
			}
			h, err := v.held(tx, l)
			if err != nil {
				return err
			}
			d.Lists = append(d.Lists, h)
		}
		if v.s.cfg.Standing == nil {
			return nil
		}
		all, err := v.s.cfg.Standing(tx)
		d.Known = true
		d.providers(all)
		return err
	})
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "modstats.html", v.shell("Statistics for moderators", link{Path: "/stats", Text: "Statistics"}, link{Path: "/mod/stats", Text: "For moderators"}), d)
}

// held tells what waits for the moderators of a list, and how long what they decided had waited.
func (v *visit) held(tx *store.Tx, l list.List) (heldData, error) {
	h := heldData{Title: l.Title}
	waiting, err := hold.Waiting(tx, l.ID)
	if err != nil {
		return h, err
	}
	h.Waiting = waitingWords(waiting)
	if len(waiting) > 0 {
		oldest := slices.MinFunc(waiting, func(a, b hold.Item) int { return a.Asked.Compare(b.Asked) })
		h.Oldest = spell(v.now.Sub(oldest.Asked))
	}
	decided, err := hold.Decided(tx, l.ID, v.now.Add(-decidedFor))
	if err != nil {
		return h, err
	}
	counts := map[hold.Verdict]int{}
	for _, it := range decided {
		counts[it.Decision.Verdict]++
	}
	for _, verdict := range []struct {
		is   hold.Verdict
		text string
	}{{hold.Approved, "Approved"}, {hold.Rejected, "Sent back"}, {hold.Discarded, "Discarded"}, {hold.Withdrawn, "Taken back by the writer"}, {hold.Unheard, "Sent back, as nobody decided in time"}} {
		if n := counts[verdict.is]; n > 0 {
			h.Decided = append(h.Decided, factData{verdict.text, thousands(n)})
		}
	}
	if took := moderate.TookOf(decided); len(took) > 0 {
		h.Half, h.Slowest = spell(took[(len(took)-1)/2]), spell(took[len(took)-1])
	}
	return h, nil
}

// waitingWords says what waits: messages, and people.
func waitingWords(all []hold.Item) string {
	people := 0
	for _, it := range all {
		if it.OnPerson() {
			people++
		}
	}
	messages := plural(len(all)-people, "message waits", "messages wait")
	asking := plural(people, "person waits", "people wait")
	switch {
	case len(all) == 0:
		return "Nothing waits now"
	case people == 0:
		return messages + " now"
	case people == len(all):
		return asking + " now for a decision about them"
	}
	return messages + " now, and " + asking + " for a decision about them"
}

// providers tells how mail fares at those that have members.
func (d *modStatsData) providers(all []watch.Standing) {
	for _, s := range all {
		row := providerData{
			Name: s.Provider, People: thousands(s.People), Taken: thousands(int(s.Week.Accepted)), Refused: thousands(int(s.Week.Refusals() + s.Week.Expired)),
			Waiting: thousands(s.Waiting), Alarm: s.Alarm.Open(),
		}
		switch {
		case s.Provider == "*":
			row.Name = "All providers"
		case s.People < namedFrom:
			d.Small += s.People
			continue
		}
		d.Providers = append(d.Providers, row)
	}
}

// spell says how long something took, in the unit that fits.
func spell(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return plural(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d.Hours()), "hour", "hours")
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
