package moderate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// club is a list with two moderators, Asha (1) and Sam (2), two members, Priya (3) and Ruth (4), and a post of Priya's that is out.
type club struct {
	t    *testing.T
	db   *store.DB
	acts *Acts
	keys *token.Keyring
	post archive.Post
	read queue.RowID // the last letter that was looked at
}

func newClub(t *testing.T) *club {
	t.Helper()
	c := &club{t: t, db: testdb.Open(t)}
	dir := t.TempDir()
	var err error
	if c.keys, err = token.Open(filepath.Join(dir, "token.keys")); err != nil {
		t.Fatal(err)
	}
	ledger, err := OpenLedger(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.acts = NewActs(slog.New(slog.DiscardHandler), ActsConfig{Keys: c.keys, Operator: testdb.Address(t, "operator@host.example"), Eraser: NewEraser(c.db, c.keys, ledger),
		Recaller: NewRecaller(c.db, c.keys, "", func() time.Time { return noon })})
	c.update(func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: "senco-forum", Domain: "lists.example.org", Title: "SENCO Forum", Settings: list.DefaultSettings()})
		if err != nil {
			return err
		}
		for i, who := range []string{"Asha Patel", "Sam Green", "Priya N.", "Ruth B."} {
			role := list.RoleModerator
			if i > 1 {
				role = list.RoleMember
			}
			first, _, _ := strings.Cut(strings.ToLower(who), " ")
			p, err := list.AddPerson(tx, list.Person{Name: who, Address: testdb.Address(t, first+"@school.example")})
			if err != nil {
				return err
			}
			if err := list.Join(tx, list.Membership{List: l.ID, Person: p.ID, Role: role, Mode: list.ModeEvery}); err != nil {
				return err
			}
		}
		c.post, err = published(tx, "<48213@school.example>", "My pupil Oliver Marsh")
		return err
	})
	return c
}

// published puts a post of Priya's with these words, and publishes it.
func published(tx *store.Tx, id, words string) (archive.Post, error) {
	raw := []byte("From: Priya N. <priya@school.example>\r\nSubject: Part-time timetables\r\nMessage-ID: " + id + "\r\n\r\n" + words + "\r\n")
	in, err := intake.Put(tx, intake.New{Record: intake.Record{Kind: string(list.KindPost), List: 1, Envelope: message.Envelope{Received: noon}}, Raw: store.NewBlob(raw), State: intake.Waiting})
	if err != nil {
		return archive.Post{}, err
	}
	n := archive.Describe(message.Parse(raw), "", noon)
	n.List, n.Intake, n.Author, n.Until = 1, in, 3, noon
	p, err := archive.Accept(tx, n)
	if err != nil {
		return p, err
	}
	if p, err = archive.Publish(tx, p.Number, noon, 4); err != nil {
		return p, err
	}
	return p, queueFor(tx, p)
}

// queueFor expands a post to all four by hand.
func queueFor(tx *store.Tx, p archive.Post) error {
	for who := uint32(1); who <= 4; who++ {
		if err := queue.Put(tx, queue.Row{Kind: "post", Batch: uint64(p.Number), Member: who, Domain: "school.example", Priority: queue.Normal, Queued: noon}); err != nil {
			return err
		}
	}
	if _, err := queue.Seal(tx, uint64(p.Number)); err != nil {
		return err
	}
	return intake.Move(tx, p.Intake, intake.Status{State: intake.Expanded, Since: noon})
}

func (c *club) update(fn func(tx *store.Tx) error) { c.t.Helper(); testdb.Update(c.t, c.db, fn) }

// obliging takes every copy.
type obliging struct{}

func (obliging) Route(context.Context, string) (queue.Hop, error) {
	return queue.Hop{Key: "hop", Operator: "hop", Limit: 1}, nil
}

func (obliging) Deliver(ctx context.Context, _ queue.Hop, src queue.Source) error {
	for {
		o, ok := src.Next(ctx, true)
		if !ok {
			return nil
		}
		src.Settle(o.Row, queue.Result{Outcome: queue.Delivered, Code: 250})
	}
}

// deliver lets the copies for which has says so arrive, and drops the others; letters stay away.
func (c *club) deliver(has func(member uint32) bool) {
	c.t.Helper()
	render := func(_ context.Context, r queue.Row) (queue.Outgoing, error) {
		if !has(r.Member) {
			return queue.Outgoing{}, queue.ErrDropped
		}
		return queue.Outgoing{Row: r.ID, To: testdb.Address(c.t, "m@school.example"), Header: []byte("A: b\r\n"), Body: []byte("\r\n")}, nil
	}
	done := make(chan struct{})
	q := queue.New(slog.New(slog.DiscardHandler), c.db, obliging{}, render, queue.Config{Idle: 10 * time.Millisecond,
		Finished: func(*store.Tx, uint64) error { close(done); return nil }})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	cancel()
	if err := <-ended; err != nil {
		c.t.Fatal(err)
	}
}

