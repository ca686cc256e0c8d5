package web

import (
	"errors"
	"io"
	"net/http"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/store"
	"sencoforum/token"
)

// leave is the page behind the one-click link of a copy. Its answers are the same whether or not the person of the token
// is a member, and a token that is cut, forged or revoked has one answer of its own, which tells nothing of anybody.
func leave(v *visit) error {
	s, r, text := v.s, v.r, v.args["token"]
	var l list.List
	var claims token.Claims
	err := s.db.View(func(tx *store.Tx) (err error) {
		l, claims, err = s.oneClick(tx, text)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case shows(r):
		return v.tell(http.StatusOK, page{
			Brand: l.Title, Title: "Leave " + l.Title, Button: "Leave " + l.Title,
			Texts: []string{"Press the button, and you get no more email from " + l.Title + ".", "We then send you one last email, with which you can come back if this was a mistake."},
		})
	}
	if err := drain(r); err != nil {
		return err
	}
	if err := s.end(l, list.PersonID(claims.A)); err != nil {
		return err
	}
	return v.tell(http.StatusOK, page{
		Brand: l.Title, Title: "You have left " + l.Title, Done: "You get no more email from " + l.Title + ".",
		Texts: []string{"We have sent you one last email. To come back, reply to it with the word join."},
	})
}

// end ends a membership, if there is one.
func (s *Server) end(l list.List, p list.PersonID) error {
	var done membership.Leaving
	err := s.db.Update(func(tx *store.Tx) (err error) {
		done, err = membership.Leave(tx, membership.By{Now: s.cfg.Now(), How: membership.ByLink}, s.cfg.Host, l.ID, p)
		return err
	})
	if err != nil || done.Already {
		return err
	}
	s.log.Info("left", "list", l.Name, "person", p, "by", membership.ByLink)
	if done.LastModerator {
		s.log.Warn("the list has no moderator any more", "list", l.Name)
	}
	return nil
}

// oneClick reads the token of a one-click link. It is bound to the name of its list, which the address does not say.
func (s *Server) oneClick(tx *store.Tx, text string) (list.List, token.Claims, error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return l, token.Claims{}, err
		}
		claims, err := s.keys.Verify(text, l.Name)
		if err == nil && claims.Kind == token.OneClick && list.ID(claims.B) == l.ID {
			return l, claims, nil
		}
	}
	return list.List{}, token.Claims{}, errLink
}

// drain reads what came with a POST. Whatever it says, the POST is what acts; but a request that broke off is none.
func drain(r *http.Request) error {
	_, err := io.Copy(io.Discard, r.Body)
	var large *http.MaxBytesError
	if err != nil && !errors.As(err, &large) {
		return errBody
	}
	return err
}
