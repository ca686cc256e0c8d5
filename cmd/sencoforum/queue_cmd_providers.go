package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/watch"
)

func queueProvidersCommand(o *rootOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "providers [PROVIDER]",
		Short: "Show how each mail provider takes our mail",
		Long: "Show how each mail provider takes our mail: those in trouble first, then those with the most\n" +
			"members. The columns 24 H and 7 DAYS count copies: accepted/put off/refused or returned.\n" +
			"With PROVIDER, show its last days and what it said.",
		Example: "  sencoforum queue providers\n  sencoforum queue providers BT",
		Args:    between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.reach(cmd, func(_ context.Context, a *admin) error {
				if len(args) == 1 {
					return a.showProvider(args[0])
				}
				return a.listProviders()
			})
		},
	}
}

// tallyView is what came of copies as JSON.
type tallyView struct {
	Accepted uint64 `json:"accepted"`
	Deferred uint64 `json:"deferred"`
	Refused  uint64 `json:"refused"`  // in our own sessions
	Returned uint64 `json:"returned"` // in reports that came later
	Expired  uint64 `json:"expired"`
}

func viewTally(t watch.Tally) tallyView {
	return tallyView{Accepted: t.Accepted, Deferred: t.Deferred, Refused: t.Refusals(), Returned: t.Returns(), Expired: t.Expired}
}

// String is accepted/put off/refused.
func (v tallyView) String() string {
	return fmt.Sprintf("%d/%d/%d", v.Accepted, v.Deferred, v.Refused+v.Returned+v.Expired)
}

// providerView is one provider as JSON.
type providerView struct {
	Provider string    `json:"provider"` // "*" is all of them
	People   int       `json:"people"`
	State    string    `json:"state"` // "well", or the kind of trouble
	Since    time.Time `json:"since,omitzero"`
	Day      tallyView `json:"last_24_hours"`
	Week     tallyView `json:"last_7_days"`
	Waiting  int       `json:"waiting"`
	Oldest   time.Time `json:"oldest_waiting,omitzero"`
	Accepted time.Time `json:"last_accepted,omitzero"`
	Answer   string    `json:"last_answer,omitempty"` // the last that was no acceptance
	AnswerAt time.Time `json:"last_answer_at,omitzero"`
	Class    string    `json:"last_answer_class,omitempty"`
	Error    string    `json:"error,omitempty"`
	Held     string    `json:"held,omitempty"` // why copies wait although nothing failed
	Help     string    `json:"help,omitempty"` // where to ask a provider in trouble
	Days     []dayView `json:"days,omitempty"`
}

type dayView struct {
	Day string `json:"day"`
	tallyView
}

func viewProvider(s watch.Standing) providerView {
	v := providerView{
		Provider: s.Provider, People: s.People, State: "well", Day: viewTally(s.Day), Week: viewTally(s.Week),
		Waiting: s.Waiting, Oldest: inUTC(s.Oldest), Accepted: inUTC(s.Accepted), Error: s.Error, Held: s.Held,
	}
	if s.Alarm.Open() {
		v.State, v.Since = string(s.Alarm.Kind), inUTC(s.Alarm.Since)
		v.Help = watch.HelpPage(s.Provider)
	}
	if v.Answer = s.Answer.Said(); v.Answer != "" {
		v.AnswerAt, v.Class = inUTC(s.Answer.At), s.Answer.Meaning()
	}
	return v
}

