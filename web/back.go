package web

import (
	"errors"
	"net/http"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
)

// comeBack is the page behind the link of a goodbye, of a mail that asks to confirm something, or that tells of a suspension. Pressing its button twice has the same answer twice.
func comeBack(v *visit) error {
	s, r, text := v.s, v.r, v.args["token"]
	var l list.List
	err := s.db.View(func(tx *store.Tx) (err error) {
		l, err = membership.ReturnTo(tx, s.cfg.Now(), text)
		return err
	})
	used := errors.Is(err, membership.ErrReturned)
	switch {
	case errors.Is(err, membership.ErrNoReturn):
		return v.confirm(text)
	case used && shows(r):
		return errReturn
	case err != nil && !used:
		return err
	case shows(r):
		return v.tell(http.StatusOK, page{
			Brand: l.Title, Title: "Come back to " + l.Title, Button: "Come back to " + l.Title,
			Texts: []string{"Press the button, and email comes to you as it did before you left."},
		})
	}
	if err := drain(r); err != nil {
		return err
	}
	var home membership.Homecoming
	err = s.db.Update(func(tx *store.Tx) (err error) {
		home, err = membership.Return(tx, membership.By{Now: s.cfg.Now(), How: membership.ByPage}, s.cfg.Host, text)
		return err
	})
	switch {
	case errors.Is(err, membership.ErrNoReturn):
		return errReturn
	case err != nil && !errors.Is(err, membership.ErrReturned):
		return err
	case err == nil:
		s.log.Info("came back", "list", l.Name, "person", home.Person, "by", membership.ByPage, "asked", home.Asked)
	}
	return v.tell(http.StatusOK, cameBack(l, home))
}

func cameBack(l list.List, home membership.Homecoming) page {
	if home.Asked {
		return page{
			Brand: l.Title, Title: "The moderators have your request", Done: "We have told the moderators that you want to come back to " + l.Title + ".",
			Texts: []string{"You left more than 30 days ago, so they decide. You need not do anything."},
		}
	}
	return page{
		Brand: l.Title, Title: "You are back", Done: "You are back in " + l.Title + ".",
		Texts: []string{"Email comes to you as it did before you left."},
	}
}
