package incoming

import (
	"context"
	"errors"
	"strings"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/watch"
)

// report takes mail to the address for reports of other mail hosts. Everybody may send one but whose DMARC record
// refuses the mail: a report is only advice, and what cannot be verified counts apart. Mail without a report is refused,
// since no person reads what comes here; a report that cannot be read is kept and counted.
func (d *Desk) report(ctx context.Context, in *arrival) error {
	switch {
	case in.form != nil:
		return in.texts.Refuse(list.FormCase(in.form))
	case in.auth == list.Unknown:
		return in.texts.Refuse(list.CaseLater)
	case in.auth == list.Failed:
		return in.texts.Refuse(list.CaseSender)
	}
	if err := d.sendableNow(in); err != nil {
		return err
	}
	a, err := d.openReport(ctx, in)
	if err != nil {
		return err
	}
	if errors.Is(a.Err, watch.ErrNoReport) {
		return in.texts.Refuse(list.CaseReports)
	}
	return d.takeReport(in, a)
}

// forOperator takes mail to the postmaster. A report of a mail host is counted like one that came to its own address,
// since records that were published long ago name the postmaster. Everything else is for people, a report that cannot be
// read included.
func (d *Desk) forOperator(ctx context.Context, in *arrival) error {
	if d.cfg.Reports == nil || in.form != nil || in.auth != list.Verified && in.auth != list.Unverified {
		return d.forPeople(in)
	}
	if err := d.sendableNow(in); err != nil {
		return err
	}
	a, err := d.openReport(ctx, in)
	if err != nil {
		return err
	}
	if a.Err != nil {
		return d.forPeople(in)
	}
	return d.takeReport(in, a)
}

// sendableNow applies the rules about loops and our own addresses.
func (d *Desk) sendableNow(in *arrival) error {
	return d.mayCome(in)
}

// openReport reads the report inside a message, outside of any transaction. Where its sender has no room for one today,
// it is put off: at the address for reports before anything is unpacked, at the postmaster's once it is known to be one.
func (d *Desk) openReport(ctx context.Context, in *arrival) (a watch.ArrivedReport, err error) {
	a = watch.ArrivedReport{
		Sender: strings.ToLower(in.from.Address.Domain), Verified: in.auth == list.Verified, Size: len(in.raw),
	}
	if d.cfg.Reports == nil {
		return a, in.texts.Refuse(list.CaseFlood)
	}
	room := func() error { return d.db.View(func(tx *store.Tx) error { return d.roomForReport(tx, in, a) }) }
	if in.dest.Kind == list.KindReports {
		if err := room(); err != nil {
			return a, err
		}
	}
	a.Report, a.Err = d.cfg.Reports.Read(ctx, in.msg)
	switch {
	case ctx.Err() != nil: // nothing is known of it
		return a, ctx.Err()
	case a.Err != nil:
		return a, nil
	}
	if in.dest.Kind != list.KindReports {
		if err := room(); err != nil {
			return a, err
		}
	}
	d.cfg.Reports.Own(ctx, &a.Report)
	return a, nil
}

// roomForReport refuses for a time what is too much for one day. A mail that is here already is none too many.
func (d *Desk) roomForReport(tx *store.Tx, in *arrival, a watch.ArrivedReport) error {
	_, again, err := intake.Known(tx, in.key)
	if err != nil || again {
		return err
	}
	room, err := d.cfg.Reports.Room(tx, a)
	if err == nil && !room {
		d.cfg.Reports.Deferred()
		return in.texts.Refuse(list.CaseFlood)
	}
	return err
}

// takeReport keeps a report and counts it, in one transaction.
func (d *Desk) takeReport(in *arrival, a watch.ArrivedReport) error {
	n := intake.New{State: intake.Handled, Key: in.key}
	raw := store.NewBlob(d.traced(in))
	var taken watch.TakenReport
	var again bool
	err := d.update(func(tx *store.Tx) error {
		_, known, err := intake.Known(tx, in.key)
		if again = known; err != nil {
			return err
		}
		if again {
			return in.putDuplicate(tx)
		}
		if err := d.roomForReport(tx, in, a); err != nil { // other sessions may have used it up
			return err
		}
		keeps, err := d.cfg.Reports.Keeps(tx, len(in.raw))
		if err != nil {
			return err
		}
		if n.Raw = (store.Blob{}); keeps {
			n.Raw = raw
		}
		if taken, err = d.cfg.Reports.Take(tx, a); err != nil {
			return err
		}
		n.Record = in.record([]string{"report", string(taken.Result)})
		id, err := intake.Put(tx, n)
		if err != nil {
			return err
		}
		return d.cfg.Reports.Stored(tx, id, in.key, len(in.raw), keeps)
	})
	switch {
	case err != nil:
		return err
	case again:
		d.log.Info("duplicate", "to", string(in.dest.Kind))
	default:
		d.cfg.Reports.Count(a, taken)
	}
	return nil
}
