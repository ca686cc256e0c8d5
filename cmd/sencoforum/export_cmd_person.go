package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/bounce"
	"sencoforum/draft"
	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/signin"
	"sencoforum/store"
)

// personView is all that the server keeps of one person but for their posts' text, as JSON.
type personView struct {
	Exported    time.Time         `json:"exported"`
	Asked       message.Address   `json:"asked"`  // the address that the export was asked for
	Person      list.Person       `json:"person"` // number 0 for somebody who only wrote old posts
	Memberships []memberView      `json:"memberships"`
	Chosen      []personChoice    `json:"discussions,omitempty"`    // that they mute or follow
	Saved       []personSearch    `json:"saved_searches,omitempty"` // that they follow by email
	Feeds       []personFeed      `json:"feeds,omitempty"`          // that they made, without their addresses
	Unsent      []personFile      `json:"unsent_files,omitempty"`   // that wait on a page for their message, for a day
	Consents    []personConsent   `json:"consents,omitempty"`
	Bounces     []personBounces   `json:"bounces,omitempty"` // of their address, where mail came back
	Held        []personHeld      `json:"held,omitempty"`    // messages of theirs that wait for an answer
	Waiting     []personMail      `json:"mail_waiting,omitempty"`
	Failed      []personFailure   `json:"mail_failed,omitempty"`
	Private     []personPrivate   `json:"private_messages,omitempty"`
	Acts        []personAct       `json:"record,omitempty"` // what was done to them, or by them
	Posts       []personPost      `json:"posts,omitempty"`
	Addresses   []message.Address `json:"-"`
}

type personChoice struct {
	Thread uint32 `json:"discussion"`
	Muted  bool   `json:"muted"` // else followed
}

// personSearch is a search that they follow.
type personSearch struct {
	List  string    `json:"list"`
	Words string    `json:"words"`
	Since time.Time `json:"looked_up_to"`
}

// personFeed is a feed of a list, or of one of its topics.
type personFeed struct {
	List  string    `json:"list"`
	Topic string    `json:"topic,omitempty"`
	Made  time.Time `json:"made"`
}

// personFile is a file that they chose on a page.
type personFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// personConsent is what somebody agreed to on a list.
type personConsent struct {
	List    string    `json:"list"`
	Terms   string    `json:"terms,omitempty"` // version of the rules
	TermsAt time.Time `json:"terms_at,omitzero"`
	Shown   bool      `json:"shown_to_members"`
}

type personBounces struct {
	List  string       `json:"list"`
	State bounce.State `json:"state"`
}

type personHeld struct {
	List   string    `json:"list"`
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
}

// personMail is mail to them that has not gone yet.
type personMail struct {
	Kind   string    `json:"kind"`
	Post   uint64    `json:"post,omitempty"`
	Queued time.Time `json:"queued"`
}

// personFailure is mail to them that could not be delivered, with the words of the other side.
type personFailure struct {
	Kind  string    `json:"kind"`
	Post  uint64    `json:"post,omitempty"`
	At    time.Time `json:"at"`
	Words string    `json:"words,omitempty"`
}

// personPrivate is a private message. Who was at the other end is about that person.
type personPrivate struct {
	At   time.Time      `json:"at"`
	Post archive.Number `json:"post,omitempty"` // under which it was written
	Sent bool           `json:"sent"`           // by them; else to them
}

// personAct is an entry of the record. Who did it is named only where it was they themselves.
type personAct struct {
	At     time.Time `json:"at"`
	Action string    `json:"action"`
	List   uint32    `json:"list,omitempty"`
	Detail string    `json:"detail,omitempty"`
	Own    bool      `json:"by_themselves"`
}

type personPost struct {
	Number  archive.Number     `json:"number"`
	List    list.ID            `json:"list"`
	Name    string             `json:"name,omitempty"`
	From    message.Address    `json:"from"`
	Subject string             `json:"subject"`
	Written time.Time          `json:"written"`
	State   archive.Visibility `json:"state"`
}

func viewOwnPost(p archive.Post) personPost {
	return personPost{Number: p.Number, List: p.List, Name: p.AuthorName, From: p.From, Subject: p.Subject, Written: p.Written, State: p.State}
}

// owns reports a post that this person wrote: as themselves, or from an address of theirs before they were known here.
func (v *personView) owns(p archive.Post) bool {
	if p.Author != 0 {
		return p.Author == v.Person.ID
	}
	return v.has(p.From)
}

func (v *personView) has(a message.Address) bool {
	return slices.ContainsFunc(v.Addresses, func(own message.Address) bool { return own.Key() == a.Key() })
}

// viewPerson gathers what the books hold of whoever has an address.
func (a *admin) viewPerson(tx *store.Tx, at message.Address) (personView, error) {
	v := personView{Exported: a.now().UTC().Truncate(time.Second), Asked: at, Memberships: []memberView{}, Addresses: []message.Address{at}}
	p, err := list.FindPerson(tx, at)
	switch {
	case err == nil:
		v.Person, v.Addresses = p, p.Addresses()
	case !errors.Is(err, list.ErrNoPerson):
		return v, err
	}
	for _, gather := range []func(*store.Tx, *personView) error{a.gatherLists, gatherChosen, gatherSaved, gatherFeeds, gatherHeld, gatherMail, gatherFailed, gatherPrivate, gatherActs} {
		if err := gather(tx, &v); err != nil {
			return v, fmt.Errorf("gather what is known of them: %w", err)
		}
	}
	return v, nil
}

