package moderate

import (
	"errors"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/queue"
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
	ActHide    ActKind = "remove post"

	ActRemove ActKind = "remove" // a member
	ActAdd    ActKind = "add"    // somebody, as a member
)

// An Act is one thing that a moderator asks for and confirms once more.
type Act struct {
	Kind    ActKind         `json:"kind"`
	List    list.ID         `json:"list"`
	Post    archive.Number  `json:"post,omitempty"`
	Person  list.PersonID   `json:"person,omitempty"`
	Address message.Address `json:"address,omitzero"`  // of somebody to be added
	Name    string          `json:"name,omitempty"`    // beside it
	Phrases []string        `json:"phrases,omitempty"` // to be taken out of the post
	Topic   string          `json:"topic,omitempty"`
}

// OnPerson reports an act on a person.
func (a Act) OnPerson() bool {
	return a.Kind == ActRemove || a.Kind == ActAdd
}

// Errors of what is asked for.
var (
	ErrNoTopic = errors.New("there is no such topic")
	ErrNoAct   = errors.New("that cannot be asked for by mail")
)

// stepDays is how long a second step counts, in days.
const stepDays = int(offerLife / day)

// about is what an act looks like in words, with what it does.
type about struct{ what, then string }

// describe says an act in words, and whether it can be done now. The errors are archive.ErrNoPost, ErrNotOut, ErrNoTopic,
// list.ErrNoMember and ErrNoAct, and what is wrong with words to be taken out.
func (a *Acts) describe(tx *store.Tx, act Act) (about, error) {
	if act.OnPerson() {
		return describePerson(tx, act)
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
		d.then = "The discussion is open again."
	case ActPin:
		d.then = "The discussion stands at the top of the archive."
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

// describePerson is describe for acts on people.
func describePerson(tx *store.Tx, act Act) (about, error) {
	if act.Kind == ActAdd {
		who := act.Address.String()
		if name := list.CleanName(act.Name); name != "" {
			who = name + ", " + who
		}
		return about{"add " + who, "They become a member and get the posts from now on. Please be sure that they\nasked for it."}, nil
	}
	if _, err := list.Member(tx, act.List, act.Person); err != nil {
		return about{}, err
	}
	p, err := list.GetPerson(tx, act.Person)
	if err != nil {
		return about{}, err
	}
	who := p.Address.String()
	if name := list.CleanName(p.Name); name != "" {
		who = name + ", " + who
	}
	return about{"remove " + who, "They are no member any more, and no more copies go to them. Their posts stay."}, nil
}

// Propose asks a moderator once more about an act: a mail with a token that works once. It says what will be done. The errors are
// ErrWeakProof, ErrNotModerator and those of an act that cannot be done.
func (a *Acts) Propose(tx *store.Tx, h Hand, act Act) error {
	who, err := mustModerate(tx, act.List, h)
	if err != nil {
		return err
	}
	if !h.Proof.Strong() {
		return ErrWeakProof
	}
	d, err := a.describe(tx, act)
	if err != nil {
		return err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return err
	}
	tok, err := allow(tx, Pending{Use: UseStep, List: l.ID, Person: who.ID, Post: act.Post, Act: &act, Until: h.Now.Add(offerLife)}, h.Now)
	if err != nil {
		return err
	}
	r := a.roundFor(l, who, act, h).Tokened("mod", tok)
	return a.mail(tx, r, notice.Confirm{What: d.what, Then: d.then, Days: stepDays})
}

// roundFor is a mail to a moderator about an act, in the thread of its post.
func (a *Acts) roundFor(l list.List, who list.Person, act Act, h Hand) notice.Round {
	r := ofPost(l, who, act.Post, h.Now)
	if act.Post == 0 {
		r.Root = ""
	}
	if who.ID == h.Person {
		r.Answers = h.Answers
	}
	return r
}

// People does an act on a person, in the transaction of the caller.
type People func(tx *store.Tx, by By, act Act) error

// CarryOut does the act that a token stands for, once, with the moderator's yes: at once what is small, and as a job what reads or
// writes much. The moderators are told when it is done. The errors are ErrNoToken, ErrSpentStep, ErrWeakProof, ErrNotModerator,
// and those of an act that cannot be done any more; then the token is not spent.
func (a *Acts) CarryOut(tx *store.Tx, h Hand, tok string, people People) (Act, error) {
	p, err := LookPending(tx, tok)
	if err != nil {
		return Act{}, err
	}
	switch {
	case p.Use != UseStep || p.Act == nil || p.Person != h.Person:
		return Act{}, ErrNoToken
	case !p.Used.IsZero() || !h.Now.Before(p.Until):
		return *p.Act, ErrSpentStep
	case !h.Proof.Strong():
		return *p.Act, ErrWeakProof
	}
	act := *p.Act
	if _, err := mustModerate(tx, act.List, h); err != nil {
		return act, err
	}
	d, err := a.describe(tx, act)
	if err != nil {
		return act, err
	}
	if err := a.do(tx, h, act, d, people); err != nil {
		return act, err
	}
	return act, spend(tx, tok, h.Now)
}

// do does an act that nothing stands against.
func (a *Acts) do(tx *store.Tx, h Hand, act Act, d about, people People) error {
	switch act.Kind {
	case ActRecall, ActErasure, ActRelease, ActRedact, ActHide:
		return putJob(tx, Job{Act: act, What: d.what, By: h.Person, Actor: h.Actor, Proof: h.Proof, At: h.Now})
	}
	if act.OnPerson() {
		if people == nil {
			return ErrNoAct
		}
		if err := people(tx, h.By, act); err != nil {
			return err
		}
	} else if err := curate(tx, h, act); err != nil {
		return err
	}
	return a.tellDone(tx, h, act, notice.Carried{What: d.what})
}

// curate does what changes a discussion.
func curate(tx *store.Tx, h Hand, act Act) (err error) {
	by := archive.Curator{Who: h.Actor, Now: h.Now}
	switch act.Kind {
	case ActClose:
		_, err = archive.Close(tx, act.Post, by)
	case ActReopen:
		_, err = archive.Reopen(tx, act.Post)
	case ActPin:
		_, err = archive.Pin(tx, act.Post, by)
	case ActTag:
		t, found := archive.FindTopic(tx, act.List, act.Topic)
		if found != nil {
			return fmt.Errorf("%w: %w", ErrNoTopic, found)
		}
		_, err = archive.Tag(tx, act.Post, t.ID)
	}
	if err != nil {
		return err
	}
	return h.note(tx, "thread "+string(act.Kind), act.List, 0, uint64(act.Post))
}

// tellDone tells all who look after the list what was done and by whom; n says what.
func (a *Acts) tellDone(tx *store.Tx, h Hand, act Act, n notice.Carried) error {
	l, err := list.Get(tx, act.List)
	if err != nil {
		return err
	}
	if n.By, err = calledBy(tx, h.Person); err != nil {
		return err
	}
	n.At = london(h.Now)
	to, err := a.circle(tx, l.ID)
	if err != nil {
		return err
	}
	for _, who := range to {
		if err := a.mail(tx, a.roundFor(l, who, act, h), n); err != nil {
			return err
		}
	}
	return nil
}

// Tell mails one moderator, in the thread of a post where one is meant.
func (a *Acts) Tell(tx *store.Tx, l list.List, who list.Person, post archive.Number, h Hand, n composing) error {
	return a.mail(tx, a.roundFor(l, who, Act{Post: post}, h), n)
}

// Offered are the words that may be answered to a mail with a token, and what it was about.
func (a *Acts) Offered(tx *store.Tx, p Pending) (words [][2]string, what string, err error) {
	switch p.Use {
	case UsePractice:
		return [][2]string{{"approve", "that is all this test needs"}}, "Practice", nil
	case UseStep:
		return [][2]string{{"yes", "to do what you asked for"}}, fmt.Sprintf("%s #%d", p.Act.Kind, p.Post), nil
	}
	post, err := archive.Get(tx, p.Post)
	if err != nil {
		return nil, "", err
	}
	what = fmt.Sprintf("%q #%d", lineOf(post).Subject, post.Number)
	if p.Message != 0 {
		by, err := reporter(tx, p.Message)
		return notice.ReportedWords(by), what, err
	}
	counts, err := queue.Tally(tx, uint64(p.Post))
	return notice.StoppedWords(counts.Delivered), what, err
}
