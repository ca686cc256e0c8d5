package moderate

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// ActKind is what is to be done to a post that is out, to its discussion, or to a person.
type ActKind string

// The acts. Those on people are done by whoever has the memberships; see OnPerson.
const (
	ActRecall  ActKind = "recall"
	ActErasure ActKind = "erase"
	ActRelease ActKind = "release"
	ActRedact  ActKind = "redact"
	ActClose   ActKind = "close"
	ActReopen  ActKind = "open"
	ActPin     ActKind = "pin"
	ActTag     ActKind = "tag"
	ActStart   ActKind = "start" // the discussion stands on the page for people who are new to the role
	ActHide    ActKind = "remove post"

	ActWatch ActKind = "hold"               // whatever answers the discussion waits
	ActFree  ActKind = "release discussion" // no longer

	ActRemove     ActKind = "remove" // a member
	ActAdd        ActKind = "add"    // somebody, as a member
	ActBan        ActKind = "ban"    // a member or anybody else
	ActUnban      ActKind = "unban"
	ActModerate   ActKind = "moderate" // everything that a member writes waits
	ActUnmoderate ActKind = "unmoderate"
	ActTrust      ActKind = "trust"   // nothing of a member's waits for being theirs
	ActSuspend    ActKind = "suspend" // no email to a member
	ActResume     ActKind = "resume"  // email again
	ActRole       ActKind = "role"    // only an owner gives one, or takes it

	ActAnnounce    ActKind = "announce"  // a post of the moderators to everybody
	ActHoldList    ActKind = "hold list" // everything new waits
	ActReleaseList ActKind = "release list"
	ActApproveAll  ActKind = "approve all" // of what waits, what needs no closer look
)

// An Act is one thing that a moderator asks for and confirms once more.
type Act struct {
	Kind    ActKind         `json:"kind"`
	List    list.ID         `json:"list"`
	Post    archive.Number  `json:"post,omitempty"`
	Person  list.PersonID   `json:"person,omitempty"`
	Address message.Address `json:"address,omitzero"`  // of somebody to be added or banned
	Domain  string          `json:"domain,omitempty"`  // to be banned as a whole, with an @ before it
	Name    string          `json:"name,omitempty"`    // beside it
	Role    list.Role       `json:"role,omitempty"`    // that somebody gets
	Was     list.Role       `json:"was,omitempty"`     // that they had when it was asked for; empty: whatever they have
	Phrases []string        `json:"phrases,omitempty"` // to be taken out of the post
	Topic   string          `json:"topic,omitempty"`
	Subject string          `json:"subject,omitempty"` // of what is announced
	Text    string          `json:"text,omitempty"`    // that is announced
	Form    string          `json:"form,omitempty"`    // name of the form in which it was written: one is announced once
	Items   []hold.Number   `json:"items,omitempty"`   // to be approved; of a ban: that is discarded with it
}

// OnPerson reports an act on a person.
func (a Act) OnPerson() bool {
	switch a.Kind {
	case ActRemove, ActAdd, ActBan, ActUnban, ActModerate, ActUnmoderate, ActTrust, ActSuspend, ActResume, ActRole:
		return true
	}
	return false
}

// OnList reports an act on a list as a whole.
func (a Act) OnList() bool {
	switch a.Kind {
	case ActAnnounce, ActHoldList, ActReleaseList, ActApproveAll:
		return true
	}
	return false
}

// needs reports whether a proof is enough for an act. To let through what waits needs what each of its decisions needs; all else
// needs a strong one.
func (a Act) needs(l list.List, p Proof) bool {
	if a.Kind == ActApproveAll && l.ProofOf() != list.ProofDKIM {
		return p != ProofNone
	}
	return p.Strong()
}

// Errors of what is asked for.
var (
	ErrNoTopic = errors.New("there is no such topic")
	ErrNoAct   = errors.New("that cannot be asked for by mail")
	ErrIsSo    = errors.New("that is so already")
	ErrNothing = errors.New("nothing waits that can be approved together")
	ErrSelf    = errors.New("a moderator cannot do that to a moderator")
)

// stepDays is how long a second step counts, in days.
const stepDays = int(offerLife / day)

// about is what an act looks like in words, with what it does.
type about struct{ what, then string }

