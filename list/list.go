package list

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"time"

	"sencoforum/message"
	"sencoforum/store"
	"sencoforum/token"
)

// ID is the number of a list on this server, from 1.
type ID uint32

// ReplyTo says where an answer to a post goes.
type ReplyTo string

// ReplyToList sends answers to everybody, ReplyToAuthor to the author alone, by an address that shows neither's.
const (
	ReplyToList   ReplyTo = "list"
	ReplyToAuthor ReplyTo = "author"
)

// NonMember says what becomes of a message whose verified author is no member under any proved address.
type NonMember string

// The ways with such a message. The empty one, of a list that was stored before there was a choice, asks.
const (
	NonMemberAsk    NonMember = "ask"    // it is kept, and its writer is asked for the address that we know
	NonMemberHold   NonMember = "hold"   // it is kept for the moderators, and nobody is asked
	NonMemberRefuse NonMember = "refuse" // it is refused in the session
)

// Settings are what an owner may change about a list.
type Settings struct {
	SubjectTag  string        `json:"subject_tag"`          // for example "[SENCO]"; empty means none
	ReplyTo     ReplyTo       `json:"reply_to"`             // where an answer goes
	SendDelay   time.Duration `json:"send_delay"`           // between acceptance and sending, 0 to 15 minutes
	AttachTotal int64         `json:"attach_total"`         // bytes of attachments that travel with a copy
	MaxMessage  int64         `json:"max_message"`          // bytes of the largest message, 0 for the server's limit
	Footer      bool          `json:"footer"`               // whether copies carry the footer
	Closed      bool          `json:"closed"`               // takes no new posts
	NonMember   NonMember     `json:"non_member"`           // what becomes of a verified stranger's message; Strangers reads it
	KeepPosts   int           `json:"keep_posts,omitempty"` // months after which posts are erased, 0 for never
	TextOnly    bool          `json:"text_only,omitempty"`  // the server's own mails have no page beside their text
	Moderation
	Joining
	Digests
}

// Strangers is what becomes of a message whose verified author is no member.
func (s Settings) Strangers() NonMember { return cmp.Or(s.NonMember, NonMemberAsk) }

// A List is one mailing list.
type List struct {
	ID      ID        `json:"id"`
	Name    string    `json:"name"`   // local part of the posting address, at most 18 characters
	Domain  string    `json:"domain"` // mail domain, lower case
	Title   string    `json:"title"`  // for example "SENCO Forum"
	Created time.Time `json:"created"`
	Settings

	Framed bool    `json:"framed,omitempty"` // it has Frames; SetWords and ResetWords see to it
	Frames *Frames `json:"-"`                // its own words around the server's mails, kept apart and read with the list
}

// Errors of lists.
var (
	ErrNoList   = errors.New("no such list")
	ErrNameUsed = errors.New("there is already a list of that name")
)

// DefaultSettings are those of a new list on a server that changed nothing, but that authors get no acknowledgement.
func DefaultSettings() Settings {
	return Settings{
		ReplyTo:     ReplyToList,
		SendDelay:   5 * time.Minute,
		AttachTotal: 2 << 20,
		Footer:      true,
		NonMember:   NonMemberAsk,
	}
}

// MaxSendDelay is the longest time between acceptance and sending.
const MaxSendDelay = 15 * time.Minute

// MaxKeepPosts is the longest time, in months, that can be set after which posts are erased.
const MaxKeepPosts = 100 * 12

// maxName keeps "NAME-bounces+TOKEN" within the 64 octets of a local part
// (RFC 5321 §4.5.3.1.1).
const maxName = 18

