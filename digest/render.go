package digest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
	"sencoforum/token"
)

// payload is the content of a queue row: three numbers of 32 bits.
type payload struct {
	Issue  Number
	List   list.ID
	Person list.PersonID
}

func (p payload) bytes() []byte {
	b := make([]byte, 0, 12)
	for _, n := range []uint32{uint32(p.Issue), uint32(p.List), uint32(p.Person)} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func parsePayload(b []byte) (payload, error) {
	if len(b) != 12 {
		return payload{}, fmt.Errorf("row of a digest: %d bytes instead of 12", len(b))
	}
	n := func(i int) uint32 { return binary.BigEndian.Uint32(b[4*i:]) }
	return payload{Issue: Number(n(0)), List: list.ID(n(1)), Person: list.PersonID(n(2))}, nil
}

// A Copy is an issue in words, ready to be sent, but for what is a member's own.
type Copy struct {
	Subject string
	Text    string
	HTML    string
	fields  []byte // of the header
	body    []byte // the blank line that ends the header, and what follows
	empty   bool   // nothing in it can be seen any more
}

// press keeps the bodies that are being sent.
type press struct {
	mu     sync.Mutex
	all    map[pressed]*sheet
	issues map[Number]Issue // some of those that were read: an issue is never changed
}

// issue reads an issue, once for many copies.
func (p *press) issue(tx *store.Tx, n Number) (i Issue, ok bool, err error) {
	p.mu.Lock()
	i, ok = p.issues[n]
	p.mu.Unlock()
	if ok {
		return i, true, nil
	}
	if i, ok, err = issues.Get(tx, n); err != nil || !ok {
		return i, ok, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.issues == nil || len(p.issues) >= 16 {
		p.issues = map[Number]Issue{}
	}
	p.issues[n] = i
	return i, true, nil
}

// pressed names a body: as it was at a place of the change record, since a later change may be about what is in it.
type pressed struct {
	issue Number
	body  int
	seq   archive.Seq
}

type sheet struct {
	once sync.Once
	copy Copy
	err  error
}

// sheetFor returns the place of a body, and forgets all others when there are too many.
func (p *press) sheetFor(k pressed) *sheet {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.all[k]
	if s == nil {
		if p.all == nil || len(p.all) >= 2*mostBodies {
			p.all = map[pressed]*sheet{}
		}
		s = &sheet{err: errors.New("composing broke off")} // stands if it panics
		p.all[k] = s
	}
	return s
}

func (p *press) forget(k pressed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, k)
}

// copyOf is what one copy is made of besides its body.
type copyOf struct {
	issue  Issue
	list   list.List
	person list.Person
	body   int
	seq    archive.Seq
}

// Render makes the copy of one queue row. It returns queue.ErrDropped when the member gets no digest any more, or nothing in it
// can be seen.
func (e *Editor) Render(_ context.Context, r queue.Row) (queue.Outgoing, error) {
	p, err := parsePayload(r.Payload)
	if err != nil {
		return queue.Outgoing{}, err
	}
	var it copyOf
	if err := e.db.View(func(tx *store.Tx) error { return it.read(tx, &e.press, p, e.cfg.Now()) }); err != nil {
		return queue.Outgoing{}, err
	}
	k := pressed{it.issue.Number, it.body, it.seq}
	s := e.press.sheetFor(k)
	s.once.Do(func() { s.copy, s.err = e.Compose(it.list, it.issue.without(it.body)) })
	if s.err != nil {
		e.press.forget(k)
		return queue.Outgoing{}, fmt.Errorf("compose digest %d: %w", p.Issue, s.err)
	}
	if s.copy.empty {
		return queue.Outgoing{}, queue.ErrDropped
	}
	header, err := e.personal(it)
	if err != nil {
		return queue.Outgoing{}, err
	}
	return queue.Outgoing{
		Row: r.ID, From: it.list.ReturnAddress(e.cfg.Keys, it.person.ID, 0, e.cfg.Now()), To: it.person.Address,
		Header: append(header, s.copy.fields...), Body: s.copy.body, UTF8: !it.person.Address.ASCII(),
	}, nil
}

// read loads what the copy needs, or returns queue.ErrDropped.
func (it *copyOf) read(tx *store.Tx, from *press, p payload, now time.Time) error {
	m, err := list.Member(tx, p.List, p.Person)
	if errors.Is(err, list.ErrNoMember) {
		return queue.ErrDropped
	}
	if err != nil {
		return err
	}
	var ok bool
	if it.issue, ok, err = from.issue(tx, p.Issue); err != nil {
		return err
	}
	if !ok || !receives(it.issue, m, now) {
		return queue.ErrDropped
	}
	chosen, err := list.Chosen(tx, p.Person)
	if err != nil {
		return err
	}
	it.body = it.issue.bodyFor(chosen)
	if it.seq, err = archive.LastSeq(tx); err != nil {
		return err
	}
	if it.list, err = list.Get(tx, p.List); err != nil {
		return err
	}
	it.person, err = list.GetPerson(tx, p.Person)
	return err
}

// Compose puts an issue into words and writes all of the mail that its readers share.
func (e *Editor) Compose(l list.List, i Issue) (Copy, error) {
	var c Content
	err := e.db.View(func(tx *store.Tx) (err error) {
		c, err = e.content(tx, l, i)
		return err
	})
	if err != nil || len(c.Entries) == 0 {
		return Copy{empty: true}, err
	}
	out := Copy{Subject: c.Subject(), Text: c.Text(), HTML: c.HTML()}
	body, fields := message.Alternative(out.Text, out.HTML)
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: l.Title, Address: l.Service("request")})
	w.Mailbox("Reply-To", message.Mailbox{Name: l.Title, Address: l.Service("request")})
	w.Text("Subject", out.Subject)
	w.Raw("Date", i.Made.Format(time.RFC1123Z))
	w.Raw("Message-ID", messageID(l, i.Number))
	e.listFields(&w, l)
	w.Raw("MIME-Version", "1.0")
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	out.fields, out.body = w.Bytes(), append([]byte("\r\n"), body...)
	return out, w.Err()
}