// describe says an act in words, and whether it can be done now. The errors are archive.ErrNoPost, ErrNotOut, ErrNoTopic,
// list.ErrNoMember and ErrNoAct, and what is wrong with words to be taken out.
func (a *Acts) describe(tx *store.Tx, act Act) (about, error) {
	switch {
	case act.OnPerson():
		return describePerson(tx, act)
	case act.OnList():
		return a.describeList(tx, act)
	}
	p, delivered, err := have(tx, act.Post)
	if err != nil {
		return about{}, err
	}
	if p.List != act.List {
		return about{}, fmt.Errorf("post %d: %w", act.Post, archive.ErrNoPost)
	}
	d := about{what: fmt.Sprintf("%s post %d", act.Kind, p.Number)}
	if p.Subject != "" {
		d.what += fmt.Sprintf(", %q", lineOf(p).Subject)
	}
	hidden := p.State == archive.Hidden
	ok := hidden || p.State == archive.Published
	switch act.Kind {
	case ActRecall:
		d.then, ok = counted(delivered, "person has", "people have")+" the post. Each gets an email that asks them to delete it.\nNobody can take the emails back from them.", p.MayRecall() == nil && delivered > 0
	case ActErasure:
		d.then = "The post goes for ever from our server: from the archive, from what waits, and\nfrom mail about it. This cannot be undone. An empty place keeps its number."
		ok = ok && !p.IsSealed(p.Removed)
	case ActHide:
		d.then, ok = "Nobody can see the post any more, and no more copies go out. It is kept.", p.State == archive.Published || p.State == archive.Waiting
	case ActRelease:
		d.then, ok = "The post can be seen again, and those who have no copy get one.", hidden
	case ActRedact:
		if err := (Words{Phrases: act.Phrases}).Check(); err != nil {
			return d, fmt.Errorf("%w: %w", ErrNoAct, err)
		}
		d.what = fmt.Sprintf("take words out of post %d, %q", p.Number, lineOf(p).Subject)
		d.then = "These words go from the post, wherever they stand in it. This cannot be undone:\n\n  " + strings.Join(act.Phrases, "\n  ")
	default:
		return describeThread(tx, act, p)
	}
	if !ok {
		return d, fmt.Errorf("%s post %d, which is %s: %w", act.Kind, p.Number, p.State, ErrNotOut)
	}
	return d, nil
}

// describeThread is describe for acts on the discussion of a post.
func describeThread(tx *store.Tx, act Act, p archive.Post) (about, error) {
	c, err := archive.Curated(tx, p.Number)
	if err != nil {
		return about{}, err
	}
	first, err := archive.Get(tx, c.Thread)
	if err != nil {
		return about{}, err
	}
	d := about{what: fmt.Sprintf("%s discussion %d, %q", act.Kind, c.Thread, first.Subject)}
	switch act.Kind {
	case ActClose:
		d.then = "The discussion says that it is closed. Nobody is told by email."
	case ActReopen:
		d.then = "The discussion is open again. Answers to it do not wait."
	case ActWatch:
		d.then = "Every answer to this discussion waits for a moderator. Nobody is told by email."
		if c.Moderated.Set() {
			return d, ErrIsSo
		}
	case ActFree:
		d.what = fmt.Sprintf("release discussion %d, %q", c.Thread, first.Subject)
		d.then = "Answers to this discussion do not wait any more."
	case ActPin:
		d.then = "The discussion stands at the top of the archive."
	case ActStart:
		title := strings.Join(strings.Fields(act.Topic), " ")
		if title == "" || utf8.RuneCountInString(title) > archive.MaxEntryTitle {
			return d, ErrNoAct
		}
		d.what = fmt.Sprintf("start %d, %q", c.Thread, first.Subject)
		d.then = fmt.Sprintf("It stands on the page for people who are new to the role (/start) as:\n\n  %s\n\nEverybody can read that title there, and only members the discussion.", title)
	case ActTag:
		t, err := archive.FindTopic(tx, act.List, act.Topic)
		if err != nil {
			return d, fmt.Errorf("%w: %w", ErrNoTopic, err)
		}
		d.what = fmt.Sprintf("%s discussion %d, %q: %s", act.Kind, c.Thread, first.Subject, t.Name)
	default:
		return d, fmt.Errorf("%q: %w", act.Kind, ErrNoAct)
	}
	return d, nil
}
