package membership

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/token"
)

// A return token lives returnLife from the leaving. For the first freeReturn it restores the membership at once; after
// that the moderators are asked.
const (
	returnLife = 90 * 24 * time.Hour
	freeReturn = 30 * 24 * time.Hour
)

func days(d time.Duration) int { return int(d / (24 * time.Hour)) }

// ErrNoReturn says that a token brings nobody back: it is none of ours, too old, or its membership was ended by somebody
// else after that.
var ErrNoReturn = errors.New("this token brings nobody back")

// ErrReturned says that a token has done its work already. Whoever sends it may be the one whom it brought back.
var ErrReturned = errors.New("this token was used already")

// ErrNobody says that a return needs somebody's approval, and that the list has no moderator and the server no operator.
var ErrNobody = errors.New("there is nobody to decide about a return")

// farewell is what is known of a leaving. It holds numbers and settings, no name and no address.
type farewell struct {
	Was  list.Membership `json:"was"`
	Left time.Time       `json:"left"`
	Used time.Time       `json:"used,omitzero"`
}

// late reports whether a return at that time needs the moderators.
func (f farewell) late(now time.Time) bool { return !now.Before(f.Left.Add(freeReturn)) }

type memberKey = store.Pair[list.ID, list.PersonID]

var (
	returns = store.NewTable("membership.returns", store.StringKey[token.Digest](), store.JSON[farewell]())
	left    = store.NewTable("membership.left", store.PairKey(store.Uint32Key[list.ID](), store.Uint32Key[list.PersonID]()), store.JSON[token.Digest]())
	expiry  = store.NewTable("membership.expiry", store.PairKey(store.Uint64Key[uint64](), store.StringKey[token.Digest]()), store.Empty())
)

// giveReturn makes the token with which a former member comes back. An earlier one of theirs stops working.
func giveReturn(tx *store.Tx, now time.Time, was list.Membership) (string, error) {
	if err := tidyReturns(tx, now); err != nil {
		return "", err
	}
	if err := revokeReturn(tx, was.List, was.Person); err != nil {
		return "", err
	}
	t := token.Random()
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	if err := returns.Put(tx, digest, farewell{Was: was, Left: now}); err != nil {
		return "", err
	}
	if err := left.Put(tx, memberKey{A: was.List, B: was.Person}, digest); err != nil {
		return "", err
	}
	return t, expiry.Put(tx, expiryKey(now, digest), struct{}{})
}

func expiryKey(left time.Time, d token.Digest) store.Pair[uint64, token.Digest] {
	return store.Pair[uint64, token.Digest]{A: uint64(left.Add(returnLife).UnixMilli()), B: d}
}

// revokeReturn makes sure that a person has no way back to a list but by being let in.
func revokeReturn(tx *store.Tx, l list.ID, p list.PersonID) error {
	digest, ok, err := left.Get(tx, memberKey{A: l, B: p})
	if err != nil || !ok {
		return err
	}
	return forgetReturn(tx, digest)
}

func forgetReturn(tx *store.Tx, digest token.Digest) error {
	f, ok, err := returns.Get(tx, digest)
	if err != nil || !ok {
		return err
	}
	if err := returns.Delete(tx, digest); err != nil {
		return err
	}
	if err := left.Delete(tx, memberKey{A: f.Was.List, B: f.Was.Person}); err != nil {
		return err
	}
	return expiry.Delete(tx, expiryKey(f.Left, digest))
}

// tidyMost bounds how many old tokens one leaving forgets: more than it adds, so that they do not pile up.
const tidyMost = 4

func tidyReturns(tx *store.Tx, now time.Time) error {
	var old []token.Digest
	for row, err := range expiry.All(tx) {
		if err != nil {
			return err
		}
		if len(old) == tidyMost || row.Key.A > uint64(now.UnixMilli()) {
			break
		}
		old = append(old, row.Key.B)
	}
	for _, digest := range old {
		if err := forgetReturn(tx, digest); err != nil {
			return err
		}
	}
	return nil
}

// findReturn looks a token up. The error is ErrNoReturn, or ErrReturned together with what is known.
func findReturn(tx *store.Tx, now time.Time, t string) (farewell, token.Digest, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return farewell{}, "", ErrNoReturn
	}
	f, ok, err := returns.Get(tx, digest)
	switch {
	case err != nil:
		return f, digest, err
	case !ok || !now.Before(f.Left.Add(returnLife)):
		return f, digest, ErrNoReturn
	case !f.Used.IsZero():
		return f, digest, ErrReturned
	}
	return f, digest, nil
}