var (
	nameForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	domainForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

// CheckName reports why a name cannot be the name of a list, or nil.
func CheckName(name string) error {
	if len(name) > maxName {
		return fmt.Errorf("list name %q has %d characters; the most is %d", name, len(name), maxName)
	}
	if !nameForm.MatchString(name) {
		return fmt.Errorf("list name %q: use small letters, digits and hyphens, with a letter or digit at both ends", name)
	}
	if name == "postmaster" || name == "abuse" || name == "mailer-daemon" || name == reports {
		return fmt.Errorf("list name %q is taken by the mail system itself", name)
	}
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		if _, ok := words[name[i+1:]]; ok {
			return fmt.Errorf("list name %q ends in %q, which is a service address of another list", name, name[i:])
		}
	}
	return nil
}

// Validate reports every fault of the settings at once.
func (s Settings) Validate() error {
	var faults []error
	if s.ReplyTo != ReplyToList && s.ReplyTo != ReplyToAuthor {
		faults = append(faults, fmt.Errorf("reply_to is %q; use list or author", s.ReplyTo))
	}
	switch s.Strangers() {
	case NonMemberAsk, NonMemberHold, NonMemberRefuse:
	default:
		faults = append(faults, fmt.Errorf("non_member is %q; use ask, hold or refuse", s.NonMember))
	}
	if s.SendDelay < 0 || s.SendDelay > MaxSendDelay {
		faults = append(faults, fmt.Errorf("send_delay is %s; use 0s to %s", s.SendDelay, MaxSendDelay))
	}
	if s.AttachTotal < 0 || s.MaxMessage < 0 {
		faults = append(faults, errors.New("attach_total and max_message cannot be negative"))
	}
	if s.KeepPosts < 0 || s.KeepPosts > MaxKeepPosts {
		faults = append(faults, fmt.Errorf("keep_posts is %d months; use 1 to %d, or 0 for ever", s.KeepPosts, MaxKeepPosts))
	}
	if err := s.Moderation.validate(); err != nil {
		faults = append(faults, err)
	}
	if err := s.Joining.validate(); err != nil {
		faults = append(faults, err)
	}
	if err := s.Digests.validate(); err != nil {
		faults = append(faults, err)
	}
	if len(s.SubjectTag) > 30 || strings.ContainsAny(s.SubjectTag, "\r\n\x00") {
		faults = append(faults, fmt.Errorf("subject_tag %q: use at most 30 characters on one line", s.SubjectTag))
	}
	return errors.Join(faults...)
}

// Validate reports every fault of the list at once.
func (l List) Validate() error {
	faults := []error{CheckName(l.Name), l.Settings.Validate()}
	if !domainForm.MatchString(l.Domain) || !strings.Contains(l.Domain, ".") {
		faults = append(faults, fmt.Errorf("domain %q is not a mail domain; write it like lists.example.org", l.Domain))
	}
	if t := strings.TrimSpace(l.Title); t == "" || len(t) > 60 || strings.ContainsAny(t, "\r\n\x00<>\"") {
		faults = append(faults, fmt.Errorf("title %q: use 1 to 60 characters without quotes or angle brackets", l.Title))
	}
	return errors.Join(faults...)
}

// Create stores a new list and gives it a number. It returns ErrNameUsed when
// the posting address is taken.
func Create(tx *store.Tx, l List) (List, error) {
	if err := l.Validate(); err != nil {
		return List{}, err
	}
	key := l.Post().Key()
	used, err := addresses.Has(tx, key)
	if err != nil {
		return List{}, err
	}
	if used {
		return List{}, fmt.Errorf("create list %s: %w", key, ErrNameUsed)
	}
	n, err := listNumbers.Next(tx)
	if err != nil {
		return List{}, err
	}
	l.ID = ID(n)
	if err := addresses.Put(tx, key, l.ID); err != nil {
		return List{}, err
	}
	return l, lists.Put(tx, l.ID, l)
}

// Save stores changed settings. Name and domain of a list never change.
func Save(tx *store.Tx, l List) error {
	old, err := Get(tx, l.ID)
	if err != nil {
		return err
	}
	if old.Name != l.Name || old.Domain != l.Domain {
		return fmt.Errorf("save list %s: its address cannot change", old.Post())
	}
	if err := l.Validate(); err != nil {
		return err
	}
	l.Framed = old.Framed
	return lists.Put(tx, l.ID, l)
}

