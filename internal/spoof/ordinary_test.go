package spoof

import (
	"encoding/base64"
	"strings"
	"testing"
)

// school is how a school sends its mail: what its name server says, from where the mail comes, and who signs it.
type school struct {
	name   string
	zone   map[string][]string
	from   string // envelope sender; empty is the author
	signer string // domain of the DKIM signature; empty: none
	header string // what its mail system adds
}

const (
	spfHere = "v=spf1 ip4:" + otherHost + " -all"
	domain  = "oakfield.example"
)

var schools = []school{
	{"Microsoft 365, signed by the tenant's own name, p=none", map[string][]string{
		domain: {"MS=ms12345678", "v=spf1 include:spf.protection.example -all"}, "spf.protection.example": {spfHere}, "_dmarc." + domain: {"v=DMARC1; p=none; rua=mailto:d@" + domain},
	}, "", "oakfield.onmicrosoft.example", "X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Has-Attach:\r\nX-Originating-IP: [10.1.2.3]\r\n"},
	{"Microsoft 365 without DMARC", map[string][]string{domain: {"v=spf1 include:spf.protection.example ~all"}, "spf.protection.example": {spfHere}},
		"", "oakfield.onmicrosoft.example", "Accept-Language: en-GB, en-US\r\nContent-Language: en-GB\r\nmsip_labels:\r\n"},
	{"Microsoft 365 with its own signature, p=reject", map[string][]string{domain: {"v=spf1 include:spf.protection.example -all"}, "spf.protection.example": {spfHere},
		"_dmarc." + domain: {"v=DMARC1; p=reject; adkim=s; aspf=s"}}, "", domain, "Authentication-Results: spf=none (sender IP is )\r\n smtp.mailfrom=" + priya + ";\r\n"},
	{"Google Workspace, p=quarantine", map[string][]string{domain: {"v=spf1 include:_spf.google.example ~all"}, "_spf.google.example": {spfHere},
		"_dmarc." + domain: {"v=DMARC1; p=quarantine"}}, "", domain, "X-Google-Smtp-Source: ABdhPJx\r\nX-Gm-Message-State: AOAM53\r\n"},
	{"Google Workspace as it comes, without DMARC", map[string][]string{domain: {"v=spf1 include:_spf.google.example ~all"}, "_spf.google.example": {spfHere}},
		"", "oakfield-example.20230601.gappssmtp.example", "X-Received: by 2002:a05:6402 with SMTP id x\r\n"},
	{"a council's gateway that signs nothing", map[string][]string{domain: {"v=spf1 ip4:203.0.113.0/24 a:mail." + domain + " ip4:" + otherHost + " ?all"}, "_dmarc." + domain: {"v=DMARC1;p=none"}},
		"", "", strings.Repeat("Received: from gateway.council.example (10.0.0.1)\r\n by mx.council.example; Mon, 16 Nov 2026 08:00:00 +0000\r\n", 12)},
	{"a filter in front that sends for the school, p=reject", map[string][]string{domain: {"v=spf1 include:_netblocks.filter.example -all"}, "_netblocks.filter.example": {"v=spf1 ip4:198.51.100.0/24 ~all"},
		"_dmarc." + domain: {"v=DMARC1; p=reject; sp=reject; pct=100"}}, "", domain, "X-MC-Unique: abcdef\r\nX-Mimecast-Spam-Score: 1\r\n"},
	{"a return address of a subdomain, p=none", map[string][]string{"bounce." + domain: {spfHere}, "_dmarc." + domain: {"v=DMARC1; p=none"}},
		"priya=lists.example.org@bounce." + domain, "", "X-Mailer: SchoolMail 4.2\r\n"},
	{"a forwarder that breaks SPF and keeps the signature", map[string][]string{domain: {"v=spf1 ip4:" + ownHost + " -all"}, "_dmarc." + domain: {"v=DMARC1; p=reject"}},
		"srs0=abc=ab=oakfield.example=priya@forwarder.example", domain, "Received: from x by forwarder.example; Mon, 16 Nov 2026 08:00:00 +0000\r\n"},
}

const signature = "\r\n\r\nKind regards\r\n\r\nPriya Nair\r\nSENCO, Oakfield Primary School\r\nOak Lane, Leeds LS1 1AA\r\nTel: 0113 496 0000\r\nwww.oakfield.example\r\n"

