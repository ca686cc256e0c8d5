package watch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// When the operator hears of a certificate: so long before its end, and once more so long before. Of one that lasts for days or weeks it is
// a fifth and a twentieth of its time. An authority that issues nothing is told of when that has been so for a while: most failures pass.
const (
	certificateSoon    = 14 * 24 * time.Hour
	certificateLast    = 3 * 24 * time.Hour
	certificateTrouble = 6 * time.Hour
	certificateEvery   = time.Hour
)

// A Certificate is one by which this machine is known, as it is now.
type Certificate struct {
	Host        string // the name that it holds
	Use         string // mail, pages, or mail and pages
	File        string // where it stands; empty: an authority issues it
	From, Until time.Time
	What, Do    string // why the authority issues none now, and what helps; empty: nothing is wrong
}

func (c Certificate) key() string { return c.Use + " " + c.Host }

// The steps of which the operator is told once each.
const (
	certificateWell = iota
	certificateIsSoon
	certificateIsLast
	certificateEnded
)

// certificateTold is what the operator was told of a certificate.
type certificateTold struct {
	Until time.Time `json:"until,omitzero"` // the certificate's end: with another one all begins anew
	Step  int       `json:"step,omitempty"`
	Wrong time.Time `json:"wrong,omitzero"` // since when none is issued
	Said  bool      `json:"said,omitempty"` // of that the operator was told
}

var certificates = store.NewTable("watch.certificates", store.StringKey[string](), store.JSON[certificateTold]())

// nextOf decides what becomes of what was told, and whether to tell now. It is pure.
func (c Certificate) nextOf(was certificateTold, now time.Time) (is certificateTold, tell bool) {
	is = was
	if !was.Until.Equal(c.Until) {
		is.Until, is.Step = c.Until, certificateWell
	}
	switch {
	case c.What == "":
		is.Wrong, is.Said = time.Time{}, false
	case is.Wrong.IsZero():
		is.Wrong = now
	}
	if step := c.step(now); step > is.Step {
		is.Step, is.Said = step, c.What != ""
		return is, true
	}
	if c.What != "" && !is.Said && now.Sub(is.Wrong) >= certificateTrouble {
		is.Said = true
		return is, true
	}
	return is, false
}

// step is how near the end is.
func (c Certificate) step(now time.Time) int {
	left, life := c.Until.Sub(now), c.Until.Sub(c.From)
	switch {
	case c.Until.IsZero(), left > min(certificateSoon, life/5):
		return certificateWell
	case left > min(certificateLast, life/20):
		return certificateIsSoon
	case left > 0:
		return certificateIsLast
	}
	return certificateEnded
}

// A CertificateWatch tells the operator in time of certificates that end. Make one with NewCertificateWatch.
type CertificateWatch struct {
	log      *slog.Logger
	db       *store.DB
	keys     *token.Keyring
	operator message.Address // zero: only the log hears
	all      func() []Certificate
	now      func() time.Time
}

// NewCertificateWatch returns a watch over all certificates that a function names; Run looks at them.
func NewCertificateWatch(log *slog.Logger, db *store.DB, keys *token.Keyring, operator message.Address, all func() []Certificate, now func() time.Time) *CertificateWatch {
	return &CertificateWatch{log: log, db: db, keys: keys, operator: operator, all: all, now: now}
}

// Run looks once an hour, until ctx ends or the store fails.
func (w *CertificateWatch) Run(ctx context.Context) error {
	tick := time.NewTicker(certificateEvery)
	defer tick.Stop()
	for {
		if err := w.Look(); err != nil && !errors.Is(err, store.ErrFull) { // it is told an hour later
			return fmt.Errorf("watch certificates: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Look tells what is to be told now. What it told is in the transaction with the mail.
func (w *CertificateWatch) Look() error {
	for _, c := range w.all() {
		var changes, told bool
		err := w.db.View(func(tx *store.Tx) error {
			was, _, err := certificates.Get(tx, c.key())
			is, _ := c.nextOf(was, w.now())
			changes = is != was
			return err
		})
		if err != nil {
			return err
		}
		if !changes {
			continue
		}
		err = w.db.Update(func(tx *store.Tx) (err error) { told, err = w.change(tx, c); return err })
		if err != nil {
			return err
		}
		if told {
			w.log.Error("a certificate needs somebody", "host", c.Host, "for", c.Use, "until", c.Until.UTC(), "file", c.File, "cause", c.What, "do", c.Do)
		}
	}
	return nil
}

func (w *CertificateWatch) change(tx *store.Tx, c Certificate) (told bool, err error) {
	was, _, err := certificates.Get(tx, c.key())
	if err != nil {
		return false, err
	}
	is, tell := c.nextOf(was, w.now())
	if err := certificates.Put(tx, c.key(), is); err != nil || !tell {
		return false, err
	}
	return true, w.tell(tx, c)
}

// tell puts the mail, in the name of the first list.
func (w *CertificateWatch) tell(tx *store.Tx, c Certificate) error {
	if w.operator.IsZero() {
		return nil
	}
	for l, err := range list.All(tx) {
		if err != nil {
			return err
		}
		now := w.now()
		n := notice.Certificate{List: l, To: w.operator, Host: c.Host, Use: c.Use, File: c.File, What: c.What, Do: c.Do, Now: now.In(london())}
		if !c.Until.IsZero() {
			n.Until = c.Until.In(london())
		}
		mail, err := n.Compose()
		if err != nil {
			return err
		}
		return queue.PutLetter(tx, queue.Letter{
			From: l.ReturnAddress(w.keys, 0, 0, now), To: w.operator, Header: mail.Header, Body: mail.Body, Priority: queue.Urgent, Queued: now,
		})
	}
	return nil
}