// listFields writes the fields by which mail programs know a list (RFC 2369, RFC 2919) and by which we know our own mail again.
// It names no address to post to: an answer to a digest is for the robot.
func (e *Editor) listFields(w *message.Writer, l list.List) {
	w.Text("List-Id", l.Title+" <"+l.Identifier()+">")
	w.Raw("List-Help", "<mailto:"+l.Service("request").String()+"?subject=help>")
	w.Raw("List-Subscribe", "<mailto:"+l.Service("join").String()+">")
	w.Raw("List-Owner", "<mailto:"+l.Service("owner").String()+">")
	if e.cfg.WebURL != "" {
		w.Raw("List-Archive", "<"+strings.TrimRight(e.cfg.WebURL, "/")+"/>")
	}
	w.Raw("Auto-Submitted", "auto-generated")
	w.Raw("X-Auto-Response-Suppress", "All")
	w.Raw("Precedence", "list")
	w.Raw("X-Loop", l.Post().String())
}

// personal is the part of the header that differs between members. How to leave stands only here, since a body is shared.
func (e *Editor) personal(it copyOf) ([]byte, error) {
	var w message.Writer
	to := it.person.Address
	if !to.ASCII() {
		to = it.list.Service("request")
	}
	w.Mailbox("To", message.Mailbox{Address: to})
	feedback := e.cfg.Keys.Sign(token.Claims{Kind: token.Feedback, A: uint32(it.person.ID)}, it.list.Name)
	w.Raw("Feedback-ID", fmt.Sprintf("%s:%d:digest:%s", feedback, it.issue.Number, it.list.Name))
	mail := "<mailto:" + it.list.Service("leave").String() + ">"
	base := strings.TrimRight(e.cfg.LeaveURL, "/")
	if base == "" {
		w.Raw("List-Unsubscribe", mail)
		return w.Bytes(), w.Err()
	}
	click := e.cfg.Keys.Sign(token.Claims{Kind: token.OneClick, A: uint32(it.person.ID), B: uint32(it.list.ID)}, it.list.Name)
	w.Raw("List-Unsubscribe", "<"+base+"/u/"+click+">, "+mail)
	if strings.HasPrefix(strings.ToLower(base), "https://") {
		w.Raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	return w.Bytes(), w.Err()
}

// messageID is that of all copies of an issue, so that one which goes twice is one mail.
func messageID(l list.List, n Number) string { return fmt.Sprintf("<digest.%d@%s>", n, l.Domain) }

// Answered finds, in the Message-IDs that a mail answers, the issue that it does; 0 for none.
func Answered(l list.List, ids []string) Number {
	for _, id := range ids {
		digits, ok := strings.CutPrefix(strings.ToLower(id), "<digest.")
		if !ok {
			continue
		}
		digits, ok = strings.CutSuffix(digits, "@"+l.Domain+">")
		if n, err := strconv.ParseUint(digits, 10, 32); ok && err == nil {
			return Number(n)
		}
	}
	return 0
}
