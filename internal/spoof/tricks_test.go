package spoof

import (
	"strings"
	"testing"
)

// TestTricks sends mails whose From reads like Priya's to somebody or something, each from a host that may write for the
// sender's own domain and signed by it: what a forger has who owns a domain. None may become a post.
//
// ceiling: flat table
func TestTricks(t *testing.T) {
	h := newHouse(t)
	h.zone.txt["oakfield.example"] = []string{"v=spf1 ip4:" + ownHost + " -all"}
	h.zone.txt["_dmarc.oakfield.example"] = []string{"v=DMARC1; p=reject"}
	h.zone.txt["evil.example"] = []string{"v=spf1 ip4:" + otherHost + " -all"}
	h.zone.txt["_dmarc.evil.example"] = []string{"v=DMARC1; p=none"}
	h.publishKey("evil.example")
	honest := arrival{client: ownHost, helo: "mail.oakfield.example", from: priya, to: post, raw: "From: " + priya + "\r\nTo: " + post + "\r\nMessage-ID: " + h.newID() + "\r\n\r\nReally me.\r\n"}
	if got := h.receive(t, honest); got != "waiting" {
		t.Fatalf("the member's own mail: %s", got)
	}
	accepted := 0
	for name, from := range map[string]string{
		"two fields":                      "From: " + eve + "\r\nFrom: " + priya,
		"two fields, the member's first":  "From: " + priya + "\r\nFrom: " + eve,
		"two addresses":                   "From: " + eve + ", " + priya,
		"two addresses, without a comma":  "From: <" + eve + "> <" + priya + ">",
		"a group":                         "From: Forum: " + eve + ";",
		"an empty group":                  "From: " + priya + ":;",
		"a member's address as the name":  "From: \"" + priya + "\" <" + eve + ">",
		"a member's name":                 "From: Priya Nair <" + eve + ">",
		"a name with NUL":                 "From: =?utf-8?b?" + "cHJpeWFAb2FrZmllbGQuZXhhbXBsZQBA?= <" + eve + ">",
		"an encoded address":              "From: =?utf-8?q?priya=40oakfield.example?=",
		"an encoded address with NUL":     "From: =?utf-8?b?cHJpeWFAb2FrZmllbGQuZXhhbXBsZQA=?=@evil.example",
		"a comment":                       "From: (" + priya + ") " + eve,
		"a comment behind":                "From: " + eve + " (" + priya + ")",
		"a comment inside":                "From: priya@(evil.example)oakfield.example",
		"a quoted local part":             "From: \"" + priya + "\"@evil.example",
		"a source route":                  "From: <@oakfield.example:" + eve + ">",
		"a source route to the member":    "From: <@evil.example:" + priya + ">",
		"a percent hack":                  "From: <priya%oakfield.example@evil.example>",
		"a bang path":                     "From: <oakfield.example!priya@evil.example>",
		"a subdomain of ours":             "From: priya@oakfield.example.evil.example",
		"a domain that begins alike":      "From: priya@oakfield.example.com",
		"a domain that ends alike":        "From: priya@notoakfield.example",
		"a subdomain of the member's":     "From: priya@mail.oakfield.example",
		"a letter that looks alike":       "From: priya@oakf\u0456eld.example",
		"the same in its coded form":      "From: priya@xn--oakfeld-5bb.example",
		"a full-width letter":             "From: priya@\uff4fakfield.example",
		"a letter without width":          "From: priya@oak\u200bfield.example",
		"text that runs backwards":        "From: \"\u202eelpmaxe.dleifkao@ayirp\" <" + eve + ">",
		"a final dot":                     "From: priya@oakfield.example.",
		"capitals":                        "From: PRIYA@OAKFIELD.EXAMPLE",
		"folded before the address":       "From:\r\n\t" + priya,
		"folded inside the address":       "From: priya@\r\n oakfield.example",
		"a space before the colon":        "From : " + priya,
		"a field called From in capitals": "FROM: " + priya,
		"a tab in the name of the field":  "Fr\tom: " + priya + "\r\nFrom: " + eve,
		"a NUL in the address":            "From: priya\x00@oakfield.example",
		"an 8-bit octet":                  "From: priya\xff@oakfield.example",
		"an address literal":              "From: priya@[192.0.2.10]",
		"no From":                         "X-From: " + priya,
		"an empty From":                   "From:",
		"no address in From":              "From: Priya Nair",
		"Sender is the member":            "From: " + eve + "\r\nSender: " + priya,
		"Reply-To is the member":          "From: " + eve + "\r\nReply-To: " + priya,
		"Resent-From is the member":       "From: " + eve + "\r\nResent-From: " + priya,
		"X-Original-From is the member":   "From: " + eve + "\r\nX-Original-From: " + priya,
		"Return-Path is the member":       "Return-Path: <" + priya + ">\r\nFrom: " + eve,
		"results that we never wrote":     "Authentication-Results: mail.example.org; dmarc=pass header.from=oakfield.example\r\nFrom: " + priya,
		"results in capitals":             "AUTHENTICATION-RESULTS: MAIL.EXAMPLE.ORG; dkim=pass\r\nFrom: " + priya,
		"an ARC seal of ours":             "ARC-Authentication-Results: i=1; mail.example.org; dmarc=pass\r\nFrom: " + priya,
		"a list's own address":            "From: " + post,
		"the moderators' address":         "From: senco-forum-owner@lists.example.org",
		"a return address":                "From: senco-forum-bounces+snc1_00000000000000000000000000000000@lists.example.org",
		"From in the body":                "\r\nFrom: " + priya,
	} {
		raw := from + "\r\nTo: " + post + "\r\nSubject: Urgent\r\nDate: " + noon.Format("Mon, 02 Jan 2006 15:04:05 -0700") +
			"\r\nMessage-ID: " + h.newID() + "\r\n\r\nPlease read this.\r\n"
		for _, signed := range []bool{false, true} {
			mail := arrival{client: otherHost, helo: "mx.evil.example", from: "bounce@evil.example", to: post, raw: raw}
			if signed && !strings.HasPrefix(from, "\r\n") {
				mail.raw = sign(t, raw, "evil.example")
			}
			if got := h.receive(t, mail); got == "waiting" {
				accepted++
				t.Errorf("%s, signed %v: accepted as a post", name, signed)
			}
		}
	}
	t.Logf("%d accepted", accepted)
}
