package membership

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// An Application is somebody's confirmed wish to join. It is for a moderator to decide (Admit, Decline); nothing of it is
// stored here.
type Application struct {
	List    list.ID           `json:"list"`
	Address message.Address   `json:"address"`
	Name    string            `json:"name,omitempty"`
	Words   string            `json:"words,omitempty"` // what they wrote about themselves
	Mode    list.DeliveryMode `json:"mode"`
	How     string            `json:"how,omitempty"`
	At      time.Time         `json:"at"`            // when they said yes, and accepted the rules
	Left    time.Time         `json:"left,omitzero"` // when they left, who want to come back
}

// ErrBarred says that somebody cannot be let in, because they are banned or refused all requests.
var ErrBarred = errors.New("banned from this list, or does not want to be asked again; to let them in all the same: ban remove, or member add")

// Admit makes a member of somebody who asked to be one, and welcomes them. by is the moderator who decided, or nobody where
// the list asks nobody. The first posts of whoever is not trusted wait for moderators,
// as many as the list says. The error is list.ErrAlreadyMember or
// ErrBarred, wrapped, when the world has changed since they asked.
func Admit(tx *store.Tx, by By, h Host, app Application, trusted bool) (Member, error) {
	l, err := list.Get(tx, app.List)
	if err != nil {
		return Member{}, err
	}
	barred, err := barred(tx, app.List, app.Address)
	if err != nil {
		return Member{}, err
	}
	if barred {
		return Member{}, fmt.Errorf("%s: %w", app.Address, ErrBarred)
	}
	m := Member{Membership: list.Membership{Role: list.RoleMember, Mode: app.Mode, Joined: by.Now}}
	if !trusted {
		m.Membership.Holds = l.NewMemberHolds()
	}
	m.Person, err = list.FindPerson(tx, app.Address)
	if errors.Is(err, list.ErrNoPerson) {
		m.Person, err = list.AddPerson(tx, list.Person{Name: app.Name, Address: app.Address, Created: by.Now})
	}
	if err != nil {
		return Member{}, err
	}
	detail := "asked to join"
	if by.Actor == "" {
		detail += ", no approval"
	}
	by = by.themselves(m.Person.ID)
	if err := revokeReturn(tx, l.ID, m.Person.ID); err != nil {
		return m, err
	}
	if m, err = enter(tx, by, l.ID, m, detail); err != nil {
		return m, err
	}
	if l.Terms != "" {
		if err := changeDetails(tx, m.Membership, func(d *Details) { d.Terms, d.TermsAt = l.Terms, app.At }); err != nil {
			return m, err
		}
	}
	return m, h.welcome(tx, by, l, m)
}

// welcome mails a new member.
func (h Host) welcome(tx *store.Tx, by By, l list.List, m Member) error {
	n, err := list.Count(tx, l.ID)
	if err != nil {
		return err
	}
	_, rate, err := startMode(tx, l.ID, by.Now)
	if err != nil {
		return err
	}
	w, to := notice.Welcome{WebURL: h.WebURL, Members: n, Mode: m.Membership.Mode, Days: rate, Held: m.Membership.Holds > 0}, notice.To{List: l, Person: m.Person}
	if w.Words, err = ownWords(tx, to, notice.TextWelcome, n); err != nil {
		return err
	}
	if w.Rules, err = ownWords(tx, to, notice.TextRules, n); err != nil {
		return err
	}
	return h.mail(tx, by, to, "welcome", w.Compose)
}

// Decline tells somebody that they are not let in, with the moderator's words, or fixed ones where reason is empty.
func Decline(tx *store.Tx, by By, h Host, app Application, reason string) error {
	l, err := list.Get(tx, app.List)
	if err != nil {
		return err
	}
	m := Member{Person: list.Person{Name: app.Name, Address: app.Address}, Membership: list.Membership{List: app.List}}
	if err := by.record(tx, "member decline", m, ""); err != nil {
		return err
	}
	to := notice.To{List: l, Person: m.Person}
	if reason == "" {
		if reason, err = ownWords(tx, to, notice.TextDeclined, 0); err != nil {
			return err
		}
	}
	return h.mail(tx, by, to, "declined", func(t notice.To) (notice.Mail, error) {
		return notice.Declined(t, reason)
	})
}

// Undecided tells somebody that no moderator decided in time.
func Undecided(tx *store.Tx, by By, h Host, app Application) error {
	l, err := list.Get(tx, app.List)
	if err != nil {
		return err
	}
	return h.mail(tx, by, notice.To{List: l, Person: list.Person{Name: app.Name, Address: app.Address}}, "undecided", notice.Undecided)
}

// busy is the number of posts on a school day above which a new member gets only new discussions, unless they say otherwise.
const busy = 5

// window bounds how many events are looked at to see how busy a list is.
const window = 400

// startMode is how posts come to somebody who says nothing about it, and how many posts the list has on a school day. It
// looks at the last four weeks, or at the last events of the record where there were very many.
func startMode(tx *store.Tx, l list.ID, now time.Time) (list.DeliveryMode, int, error) {
	last, err := archive.LastSeq(tx)
	if err != nil {
		return "", 0, err
	}
	const span = 28 * 24 * time.Hour
	from, posts := archive.Seq(1), 0
	if last > window {
		from = last - window
	}
	first := now.Add(-span)
	for c, err := range archive.Changes(tx, from) {
		if err != nil {
			return "", 0, err
		}
		p, err := archive.Get(tx, c.Post)
		if err != nil {
			return "", 0, err
		}
		if p.Imported || p.Published.Before(first) {
			continue
		}
		if posts == 0 && from > 1 {
			first = p.Published
		}
		if p.List == l && c.Event == archive.EventPublished {
			posts++
		}
	}
	schoolDays := max(now.Sub(first).Hours()/24*5/7, 1)
	rate := int(float64(posts)/schoolDays + 0.5)
	if float64(posts)/schoolDays > busy {
		return list.ModeQuestions, rate, nil
	}
	return list.ModeEvery, rate, nil
}
