package incoming

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/hold"
	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// Whose an address is, is looked at a second after it was named, when the session is over.
func TestTheKeeperLooksAtNamesByItself(t *testing.T) {
	outside, to := asked(t) // what compresses and reads again must begin outside the bubble
	outside.mustReceive(t, naming(to, school, "name"))
	synctest.Test(t, func(t *testing.T) {
		o, to := asked(t)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- NewKeeper(o.desk).Run(ctx) }()
		synctest.Wait()
		if err := o.receive(t, naming(to, school, "name")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := len(o.lettersTo(t, school)); n != 0 {
			t.Errorf("%d letters to the member at once", n)
		}
		time.Sleep(askAfter)
		synctest.Wait()
		if n := len(o.lettersTo(t, school)); n != 1 {
			t.Errorf("%d letters to the member after %s", n, askAfter)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A name that cannot be looked at, because its message is damaged, keeps no other waiting.
func TestANameThatMakesTroubleIsGivenUp(t *testing.T) {
	o := open(t)
	testdb.Update(t, o.db, func(tx *store.Tx) error {
		it, err := hold.Put(tx, hold.Item{Message: 99, List: 1, Reason: hold.Stranger, Key: "bad", Until: noon.Add(time.Hour)})
		if err == nil {
			_, err = hold.Name(tx, it.Number, []message.Address{testdb.Address(t, school), testdb.Address(t, "asha@school.example")})
		}
		return err
	})
	o.mustReceive(t, fromHome())
	o.mustReceive(t, naming(o.answerTo(t, home), school, "name"))
	if n := len(o.lettersTo(t, school)); n != 1 {
		t.Errorf("%d letters to the member, want 1", n)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		n, left, err := hold.FirstNamed(tx)
		if left {
			t.Errorf("still there: %+v", n)
		}
		return err
	})
}