// Get returns a list by its number, or ErrNoList.
func Get(tx *store.Tx, id ID) (List, error) {
	l, ok, err := lists.Get(tx, id)
	if err == nil && !ok {
		err = fmt.Errorf("list %d: %w", id, ErrNoList)
	}
	l.Frames = frames(tx, l)
	return l, err
}

// Find returns a list by its name or by its posting address, or ErrNoList. A
// bare name that stands for lists in two domains is refused.
func Find(tx *store.Tx, name string) (List, error) {
	var found []List
	for row, err := range lists.All(tx) {
		if err != nil {
			return List{}, err
		}
		if l := row.Value; strings.EqualFold(name, l.Name) || strings.EqualFold(name, l.Post().String()) {
			found = append(found, l)
		}
	}
	switch len(found) {
	case 0:
		return List{}, fmt.Errorf("%q: %w", name, ErrNoList)
	case 1:
		found[0].Frames = frames(tx, found[0])
		return found[0], nil
	}
	return List{}, fmt.Errorf("%q is the name of %d lists; give the whole address", name, len(found))
}

// All yields every list in order of its number.
func All(tx *store.Tx) iter.Seq2[List, error] {
	return func(yield func(List, error) bool) {
		for row, err := range lists.All(tx) {
			row.Value.Frames = frames(tx, row.Value)
			if !yield(row.Value, err) || err != nil {
				return
			}
		}
	}
}

// Post is the address that members write to.
func (l List) Post() message.Address { return message.Address{Local: l.Name, Domain: l.Domain} }

// Service is one of the list's other addresses, for example "owner".
func (l List) Service(word string) message.Address {
	return message.Address{Local: l.Name + "-" + word, Domain: l.Domain}
}

// ReturnAddress is the envelope sender of a mail to one person that is sent at a moment (a variable envelope return path): its
// token names the person, the post, or 0 for a mail of the robot's, and the day, so that a bounce shows whose address is dead.
func (l List) ReturnAddress(keys *token.Keyring, to PersonID, post uint32, at time.Time) message.Address {
	a := l.Service("bounces")
	a.Local += "+" + keys.Sign(token.Claims{Kind: token.Bounces, A: uint32(to), B: post, Day: token.DayOf(at)}, l.Name)
	return a
}

// ReplyAddress is where everybody answers a post, or a discussion by its number, without its Message-ID: from a page, or from a
// digest. It is the same for all readers and gives no right, so it may stand in what is sent to many.
func (l List) ReplyAddress(keys *token.Keyring, post uint32) message.Address {
	a := l.Service("reply")
	a.Local += "+" + keys.Sign(token.Claims{Kind: token.Reply, A: post}, l.Name)
	return a
}

// Identifier is the list's identifier (RFC 2919 §3), without angle brackets.
func (l List) Identifier() string { return l.Name + "." + l.Domain }

// Texts are what this list fills into the words of a refusal. A title that is
// not plain ASCII gives way to the name, because replies are ASCII.
func (l List) Texts(limit int64) Texts {
	title := l.Title
	for _, r := range title {
		if r < ' ' || r > '~' {
			title = l.Name
			break
		}
	}
	if l.MaxMessage > 0 && (limit == 0 || l.MaxMessage < limit) {
		limit = l.MaxMessage
	}
	return Texts{Name: title, Post: l.Post().String(), Owner: l.Service("owner").String(), Limit: Megabytes(limit)}
}

// Megabytes writes a size as people read it, for example "15 MB", "1.5 MB" or
// "300 KB".
func Megabytes(n int64) string {
	switch {
	case n > 0 && n%1e6 == 0:
		return fmt.Sprintf("%d MB", n/1e6)
	case n > 0 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n < 1e6:
		return fmt.Sprintf("%d KB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
