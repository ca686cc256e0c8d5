package mailauth

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// The resolver of the standard library, in front of a server in memory, tells the cases apart as a Resolver must.
func TestTheRealResolver(t *testing.T) {
	r := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go serveDNS(theirs)
		return ours, nil
	}}
	for _, c := range []struct {
		name    string
		want    []string
		trouble bool
	}{
		{"split.example", []string{"v=spf1 ip4:192.0.2.10 -all"}, false},
		{"two.example", []string{"one", "two"}, false},
		{"empty.example", []string{""}, false},
		{"nodata.example", nil, false},
		{"nxdomain.example", nil, false},
		{"servfail.example", nil, true},
		{"refused.example", nil, true},
	} {
		l := &lookups{resolver: r, each: 30 * time.Second, left: 1}
		got, err := l.LookupTXT(t.Context(), c.name)
		if isTrouble(err) != c.trouble || len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: got %q, %v, want %q, trouble %v", c.name, got, err, c.want, c.trouble)
		}
	}
	l := &lookups{resolver: r, each: 30 * time.Second, left: spfLookups, shorten: true}
	in := Input{Client: netip.MustParseAddr(goodHost), MailFrom: Mailbox{"ann", "split.example"}}
	if got, _ := checkSPF(t.Context(), l, in); got.Result != Pass {
		t.Errorf("SPF: got %s, want pass", got.Result)
	}
}

// serveDNS answers questions for TXT in the form that DNS has over TCP.
func serveDNS(conn net.Conn) {
	defer conn.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, query); err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(query) != nil || len(m.Questions) != 1 {
			return
		}
		reply, err := answerDNS(m.ID, m.Questions[0]).Pack()
		if err != nil {
			return
		}
		if _, err := conn.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply)))); err != nil {
			return
		}
		if _, err := conn.Write(reply); err != nil {
			return
		}
	}
}

func answerDNS(id uint16, q dnsmessage.Question) *dnsmessage.Message {
	m := &dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, Response: true, RecursionDesired: true, RecursionAvailable: true},
		Questions: []dnsmessage.Question{q},
	}
	text := func(parts ...string) {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 60}, Body: &dnsmessage.TXTResource{TXT: parts}})
	}
	switch q.Name.String() {
	case "split.example.":
		text("v=spf1 ip4:192.0", ".2.10 ", "-all")
	case "two.example.":
		text("one")
		text("two")
	case "empty.example.":
		text("")
	case "nodata.example.":
	case "servfail.example.":
		m.RCode = dnsmessage.RCodeServerFailure
	case "refused.example.":
		m.RCode = dnsmessage.RCodeRefused
	default:
		m.RCode = dnsmessage.RCodeNameError
	}
	return m
}
