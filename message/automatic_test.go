package message

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAutomatic(t *testing.T) {
	for _, c := range []struct {
		name, header   string
		certain, maybe string // signs with a comma between
	}{
		{"an ordinary mail has no sign", "From: jane@x.org\r\nSubject: Timetables", "", ""},
		{"Auto-Submitted is certain", "Auto-Submitted: auto-replied (vacation)", "Auto-Submitted", "Auto-Submitted"},
		{"Auto-Submitted of no is no sign", "Auto-Submitted: No", "", ""},
		{"Auto-Submitted of no with a comment is no sign", "Auto-Submitted: no (by hand); x=y", "", ""},
		{"a second Auto-Submitted counts", "Auto-Submitted: no\r\nAuto-Submitted: auto-generated", "Auto-Submitted", "Auto-Submitted"},
		{"a report is certain", "Content-Type: multipart/report; boundary=x", "multipart/report", "multipart/report"},
		{"Precedence auto_reply is certain", "Precedence: auto_reply", "Precedence", "Precedence"},
		{"Precedence bulk is a sign", "Precedence: bulk", "", "Precedence"},
		{"a list field is a sign", "List-Id: <x.y.z>\r\nList-Post: <mailto:x@y.z>", "", "List-*"},
		{"a subject alone is a sign", "Subject: Automatic reply: Timetables", "", signSubject},
		{"a subject with another sign is certain", "Subject: Out of Office: back on Monday\r\nX-Auto-Response-Suppress: All", signSubject, "X-Auto-Response-Suppress," + signSubject},
		{"an encoded subject counts", "Subject: =?utf-8?q?Automatic_reply=3A_x?=\r\nPrecedence: bulk", signSubject, "Precedence," + signSubject},
		{"a reply to an automatic mail is a person's", "Subject: Re: Automatic reply: x\r\nPrecedence: bulk", "", "Precedence"},
		{"a subject that only speaks of it is none", "Subject: Who covers you when out of office?\r\nPrecedence: bulk", "", "Precedence"},
		{"X-Auto-Response-Suppress alone is a sign", "X-Auto-Response-Suppress: DR", "", "X-Auto-Response-Suppress"},
		{"X-Autoreply is a sign", "X-Autoreply: yes", "", "X-Autoreply"},
		{"X-Autorespond is a sign", "X-Autorespond: x", "", "X-Autorespond"},
		{"X-No-Ack is a sign", "X-No-Ack: yes", "", "X-No-Ack"},
		{"X-Ack of no is a sign", "X-Ack: NO", "", "X-Ack"},
		{"X-Ack of yes is none", "X-Ack: yes", "", ""},
		{"Content-Identifier is a sign", "Content-Identifier: Auto-Replied", "", "Content-Identifier"},
		{"a null return path is a sign", "Return-Path: <>", "", signNullSender},
		{"a program as author is a sign", "From: Mail <MAILER-DAEMON@x.org>", "", signSender},
		{"a program as sender is a sign", "From: jane@x.org\r\nSender: no-reply@x.org", "", signSender},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Parse([]byte(c.header + "\r\n\r\nx"))
			got := strings.Join(m.Automatic(), ",") + "|" + strings.Join(m.MaybeAutomatic(), ",")
			if diff := cmp.Diff(c.certain+"|"+c.maybe, got); diff != "" {
				t.Errorf("certain|maybe (-want +got):\n%s", diff)
			}
		})
	}
}
