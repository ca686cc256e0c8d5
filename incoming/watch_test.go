package incoming

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"sencoforum/bounce"
	"sencoforum/internal/dnszone"
	"sencoforum/internal/testdb"
	"sencoforum/mailauth"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/watch"
)

// names asks a zone as mailauth does; it has no addresses.
type names struct{ *dnszone.Zone }

func (names) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) {
	return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
}

// watched gives the desk a watch whose clock is noon.
func (o *office) watched(t *testing.T) *watch.Watch {
	t.Helper()
	w, err := watch.New(slog.New(slog.DiscardHandler), o.db, o.keys, watch.Config{
		Class: func(r queue.Result) string { return bounce.ClassOf(r).String() }, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	o.desk.cfg.Watch = w
	return w
}

// TestReportsCountForTheProvider counts a copy that came back, for the domain of the member that the return address names.
func TestReportsCountForTheProvider(t *testing.T) {
	o := open(t)
	w := o.watched(t)
	if err := o.receive(t, o.report("5.7.1", "blocked as spam", noon)); err != nil {
		t.Fatal(err)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		all, err := w.Standings(tx)
		if len(all) != 1 || all[0].Provider != "school.example" || all[0].Day.Returns() != 1 {
			t.Errorf("standings %+v, want one copy that came back", all)
		}
		return err
	})
}

// TestFailedMailIsCounted counts mail that a domain says is not its own, by that domain.
func TestFailedMailIsCounted(t *testing.T) {
	o := open(t)
	w := o.watched(t)
	zone, err := dnszone.Parse("_dmarc.school.example. 60 IN TXT \"v=DMARC1; p=reject\"\n")
	if err != nil {
		t.Fatal(err)
	}
	o.desk.cfg.Verifier = mailauth.New(names{zone}, mailauth.Config{Now: func() time.Time { return noon }})
	m := ordinary()
	m.client = "192.0.2.66"
	if err := o.receive(t, m); err == nil {
		t.Error("a mail that fails DMARC was taken")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := w.Run(ended); err != nil { // writes down
		t.Fatal(err)
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		all, err := w.FailedDomains(tx, 10)
		if len(all) != 1 || all[0] != (watch.FailedDomain{Domain: "school.example", Mails: 1}) {
			t.Errorf("failed %+v, want one of school.example", all)
		}
		return err
	})
}
