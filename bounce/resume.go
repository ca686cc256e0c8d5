package bounce

import (
	"errors"
	"fmt"
	"time"

	"sencoforum/audit"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/store"
	"sencoforum/token"
)

// resumeLife is how long a mail that tells of a suspension can be answered.
const resumeLife = 90 * 24 * time.Hour

// ErrNoResume says that a token ends no suspension: it is none of ours, too old, or its membership has ended.
var ErrNoResume = errors.New("this token ends no suspension")

// ErrResumed says that a token has done its work already.
var ErrResumed = errors.New("this token was used already")

// suspension is what a token is for. It holds numbers, no name and no address.
type suspension struct {
	List   list.ID       `json:"list"`
	Person list.PersonID `json:"person"`
	Since  time.Time     `json:"since"`
	Used   time.Time     `json:"used,omitzero"`
}

// The tokens with which members end a suspension: digest -> suspension; and (end of life, digest) -> nothing.
var (
	resumes = store.NewTable("bounce.resumes", store.StringKey[token.Digest](), store.JSON[suspension]())
	expiry  = store.NewTable("bounce.expiry", store.PairKey(store.Uint64Key[uint64](), store.StringKey[token.Digest]()), store.Empty())
)

// giveResume makes the token with which a member ends their suspension. Those that are too old go.
func (b *Book) giveResume(tx *store.Tx, l list.ID, p list.PersonID) (string, error) {
	now := b.now()
	if err := tidyResumes(tx, now); err != nil {
		return "", err
	}
	t := token.Random()
	digest, err := token.Hash(t)
	if err != nil {
		return "", err
	}
	if err := resumes.Put(tx, digest, suspension{List: l, Person: p, Since: now}); err != nil {
		return "", err
	}
	end := uint64(now.Add(resumeLife).UnixMilli())
	return t, expiry.Put(tx, store.Pair[uint64, token.Digest]{A: end, B: digest}, struct{}{})
}

// tidyMost bounds how many old tokens one suspension forgets: more than it adds, so that they do not pile up.
const tidyMost = 4

func tidyResumes(tx *store.Tx, now time.Time) error {
	var old []store.Pair[uint64, token.Digest]
	for row, err := range expiry.All(tx) {
		if err != nil {
			return err
		}
		if len(old) == tidyMost || row.Key.A > uint64(now.UnixMilli()) {
			break
		}
		old = append(old, row.Key)
	}
	for _, key := range old {
		if err := errors.Join(expiry.Delete(tx, key), resumes.Delete(tx, key.B)); err != nil {
			return err
		}
	}
	return nil
}

// findResume looks a token up. The error is ErrNoResume, or ErrResumed together with what is known.
func (b *Book) findResume(tx *store.Tx, t string) (suspension, token.Digest, error) {
	digest, err := token.Hash(t)
	if err != nil {
		return suspension{}, "", ErrNoResume
	}
	s, ok, err := resumes.Get(tx, digest)
	switch {
	case err != nil:
		return s, digest, err
	case !ok || !b.now().Before(s.Since.Add(resumeLife)):
		return s, digest, ErrNoResume
	case !s.Used.IsZero():
		return s, digest, ErrResumed
	}
	return s, digest, nil
}

// ResumeOf tells whose list a token of a suspension is about, and changes nothing. The error is ErrNoResume, or ErrResumed
// together with the list.
func (b *Book) ResumeOf(tx *store.Tx, t string) (list.List, error) {
	s, _, err := b.findResume(tx, t)
	if err != nil && !errors.Is(err, ErrResumed) {
		return list.List{}, err
	}
	l, missing := list.Get(tx, s.List)
	if missing != nil {
		return l, missing
	}
	return l, err
}

// SuspensionOf tells who was suspended, and on which list, by a token that has been used or not, and changes nothing. The error
// is ErrNoResume.
func (b *Book) SuspensionOf(tx *store.Tx, t string) (list.ID, list.PersonID, error) {
	s, _, err := b.findResume(tx, t)
	if errors.Is(err, ErrResumed) {
		err = nil
	}
	return s.List, s.Person, err
}

// Resume ends a suspension on the member's own wish and tells them at both of their addresses. How is the way by which
// they said so. The count of dead bounces begins anew, so an address that is still dead is suspended again. A token works
// once: the error is then ErrResumed, or ErrNoResume for one that never will.
func (b *Book) Resume(tx *store.Tx, t, how string) (list.PersonID, error) {
	s, digest, err := b.findResume(tx, t)
	if err != nil {
		return s.Person, err
	}
	m, err := list.Member(tx, s.List, s.Person)
	if errors.Is(err, list.ErrNoMember) {
		return s.Person, ErrNoResume
	}
	if err != nil {
		return s.Person, err
	}
	s.Used = b.now()
	if err := resumes.Put(tx, digest, s); err != nil {
		return s.Person, fmt.Errorf("use token of a suspension: %w", err)
	}
	if m.Suspended {
		if err := b.unsuspend(tx, m, how); err != nil {
			return s.Person, err
		}
	}
	return s.Person, b.sayResumed(tx, s)
}

// unsuspend lets mail go to a member again.
func (b *Book) unsuspend(tx *store.Tx, m list.Membership, how string) error {
	m.Suspended = false
	if err := list.SaveMember(tx, m); err != nil {
		return err
	}
	if err := states.Delete(tx, store.Pair[list.ID, list.PersonID]{A: m.List, B: m.Person}); err != nil {
		return err
	}
	return audit.Append(tx, audit.Entry{
		At: b.now(), Actor: fmt.Sprintf("member %d", m.Person), Action: "member set",
		List: uint32(m.List), Person: uint32(m.Person), Detail: "suspended off, by " + how,
	})
}

// sayResumed tells a member, where they get mail now and where they answered, that they get mail again.
func (b *Book) sayResumed(tx *store.Tx, s suspension) error {
	l, err := list.Get(tx, s.List)
	if err != nil {
		return err
	}
	p, err := list.GetPerson(tx, s.Person)
	if err != nil {
		return err
	}
	for _, to := range []list.Person{p, {Address: p.Backup}} {
		if to.Address.IsZero() {
			continue
		}
		n := notice.Bounce{List: l, Member: p, To: to, Now: b.now()}
		if err := b.letter(tx, l, p.ID, to.Address, 0, n.Resumed); err != nil {
			return err
		}
	}
	return nil
}
