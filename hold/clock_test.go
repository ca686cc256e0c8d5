package hold

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestCodesAreReadBackAndLookNothingAlike(t *testing.T) {
	seen := map[string]Number{}
	check := func(n Number) {
		c := n.Code()
		if o, twice := seen[c]; twice && o != n {
			t.Fatalf("%d and %d are both %s", o, n, c)
		}
		seen[c] = n
		if len(c) < 4 || c[1] < 'a' || c[1] > 'z' {
			t.Fatalf("%d is %q", n, c)
		}
		for _, s := range []string{c, "#" + c, strings.ToUpper(c), " #" + c + " "} {
			if got, err := ParseCode(s); err != nil || got != n {
				t.Fatalf("%q of %d is read as %d, %v", s, n, got, err)
			}
		}
	}
	for n := range Number(20_000) {
		check(n + 1)
	}
	edge := Number(0)
	for length := 4; length < 9; length++ {
		edge += Number(codeSize(length))
		for n := edge - 50; n < edge+50; n++ {
			check(n)
		}
		if len(edge.Code()) != length || len((edge+1).Code()) != length+1 {
			t.Errorf("the codes of %d and the next are %s and %s", edge, edge.Code(), (edge + 1).Code())
		}
	}
	near := 0
	for n := range Number(1000) {
		a, b := (n + 1).Code(), (n + 2).Code()
		same := 0
		for i := range a {
			if a[i] == b[i] {
				same++
			}
		}
		if same > 2 {
			near++
		}
	}
	if near > 0 {
		t.Errorf("%d neighbours of 1000 differ in one character alone", near)
	}
}

func TestWhatIsNoCode(t *testing.T) {
	for _, s := range []string{"", "#", "8f3", "48213", "#48213", "8f3!", "8f3k2q9x7w4m", "f\u00e43k", "approve"} {
		if n, err := ParseCode(s); !errors.Is(err, ErrNoCode) && s != "approve" {
			t.Errorf("%q is %d, %v", s, n, err)
		}
	}
	if a, _ := ParseCode("8FOI"); a == 0 || a.Code() != "8f01" {
		t.Errorf("letters that no code has are read as %s", a.Code())
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("#8f3k")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseCode(s)
		if err != nil {
			return
		}
		if again, err := ParseCode(n.Code()); err != nil || again != n {
			t.Errorf("%q is %d, its code %s is %d, %v", s, n, n.Code(), again, err)
		}
	})
}

// moderated is an item that moderators have to decide about.
func moderated(t testing.TB, db *store.DB, key string) (it Item) {
	t.Helper()
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		it = Item{List: 1, Author: 7, Reason: Moderation, Since: noon, From: message.Address{Local: "a", Domain: "b.example"}}
		it.Key, it.Asked, it.Next = "k-"+it.Key, noon, noon.Add(time.Hour)
		it.Key = "key of " + it.Key
		it.Findings = []list.Finding{{Cause: list.CauseFile, Notes: []string{key + ".exe"}}}
		it.Words = key
		it, err = Put(tx, it)
		return err
	})
	return it
}

func TestAnItemComesWhenItIsDue(t *testing.T) {
	db := testdb.Open(t)
	first := moderated(t, db, "first")
	testdb.Update(t, db, func(tx *store.Tx) error {
		second := first
		second.Key, second.Next = "other", noon.Add(2*time.Hour)
		second, err := Put(tx, second)
		first.Next = noon.Add(3 * time.Hour) // it is put off
		return errors.Join(err, Save(tx, first))
	})
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{time.Hour, "[] 14:00"}, {2 * time.Hour, "[2] 15:00"}, {4 * time.Hour, "[2 1] none"},
	} {
		testdb.View(t, db, func(tx *store.Tx) error {
			all, next, err := Due(tx, noon.Add(c.after), 10)
			when := "none"
			if !next.IsZero() {
				when = next.UTC().Format("15:04")
			}
			if got := fmt.Sprint(all, " ", when); got != c.want {
				t.Errorf("after %s: %s, want %s", c.after, got, c.want)
			}
			return err
		})
	}
}

