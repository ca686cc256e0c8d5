package moderate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestAReportReachesModeratorsAndNotTheWriter(t *testing.T) {
	c := newClub(t)
	report := func() (err error) {
		c.update(func(tx *store.Tx) error {
			err = c.acts.Report(tx, HandOf(4, ProofVerified, "<r@school.example>", noon), Report{Post: c.post.Number, Message: c.post.Intake, By: 4})
			return nil
		})
		return err
	}
	if err := report(); err != nil {
		t.Fatal(err)
	}
	mails := c.mails()
	if !strings.Contains(mails["asha"], "Ruth B. reported this post. The writer is not told.") || !strings.Contains(mails["sam"], "> My pupil Oliver Marsh") {
		t.Errorf("asha reads\n%s", mails["asha"])
	}
	if mails["priya"] != "" || !strings.Contains(mails["ruth"], "The moderators have your report") {
		t.Errorf("priya reads %q, ruth %q", mails["priya"], mails["ruth"])
	}
	for i := range 6 {
		if err := report(); (i < 4) != (err == nil) || err != nil && !errors.Is(err, ErrReports) {
			t.Errorf("report %d: %v", i+2, err)
		}
	}
}

// letterTo stores a mail of Jo Brown's to the owners.
func (c *club) letterTo(header string) (id intake.ID) {
	c.t.Helper()
	raw := "From: Jo Brown <jo@university.example>\r\nSubject: A study\r\nMessage-ID: <study@university.example>\r\n" + header + "\r\nDear colleagues,\r\n"
	c.update(func(tx *store.Tx) (err error) {
		id, err = intake.Put(tx, intake.New{
			Record: intake.Record{Kind: string(list.KindOwner), List: 1, Sender: string(list.Verified), Envelope: message.Envelope{Received: noon}},
			Raw:    store.NewBlob([]byte(raw)), State: intake.Handled,
		})
		return err
	})
	return id
}

func TestAnAnswerGoesOutInTheNameOfAll(t *testing.T) {
	c := newClub(t)
	l := list.List{}
	c.update(func(tx *store.Tx) (err error) { l, err = list.Get(tx, 1); return err })
	id := c.letterTo("")
	c.update(func(tx *store.Tx) error {
		return c.acts.Answer(tx, asha(ProofVerified), l, Answering{To: id, Message: 99, Words: "Thank you, Jo.\n\nAsha Patel\nASHA@school.example"})
	})
	mails := c.mails()
	jo := mails["jo"]
	for _, want := range []string{
		`From: "SENCO Forum moderators (Asha)" <senco-forum-owner@lists.example.org>`, "Thank you, Jo.", "In-Reply-To: <study@university.example>", "Auto-Submitted: no", "> Dear colleagues,",
	} {
		if !strings.Contains(jo, want) {
			t.Errorf("jo's mail is without %q:\n%s", want, jo)
		}
	}
	if strings.Contains(strings.ToLower(jo), "asha@") || strings.Contains(jo, "snc1_") {
		t.Errorf("jo reads an address or a token:\n%s", jo)
	}
	if mails["asha"] != "" || !strings.Contains(mails["sam"], "> Thank you, Jo.") || !strings.Contains(mails["sam"], "References: <people.2.2@lists.example.org>") {
		t.Errorf("sam reads\n%s", mails["sam"])
	}
	again := c.letterTo("In-Reply-To: <owner.2.99@lists.example.org>\r\n")
	c.update(func(tx *store.Tx) error {
		_, m, err := writerOf(tx, again)
		if err != nil {
			return err
		}
		root, err := threadOf(tx, l, again, m)
		if root != id {
			t.Errorf("the thread begins with message %d, want %d", root, id)
		}
		return err
	})
	c.update(func(tx *store.Tx) error {
		err := c.acts.Answer(tx, asha(ProofVerified), l, Answering{To: id, Message: 100, Words: " \n"})
		if !errors.Is(err, ErrEmpty) {
			t.Errorf("an answer without words: %v", err)
		}
		return nil
	})
}

func TestWhatASharedMailWouldSay(t *testing.T) {
	c := newClub(t)
	id := c.letterTo("")
	testdb.View(t, c.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		if err != nil {
			return err
		}
		d, err := Shared(tx, l, id, false)
		if err != nil || d.Subject != "A study" || d.Of != id || d.Text != "From Jo Brown, shared by the moderators:\n\nDear colleagues,\n" {
			t.Errorf("%+v, %v", d, err)
		}
		if d, err = Shared(tx, l, id, true); err != nil || strings.Contains(d.Text, "Jo") {
			t.Errorf("%+v, %v", d, err)
		}
		return nil
	})
}

func TestStrangersMayWriteSoMuchADay(t *testing.T) {
	c := newClub(t)
	count := func(s Stranger, at time.Time, n int) (taken int) {
		s.List = 1
		c.update(func(tx *store.Tx) error {
			for range n {
				may, err := s.MayWrite(tx, at, 3, 5)
				if err != nil {
					return err
				}
				if may {
					taken++
				}
			}
			return nil
		})
		return taken
	}
	jo, al := testdb.Address(t, "jo@university.example"), testdb.Address(t, "al@university.example")
	if a, b := count(Stranger{From: jo}, noon, 10), count(Stranger{From: jo, Checked: true}, noon, 2); a != 3 || b != 2 {
		t.Errorf("%d of one address that is not checked, and %d of it where it is", a, b)
	}
	if a, b := count(Stranger{From: al}, noon, 10), count(Stranger{From: al}, noon.Add(24*time.Hour), 10); a != 0 || b != 3 {
		t.Errorf("%d of another, and %d the next day", a, b)
	}
}

func TestWhoIsForgottenLeavesNoToken(t *testing.T) {
	c := newClub(t)
	c.stop()
	c.propose(Act{Kind: ActRemove, Person: 4})
	c.propose(Act{Kind: ActAdd, Address: testdb.Address(t, "Ruth@school.example")})
	count := func() (n int) {
		testdb.View(t, c.db, func(tx *store.Tx) error {
			for _, err := range pending.All(tx) {
				if err != nil {
					return err
				}
				n++
			}
			for _, err := range pendingExpiry.All(tx) {
				if err != nil {
					return err
				}
				n++
			}
			return nil
		})
		return n
	}
	before := count()
	if _, err := c.acts.cfg.Eraser.Forget(By{Actor: "operator uid 0", Now: noon}, 4, PostsFormer); err != nil {
		t.Fatal(err)
	}
	if got := count(); before != 8 || got != 4 {
		t.Errorf("%d rows of tokens, and %d when Ruth was forgotten", before, got)
	}
	testdb.Update(t, c.db, func(tx *store.Tx) error { // tokens of long ago go when new ones come
		return tidyPending(tx, noon.Add(offerLife+tokensKept+24*time.Hour))
	})
	if got := count(); got != 0 {
		t.Errorf("%d rows of tokens are left for good", got)
	}
}
