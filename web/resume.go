package web

import (
	"errors"
	"net/http"

	"sencoforum/bounce"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// resume is the page behind the link of a mail that tells of a suspension. Pressing its button twice has the same answer
// twice.
func (v *visit) resume(text string) error {
	s, r := v.s, v.r
	if s.cfg.Bounces == nil {
		return errReturn
	}
	var l list.List
	err := s.db.View(func(tx *store.Tx) (err error) {
		l, err = s.cfg.Bounces.ResumeOf(tx, text)
		return err
	})
	used := errors.Is(err, bounce.ErrResumed)
	switch {
	case errors.Is(err, bounce.ErrNoResume), used && shows(r):
		return errReturn
	case err != nil && !used:
		return err
	case shows(r):
		return v.tell(http.StatusOK, page{
			Brand: l.Title, Title: "Get the emails of " + l.Title + " again", Button: "Send me emails again",
			Texts: []string{"Press the button, and email comes to your usual address again."},
		})
	}
	if err := drain(r); err != nil {
		return err
	}
	var who list.PersonID
	err = s.db.Update(func(tx *store.Tx) (err error) {
		who, err = s.cfg.Bounces.Resume(tx, text, membership.ByPage)
		return err
	})
	switch {
	case errors.Is(err, bounce.ErrNoResume):
		return errReturn
	case err != nil && !errors.Is(err, bounce.ErrResumed):
		return err
	case err == nil:
		s.log.Info("gets mail again", "list", l.Name, "person", who, "by", membership.ByPage)
	}
	return v.tell(http.StatusOK, page{
		Brand: l.Title, Title: "You get mail again", Done: "You get the emails of " + l.Title + " again.",
		Texts: []string{"They go to your usual address. If nothing comes there, write to the address of the forum with -owner before the @ sign."},
	})
}