// watching is a watch that only reads. Call it outside any transaction.
func (a *admin) watching() (*watch.Watch, error) {
	var states []queue.ProviderState
	if a.queue != nil {
		states = a.queue.Providers()
	} else {
		err := a.db.View(func(tx *store.Tx) (err error) {
			states, err = waitingByDomain(tx)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return watch.New(slog.New(slog.DiscardHandler), a.db, nil, watch.Config{
		Waiting: func() []queue.ProviderState { return states }, Now: a.now,
	})
}

// waitingByDomain is what waits for each domain, where no queue runs that knows.
func waitingByDomain(tx *store.Tx) ([]queue.ProviderState, error) {
	byDomain := map[string]*queue.ProviderState{}
	for r, err := range queue.List(tx, queue.Filter{}) {
		if err != nil {
			return nil, err
		}
		s := byDomain[r.Domain]
		if s == nil {
			s = &queue.ProviderState{Provider: r.Domain, Oldest: r.Queued}
			byDomain[r.Domain] = s
		}
		if s.Later++; r.Queued.Before(s.Oldest) {
			s.Oldest = r.Queued
		}
	}
	var out []queue.ProviderState
	for _, s := range byDomain {
		out = append(out, *s)
	}
	return out, nil
}

// failedShown is how many domains are named whose mail failed DMARC.
const failedShown = 5

func (a *admin) listProviders() error {
	var found struct {
		Providers []providerView       `json:"providers"`
		Failed    []watch.FailedDomain `json:"failed_dmarc_7_days"`
	}
	found.Providers, found.Failed = []providerView{}, []watch.FailedDomain{}
	w, err := a.watching()
	if err != nil {
		return err
	}
	err = a.db.View(func(tx *store.Tx) error {
		all, err := w.Standings(tx)
		if err != nil {
			return err
		}
		for _, s := range all {
			found.Providers = append(found.Providers, viewProvider(s))
		}
		failed, err := w.FailedDomains(tx, failedShown)
		found.Failed = append(found.Failed, failed...)
		return err
	})
	if err != nil {
		return err
	}
	return a.show(found, func(t *text) {
		tellProviders(t, found.Providers, a.now())
		if len(found.Failed) > 0 {
			var words []string
			for _, f := range found.Failed {
				words = append(words, fmt.Sprintf("%s (%d)", strings.Replace(f.Domain, "*", "others", 1), f.Mails))
			}
			t.paragraph("Refused in 7 days, since it was not from whom it claimed: ", strings.Join(words, ", "))
		}
	})
}

// providerWidth keeps a line of the table within 80 columns.
const providerWidth = 18

func tellProviders(t *text, views []providerView, now time.Time) {
	var rows [][]string
	bad := 0
	for _, v := range views {
		if v.State != "well" {
			bad++
		}
		rows = append(rows, []string{
			shortened(cmp.Or(strings.Replace(v.Provider, "*", "(all)", 1), "-"), providerWidth), strconv.Itoa(v.People),
			v.Day.String(), v.Week.String(), strconv.Itoa(v.Waiting), age(v.Oldest, now), v.State,
		})
	}
	t.rows([]string{"PROVIDER", "PEOPLE", "24 H", "7 DAYS", "WAIT", "OLDEST", "STATE"}, rows)
	for _, v := range views {
		if v.State != "well" && (v.Answer != "" || v.Error != "") {
			t.paragraph(v.Provider+": ", cmp.Or(v.Error, v.Answer))
		}
	}
	switch {
	case len(views) == 0:
		t.say("No mail has gone out yet, and there are no members.")
	case bad == 0:
		t.say("%s, all well. 24 H and 7 DAYS: accepted/put off/refused.", plural(len(views), "provider"))
	default:
		t.say("%s, %d in trouble. 24 H and 7 DAYS: accepted/put off/refused.", plural(len(views), "provider"), bad)
		t.say("See more with: sencoforum queue providers PROVIDER")
	}
}

// shortened cuts a name that is too long for its column.
func shortened(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// age is how long ago a moment was, in the one unit that matters; a dash for none.
func age(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "-"
	case d < time.Hour:
		return fmt.Sprintf("%d min", max(0, int(d.Minutes())))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// showProvider shows one provider, by its name or a domain of its, with its last days.
func (a *admin) showProvider(name string) error {
	var v providerView
	found := false
	w, err := a.watching()
	if err != nil {
		return err
	}
	err = a.db.View(func(tx *store.Tx) error {
		all, err := w.Standings(tx)
		if err != nil {
			return err
		}
		for _, s := range all {
			if !strings.EqualFold(s.Provider, name) && s.Provider != w.Provider(name) {
				continue
			}
			v, found = viewProvider(s), true
			days, err := w.LastDays(tx, s.Provider, 14)
			for _, d := range days {
				v.Days = append(v.Days, dayView{d.Day.Format(time.DateOnly), viewTally(d.Tally)})
			}
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		return usage("no mail goes to a provider %q; all of them: sencoforum queue providers", name)
	}
	return a.show(v, func(t *text) { v.tell(t, a.now()) })
}

// tell shows one provider to people.
func (v providerView) tell(t *text, now time.Time) {
	t.say("%s: %s.", v.Provider, plural(v.People, "member"))
	if v.State != "well" {
		t.say("In trouble (%s) since %s.", v.State, moment(v.Since))
	}
	if v.Waiting > 0 {
		t.say("%s, the oldest for %s.", waits(v.Waiting), age(v.Oldest, now))
	}
	t.say("Last took a copy: %s.", moment(v.Accepted))
	if v.Answer != "" {
		t.say("Last refusal or delay, %s (%s):", moment(v.AnswerAt), v.Class)
		t.paragraph("  ", v.Answer)
	}
	if v.Error != "" {
		t.say("Not tried now, since the last error was:")
		t.paragraph("  ", v.Error)
	}
	if v.Held != "" {
		t.say("Held back: %s.", v.Held)
	}
	if v.Help != "" {
		t.say("Ask them to take our mail again: %s", v.Help)
	}
	var rows [][]string
	for _, d := range v.Days {
		rows = append(rows, []string{
			d.Day, fmt.Sprint(d.Accepted), fmt.Sprint(d.Deferred), fmt.Sprint(d.Refused), fmt.Sprint(d.Returned), fmt.Sprint(d.Expired),
		})
	}
	t.rows([]string{"DAY", "ACCEPTED", "PUT OFF", "REFUSED", "RETURNED", "GIVEN UP"}, rows)
}
