package watch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sencoforum/message"
)

var (
	us     = netip.MustParseAddr("192.0.2.10")
	forger = netip.MustParseAddr("203.0.113.9")
)

// wantMail is what all sample reports of DMARC say.
func wantMail(spf uint64) []ReportedMail {
	return []ReportedMail{
		{From: "lists.example.org", Source: us, MailCount: MailCount{Messages: 72, DKIM: 60, SPF: spf, Failed: 12}},
		{From: "lists.example.org", Source: forger, MailCount: MailCount{Messages: 4, Failed: 4, Quarantined: 4}},
	}
}

var addresses = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

// TestShapesOfReports reads reports as many hosts write them, in all the ways in which they pack them.
func TestShapesOfReports(t *testing.T) {
	noFrom := wantMail(60)
	noFrom[1].From = ""
	const name = "provider.example!lists.example.org!1795219200!1795305599"
	for _, c := range []struct {
		name, raw string
		org       string
		want      []ReportedMail
	}{
		{"a zip that is the whole message", "From: a@provider.example\r\n" + part("application/zip", name+".zip", zipped(t, name+".xml", plainXML)), "provider.example", wantMail(60)},
		{"gzip beside HTML", mixed("multipart/mixed", "Content-Type: text/html\r\n\r\n<p>Report</p>\r\n", part("application/gzip", name+".xml.gz", gzipped(t, schoolXML))), "Office Mail", wantMail(0)},
		{"the form of RFC 9990", mixed("multipart/mixed", note, part("application/gzip", name+".xml.gz", gzipped(t, newXML))), "New Reports", wantMail(60)},
		{"a draft, in Latin-1, in a zip of no type", mixed("multipart/mixed", note, part("application/octet-stream", "", zipped(t, "__MACOSX/x.xml", "?", "report.xml", latin1(oldXML)))), "Caf? Cable", noFrom},
		{"plain XML in UTF-16", mixed("multipart/mixed", note, part("text/xml", name+".xml", []byte(wide(plainXML, binary.LittleEndian, true)))), "provider.example", wantMail(60)},
		{"UTF-16 without a mark, by its name alone", mixed("multipart/mixed", part("text/plain", name+".XML", []byte(wide(plainXML, binary.BigEndian, false)))), "provider.example", wantMail(60)},
		{"a mark before UTF-8", mixed("multipart/mixed", part("application/xml", "", []byte("\xef\xbb\xbf"+plainXML))), "provider.example", wantMail(60)},
		{"a zip of one file without a name that says anything", mixed("multipart/mixed", part("application/x-zip-compressed", "", zipped(t, "report", plainXML))), "provider.example", wantMail(60)},
		{"inside a schema that is never closed", mixed("multipart/mixed", part("application/xml", "", []byte(strings.Replace(plainXML, "<feedback>", "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><feedback>", 1)))), "provider.example", wantMail(60)},
		{"a picture and a broken file before it", mixed("multipart/mixed", part("image/png", "logo.png", []byte("\x89PNG")), part("application/xml", "", []byte("<html>")),
			part("application/gzip", "", gzipped(t, plainXML))), "provider.example", wantMail(60)},
		{"bytes that are no UTF-8", mixed("multipart/mixed", part("text/xml", "", []byte(strings.Replace(plainXML, "<email>", "<email>\x80\xff\x01", 1)))), "provider.example", wantMail(60)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ReadReport(message.Parse([]byte(c.raw)))
			if err != nil {
				t.Fatal(err)
			}
			want := Report{Kind: ReportDMARC, Org: c.org, Domain: "lists.example.org", Begin: time.Unix(begin, 0).UTC(), End: time.Unix(end, 0).UTC(), Mail: c.want}
			if diff := cmp.Diff(want, got, addresses, cmpopts.IgnoreFields(Report{}, "ID")); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
			if got.ID == "" || got.Day().Format(time.DateOnly) != "2026-11-21" {
				t.Errorf("report %q of %s", got.ID, got.Day())
			}
		})
	}
}

