package moderate

import (
	"errors"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
)

// The morning note names questions that nobody has answered for two school days. They do not make a note by themselves.
const (
	openAfter = 2                   // school days
	openFor   = 14 * 24 * time.Hour // then a question is named no more

)

// Follow lets the panel know of questions without an answer. web is the base address of the archive; empty while there is none. It
// is called before Run.
func (p *Panel) Follow(o *archive.Overview, web string) { p.overview, p.archive = o, web }

// unanswered returns the questions of each list whose note is due, the oldest first. The overview reads the store by itself, so this
// is not called in a transaction.
func (p *Panel) unanswered(db *store.DB, now time.Time) (map[list.ID][]archive.Summary, error) {
	if p.overview == nil {
		return nil, nil
	}
	var due []list.ID
	err := db.View(func(tx *store.Tx) error {
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			is, _, err := p.noteDue(tx, l, now)
			if err != nil {
				return err
			}
			if is {
				due = append(due, l.ID)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := map[list.ID][]archive.Summary{}
	for _, l := range due {
		if all[l], err = p.openOf(l, now); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (p *Panel) openOf(l list.ID, now time.Time) (all []archive.Summary, err error) {
	q := archive.Query{List: l, Order: archive.ByBegun, Count: 100, Unanswered: true}
	for {
		page, next, err := p.overview.List(q)
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			switch {
			case now.Sub(s.Begun) > openFor:
				return all, nil
			case !p.cfg.Hours.SchoolDays(s.Begun, openAfter).After(now):
				all = append([]archive.Summary{s}, all...)
			}
		}
		if next == (archive.Cursor{}) {
			return all, nil
		}
		q.From = next
	}
}

// openNotes says in words which questions are open. One that was answered, hidden or imported meanwhile is left out.
func (p *Panel) openNotes(tx *store.Tx, open []archive.Summary) (all []notice.Open, err error) {
	for _, s := range open {
		now, err := archive.Summarize(tx, s.Thread)
		if errors.Is(err, archive.ErrNoThread) || err == nil && (!now.Question || now.Answered || now.Closed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		first, err := archive.Get(tx, now.First)
		if err != nil {
			return nil, err
		}
		if first.Imported {
			continue
		}
		all = append(all, notice.Open{Thread: now.Thread, Subject: p.mask(first.Subject)})
	}
	return all, nil
}
