package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/notice"
	"sencoforum/queue"
	"sencoforum/store"
)

// Propose asks a moderator once more about an act: a mail with a token that works once. It says what will be done. The errors are
// ErrWeakProof, ErrNotModerator and those of an act that cannot be done.
func (a *Acts) Propose(tx *store.Tx, h Hand, act Act) error {
	who, err := mayDo(tx, h, act)
	if err != nil {
		return err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return err
	}
	if !act.needs(l, h.Proof) {
		return ErrWeakProof
	}
	if act, err = a.meant(tx, act); err != nil {
		return err
	}
	d, err := a.describe(tx, act)
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
	}
	act := *p.Act
	if _, err := mayDo(tx, h, act); err != nil {
		return act, err
	}
	l, err := list.Get(tx, act.List)
	if err != nil {
		return act, err
	}
	if !act.needs(l, h.Proof) {
		return act, ErrWeakProof
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
	result, err := "", error(nil)
	switch {
	case act.OnList():
		result, err = a.onList(tx, h, act)
	case !act.OnPerson():
		err = curate(tx, h, act)
	case people == nil:
		err = ErrNoAct
	case act.Kind == ActRole:
		err = a.giveRole(tx, h, act, people)
	default:
		if err = people(tx, h.By, act); err == nil {
			err = a.discardToo(tx, h, act)
		}
	}
	if err == nil && (act.OnPerson() || act.OnList()) {
		err = h.note(tx, "act "+string(act.Kind), act.List, act.Person)
	}
	if err != nil {
		return err
	}
	return a.tellDone(tx, h, act, notice.Carried{What: d.what, Result: result})
}

// discardToo throws away what a banned person has waiting. What was decided meanwhile stays so.
func (a *Acts) discardToo(tx *store.Tx, h Hand, act Act) error {
	if act.Kind != ActBan || a.cfg.Panel == nil {
		return nil
	}
	for _, n := range act.Items {
		_, err := a.cfg.Panel.Discard(tx, Decider{By: h.By, Person: h.Person, Proof: string(h.Proof)}, n)
		var decided *DecidedError
		if err != nil && !errors.As(err, &decided) && !errors.Is(err, ErrGone) && !errors.Is(err, ErrNotAsked) {
			return err
		}
	}
	return nil
}

// meant makes of an act what its word means: release of a post that can be seen is the release of its discussion, where that is held,
// and approve all is about what can be approved now.
func (a *Acts) meant(tx *store.Tx, act Act) (Act, error) {
	switch {
	case act.Kind == ActRelease && act.Post != 0:
		p, err := archive.Get(tx, act.Post)
		if err != nil || p.State == archive.Hidden {
			return act, err
		}
		c, err := archive.Curated(tx, act.Post)
		if c.Moderated.Set() {
			act.Kind = ActFree
		}
		return act, err
	case act.Kind == ActApproveAll && a.cfg.Panel != nil:
		all, err := a.cfg.Panel.Together(tx, act.List, act.Items)
		if err == nil && len(all) == 0 {
			err = ErrNothing
		}
		act.Items = nil
		for _, it := range all {
			act.Items = append(act.Items, it.Number)
		}
		return act, err
	}
	return act, nil
}

// curate does what changes a discussion.
func curate(tx *store.Tx, h Hand, act Act) (err error) {
	by := archive.Curator{Who: h.Actor, Now: h.Now}
	switch act.Kind {
	case ActClose:
		_, err = archive.Close(tx, act.Post, by)
		err = cmp.Or(err, endOfThread(tx, h, act.Post))
	case ActReopen:
		if _, err = archive.Reopen(tx, act.Post); err == nil {
			_, err = archive.Unmoderate(tx, act.Post)
		}
	case ActWatch:
		_, err = archive.Moderate(tx, act.Post, by)
	case ActFree:
		_, err = archive.Unmoderate(tx, act.Post)
	case ActPin:
		_, err = archive.Pin(tx, act.Post, by)
	case ActStart:
		err = putStart(tx, by, act)
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

// putStart puts a discussion on the page for people who are new to the role, which is made where there is none.
func putStart(tx *store.Tx, by archive.Curator, act Act) error {
	c, err := archive.FindCollection(tx, act.List, archive.StartSlug)
	if errors.Is(err, archive.ErrNoCollection) {
		c, _, err = archive.CreateCollection(tx, archive.Collection{List: act.List, Slug: archive.StartSlug, Title: "New to the role?", Made: by.Now})
	}
	if err != nil {
		return err
	}
	e, err := archive.EntryOf(tx, c, act.Post)
	if errors.Is(err, archive.ErrNoEntry) {
		e, err = archive.Entry{Thread: act.Post, Added: by.Now, By: by.Who}, nil
	}
	if err != nil {
		return err
	}
	e.Title = strings.Join(strings.Fields(act.Topic), " ")
	_, _, err = archive.PutEntry(tx, c, e)
	return err
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
