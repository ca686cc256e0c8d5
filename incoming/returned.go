package incoming

import (
	"errors"

	"sencoforum/bounce"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// returned takes a message at a return address of ours. It is never answered,
// whatever its form. The address says which copy, and so which member, it is
// about; the message says only what happened. Of it we keep the header and the
// report, and not what was returned.
func (d *Desk) returned(in *arrival) error {
	claims, err := d.keys.Verify(in.dest.Token, in.dest.List.Name)
	if err != nil || in.msg == nil {
		return d.keep(in, intake.Handled, list.Verdict{Reasons: []string{"returned copy"}})
	}
	report := bounce.Read(in.msg)
	if report.Kind == bounce.Complaint { // some providers file it where a bounce goes
		if err := d.complained(in); err != nil {
			return err
		}
	}
	n := intake.New{Record: in.record([]string{"returned copy", report.Kind.String()}), State: intake.Handled}
	in.raw = bounce.Keep(in.msg)
	n.Raw = store.NewBlob(d.traced(in))
	action := bounce.Nothing
	err = d.update(func(tx *store.Tx) error {
		if _, err := intake.Put(tx, n); err != nil {
			return err
		}
		var err error
		action, err = d.score(tx, in, claims, report)
		return err
	})
	if err == nil {
		d.log.Info("returned copy", "list", in.dest.List.Name, "kind", report.Kind.String(), "person", claims.A, "post", claims.B, "action", action.String())
	}
	return err
}

// score counts a report about a failure against the member whose copy it was.
func (d *Desk) score(tx *store.Tx, in *arrival, c token.Claims, report bounce.Report) (bounce.Action, error) {
	if report.Kind != bounce.Failure || len(report.Recipients) == 0 || bounce.TooOld(c, d.cfg.Now()) {
		return bounce.Nothing, nil
	}
	if c.B == 0 { // a mail of ours to one person
		if _, err := d.cfg.Panel.Unreached(tx, d.cfg.Now(), list.PersonID(c.A)); err != nil {
			return bounce.Nothing, err
		}
	}
	about := report.Recipients[0] // a copy has one recipient
	if err := d.watchReturn(tx, c, about.Class); err != nil || d.cfg.Bounces == nil {
		return bounce.Nothing, err
	}
	words := about.Diagnostic
	if words == "" {
		words = about.Status
	}
	post := c.B
	if bounce.IsProbe(c) {
		post = 0
	}
	return d.cfg.Bounces.Report(tx, post, bounce.Refusal{
		List: in.dest.List.ID, Person: list.PersonID(c.A), Class: about.Class, Probe: bounce.IsProbe(c), Words: words,
	})
}

// findReturn lets a bounce that came to another address of ours count as one that came to its return address, where a
// field of its header names that: forwarders and old mail hosts answer to From, and keep the return address in To or
// Delivered-To. Strangers may have written the field, so only a signed address counts, as anywhere.
func (d *Desk) findReturn(in *arrival) error {
	if in.msg == nil || in.dest.Kind == list.KindBounces || in.dest.Token != "" ||
		!in.env.From.IsZero() && in.msg.Root.Type != "multipart/report" {
		return nil
	}
	var meant list.Destination
	for _, s := range bounce.Returned(in.msg) {
		a, err := message.ParseAddress(s)
		if err != nil {
			continue
		}
		err = d.db.View(func(tx *store.Tx) (err error) { meant, err = list.Resolve(tx, a); return err })
		if errors.Is(err, list.ErrUnknownAddress) || err == nil && !d.tokenHolds(meant) {
			continue
		}
		if err != nil {
			return err
		}
		switch bounce.Read(in.msg).Kind {
		case bounce.Failure, bounce.Delayed, bounce.Delivered:
			d.log.Info("bounce at another address", "to", string(in.dest.Kind), "list", meant.List.Name)
			in.dest, in.texts = meant, d.texts(meant.List)
		}
		return nil
	}
	return nil
}
