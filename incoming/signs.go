package incoming

import (
	"errors"
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// look fills in what a person may have to look at: all that is read from the message alone, once and outside of any
// transaction.
func (d *Desk) look(in *arrival) {
	if in.form != nil || in.looked {
		return
	}
	in.looked = true
	g := &in.signs
	own := in.msg.Words().Own
	in.digest = hold.Digest(own)
	g.Automatic = in.msg.MaybeAutomatic()
	g.Encrypted = in.msg.Encrypted()
	g.Files = in.msg.Risky()
	if in.dest.Kind == list.KindPost {
		g.Private = list.LooksPrivate(own)
	}
	if via := viaName(in.msg, in.dest.List); via != "" {
		g.Private = append(g.Private, via)
	}
	var err error
	in.tokenFree, err = in.dest.List.Redact(d.keys, in.msg, false)
	g.SealedToken = errors.Is(err, message.ErrSealed)
	if d.cfg.Pupil != nil {
		found := d.cfg.Pupil(in.dest.List, in.msg)
		g.Pupil, in.hints = found.Places, found.Hints
	}
}

// viaName returns the name that a message which answers nothing is addressed to, where its writer's mail program took it from
// a From of ours: "Priya N. via SENCO Forum".
func viaName(m *message.Message, l list.List) string {
	if len(m.InReplyTo()) > 0 || len(m.References()) > 0 {
		return ""
	}
	if _, reply := message.Stem(m.Subject(), l.SubjectTag); reply {
		return ""
	}
	for _, mb := range append(m.To(), m.Cc()...) {
		name, title, ok := cutVia(mb.Name)
		if ok && mb.Address.Key() == l.Post().Key() && strings.EqualFold(title, l.Title) {
			return name + " via " + l.Title
		}
	}
	return ""
}

func cutVia(name string) (who, title string, ok bool) {
	i := strings.LastIndex(strings.ToLower(name), " via ")
	if i < 0 {
		return "", "", false
	}
	who = list.CleanName(name[:i])
	return who, strings.TrimSpace(name[i+len(" via "):]), who != ""
}

// around adds to the signs what the store knows: what the author sent lately, whose name it looks like, and the discussion it
// answers.
func (d *Desk) around(tx *store.Tx, in *arrival, author list.Person, m *list.Membership) (list.Signs, error) {
	g := in.signs
	g.Automatic = slices.Clone(g.Automatic)
	l := in.dest.List
	var err error
	if g.NotAddressed, err = notAddressed(tx, in); err != nil {
		return g, err
	}
	if author.ID != 0 {
		recent, err := hold.Lately(tx, l.ID, author.ID, in.digest, d.cfg.Now())
		if err != nil {
			return g, err
		}
		in.flood = recent.Flood
		g.InHour, g.InDay, g.Repeated = recent.InHour, recent.InDay, recent.Repeated
	}
	if m != nil && m.Holds > 0 {
		if g.Imported, err = archive.WroteBefore(tx, l.ID, author); err != nil {
			return g, err
		}
	}
	post, err := archive.Submitted(in.msg, l, author, in.env.Received).To(tx, in.answers)
	if err != nil {
		return g, err
	}
	if author.Name == "" && post.AuthorName != "" {
		if g.AlikeName, err = list.AlikeMember(tx, l, post.AuthorName, author.ID); err != nil {
			return g, err
		}
	}
	thread, ok, err := archive.Answered(tx, post)
	if err != nil || !ok {
		return g, err
	}
	c, err := archive.Curated(tx, thread)
	g.ClosedThread, g.WatchedThread = c.Closed.Set(), c.Moderated.Set()
	return g, err
}

// notAddressed reports whether the list is in none of the fields that name addressees.
func notAddressed(tx *store.Tx, in *arrival) (bool, error) {
	for _, mb := range slices.Concat(in.msg.To(), in.msg.Cc(), in.msg.Resent()) {
		dest, err := list.Resolve(tx, mb.Address)
		if errors.Is(err, list.ErrUnknownAddress) {
			continue
		}
		if err != nil {
			return false, err
		}
		if dest.List.ID == in.dest.List.ID {
			return false, nil
		}
	}
	return true, nil
}