func TestShapesOfTLSReports(t *testing.T) {
	for name, raw := range map[string]string{
		"packed, as RFC 8460 wants it": mixed("multipart/report; report-type=\"tlsrpt\"", note, part("application/tlsrpt+gzip", "r.json.gz", gzipped(t, bigTLS))),
		"plain":                        mixed("multipart/report; report-type=tlsrpt", note, part("application/tlsrpt+json", "", []byte(bigTLS))),
		"by its name":                  mixed("multipart/mixed", note, part("application/octet-stream", "r.json", []byte("\xef\xbb\xbf \n"+bigTLS))),
		"in an array":                  mixed("multipart/mixed", note, part("application/json", "", []byte("["+bigTLS+"]"))),
		"in another order":             mixed("multipart/mixed", note, part("application/json", "", []byte(oddTLS))),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadReport(message.Parse([]byte(raw)))
			if err != nil {
				t.Fatal(err)
			}
			want := Report{Kind: ReportTLS, Org: "Provider Inc.", Begin: time.Unix(begin, 0).UTC(), End: time.Unix(end, 0).UTC(), Sessions: []ReportedSessions{{
				Domain: "lists.example.org", OK: 185, Failed: 20, Failures: []SessionFailure{
					{"certificate-expired", "mail.example.org", 17}, {"starttls-not-supported", "mail.example.org", 3}}}}}
			if diff := cmp.Diff(want, got, addresses, cmpopts.IgnoreFields(Report{}, "ID")); diff != "" {
				t.Errorf("report (-want +got):\n%s", diff)
			}
		})
	}
}

// entityBomb is a document that would be a gigabyte with its entities expanded.
var entityBomb = func() string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<!DOCTYPE feedback [<!ENTITY a \"ha\">\n")
	for c := 'b'; c < 'z'; c++ {
		fmt.Fprintf(&b, "<!ENTITY %c \"%s\">\n", c, strings.Repeat(fmt.Sprintf("&%c;", c-1), 10))
	}
	return b.String() + "]>\n<feedback><report_metadata><org_name>&y;</org_name></report_metadata></feedback>"
}()

// padded is a report that is longer by n bytes, in pieces that are each short enough.
func padded(n int) string {
	piece := "<x>" + strings.Repeat(" ", 60<<10) + "</x>"
	return strings.Replace(plainXML, "</feedback>", strings.Repeat(piece, n/len(piece))+strings.Repeat(" ", n%len(piece))+"</feedback>", 1)
}

// noise has n lines that do not pack well.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "<x>%016x%016x</x>\n", r.Uint64(), r.Uint64())
	}
	return strings.Replace(plainXML, "</feedback>", b.String()+"</feedback>", 1)
}

