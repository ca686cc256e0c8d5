package incoming

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/intake"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/watch"
)

// txtOnly is a DNS that has TXT records only.
type txtOnly map[string][]string

func (z txtOnly) LookupTXT(_ context.Context, name string) ([]string, error) {
	if found := z[strings.TrimSuffix(name, ".")]; found != nil {
		return found, nil
	}
	if strings.HasSuffix(strings.TrimSuffix(name, "."), "silent.example") {
		return nil, &net.DNSError{Err: "no answer", Name: name, IsTimeout: true, IsTemporary: true}
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (txtOnly) LookupMX(context.Context, string) ([]*net.MX, error)        { return nil, errNotFound }
func (txtOnly) LookupIPAddr(context.Context, string) ([]net.IPAddr, error) { return nil, errNotFound }
func (txtOnly) LookupAddr(context.Context, string) (names []string, err error) {
	return nil, errNotFound
}

var errNotFound = &net.DNSError{Err: "no such host", IsNotFound: true}

// reporting is an office whose server reads reports. 192.0.2.10 is its own address.
func reporting(t testing.TB) *office {
	t.Helper()
	o := open(t)
	o.desk.cfg.Verifier = mailauth.New(txtOnly{
		"provider.example":        {"v=spf1 ip4:198.51.100.1 -all"},
		"other.example":           {"v=spf1 ip4:198.51.100.1 -all"},
		"_dmarc.refusing.example": {"v=DMARC1; p=reject"},
	}, mailauth.Config{})
	o.desk.cfg.Reports = watch.NewReportBook(slog.New(slog.DiscardHandler), o.keys, watch.ReportConfig{
		Operator: testdb.Address(t, "operator@host.example"), Now: func() time.Time { return o.desk.cfg.Now() },
		Own: func(context.Context) []netip.Addr { return []netip.Addr{netip.MustParseAddr("192.0.2.10")} },
	})
	return o
}

// feedback is an aggregate report with an id about a domain: of our own mail, passed passed and failed failed.
func feedback(id, domain string, passed, failed int) string {
	record := func(source string, n int, result string) string {
		return fmt.Sprintf("<record><row><source_ip>%s</source_ip><count>%d</count><policy_evaluated><disposition>none</disposition>"+
			"<dkim>%s</dkim><spf>%s</spf></policy_evaluated></row><identifiers><header_from>%s</header_from></identifiers></record>", source, n, result, result, domain)
	}
	return fmt.Sprintf("<?xml version=\"1.0\"?><feedback><report_metadata><org_name>Provider</org_name><report_id>%s</report_id>"+
		"<date_range><begin>%d</begin><end>%d</end></date_range></report_metadata><policy_published><domain>%s</domain><p>none</p></policy_published>%s%s%s</feedback>",
		id, noon.AddDate(0, 0, -1).Unix()-43200, noon.AddDate(0, 0, -1).Unix()+43199, domain,
		record("192.0.2.10", passed, "pass"), record("192.0.2.10", failed, "fail"), record("203.0.113.9", 1000, "fail"))
}

const tlsFeedback = `{"organization-name":"Provider","report-id":"t1","date-range":{"start-datetime":"2026-11-21T00:00:00Z","end-datetime":"2026-11-21T23:59:59Z"},
"policies":[{"policy":{"policy-type":"sts","policy-domain":"lists.example.org"},"summary":{"total-successful-session-count":80,"total-failure-session-count":20},
"failure-details":[{"result-type":"certificate-expired","receiving-mx-hostname":"mail.example.org","failed-session-count":20}]}]}`

var mailNumber int

// hostReport is a mail of provider.example, which is verified, that brings a file.
func hostReport(to, kind, name string, file []byte) *mail {
	mailNumber++
	m := ordinary()
	m.client, m.from, m.to = "198.51.100.1", "noreply@provider.example", to
	m.header = []string{
		"From: <noreply@provider.example>", "To: " + to, "Subject: Report Domain: lists.example.org", fmt.Sprintf("Message-ID: <%d@provider.example>", mailNumber),
		"MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "Auto-Submitted: auto-generated",
	}
	m.body = "--b\r\nContent-Type: text/plain\r\n\r\nA report.\r\n\r\n--b\r\nContent-Type: " + kind + "; name=\"" + name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString(file) + "\r\n--b--"
	return m
}

func packed(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

const reportsAt = "mail-reports@lists.example.org"

func dmarcMail(to, id string, passed, failed int) *mail {
	return hostReport(to, "application/gzip", "r.xml.gz", packed(feedback(id, "lists.example.org", passed, failed)))
}

func (o *office) reportsSince(t testing.TB) (r watch.Reports) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) (err error) {
		r, err = watch.ReportsSince(tx, o.desk.cfg.Now().AddDate(0, 0, -30))
		return err
	})
	return r
}