func TestADecisionStaysAndFreesTheKey(t *testing.T) {
	db := testdb.Open(t)
	it := moderated(t, db, "thing")
	count := func() (n uint64) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { n, err = Count(tx, 1); return err })
		return n
	}
	var tok string
	testdb.Update(t, db, func(tx *store.Tx) (err error) {
		tok, err = AllowModerator(tx, 5, noon.Add(time.Hour), it.Number)
		it.Decision = &Decision{Verdict: Rejected, Person: 5, Reason: "no names", At: noon, Due: noon.Add(time.Minute)}
		return errors.Join(err, Save(tx, it))
	})
	if n := count(); n != 1 {
		t.Errorf("before it takes effect %d wait", n)
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		it.Decision.Done = true
		return Save(tx, it.Anonymous())
	})
	if n := count(); n != 0 {
		t.Errorf("%d wait", n)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		if _, known, err := Known(tx, it.Key); known || err != nil {
			t.Errorf("its key is still known: %v", err)
		}
		left, err := Get(tx, it.Number)
		if left.Decision == nil || left.Decision.Person != 5 || left.Decision.Reason != "" || !left.From.IsZero() || left.Findings[0].Notes != nil || left.Words != "" {
			t.Errorf("kept is %+v", left)
		}
		if g, lerr := LookModerator(tx, tok); lerr != nil || g.Item != it.Number {
			t.Errorf("a second moderator hears nothing: %v", lerr)
		}
		all, derr := Decided(tx, 1, noon.Add(-time.Hour))
		if len(all) != 1 {
			t.Errorf("decided are %d", len(all))
		}
		waits, werr := Waiting(tx, 1)
		if len(waits) != 0 {
			t.Errorf("still waiting: %d", len(waits))
		}
		return errors.Join(err, derr, werr)
	})
	testdb.Update(t, db, func(tx *store.Tx) error { return Remove(tx, it) })
	testdb.View(t, db, func(tx *store.Tx) error {
		if _, err := LookModerator(tx, tok); !errors.Is(err, ErrSpent) {
			t.Errorf("the token outlives its item: %v", err)
		}
		return nil
	})
}

// Whatever waits for moderators never goes for want of room.
func TestModeratorsItemsAreNeverSurplus(t *testing.T) {
	db := testdb.Open(t)
	for i := range 3 {
		moderated(t, db, fmt.Sprint(i))
	}
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, err := waiting(1).Add(tx, MaxItems); err != nil {
			return err
		}
		if it, found, err := Surplus(tx, 1); found || err != nil {
			t.Errorf("%+v goes, %v", it, err)
		}
		_, err := waiting(1).Add(tx, -MaxItems)
		return err
	})
}

// A token is good for what it was made for alone.
func TestTokensDoNotServeAnotherPurpose(t *testing.T) {
	db := testdb.Open(t)
	it := moderated(t, db, "x")
	var author, mod, batch, post string
	testdb.Update(t, db, func(tx *store.Tx) error {
		var errs [4]error
		until := noon.Add(time.Hour)
		author, errs[0] = Allow(tx, it, 7, until)
		mod, errs[1] = AllowModerator(tx, 5, until, it.Number)
		batch, errs[2] = AllowModerator(tx, 5, until, it.Number, 99)
		post, errs[3] = AllowPost(tx, 7, 12, until)
		return errors.Join(errs[:]...)
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		for name, tok := range map[string]string{"author": author, "mod": mod, "batch": batch, "post": post} {
			_, _, a := Look(tx, tok, noon)
			_, m := LookModerator(tx, tok)
			_, p := LookPost(tx, tok)
			got := fmt.Sprint(a == nil, m == nil, p == nil)
			want := map[string]string{"author": "true false false", "mod": "false true false", "batch": "false true false", "post": "false false true"}[name]
			if got != want {
				t.Errorf("the token of %s is good for author, moderator, post: %s, want %s", name, got, want)
			}
		}
		return nil
	})
	testdb.Update(t, db, func(tx *store.Tx) error {
		if n, err := Tidy(tx, noon.Add(2*time.Hour), 10); n != 0 || err != nil {
			t.Errorf("%d went early, %v", n, err)
		}
		n, err := Tidy(tx, noon.Add(31*24*time.Hour), 10)
		if n != 2 {
			t.Errorf("%d went, want those of the batch and of the post", n)
		}
		return err
	})
}

