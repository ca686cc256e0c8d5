package signin

import (
	"errors"
	"slices"
	"sync"
	"time"

	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/token"
)

// How long a session lasts after it was last used, and how long an act that needs a fresh sign-in may follow one.
const (
	IdleLife = 12 * time.Hour
	KeptLife = 90 * 24 * time.Hour
	Fresh    = 15 * time.Minute
)

// perPerson bounds the sessions of one person: with another one the one that was not used for longest ends.
const perPerson = 20

// maxDevice bounds what is kept about a browser.
const maxDevice = 120

// ErrNoSession says that a cookie signs nobody in.
var ErrNoSession = errors.New("not signed in")

// A Session is a browser in which somebody is signed in.
type Session struct {
	Person list.PersonID `json:"person"`
	Since  time.Time     `json:"since"` // when the code was typed
	Used   time.Time     `json:"used"`
	Kept   bool          `json:"kept,omitempty"`   // on a device of one's own: 90 days
	Device string        `json:"device,omitempty"` // what the browser says it is

	Name token.Digest `json:"-"` // hash of its cookie; whoever knows it can end the session and nothing else
}

// IsFresh reports whether a code was typed so lately that acts on people and published posts may follow.
func (s Session) IsFresh(now time.Time) bool { return now.Before(s.Since.Add(Fresh)) }

// Life is how long the session goes on without being used.
func (s Session) Life() time.Duration {
	if s.Kept {
		return KeptLife
	}
	return IdleLife
}

func (s Session) over(now time.Time) bool { return !now.Before(s.Used.Add(s.Life())) }

type personKey = store.Pair[list.PersonID, token.Digest]

var (
	sessions = store.NewTable("signin.sessions", store.StringKey[token.Digest](), store.JSON[Session]())
	people   = store.NewTable("signin.people", store.PairKey(store.Uint32Key[list.PersonID](), store.StringKey[token.Digest]()), store.Empty())
)

// A Book knows who is signed in.
type Book struct {
	now func() time.Time

	mu   sync.Mutex
	used map[token.Digest]time.Time // sessions that were used since it was last written down
}

// NewBook returns a book.
func NewBook(now func() time.Time) *Book {
	return &Book{now: now, used: map[token.Digest]time.Time{}}
}

// SignIn begins a session of a person whose code was right, and returns what the browser is given as a cookie. It is a new
// one each time; old is the cookie that the browser had, whose session ends.
func (b *Book) SignIn(tx *store.Tx, p list.PersonID, kept bool, device, old string) (cookie string, err error) {
	if err := b.SignOut(tx, old); err != nil {
		return "", err
	}
	all, err := b.Sessions(tx, p)
	if err != nil {
		return "", err
	}
	for ; len(all) >= perPerson; all = all[:len(all)-1] {
		if err := end(tx, all[len(all)-1]); err != nil {
			return "", err
		}
	}
	cookie = token.Random()
	name, err := token.Hash(cookie)
	if err != nil {
		return "", err
	}
	now := b.now()
	s := Session{Person: p, Since: now, Used: now, Kept: kept, Device: device[:min(len(device), maxDevice)]}
	if err := sessions.Put(tx, name, s); err != nil {
		return "", err
	}
	return cookie, people.Put(tx, personKey{A: p, B: name}, struct{}{})
}

// Reader returns who is signed in with a cookie, as a reader of what they may read now, or ErrNoSession. It changes nothing
// but what is known in memory of when the session was used.
func (b *Book) Reader(tx *store.Tx, cookie string) (list.Reader, Session, error) {
	name, err := token.Hash(cookie)
	if err != nil {
		return list.Reader{}, Session{}, ErrNoSession
	}
	s, ok, err := b.session(tx, name)
	if err != nil {
		return list.Reader{}, s, err
	}
	now := b.now()
	if !ok || s.over(now) {
		return list.Reader{}, s, ErrNoSession
	}
	r, err := list.ReaderOf(tx, s.Person)
	if err != nil {
		return list.Reader{}, s, err
	}
	if len(r.Lists()) == 0 {
		return list.Reader{}, s, ErrNoSession
	}
	b.mu.Lock()
	b.used[name] = now
	b.mu.Unlock()
	return r, s, nil
}

// session reads a session with when it was last used.
func (b *Book) session(tx *store.Tx, name token.Digest) (Session, bool, error) {
	s, ok, err := sessions.Get(tx, name)
	s.Name = name
	b.mu.Lock()
	defer b.mu.Unlock()
	if at := b.used[name]; at.After(s.Used) {
		s.Used = at
	}
	return s, ok, err
}

// Sessions are those of a person that are not over, the one that was used last first.
func (b *Book) Sessions(tx *store.Tx, p list.PersonID) (all []Session, err error) {
	for row, err := range store.Prefix(people, tx, p) {
		if err != nil {
			return nil, err
		}
		s, ok, err := b.session(tx, row.Key.B)
		if err != nil {
			return nil, err
		}
		if ok && !s.over(b.now()) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(x, y Session) int { return y.Used.Compare(x.Used) })
	return all, nil
}

// SignOut ends the session of a cookie, if there is one.
func (b *Book) SignOut(tx *store.Tx, cookie string) error {
	name, err := token.Hash(cookie)
	if err != nil {
		return nil
	}
	s, ok, err := b.session(tx, name)
	if err != nil || !ok {
		return err
	}
	return end(tx, s)
}

// End ends one session of a person by its name, if it is theirs.
func (b *Book) End(tx *store.Tx, p list.PersonID, name token.Digest) error {
	s, ok, err := b.session(tx, name)
	if err != nil || !ok || s.Person != p {
		return err
	}
	return end(tx, s)
}

// EndAll ends every session of a person.
func (b *Book) EndAll(tx *store.Tx, p list.PersonID) error {
	var all []Session
	for row, err := range store.Prefix(people, tx, p) {
		if err != nil {
			return err
		}
		all = append(all, Session{Person: p, Name: row.Key.B})
	}
	for _, s := range all {
		if err := end(tx, s); err != nil {
			return err
		}
	}
	return nil
}

func end(tx *store.Tx, s Session) error {
	if err := sessions.Delete(tx, s.Name); err != nil {
		return err
	}
	return people.Delete(tx, personKey{A: s.Person, B: s.Name})
}