// arrivedAs is what became of the reports, as "read 1, unreadable 2".
func (o *office) arrivedAs(t testing.TB) string {
	var words []string
	n := o.reportsSince(t).Arrived
	for _, r := range watch.ReportResults {
		if n[r] > 0 {
			words = append(words, fmt.Sprintf("%s %d", r, n[r]))
		}
	}
	return strings.Join(words, ", ")
}

// ceiling: flat table
func TestWhatBecomesOfAReport(t *testing.T) {
	const postmaster = "postmaster@lists.example.org"
	forged := func(m *mail, domain string) *mail {
		m.set("From: <noreply@" + domain + ">")
		return m
	}
	for _, c := range []struct {
		name    string
		mail    *mail
		state   string // of the message; or the refusal
		arrived string
		people  int // whom it is passed on to
	}{
		{"DMARC", dmarcMail(reportsAt, "1", 100, 0), "handled", "read 1", 0},
		{"TLS, which shows trouble", hostReport(reportsAt, "application/tlsrpt+gzip", "t.json.gz", packed(tlsFeedback)), "handled", "read 1", 1},
		{"the address in capitals", dmarcMail("Mail-Reports@Lists.Example.Org", "1", 100, 0), "handled", "read 1", 0},
		{"to the postmaster", dmarcMail(postmaster, "1", 100, 0), "handled", "read 1", 0},
		{"to abuse", dmarcMail("abuse@lists.example.org", "1", 100, 0), "handled", "read 1", 0},
		{"a damaged one", hostReport(reportsAt, "application/gzip", "r.xml.gz", packed(feedback("1", "lists.example.org", 1, 1))[:100]), "handled", "unreadable 1", 0},
		{"a damaged one to the postmaster is for people", hostReport(postmaster, "application/gzip", "r.xml.gz", packed(feedback("1", "lists.example.org", 1, 1))[:100]), "handled", "", 1},
		{"a bomb", hostReport(reportsAt, "application/gzip", "r.xml.gz", packed("<feedback>"+strings.Repeat(strings.Repeat(" ", 60000)+"<a/>", 400))), "handled", "unreadable 1", 0},
		{"about somebody else", hostReport(reportsAt, "application/xml", "r.xml", []byte(feedback("1", "school.example", 1, 1))), "handled", "foreign 1", 0},
		{"of long ago", hostReport(reportsAt, "application/xml", "r.xml", []byte(strings.NewReplacer("<begin>17", "<begin>16", "<end>17", "<end>16").Replace(feedback("1", "lists.example.org", 1, 1)))), "handled", "stale 1", 0},
		{"without a date", hostReport(reportsAt, "application/xml", "r.xml", []byte(strings.NewReplacer("begin>", "start>", "end>", "stop>").Replace(feedback("1", "lists.example.org", 1, 1)))), "handled", "read 1", 0},
		{"of a stranger that nobody vouches for", forged(dmarcMail(reportsAt, "1", 100, 0), "stranger.example"), "handled", "read 1", 0},
		{"of a domain that refuses it", forged(dmarcMail(reportsAt, "1", 100, 0), "refusing.example"), "550 5.7.26", "", 0},
		{"of a domain that refuses it, to the postmaster", forged(dmarcMail(postmaster, "1", 100, 0), "refusing.example"), "550 5.7.26", "", 0},
		{"while the DNS is silent", forged(dmarcMail(reportsAt, "1", 100, 0), "silent.example"), "451 4.7.0", "", 0},
		{"from an address of ours", forged(dmarcMail(reportsAt, "1", 100, 0), "lists.example.org"), "handled", "read 1", 0}, // noreply@ is none of ours
		{"from the list", func() *mail {
			m := dmarcMail(reportsAt, "1", 100, 0)
			m.set("From: senco-forum@lists.example.org")
			return m
		}(), "550 5.7.1", "", 0},
		{"a loop", func() *mail {
			m := dmarcMail(reportsAt, "1", 100, 0)
			m.set("X-Loop: senco-forum@lists.example.org")
			return m
		}(), "554 5.4.6", "", 0},
		{"a letter", func() *mail { m := ordinary(); m.to = reportsAt; return m }(), "550 5.7.1", "", 0},
		{"a letter with a picture", hostReport(reportsAt, "image/png", "a.png", []byte("\x89PNG")), "550 5.7.1", "", 0},
		{"in another domain", dmarcMail("mail-reports@elsewhere.example", "1", 100, 0), "550 5.1.1", "", 0},
		{"with a token", dmarcMail("mail-reports+x@lists.example.org", "1", 100, 0), "550 5.1.1", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := reporting(t)
			got := ""
			if err := o.receive(t, c.mail); err != nil {
				var r *list.Refusal
				if !errors.As(err, &r) {
					t.Fatal(err)
				}
				got = fmt.Sprintf("%d %s", r.Code, r.Enhanced)
			} else {
				got = o.states(t)
			}
			if got != c.state || o.arrivedAs(t) != c.arrived {
				t.Errorf("got %q, %q, want %q, %q", got, o.arrivedAs(t), c.state, c.arrived)
			}
			if n := o.waiting(t); n != c.people {
				t.Errorf("%d mails wait to go out, want %d", n, c.people)
			}
		})
	}
}

