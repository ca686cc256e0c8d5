package incoming

import (
	"sencoforum/command"
	"sencoforum/hold"
	"sencoforum/moderate"
	"sencoforum/store"
)

// searchLeft looks, where a moderator wants something taken out of what waits, whether what is left may name a child. It reads the
// files, too, so it is done outside of any transaction that writes.
func (d *Desk) searchLeft(r *decision) error {
	r.left = map[hold.Number]moderate.Searched{}
	if d.cfg.Pupil == nil {
		return nil
	}
	err := d.db.View(func(tx *store.Tx) error {
		now := *r
		if err := d.readReply(tx, &now); err != nil {
			return err
		}
		word := now.reading.Word.Name
		if now.reading.Outcome != command.Done || word != wordRedact && word != wordFiles {
			return nil
		}
		items, _ := chosen(now.grant, now.reading)
		for _, n := range items {
			s, err := d.cfg.Panel.PlanRedact(tx, n, now.reading.Args.Words, word == wordFiles)
			if err != nil {
				return err
			}
			r.left[n] = s
		}
		return nil
	})
	for n, s := range r.left {
		if s.Left != nil {
			s.Places = d.cfg.Pupil(r.in.dest.List, s.Left).Places
			r.left[n] = s
		}
	}
	return err
}
