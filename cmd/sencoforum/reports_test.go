package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/netip"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/store"
	"sencoforum/watch"
)

// plantReports plants a month of reports: of a provider that saw trouble, of one that saw none, and of a stranger.
func plantReports(db *store.DB) error {
	book := watch.NewReportBook(slog.New(slog.DiscardHandler), nil, watch.ReportConfig{Now: func() time.Time { return noon }})
	us, forger := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("203.0.113.9")
	mail := func(source netip.Addr, all, spf, failed uint64) watch.ReportedMail {
		return watch.ReportedMail{From: "lists.example.org", Source: source, MailCount: watch.MailCount{Messages: all, DKIM: all - failed, SPF: spf, Failed: failed}}
	}
	take := func(day int, sender string, verified bool, r watch.Report) error {
		r.Begin, r.Org = noon.AddDate(0, 0, -day), "Reports Ltd"
		r.Own(nil)
		return db.Update(func(tx *store.Tx) error {
			_, err := book.Take(tx, watch.ArrivedReport{Sender: sender, Verified: verified, Report: r})
			return err
		})
	}
	for day := 1; day <= 20; day++ {
		r := watch.Report{Kind: watch.ReportDMARC, Domain: "lists.example.org", Mail: []watch.ReportedMail{mail(us, 600, 600, 0), mail(forger, 3, 0, 3)}}
		if day == 2 {
			r.Mail[0] = mail(us, 600, 580, 20)
		}
		if err := take(day, "provider.example", true, r); err != nil {
			return err
		}
	}
	for _, err := range []error{
		take(1, "school.example", true, watch.Report{Kind: watch.ReportDMARC, Domain: "lists.example.org", Mail: []watch.ReportedMail{mail(us, 1, 1, 0)}}),
		take(1, "stranger.example", false, watch.Report{Kind: watch.ReportDMARC, Domain: "lists.example.org", Mail: []watch.ReportedMail{mail(forger, 99999, 0, 99999)}}),
		take(3, "provider.example", true, watch.Report{Kind: watch.ReportTLS, Sessions: []watch.ReportedSessions{{Domain: "lists.example.org", OK: 1180, Failed: 20,
			Failures: []watch.SessionFailure{{Result: "certificate-expired", Host: "mail.example.org", Sessions: 18}, {Result: "new-words", Sessions: 2}}}}}),
		take(1, "provider.example", true, watch.Report{Kind: watch.ReportDMARC, Domain: "elsewhere.example"}),
		take(90, "provider.example", true, watch.Report{Kind: watch.ReportDMARC, Domain: "lists.example.org"}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestAReportComesInBySMTP sends one to the whole server, as a mail host would.
func TestAReportComesInBySMTP(t *testing.T) {
	w := newTown(t, 2)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintf(z, "<feedback><report_metadata><org_name>Provider</org_name><report_id>1</report_id><date_range><begin>%d</begin><end>%[1]d</end></date_range></report_metadata>"+
		"<policy_published><domain>lists.example.org</domain></policy_published><record><row><source_ip>192.0.2.10</source_ip><count>7</count>"+
		"<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>pass</spf></policy_evaluated></row>"+
		"<identifiers><header_from>lists.example.org</header_from></identifiers></record></feedback>", time.Now().AddDate(0, 0, -1).Unix())
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const to = "mail-reports@lists.example.org"
	message := "From: noreply@provider.example\r\nTo: " + to + "\r\nSubject: Report Domain: lists.example.org\r\nMessage-ID: <r1@provider.example>\r\n" +
		"MIME-Version: 1.0\r\nContent-Type: application/gzip; name=r.xml.gz\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString(packed.Bytes()) + "\r\n"
	if err := smtp.SendMail(w.smtp, nil, "noreply@provider.example", []string{to}, []byte(message)); err != nil {
		t.Fatal(err)
	}
	err := smtp.SendMail(w.smtp, nil, "tom@school.example", []string{to}, []byte("From: tom@school.example\r\nSubject: Hello\r\nMessage-ID: <1@school.example>\r\n\r\nIs anybody there?\r\n"))
	if err == nil || !strings.Contains(err.Error(), "takes only reports of mail systems") {
		t.Errorf("a letter: %v", err)
	}
	w.end()
	db, err := openStore(slog.New(slog.DiscardHandler), w.cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *store.Tx) error {
		r, err := watch.ReportsSince(tx, time.Now().AddDate(0, 0, -3))
		if err != nil {
			return err
		}
		if len(r.Domains) != 1 || r.Domains[0].Own.Messages != 7 || r.Domains[0].Own.Failed != 0 || r.Arrived[watch.ReportRead] != 1 {
			t.Errorf("got %+v", r)
		}
		handled := 0
		for rec, err := range intake.InState(tx, intake.Handled) {
			if err != nil {
				return err
			}
			if rec.Kind == string(list.KindReports) {
				handled++
			}
		}
		if handled != 1 {
			t.Errorf("%d reports in the intake, want 1", handled)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
