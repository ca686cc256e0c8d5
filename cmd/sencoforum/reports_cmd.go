package main

import (
	"context"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sencoforum/doctor"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/watch"
)

// maxReportDays is how far back reports are kept.
const maxReportDays = 400

func reportsCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:         "reports",
		Short:       "Show what other mail hosts report of our mail",
		Annotations: map[string]string{minor: "yes"},
		Long: "Show what other mail hosts report: whether mail in our name passed their checks (DMARC), and\n" +
			"whether their mail to us could be encrypted (TLS). The DNS records that \"sencoforum dns\"\n" +
			"prints ask for these reports; most hosts send them once a day.",
		Example: "  sencoforum reports\n  sencoforum reports --days 7 --json",
		Args:    exactly(0),
	}
	days := c.Flags().Int("days", 30, "of so many days, today included")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *days < 1 || *days > maxReportDays {
			return usage("--days %d: write 1 to %d", *days, maxReportDays)
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.reports(*days) })
	}
	return c
}

func (a *admin) reports(days int) error {
	var r watch.Reports
	var domains []string
	err := a.db.View(func(tx *store.Tx) (err error) {
		if r, err = watch.ReportsSince(tx, a.now().AddDate(0, 0, 1-days)); err != nil {
			return err
		}
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			domains = append(domains, l.Domain)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.show(r, func(t *text) { tellReports(t, r, days, domains) })
}

func tellReports(t *text, r watch.Reports, days int, domains []string) {
	if len(r.Domains) == 0 {
		t.say("There are no reports of these days.")
	}
	for _, d := range r.Domains {
		tellDomainReports(t, d)
	}
	t.paragraph("", arrivedReports(r.Arrived, days))
	if len(r.Domains) == 0 && len(domains) > 0 {
		t.paragraph("", "Other mail hosts send them to "+list.ReportsAddress(domains[0]).String()+
			" when the DNS records say so. See: sencoforum dns")
	}
}

// arrivedReports says how many came in, and what became of those that are not in the sums.
func arrivedReports(n map[watch.ReportResult]int, days int) string {
	all := 0
	for _, one := range n {
		all += one
	}
	var words []string
	for _, w := range []struct {
		result watch.ReportResult
		words  string
	}{
		{watch.ReportUnreadable, "unreadable"}, {watch.ReportRepeated, "repeated"}, {watch.ReportForeign, "about other domains"},
		{watch.ReportStale, "about days long ago or still to come"},
	} {
		if n[w.result] > 0 {
			words = append(words, strconv.Itoa(n[w.result])+" "+w.words)
		}
	}
	s := "In " + plural(days, "day") + " " + plural(all, "report") + " came in"
	if len(words) > 0 {
		s += ", " + strings.Join(words, ", ")
	}
	return s + "."
}

// Of what fails, so many lines are told; all are in the JSON.
const toldReports = 20

func tellDomainReports(t *text, d watch.DomainReports) {
	t.say("%s", d.Domain)
	t.say("")
	var mail, tls [][]string
	unsure := false
	for _, r := range d.Reporters {
		name := r.Sender
		if !r.Verified {
			name, unsure = name+" (?)", true
		}
		if r.Kind == watch.ReportDMARC {
			mail = append(mail, []string{name, strconv.Itoa(r.Days), number(r.Messages), number(r.Messages - r.Failed), number(r.Failed)})
		} else {
			tls = append(tls, []string{name, strconv.Itoa(r.Days), number(r.Sessions), number(r.Failed)})
		}
	}
	told(t, []string{"MAIL SEEN BY", "DAYS", "MESSAGES", "PASSED", "FAILED"}, mail)
	tellSources(t, d)
	told(t, []string{"MAIL TO US FROM", "DAYS", "CONNECTIONS", "FAILED"}, tls)
	tellFailures(t, d)
	if unsure {
		t.paragraph("", "(?): nothing shows that the report comes from there, so it counts for nothing.")
		t.say("")
	}
}

// told writes a table with an empty line behind it, cut where it is long.
func told(t *text, heading []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	t.rows(heading, rows[:min(len(rows), toldReports)])
	if more := len(rows) - toldReports; more > 0 {
		t.say("and %d more: --json has them all", more)
	}
	t.say("")
}

// tellSources says from where mail failed DMARC: our own first, each kind with what to do.
func tellSources(t *text, d watch.DomainReports) {
	var own, others [][]string
	for _, s := range d.Sources {
		row := []string{"other addresses", number(s.Messages), number(s.DKIM), number(s.SPF), number(s.Failed)}
		if s.Source.IsValid() {
			row[0] = s.Source.String()
		}
		if s.Ours {
			own = append(own, row)
		} else {
			others = append(others, row)
		}
	}
	if len(own) > 0 {
		told(t, []string{"OURS, FAILED", "MESSAGES", "DKIM", "SPF", "FAILED"}, own)
		t.paragraph("do:  ", watch.OwnMailAdvice(d.Domain))
		t.say("")
	}
	if len(others) > 0 {
		told(t, []string{"OTHERS, FAILED", "MESSAGES", "DKIM", "SPF", "FAILED"}, others)
		t.paragraph("note: ", watch.OtherMailAdvice())
		t.say("")
	}
	if d.Own.Messages > 0 && len(own) == 0 {
		t.say("All %s of our own passed.", plural(int(d.Own.Messages), "message"))
		t.say("")
	}
}

// tellFailures says what kept mail to us from being encrypted, and what to do about it.
func tellFailures(t *text, d watch.DomainReports) {
	var rows [][]string
	var advice []string
	for _, f := range d.Failures {
		rows = append(rows, []string{f.Result, orDash(f.Host), number(f.Sessions)})
		if words := f.Result + ": " + watch.FailureAdvice(f.Result); len(advice) < 3 && !strings.Contains(strings.Join(advice, "\n"), words) {
			advice = append(advice, words)
		}
	}
	told(t, []string{"WHAT FAILED", "OUR MAIL HOST", "CONNECTIONS"}, rows)
	for _, words := range advice {
		t.paragraph("do:  ", words)
	}
	if len(advice) > 0 {
		t.say("")
	}
}

// number is a count with a comma before each thousand.
func number(n uint64) string {
	s, _, _ := strings.Cut(plural(int(min(n, math.MaxInt64)), "message"), " ")
	return s
}

// lookUpOwn is how long the DNS may take to say our own addresses.
const lookUpOwn = 5 * time.Second

// ownAddresses returns a function that says from which addresses our mail leaves, as far as this machine can know:
// its own on the public Internet, and those of its name. Behind a mail service it knows none that counts.
func ownAddresses(hostname string) func(context.Context) []netip.Addr {
	resolver := &net.Resolver{PreferGo: true}
	return func(ctx context.Context) []netip.Addr {
		own := doctor.PublicAddresses(doctor.Outside{})
		ctx, cancel := context.WithTimeout(ctx, lookUpOwn)
		defer cancel()
		named, err := resolver.LookupNetIP(ctx, "ip", hostname)
		if err != nil { // then those of the machine have to do
			return own
		}
		for _, a := range named {
			own = append(own, a.Unmap())
		}
		return own
	}
}
