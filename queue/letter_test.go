package queue

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/message"
	"sencoforum/store"
)

var (
	tom     = message.Address{Local: "tom", Domain: "school.example"}
	goodbye = Letter{
		From: message.Address{Local: "forum-bounces+x", Domain: "lists.example.org"}, To: tom,
		Header: []byte("Subject: You have left\r\n"), Body: []byte("\r\nHello Tom\r\n"),
		Priority: Urgent, Member: 7, Queued: time.Unix(1_800_000_000, 0),
	}
)

func TestALetterLeavesAsItWasPut(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Letter)
		want   func(*Outgoing)
	}{
		{"a plain one", func(*Letter) {}, func(*Outgoing) {}},
		{"with the null sender", func(l *Letter) { l.From = message.Address{} }, func(o *Outgoing) { o.From = message.Address{} }},
		{"a body beyond ASCII needs 8BITMIME", func(l *Letter) { l.Body = []byte("\r\nDiolch, Siân\r\n") },
			func(o *Outgoing) { o.Body, o.EightBit = []byte("\r\nDiolch, Siân\r\n"), true }},
		{"an address beyond ASCII needs SMTPUTF8", func(l *Letter) { l.To.Local = "siân" },
			func(o *Outgoing) { o.To.Local, o.UTF8 = "siân", true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			l := goodbye
			c.change(&l)
			r.update(func(tx *store.Tx) error { return PutLetter(tx, l) })
			row, ok := find(r, 1)
			if !ok || row.Kind != LetterKind || row.Priority != Urgent || row.Member != 7 || row.Domain != "school.example" || row.Batch != 0 {
				t.Fatalf("row %+v", row)
			}
			got, err := RenderLetter(context.Background(), row)
			if err != nil {
				t.Fatal(err)
			}
			want := Outgoing{Row: 1, From: goodbye.From, To: goodbye.To, Header: goodbye.Header, Body: goodbye.Body}
			c.want(&want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("outgoing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPutLetterRefuses(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name  string
		spoil func(*Letter)
		want  error // nil: any
	}{
		{"one without a recipient", func(l *Letter) { l.To = message.Address{} }, nil},
		{"one without a header", func(l *Letter) { l.Header = nil }, nil},
		{"one without a body", func(l *Letter) { l.Body = nil }, nil},
		{"one without a time", func(l *Letter) { l.Queued = time.Time{} }, nil},
		{"one that a row cannot hold", func(l *Letter) { l.Body = bytes.Repeat([]byte("x"), MaxPayload) }, ErrLetterTooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := goodbye
			c.spoil(&l)
			err := r.db.Update(func(tx *store.Tx) error { return PutLetter(tx, l) })
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n := r.depth(); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// A payload that was cut off anywhere is an error, so that the row is set aside and nothing wrong leaves.
func TestADamagedLetterDoesNotLeave(t *testing.T) {
	whole := goodbye.payload()
	for n := range len(whole) - len(goodbye.Body) + 1 {
		if out, err := RenderLetter(context.Background(), Row{Payload: whole[:n]}); err == nil {
			t.Fatalf("%d of %d bytes: %+v", n, len(whole), out)
		}
	}
}

func TestALetterIsDeliveredOnceAndLeavesNoTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.render = RenderLetter
		r.update(func(tx *store.Tx) error {
			l := goodbye
			l.Queued = time.Now()
			return PutLetter(tx, l)
		})
		_, stop := r.run()
		settle(time.Second)
		stop()
		if got := r.courier.to(); len(got) != 1 || got[0] != "tom@school.example" {
			t.Errorf("sent to %q", got)
		}
		if rows := r.list(Filter{}); len(rows) != 0 {
			t.Errorf("rows %+v", rows)
		}
	})
}

// FuzzRenderLetter reads any payload: it is a letter that is whole, or an error.
func FuzzRenderLetter(f *testing.F) {
	f.Add(goodbye.payload())
	f.Add([]byte{letterVersion, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, payload []byte) {
		o, err := RenderLetter(context.Background(), Row{Payload: payload})
		if err == nil && (o.To.IsZero() || len(o.Header) == 0 || len(o.Body) == 0) {
			t.Errorf("%+v", o)
		}
	})
}