// ReturnTo tells which list a return token leads back to, and changes nothing. The error is ErrNoReturn, or ErrReturned
// together with the list.
func ReturnTo(tx *store.Tx, now time.Time, t string) (list.List, error) {
	f, _, err := findReturn(tx, now, t)
	if err != nil && !errors.Is(err, ErrReturned) {
		return list.List{}, err
	}
	l, missing := list.Get(tx, f.Was.List)
	if missing != nil {
		return l, missing
	}
	return l, err
}

// A Homecoming is what Return did.
type Homecoming struct {
	List   list.List
	Person list.PersonID
	Asked  bool // it was too long ago: the moderators were asked
}

// Return undoes a leaving. Mode and settings are as they were, but whoever moderated is a member; posts of the time
// between do not come. When the leaving is more than 30 days ago the moderators get a mail instead, and so does the
// person; the error is ErrNobody where there is nobody to ask. A token works once: the error is then ErrReturned, with
// Asked as it was, or ErrNoReturn for one that never will.
func Return(tx *store.Tx, by By, h Host, t string) (Homecoming, error) {
	return ReturnAs(tx, by, h, t, "")
}

// ReturnAs is Return with a delivery mode that takes the place of the old one; the empty mode keeps that.
func ReturnAs(tx *store.Tx, by By, h Host, t string, mode list.DeliveryMode) (Homecoming, error) {
	f, digest, err := findReturn(tx, by.Now, t)
	if err != nil {
		return Homecoming{Asked: f.late(f.Used)}, err
	}
	l, err := list.Get(tx, f.Was.List)
	if err != nil {
		return Homecoming{}, err
	}
	p, err := list.GetPerson(tx, f.Was.Person)
	if err != nil {
		return Homecoming{}, err
	}
	by = by.themselves(p.ID)
	f.Used = by.Now
	if err := returns.Put(tx, digest, f); err != nil {
		return Homecoming{}, fmt.Errorf("use return token: %w", err)
	}
	home, to := Homecoming{List: l, Person: p.ID}, notice.To{List: l, Person: p}
	if banned, err := list.Banned(tx, l.ID, p.Addresses()...); err != nil || banned {
		return Homecoming{}, errors.Join(ErrNoReturn, err)
	}
	_, err = list.Member(tx, l.ID, p.ID)
	switch {
	case err == nil: // let in by another way meanwhile, and stays as they are
		return home, nil
	case !errors.Is(err, list.ErrNoMember):
		return home, err
	case !f.late(by.Now):
		f.Was.Mode = cmp.Or(mode, f.Was.Mode)
		return home, h.restore(tx, by, to, f.Was)
	}
	home.Asked = true
	f.Was.Mode = cmp.Or(mode, f.Was.Mode)
	return home, h.askBack(tx, by, to, f)
}

// restore makes somebody a member again and tells them.
func (h Host) restore(tx *store.Tx, by By, to notice.To, m list.Membership) error {
	if err := rejoin(tx, by, to.Person, m, by.How); err != nil {
		return err
	}
	return h.mail(tx, by, to, "back", func(to notice.To) (notice.Mail, error) { return notice.Back(to, m) })
}

// rejoin stores a membership again that had ended.
func rejoin(tx *store.Tx, by By, p list.Person, m list.Membership, detail string) error {
	last, err := archive.LastSeq(tx)
	if err != nil {
		return err
	}
	m.Role, m.JoinedSeq = list.RoleMember, uint64(last)
	if err := list.Join(tx, m); err != nil {
		return err
	}
	return by.record(tx, "member return", Member{Person: p, Membership: m}, detail)
}

// askBack brings the moderators that somebody asks to come back, and tells the person that they have it.
func (h Host) askBack(tx *store.Tx, by By, to notice.To, f farewell) error {
	deciders, err := h.deciders(tx, to.List.ID)
	if err != nil {
		return err
	}
	if len(deciders) == 0 || h.Apply == nil {
		return ErrNobody
	}
	app := Application{List: to.List.ID, Address: to.Person.Address, Name: to.Person.Name, Mode: f.Was.Mode, How: by.How, At: by.Now, Left: f.Left}
	if err := h.Apply(tx, by, app); err != nil {
		return err
	}
	return h.mail(tx, by, to, "asked", func(t notice.To) (notice.Mail, error) { return notice.Asked(t, days(freeReturn)) })
}

// Forget takes away every way back of a person, and what they asked for or were asked.
func Forget(tx *store.Tx, p list.PersonID) error {
	for row, err := range left.All(tx) {
		if err != nil {
			return err
		}
		if row.Key.B != p {
			continue
		}
		if err := forgetReturn(tx, row.Value); err != nil {
			return err
		}
	}
	return forgetAsked(tx, p)
}
