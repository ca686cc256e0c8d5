package incoming

import (
	"strings"

	"sencoforum/bounce"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// complained acts on a mail provider's report that somebody called a copy of ours
// spam (RFC 5965). Only the signed Feedback-ID of that copy says whose it was;
// without it a report is mail for people like any other, and with it too: they
// read it all the same.
func (d *Desk) complained(in *arrival) error {
	if d.cfg.Bounces == nil {
		return nil
	}
	report := bounce.Read(in.msg)
	if report.Kind != bounce.Complaint {
		return nil
	}
	l, claims, ok := d.feedback(report.FeedbackID)
	if !ok {
		return nil
	}
	acted := false
	err := d.update(func(tx *store.Tx) (err error) {
		acted, err = d.cfg.Bounces.Complained(tx, l, list.PersonID(claims.A))
		return err
	})
	if err == nil {
		d.log.Info("complaint of a mail provider", "list", uint32(l), "person", claims.A, "post", claims.B, "acted", acted)
	}
	return err
}

// feedback reads the Feedback-ID of a copy: token, post, kind and list with
// colons between.
func (d *Desk) feedback(id string) (l list.ID, c token.Claims, ok bool) {
	parts := strings.Split(strings.TrimSpace(id), ":")
	if len(parts) != 4 {
		return 0, c, false
	}
	c, err := d.keys.Verify(parts[0], parts[3])
	if err != nil || c.Kind != token.Feedback {
		return 0, c, false
	}
	err = d.db.View(func(tx *store.Tx) error {
		found, err := list.Find(tx, parts[3])
		l = found.ID
		return err
	})
	return l, c, err == nil
}