func (a *admin) gatherLists(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	for l, err := range list.All(tx) {
		if err != nil {
			return err
		}
		m, err := membership.Find(tx, l.ID, v.Person.Address)
		if membership.Unknown(err) {
			continue
		}
		if err != nil {
			return err
		}
		one := viewMember(m)
		one.List = l.Post().String()
		v.Memberships = append(v.Memberships, one)
		d, err := membership.DetailsOf(tx, l.ID, v.Person.ID)
		if err != nil {
			return err
		}
		v.Consents = append(v.Consents, personConsent{List: one.List, Terms: d.Terms, TermsAt: d.TermsAt, Shown: d.Shown})
		state, known, err := bounce.StateOf(tx, l.ID, v.Person.ID)
		if err != nil {
			return err
		}
		if known {
			v.Bounces = append(v.Bounces, personBounces{List: l.Post().String(), State: state})
		}
	}
	return nil
}

func gatherChosen(tx *store.Tx, v *personView) error {
	chosen, err := list.Chosen(tx, v.Person.ID)
	for _, thread := range slices.Sorted(maps.Keys(chosen)) {
		v.Chosen = append(v.Chosen, personChoice{Thread: thread, Muted: chosen[thread] == list.Mute})
	}
	return err
}

// gatherSaved finds what they follow, also on a list that they have left.
func gatherSaved(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	for l, err := range list.All(tx) {
		if err != nil {
			return err
		}
		follows, err := hold.SavedOf(tx, hold.SavedKey{A: v.Person.ID, B: l.ID})
		if err != nil {
			return err
		}
		for _, s := range follows.All {
			v.Saved = append(v.Saved, personSearch{List: l.Post().String(), Words: s.Words, Since: s.Since})
		}
	}
	return nil
}

// gatherFeeds finds what programs of theirs may read, and the files of messages that they have not sent.
func gatherFeeds(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	feeds, err := signin.Feeds(tx, v.Person.ID)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		l, err := list.Get(tx, f.List)
		if err != nil {
			return err
		}
		one := personFeed{List: l.Post().String(), Made: f.Made}
		if f.Topic != 0 {
			topics, err := archive.Topics(tx, f.List)
			if err != nil {
				return err
			}
			if i := slices.IndexFunc(topics, func(t archive.Topic) bool { return t.ID == f.Topic }); i >= 0 {
				one.Topic = topics[i].Name
			}
		}
		v.Feeds = append(v.Feeds, one)
	}
	files, err := draft.Of(tx, v.Person.ID)
	for _, f := range files {
		v.Unsent = append(v.Unsent, personFile{Name: f.Name, Type: f.Type, Size: f.Size})
	}
	return err
}

func gatherHeld(tx *store.Tx, v *personView) error {
	for it, err := range hold.All(tx) {
		if err != nil {
			return err
		}
		if it.Author != 0 && it.Author == v.Person.ID || it.Author == 0 && v.has(it.From) {
			l, err := list.Get(tx, it.List)
			if err != nil {
				return err
			}
			v.Held = append(v.Held, personHeld{List: l.Post().String(), Reason: string(it.Reason), Since: it.Since, Until: it.Until})
		}
	}
	return nil
}

func gatherMail(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	for r, err := range queue.List(tx, queue.Filter{}) {
		if err != nil {
			return err
		}
		if r.Member == uint32(v.Person.ID) {
			v.Waiting = append(v.Waiting, personMail{Kind: r.Kind, Post: r.Batch, Queued: r.Queued})
		}
	}
	return nil
}

func gatherFailed(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	one := func(batch uint64) error {
		for f, err := range queue.Failures(tx, batch) {
			if err != nil {
				return err
			}
			if f.Member == uint32(v.Person.ID) {
				v.Failed = append(v.Failed, personFailure{Kind: f.Kind, Post: batch, At: f.At, Words: f.Result.Text})
			}
		}
		return nil
	}
	if err := one(0); err != nil {
		return err
	}
	for p, err := range archive.All(tx, 1) {
		if err != nil {
			return err
		}
		if p.Imported {
			continue
		}
		if err := one(uint64(p.Number)); err != nil {
			return err
		}
	}
	return nil
}

func gatherPrivate(tx *store.Tx, v *personView) error {
	for e, err := range relay.Of(tx, v.Person.ID) {
		if err != nil {
			return err
		}
		v.Private = append(v.Private, personPrivate{At: e.At, Post: e.Post, Sent: e.From == v.Person.ID})
	}
	return nil
}

func gatherActs(tx *store.Tx, v *personView) error {
	if v.Person.ID == 0 {
		return nil
	}
	self := fmt.Sprintf("member %d", v.Person.ID)
	for e, err := range audit.All(tx) {
		if err != nil {
			return err
		}
		own := e.Actor == self
		if own && e.Person != 0 && e.Person != uint32(v.Person.ID) {
			continue // what a moderator did to somebody else is about that person
		}
		if own || e.Person == uint32(v.Person.ID) {
			v.Acts = append(v.Acts, personAct{At: e.At, Action: e.Action, List: e.List, Detail: e.Detail, Own: own})
		}
	}
	return nil
}
