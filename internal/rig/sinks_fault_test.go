package rig

import (
	"strings"
	"testing"
)

// TestRigSinksFindsAPlantedFault has hosts whose lies the server cannot see. The
// reckoning must.
func TestRigSinksFindsAPlantedFault(t *testing.T) {
	t.Parallel()
	forgets := func(d deed) *vice {
		return &vice{name: "forgets", long: 5, turn: forDomain("school3.example", when(atEnd, d))}
	}
	for _, c := range []struct {
		name string
		bad  *vice
		want string
	}{
		{"a host that says 250 and throws the copy away", forgets(deed{say: "250 2.0.0 taken\r\n"}), "lost: "},
		{"a host that refuses with other words", forgets(deed{say: "550 5.1.1 go away\r\n"}), "words are not kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			host, err := newBadHost()
			if err != nil {
				t.Fatal(err)
			}
			r := newSinkRun(t, build(t), host)
			if err := r.srv.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.through(t.Context(), c.bad, 2); err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, f := range r.bills(t)[c.bad.name].Faults {
				if strings.Contains(f, c.want) {
					found++
				}
			}
			if found == 0 || found != r.phases[0].book.shown() {
				t.Errorf("the host lied %d times, and %d faults with %q were found", r.phases[0].book.shown(), found, c.want)
			}
			t.Logf("the host lied %d times, and as many were found", found)
		})
	}
}