func TestWhatIsToldSeldom(t *testing.T) {
	db := testdb.Open(t)
	say := func(p list.PersonID, what string, now time.Time) (may bool) {
		testdb.Update(t, db, func(tx *store.Tx) (err error) { may, err = MaySay(tx, p, what, now, time.Hour); return err })
		return may
	}
	if !say(1, "a", noon) || say(1, "a", noon.Add(time.Hour-1)) || !say(1, "a", noon.Add(time.Hour)) || !say(1, "b", noon) || !say(2, "a", noon) {
		t.Error("it is told too often, or too seldom")
	}
	testdb.Update(t, db, func(tx *store.Tx) error { return Forget(tx, 1) })
	if !say(1, "a", noon.Add(time.Hour)) || say(2, "a", noon.Add(time.Minute)) {
		t.Error("a person who is forgotten leaves a row")
	}
}

func TestWhatAMemberSentLately(t *testing.T) {
	db := testdb.Open(t)
	long := strings.Repeat("Has anyone got a policy for laptops? ", 8)
	digest := Digest(long)
	if digest == "" || Digest(strings.ToUpper(long)+"\n") != digest || Digest(long[:190]) != "" || Digest(long+"!") == digest {
		t.Fatal("long texts are not told apart")
	}
	sent := func(p list.PersonID, d string, now time.Time) {
		testdb.Update(t, db, func(tx *store.Tx) error { return Sent(tx, 1, p, d, now, 100) })
	}
	look := func(p list.PersonID, d string, now time.Time) (r Recent) {
		testdb.View(t, db, func(tx *store.Tx) (err error) { r, err = Lately(tx, 1, p, d, now); return err })
		return r
	}
	for i := range 5 {
		sent(7, "", noon.Add(time.Duration(i)*30*time.Minute))
	}
	if r := look(7, "", noon.Add(2*time.Hour)); r.InHour != 2 || r.InDay != 5 {
		t.Errorf("two hours later: %+v", r)
	}
	if r := look(7, "", noon.Add(24*time.Hour)); r.InHour != 0 || r.InDay != 4 {
		t.Errorf("a day later: %+v", r)
	}
	if r := look(8, "", noon); r != (Recent{}) {
		t.Errorf("of another: %+v", r)
	}
	testdb.View(t, db, func(tx *store.Tx) error {
		got, _, err := posted.Get(tx, store.Pair[list.ID, list.PersonID]{A: 1, B: 7})
		if len(got) != 5 || got[0] != noon.Add(2*time.Hour).Unix() || got[4] != noon.Unix() {
			t.Errorf("kept are %v", got)
		}
		return err
	})
	sent(7, digest, noon)
	for _, c := range []struct {
		p    list.PersonID
		at   time.Duration
		want bool
	}{{7, time.Minute, true}, {7, 7*24*time.Hour - time.Second, true}, {7, 7 * 24 * time.Hour, false}, {8, time.Minute, false}} {
		if r := look(c.p, digest, noon.Add(c.at)); r.Repeated != c.want || r.Flood {
			t.Errorf("%d after %s: %+v", c.p, c.at, r)
		}
	}
	sent(8, digest, noon.Add(time.Minute))
	sent(9, digest, noon.Add(2*time.Minute))
	if r := look(10, digest, noon.Add(10*time.Minute-time.Second)); !r.Flood || r.Repeated {
		t.Errorf("the fourth in ten minutes: %+v", r)
	}
	if r := look(10, digest, noon.Add(10*time.Minute)); r.Flood {
		t.Errorf("after ten minutes: %+v", r)
	}
}

// Texts are forgotten when no rule asks for them any more.
func TestOldTextsAreForgotten(t *testing.T) {
	db := testdb.Open(t)
	long := strings.Repeat("Has anyone got a policy for laptops? ", 8)
	sent := func(p list.PersonID, d string, now time.Time) {
		testdb.Update(t, db, func(tx *store.Tx) error { return Sent(tx, 1, p, d, now, 100) })
	}
	sent(7, Digest(long), noon)
	sent(11, Digest("x"+long), noon.Add(10*24*time.Hour))
	sent(11, Digest("y"+long), noon.Add(10*24*time.Hour))
	testdb.View(t, db, func(tx *store.Tx) error {
		n := 0
		for range texts.All(tx) {
			n++
		}
		if n != 2 {
			t.Errorf("%d texts are kept, want those of today", n)
		}
		return nil
	})
}