// letters are what teachers send: header fields and body, without From, To and Message-ID.
var letters = map[string]string{
	"a signature with telephone and address": "Subject: Part-time timetables\r\n\r\nHi all,\r\n\r\nHow do you set an end date?" + signature,
	"a disclaimer": "Subject: Laptops in exams\r\n\r\nDoes anybody have a policy?" + signature +
		"\r\nThis email and any attachments are confidential and intended solely for the addressee. If you have received it in error, please delete it\r\nand tell the sender. Oakfield Trust is a company limited by guarantee, number 01234567.\r\n",
	"a banner and a quoted reply": "Subject: RE: [EXTERNAL] Re: [SENCO] Sensory circuits\r\nIn-Reply-To: <0@other.example>\r\nReferences: <00@other.example> <0@other.example>\r\nThread-Index: AdGxyz==\r\nThread-Topic: Sensory circuits\r\n\r\n" +
		"CAUTION: This email came from outside. Do not click links.\r\n\r\nWe use ours every morning." + signature + "\r\n________________________________\r\nFrom: Tom Brown via SENCO Forum <senco-forum@lists.example.org>\r\nSent: 16 November 2026 08:01\r\nTo: SENCO Forum\r\n\r\n> Does it work?\r\n",
	"HTML alone": "Subject: Training\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=\"Windows-1252\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
		"<html xmlns:o=3D\"urn:schemas-microsoft-com:office:office\"><body><p class=3D\"MsoNormal\">Who trains your TAs=92 teams?<o:p></o:p></p></body></html>\r\n",
	"two forms of the text, in base64": "Subject: =?utf-8?B?QWRkeXNnIMO0bCAxNg==?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte("Oes gan rywun bolisi?\n")) + "\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Oes gan rywun bolisi?</p>\r\n--b1--\r\n",
	"a telephone": "Subject: Re: EHCP annual reviews\r\nMIME-Version: 1.0 (1.0)\r\nContent-Type: text/plain; charset=us-ascii\r\nX-Mailer: iPhone Mail (21F90)\r\nContent-Transfer-Encoding: 7bit\r\n\r\nYes please!\r\n\r\nSent from my iPhone\r\n\r\n> On 16 Nov 2026, at 08:01, Jo <jo@x.example> wrote:\r\n> \r\n> Shall I share mine?\r\n",
	"a document": "Subject: Policy attached\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b2\"\r\n\r\n--b2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere it is." + signature +
		"--b2\r\nContent-Type: application/vnd.openxmlformats-officedocument.wordprocessingml.document; name=\"SEND policy.docx\"\r\nContent-Disposition: attachment; filename=\"SEND policy.docx\"\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBBQABgAIAAAAIQ==\r\n--b2--\r\n",
	"copies and a receipt": "Subject: Meeting\r\nCc: Head <head@oakfield.example>, \"Brown, Tom\" <tom@other.example>\r\nImportance: high\r\nX-Priority: 1\r\nDisposition-Notification-To: <" + priya + ">\r\nSensitivity: private\r\n\r\nShall we meet?" + signature,
	"no subject":           "Subject:\r\n\r\nForgot the subject, sorry." + signature,
	"an invitation":        "Subject: Invitation: SENCO cluster\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b3\r\n\r\n--b3\r\nContent-Type: text/plain\r\n\r\nCluster meeting on Friday\r\n--b3\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b3--\r\n",
}

// TestOrdinaryMail sends what schools send, in every way in which they send it. All of it comes from where it says: none
// may be refused, held or asked about.
func TestOrdinaryMail(t *testing.T) {
	h := newHouse(t)
	all, refused, held := 0, 0, 0
	for _, s := range schools {
		for name, l := range letters {
			h.forget()
			for n, records := range s.zone {
				h.zone.txt[n] = records
			}
			a := arrival{client: otherHost, helo: "mail-eopbgr.outbound.example", from: priya, to: post}
			if s.from != "" {
				a.from = s.from
			}
			a.raw = s.header + "From: Priya Nair <" + priya + ">\r\nTo: SENCO Forum <" + post + ">\r\nDate: " + noon.Format("Mon, 2 Jan 2006 15:04:05 -0700") + "\r\nMessage-ID: " + h.newID() + "\r\n" + l
			if s.signer != "" {
				h.publishKey(s.signer)
				a.raw = sign(t, a.raw, s.signer)
			}
			all++
			switch got := h.receive(t, a); {
			case got == "waiting":
			case strings.HasPrefix(got, "held"):
				held++
				t.Errorf("%s, %s: %s", s.name, name, got)
			default:
				refused++
				t.Errorf("%s, %s: %s", s.name, name, got)
			}
		}
	}
	t.Logf("%d ordinary mails: %d refused, %d held or asked about", all, refused, held)
}