// TestReportsThatAreNone says why each is not read.
func TestReportsThatAreNone(t *testing.T) {
	full := padded(maxUnpacked - len(plainXML))
	if len(full) != maxUnpacked {
		t.Fatalf("%d bytes, want %d", len(full), maxUnpacked)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string // in the error; empty: it is read
	}{
		{"10 MiB", []byte(full), ""},
		{"10 MiB and a byte", []byte(strings.Replace(full, "</feedback>", "  </feedback>", 1)), "more than 10485760 bytes"},
		{"4 MiB that pack badly", gzipped(t, noise(100_000)), ""},
		{"a gzip bomb", gzipped(t, padded(9<<20)), "more than 300 times"},
		{"a zip bomb", zipped(t, "r.xml", padded(30<<20)), "more than 300 times"},
		{"a zip of many files", zipped(t, manyFiles(30)...), "more than 20 files"},
		{"a zip without a report", zipped(t, "a.txt", "", "b.exe", ""), "no report inside"},
		{"an empty zip", zipped(t), "neither"},
		{"entities inside each other", []byte(entityBomb), "document type"},
		{"an entity without a type", []byte(strings.Replace(plainXML, "9391651994964116463", "&xxe;", 1)), "&xxe;"},
		{"an external entity", []byte(`<!DOCTYPE feedback SYSTEM "file:///etc/passwd"><feedback/>`), "document type"},
		{"one word of 100 KB", []byte(strings.Replace(plainXML, "provider.example", strings.Repeat("x", 100<<10), 1)), "longer than 65536"},
		{"attributes without end", []byte("<feedback " + strings.Repeat(`a="" `, 1<<20) + "/>"), "longer than 65536"},
		{"elements without end", []byte("<feedback>" + strings.Repeat("<a>", 1000)), "inside each other"},
		{"another document", []byte("<html></html>"), `its root is "html"`},
		{"an empty schema", []byte("<schema></schema>"), "nothing is inside"},
		{"schemas without end", []byte(strings.Repeat("<schema>", 1000)), `its root is "schema"`},
		{"an unknown charset", []byte(strings.Replace(plainXML, "UTF-8", "EBCDIC-CP-GB", 1)), `charset "ebcdic-cp-gb"`},
		{"cut short", []byte(plainXML[:len(plainXML)/2]), "EOF"},
		{"gzip cut short", gzipped(t, plainXML)[:300], "EOF"},
		{"gzip damaged", damaged(gzipped(t, plainXML)), "corrupt"},
		{"zip cut short", zipped(t, "r.xml", plainXML)[:200], "open zip"},
		{"nothing", nil, "neither"},
		{"words", []byte("Dear postmaster, here is a report."), "neither"},
		{"JSON of something else", []byte(`{"a": 1}`), "no policies"},
		{"JSON cut short", []byte(bigTLS[:len(bigTLS)-10]), "EOF"},
		{"JSON without end", []byte(`{"policies":` + strings.Repeat("[", 100)), "levels"},
		{"JSON of 2 million failures", []byte(`{"policies":[{"failure-details":[` + strings.Repeat(`{},`, 2<<20) + `{}]}]}`), ""},
		{"JSON with a word of 100 KB", []byte(`{"policies":[],"report-id":"` + strings.Repeat("x", 100<<10) + `"}`), "longer than 65536"},
		{"JSON with much space", []byte(`{"policies":` + strings.Repeat(" ", 100<<10) + `[]}`), "longer than 65536"},
		{"a hundred thousand sources", []byte(manySources(100_000)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := ReadReportFile(c.data)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if len(r.Mail) > 2*maxReportSource+1 {
				t.Errorf("%d sources", len(r.Mail))
			}
		})
	}
}

func manyFiles(n int) (files []string) {
	for i := range n {
		files = append(files, fmt.Sprintf("%d.xml", i), plainXML)
	}
	return files
}

// manySources is a report about mail from n addresses, of a few domains.
func manySources(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<record><row><source_ip>10.%d.%d.%d</source_ip><count>1</count></row></record>", i>>16, i>>8&255, i&255)
	}
	return "<feedback>" + b.String() + "</feedback>"
}

func damaged(b []byte) []byte {
	b = bytes.Clone(b)
	for i := 100; i < 200; i++ {
		b[i] ^= 0x55
	}
	return b
}

// TestSourcesBeyondTheBoundAreCounted: mail of the sources that do not fit is in one line, and none is lost.
func TestSourcesBeyondTheBoundAreCounted(t *testing.T) {
	r, err := ReadDMARC(strings.NewReader(manySources(5000)))
	if err != nil {
		t.Fatal(err)
	}
	var sum ReportSum
	sum.Add(r)
	if len(r.Mail) != maxReportSource+1 || len(sum.Sources) != maxSumSources+1 {
		t.Errorf("%d sources read, %d kept", len(r.Mail), len(sum.Sources))
	}
	if rest := sum.Sources[maxSumSources]; sum.Mail.Messages != 5000 || rest.Source.IsValid() || rest.Messages != 5000-maxSumSources {
		t.Errorf("%d mails, of them %d in the last line, of %v", sum.Mail.Messages, rest.Messages, rest.Source)
	}
}