// mails are the letters that were put since the last call, as their readers see them, by address.
func (c *club) mails() map[string]string {
	c.t.Helper()
	out, last := map[string]string{}, c.read
	testdb.View(c.t, c.db, func(tx *store.Tx) error {
		for r, err := range queue.List(tx, queue.Filter{}) {
			if err != nil {
				return err
			}
			if r.Kind != queue.LetterKind {
				continue
			}
			if r.ID <= c.read {
				continue
			}
			last = r.ID
			o, err := queue.ReadLetter(r)
			if err != nil {
				return err
			}
			out[o.To.Local] += string(o.Header) + string(o.Body)
		}
		return nil
	})
	c.read = last
	return out
}

var inAddress = regexp.MustCompile(`\+(snc1_[0-9a-z]{32})@`)

// tokenIn is the token of the answer address in a mail.
func (c *club) tokenIn(mail string) string {
	c.t.Helper()
	found := inAddress.FindStringSubmatch(mail)
	if found == nil {
		c.t.Fatalf("no token in\n%s", mail)
	}
	return found[1]
}

func asha(p Proof) Hand { return HandOf(1, p, "<answer@school.example>", noon) }

func (c *club) stop() {
	c.t.Helper()
	var p archive.Post
	c.update(func(tx *store.Tx) (err error) {
		p, err = c.acts.Stop(tx, asha(ProofVerified), c.post.Number)
		return err
	})
	if err := c.acts.Hid(p, noon); err != nil {
		c.t.Fatal(err)
	}
}

func (c *club) state() (s archive.Visibility) {
	c.t.Helper()
	testdb.View(c.t, c.db, func(tx *store.Tx) error {
		p, err := archive.Get(tx, c.post.Number)
		s = p.State
		return err
	})
	return s
}

func (c *club) jobs() {
	c.t.Helper()
	for more := true; more; {
		var err error
		if more, err = c.acts.step(context.Background(), c.db); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *club) actions() (all []string) {
	testdb.View(c.t, c.db, func(tx *store.Tx) error {
		for e, err := range audit.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, fmt.Sprintf("%s: %s (%s)", e.Actor, e.Action, e.Detail))
		}
		return nil
	})
	return all
}

func TestAStoppedPostIsHiddenAndAllModeratorsAreTold(t *testing.T) {
	c := newClub(t)
	c.deliver(func(m uint32) bool { return m < 3 })
	c.stop()
	if s := c.state(); s != archive.Hidden {
		t.Errorf("the post is %s", s)
	}
	mails := c.mails()
	if len(mails) != 2 || c.tokenIn(mails["asha"]) == c.tokenIn(mails["sam"]) {
		t.Fatalf("mails to %d people, or one token for both", len(mails))
	}
	for who, mail := range mails {
		if !strings.Contains(mail, "Asha stopped this post at 12:00.") || !strings.Contains(mail, "2 of 4 members already have it.") {
			t.Errorf("%s reads\n%s", who, mail)
		}
	}
	c.stop()
	if mails := c.mails(); len(mails) != 1 || !strings.Contains(mails["asha"], "was stopped before") {
		t.Errorf("said twice, %v are told", mails)
	}
	if got := c.actions(); len(got) != 1 || got[0] != "member 1: post stop (verified email)" {
		t.Errorf("audit: %q", got)
	}
	c.update(func(tx *store.Tx) error {
		if _, err := c.acts.Stop(tx, HandOf(3, ProofSigned, "", noon), c.post.Number); !errors.Is(err, ErrNotModerator) {
			t.Errorf("a member stopped a post: %v", err)
		}
		return nil
	})
}

// propose asks for an act and returns the token of the second step.
func (c *club) propose(act Act) string {
	c.t.Helper()
	act.List = 1
	c.mails()
	c.update(func(tx *store.Tx) error { return c.acts.Propose(tx, asha(ProofSigned), act) })
	mails := c.mails()
	if len(mails) != 1 {
		c.t.Fatalf("mails to %d people", len(mails))
	}
	return c.tokenIn(mails["asha"])
}

func (c *club) carryOut(h Hand, tok string) (err error) {
	c.update(func(tx *store.Tx) error { _, err = c.acts.CarryOut(tx, h, tok, nil); return nil })
	return err
}