// waiting is how many mails wait to go out.
func (o *office) waiting(t testing.TB) (n int) {
	t.Helper()
	testdb.View(t, o.db, func(tx *store.Tx) error {
		depth, err := queue.Depth(tx)
		n = int(depth)
		return err
	})
	return n
}

// TestAReportCountsOnce: neither the same mail again nor the same report in another mail moves the sums, and what nobody
// vouches for neither counts nor uses up the name of a real one.
func TestAReportCountsOnce(t *testing.T) {
	o := reporting(t)
	stranger := dmarcMail(reportsAt, "1", 1, 0)
	stranger.client = "203.0.113.77" // says that it is provider.example
	first := dmarcMail(reportsAt, "1", 100, 3)
	for _, m := range []*mail{stranger, first, first, dmarcMail(reportsAt, "1", 100, 3), dmarcMail(reportsAt, "2", 10, 0), dmarcMail("postmaster@lists.example.org", "2", 10, 0)} {
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := o.states(t), "handled handled duplicate handled handled handled"; got != want {
		t.Errorf("states %q, want %q", got, want)
	}
	if got, want := o.arrivedAs(t), "read 3, repeated 2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d := o.reportsSince(t).Domains
	if len(d) != 1 || len(d[0].Reporters) != 2 {
		t.Fatalf("got %+v", d)
	}
	if want := (watch.MailCount{Messages: 113, DKIM: 110, SPF: 110, Failed: 3}); d[0].Own != want {
		t.Errorf("our own mail %+v, want %+v", d[0].Own, want)
	}
	if diff := cmp.Diff([]watch.Reporter{
		{Kind: watch.ReportDMARC, Sender: "provider.example", Org: "Provider", Verified: true, Days: 1, Messages: 2113, Failed: 2003},
		{Kind: watch.ReportDMARC, Sender: "provider.example", Org: "Provider", Days: 1, Messages: 1001, Failed: 1000},
	}, d[0].Reporters); diff != "" {
		t.Errorf("reporters (-want +got):\n%s", diff)
	}
	if len(d[0].Sources) != 2 || !d[0].Sources[0].Ours || d[0].Sources[0].Source.String() != "192.0.2.10" || d[0].Sources[1].Failed != 2000 {
		t.Errorf("sources %+v", d[0].Sources)
	}
}

// TestTroubleIsToldOnceADay: the operator gets one mail of each kind, and none about forged mail or by strangers.
func TestTroubleIsToldOnceADay(t *testing.T) {
	o := reporting(t)
	send := func(m *mail, letters int, why string) {
		t.Helper()
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
		if got := len(o.letters(t)); got != letters {
			t.Fatalf("%s: %d letters, want %d", why, got, letters)
		}
	}
	stranger := dmarcMail(reportsAt, "0", 0, 500)
	stranger.set("From: <noreply@stranger.example>")
	send(stranger, 0, "nobody vouches for it")
	send(dmarcMail(reportsAt, "1", 1000, 10), 0, "one in a hundred")
	send(dmarcMail(reportsAt, "2", 100, 12), 1, "trouble")
	send(dmarcMail(reportsAt, "3", 0, 500), 1, "told today")
	send(hostReport(reportsAt, "application/json", "t.json", []byte(tlsFeedback)), 2, "of the other kind")
	later := noon.AddDate(0, 0, 1)
	o.desk.cfg.Now = func() time.Time { return later }
	send(dmarcMail(reportsAt, "4", 0, 500), 3, "the next day")
	all := strings.Join(o.letters(t), "\n")
	for _, want := range []string{
		"To <operator@host.example>", "Subject: Our mail fails checks at provider.example", "12 of 112 mails",
		"192.0.2.10", "sencoforum doctor", "20 of 100 connections", "certificate-expired at mail.example.org",
	} {
		if !strings.Contains(strings.Join(strings.Fields(all), " "), want) {
			t.Errorf("the mails do not say %q:\n%s", want, all)
		}
	}
}

// TestReportsAreBounded: more than a day's share is put off, and strangers use up no share of those who are verified.
func TestReportsAreBounded(t *testing.T) {
	o := reporting(t)
	stranger := func(i int) *mail {
		m := dmarcMail(reportsAt, fmt.Sprint("s", i), 1, 0)
		m.set(fmt.Sprintf("From: <noreply@host%d.stranger.example>", i))
		return m
	}
	refused := func(m *mail) bool {
		t.Helper()
		err := o.receive(t, m)
		var r *list.Refusal
		if err != nil && (!errors.As(err, &r) || r.Case != string(list.CaseFlood) || !r.Temporary()) {
			t.Fatal(err)
		}
		return err != nil
	}
	for i := range 100 {
		if refused(stranger(i)) {
			t.Fatalf("stranger %d is put off", i)
		}
	}
	if !refused(stranger(100)) {
		t.Error("strangers have no bound")
	}
	for i := range 50 {
		if refused(dmarcMail(reportsAt, fmt.Sprint("p", i), 1, 0)) {
			t.Fatalf("report %d of the provider is put off", i)
		}
	}
	last := dmarcMail(reportsAt, "p50", 1, 0)
	if !refused(last) || !refused(dmarcMail("postmaster@lists.example.org", "p51", 1, 0)) {
		t.Error("a provider has no bound")
	}
	other := dmarcMail(reportsAt, "o1", 1, 0)
	other.from = "noreply@other.example"
	other.set("From: <noreply@other.example>")
	if refused(other) {
		t.Error("another provider is put off")
	}
	tomorrow := noon.AddDate(0, 0, 1)
	o.desk.cfg.Now = func() time.Time { return tomorrow }
	if refused(last) {
		t.Error("it is put off on the next day, too")
	}
	o.states(t) // audits
}

// TestLargeReportsAreNotKept: their sums are, and the row that accounts for them.
func TestLargeReportsAreNotKept(t *testing.T) {
	o := reporting(t)
	for i, size := range []int{1000, 1 << 20} {
		m := dmarcMail(reportsAt, fmt.Sprint(i), 1, 0)
		m.body = strings.Replace(m.body, "A report.", strings.Repeat("A report.\r\n", size/11), 1)
		if err := o.receive(t, m); err != nil {
			t.Fatal(err)
		}
	}
	testdb.View(t, o.db, func(tx *store.Tx) error {
		if _, err := intake.Raw(tx, 1); err != nil {
			t.Errorf("the small one: %v", err)
		}
		if _, err := intake.Raw(tx, 2); !errors.Is(err, intake.ErrNoMessage) {
			t.Errorf("the large one is kept: %v", err)
		}
		return nil
	})
	if got := o.arrivedAs(t); got != "read 2" || o.states(t) != "handled handled" {
		t.Errorf("got %q, %q", got, o.states(t))
	}
}