func TestMessagesWithoutAReport(t *testing.T) {
	for name, raw := range map[string]string{
		"a letter":      "From: a@b.example\r\n\r\n<feedback> is what I have\r\n",
		"a picture":     mixed("multipart/mixed", note, part("image/png", "a.png", []byte("\x89PNG"))),
		"unknown bytes": mixed("multipart/mixed", note, part("application/octet-stream", "a.bin", []byte("\x00\x01"))),
	} {
		if _, err := ReadReport(message.Parse([]byte(raw))); !errors.Is(err, ErrNoReport) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhichSourcesAreOurs(t *testing.T) {
	service, forwarder := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2")
	r := Report{Kind: ReportDMARC, Mail: []ReportedMail{
		{Source: us, MailCount: MailCount{Messages: 1, Failed: 1}},
		{Source: service, MailCount: MailCount{Messages: 2, SPF: 1, Failed: 1}},
		{Source: forwarder, MailCount: MailCount{Messages: 2, DKIM: 1, Failed: 1}},
		{Source: forger, MailCount: MailCount{Messages: 1, Failed: 1}},
		{MailCount: MailCount{Messages: 1, SPF: 1}},
	}}
	r.Own([]netip.Addr{us})
	var got []bool
	for _, m := range r.Mail {
		got = append(got, m.Ours)
	}
	if diff := cmp.Diff([]bool{true, true, false, false, false}, got); diff != "" {
		t.Errorf("ours (-want +got):\n%s", diff)
	}
}

func TestTrouble(t *testing.T) {
	mail := func(all, failed uint64, ours bool) ReportedMail {
		return ReportedMail{Source: us, Ours: ours, MailCount: MailCount{Messages: all, Failed: failed}}
	}
	for _, c := range []struct {
		name   string
		report Report
		want   ReportTrouble
	}{
		{"ten of five hundred", Report{Kind: ReportDMARC, Mail: []ReportedMail{mail(500, 10, true)}}, ReportTrouble{Kind: ReportDMARC, Failed: 10, Of: 500, Source: us}},
		{"ten of more are under two in a hundred", Report{Kind: ReportDMARC, Mail: []ReportedMail{mail(501, 10, true)}}, ReportTrouble{}},
		{"nine are too few", Report{Kind: ReportDMARC, Mail: []ReportedMail{mail(9, 9, true)}}, ReportTrouble{}},
		{"forged mail of others is no trouble", Report{Kind: ReportDMARC, Mail: []ReportedMail{mail(5000, 5000, false), mail(100, 0, true)}}, ReportTrouble{}},
		{"forged mail does not hide ours", Report{Kind: ReportDMARC, Mail: []ReportedMail{mail(50_000, 0, false), mail(100, 50, true)}}, ReportTrouble{Kind: ReportDMARC, Failed: 50, Of: 100, Source: us}},
		{"connections", Report{Kind: ReportTLS, Sessions: []ReportedSessions{{OK: 95, Failed: 5, Failures: []SessionFailure{{"x", "", 1}, {"y", "h", 4}}}}},
			ReportTrouble{Kind: ReportTLS, Failed: 5, Of: 100, Result: "y", Host: "h"}},
		{"few of many connections", Report{Kind: ReportTLS, Sessions: []ReportedSessions{{OK: 96, Failed: 5}}}, ReportTrouble{}},
		{"four connections", Report{Kind: ReportTLS, Sessions: []ReportedSessions{{Failed: 4}}}, ReportTrouble{}},
		{"nothing at all", Report{Kind: ReportDMARC}, ReportTrouble{}},
	} {
		if diff := cmp.Diff(c.want, c.report.Trouble(), addresses); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestReportsAreSplitByDomain(t *testing.T) {
	r := Report{Kind: ReportDMARC, Domain: "example.org", Mail: []ReportedMail{
		{From: "lists.example.org"}, {From: "a.lists.example.org"}, {From: "example.org"}, {From: "heads.lists.example.org"}, {From: "notlists.example.org"}, {},
	}}
	got := map[string]int{}
	for _, p := range r.Split([]string{"lists.example.org", "heads.lists.example.org"}) {
		got[p.Domain] = len(p.Mail)
	}
	if diff := cmp.Diff(map[string]int{"lists.example.org": 2, "heads.lists.example.org": 1}, got); diff != "" {
		t.Errorf("mail by domain (-want +got):\n%s", diff)
	}
	r = Report{Kind: ReportDMARC, Domain: "lists.example.org"}
	if got := r.Split([]string{"lists.example.org"}); len(got) != 1 {
		t.Errorf("a report of a day without mail: %v", got)
	}
}

func TestWordsOfStrangers(t *testing.T) {
	if got, want := reportWord("  A\tB\x1b[31m\u202eé\r\n "), "A B [31m??"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := reportWord(strings.Repeat("x", 500)); len(got) != maxReportWord {
		t.Errorf("%d bytes", len(got))
	}
	for in, want := range map[string]string{" A.Example. ": "a.example", "a b": "", "é.example": "", strings.Repeat("x", 254): ""} {
		if got := reportDomain(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