func TestAnActNeedsASignedMailAndASecondStep(t *testing.T) {
	c := newClub(t)
	c.deliver(func(m uint32) bool { return m < 3 })
	c.update(func(tx *store.Tx) error {
		err := c.acts.Propose(tx, asha(ProofVerified), Act{Kind: ActErasure, List: 1, Post: c.post.Number})
		if !errors.Is(err, ErrWeakProof) {
			t.Errorf("without a signature: %v", err)
		}
		return nil
	})
	c.update(func(tx *store.Tx) error {
		if err := c.acts.Propose(tx, asha(ProofSigned), Act{Kind: ActRecall, List: 1, Post: c.post.Number}); !errors.Is(err, ErrNotOut) {
			t.Errorf("a recall of a post that can be seen: %v", err)
		}
		return nil
	})
	c.stop()
	tok := c.propose(Act{Kind: ActRecall, Post: c.post.Number})
	for name, tried := range map[string]struct {
		h    Hand
		want error
	}{
		"without a signature":  {asha(ProofVerified), ErrWeakProof},
		"by another moderator": {HandOf(2, ProofSigned, "", noon), ErrNoToken},
		"too late":             {HandOf(1, ProofSigned, "", noon.Add(15*24*time.Hour)), ErrSpentStep},
	} {
		if err := c.carryOut(tried.h, tok); !errors.Is(err, tried.want) {
			t.Errorf("%s: %v, want %v", name, err, tried.want)
		}
	}
	c.jobs()
	if mails := c.mails(); len(mails) != 0 {
		t.Fatalf("something was done: %v", mails)
	}
	if err := c.carryOut(asha(ProofSigned), tok); err != nil {
		t.Fatal(err)
	}
	if err := c.carryOut(asha(ProofSigned), tok); !errors.Is(err, ErrSpentStep) {
		t.Errorf("a second yes: %v", err)
	}
	c.jobs()
	mails := c.mails()
	if asked := len(recallRows(t, c.db)); asked != 2 || !strings.Contains(mails["sam"], "2 people are asked to delete it now.") {
		t.Errorf("%d were asked:\n%v", asked, mails)
	}
}

func TestAReleasedPostIsShownAgain(t *testing.T) {
	c := newClub(t)
	c.deliver(func(m uint32) bool { return m < 3 })
	c.stop()
	if err := c.carryOut(asha(ProofSigned), c.propose(Act{Kind: ActRelease, Post: c.post.Number})); err != nil {
		t.Fatal(err)
	}
	c.jobs()
	if s := c.state(); s != archive.Published {
		t.Errorf("the post is %s", s)
	}
	if mails := c.mails(); !strings.Contains(mails["sam"], "It can be seen again.") {
		t.Errorf("sam reads %q", mails["sam"])
	}
}

func TestAnErasedPostLeavesNoWordsInSteps(t *testing.T) {
	c := newClub(t)
	c.deliver(func(m uint32) bool { return true })
	c.propose(Act{Kind: ActRedact, Post: c.post.Number, Phrases: []string{"Oliver Marsh"}}) // never confirmed
	redact := c.propose(Act{Kind: ActRedact, Post: c.post.Number, Phrases: []string{"Oliver Marsh"}})
	if err := c.carryOut(asha(ProofSigned), redact); err != nil {
		t.Fatal(err)
	}
	c.jobs()
	if mails := c.mails(); !strings.Contains(mails["sam"], "They stood in 1 place.") {
		t.Errorf("sam reads %q", mails["sam"])
	}
	testdb.View(t, c.db, func(tx *store.Tx) error {
		for row, err := range pending.All(tx) {
			if err != nil {
				return err
			}
			if row.Value.Act != nil && len(row.Value.Act.Phrases) > 0 {
				t.Errorf("the words are kept in %+v", row.Value)
			}
		}
		return nil
	})
	if err := c.carryOut(asha(ProofSigned), c.propose(Act{Kind: ActErasure, Post: c.post.Number})); err != nil {
		t.Fatal(err)
	}
	c.jobs()
	if s := c.state(); s != archive.Erased {
		t.Errorf("the post is %s", s)
	}
	words := Act{Kind: ActRedact, List: 1, Post: c.post.Number, Phrases: []string{"Oliver"}}
	c.update(func(tx *store.Tx) error {
		if err := c.acts.Propose(tx, asha(ProofSigned), words); !errors.Is(err, ErrNotOut) {
			t.Errorf("words of an erased post: %v", err)
		}
		return nil
	})
}

func TestWordsThatAreNotThereAreNotTakenOut(t *testing.T) {
	c := newClub(t)
	if err := c.carryOut(asha(ProofSigned), c.propose(Act{Kind: ActRedact, Post: c.post.Number, Phrases: []string{"Jane Doe"}})); err != nil {
		t.Fatal(err)
	}
	c.jobs()
	if mails := c.mails(); !strings.Contains(mails["asha"], "Subject: Not done:") || !strings.Contains(mails["asha"], "words are not in the post") {
		t.Errorf("asha reads %q", mails["asha"])
	}
}

func TestADiscussionIsClosed(t *testing.T) {
	c := newClub(t)
	for _, kind := range []ActKind{ActClose, ActPin} {
		if err := c.carryOut(asha(ProofSigned), c.propose(Act{Kind: kind, Post: c.post.Number})); err != nil {
			t.Fatal(err)
		}
	}
	testdb.View(t, c.db, func(tx *store.Tx) error {
		cur, err := archive.Curated(tx, c.post.Number)
		if !cur.Closed.Set() || !cur.Pinned.Set() {
			t.Errorf("%+v", cur)
		}
		return err
	})
	c.update(func(tx *store.Tx) error {
		if err := c.acts.Propose(tx, asha(ProofSigned), Act{Kind: ActTag, List: 1, Post: c.post.Number, Topic: "none"}); !errors.Is(err, ErrNoTopic) {
			t.Errorf("a topic that is not there: %v", err)
		}
		return nil
	})
}
