package moderate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// ErrSharing is returned for a mail that was shared before and waits, or is before the members already.
var ErrSharing = errors.New("that mail was shared already")

// A Draft is a mail to the moderators as a post that one of them would put before the members.
type Draft struct {
	Of      intake.ID // the mail
	Subject string
	Text    string
	Files   []string // which do not go with it
}

// Shared is the post that a mail to the owners would become: "from Jo Brown, shared by the moderators", or without the name. It
// changes nothing. The error is ErrGoneMail where the mail is not kept any more.
func Shared(tx *store.Tx, l list.List, id intake.ID, asMember bool) (Draft, error) {
	from, m, err := writerOf(tx, id)
	if errors.Is(err, intake.ErrNoMessage) {
		return Draft{}, ErrGoneMail
	}
	if err != nil {
		return Draft{}, err
	}
	stem, _ := message.Stem(m.Subject(), l.SubjectTag)
	d := Draft{Of: id, Subject: cmp.Or(stem, message.NoSubject), Text: strings.TrimSpace(m.Words().Own)}
	by := "Shared by the moderators"
	if name := list.CleanName(from.Name); name != "" && !asMember {
		by = "From " + name + ", shared by the moderators"
	}
	d.Text = by + ":\n\n" + d.Text + "\n"
	for _, f := range m.Attachments() {
		d.Files = append(d.Files, f.Name)
	}
	return d, nil
}

// Message is the post as the moderator with the hand sends it, in the name of all.
func (d Draft) Message(l list.List, who list.Person, now time.Time) ([]byte, error) {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: l.Title + " moderators", Address: who.Address})
	w.Mailbox("To", message.Mailbox{Name: l.Title, Address: l.Post()})
	w.Text("Subject", d.Subject)
	w.Raw("Date", now.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	w.Raw("Message-ID", fmt.Sprintf("<share.%d.%d.%d@%s>", l.ID, d.Of, now.UnixNano(), l.Domain))
	w.Raw("MIME-Version", "1.0")
	body, fields := message.PlainText(d.Text)
	for _, f := range fields {
		w.Raw(f.Name, f.Value)
	}
	if err := w.Err(); err != nil {
		return nil, fmt.Errorf("write shared mail: %w", err)
	}
	return append(append(w.Bytes(), "\r\n"...), body...), nil
}

// key is by what it is known that a mail was shared: whoever shares it, and with or without its writer's name.
func (d Draft) key(l list.List) intake.Key {
	return intake.DuplicateKey(uint32(l.ID), l.Service("owner"), fmt.Sprintf("<share.%d@%s>", d.Of, l.Domain), nil)
}

// Share makes a post of a mail to the owners that waits for the moderators' word as any other; its author is the moderator who
// shares it. Places are where it may name a child. The errors are ErrNotModerator and ErrSharing; with the latter comes what waits,
// if it still does.
func (p *Panel) Share(tx *store.Tx, h Hand, l list.List, d Draft, places []string) (hold.Item, error) {
	who, err := mustModerate(tx, l.ID, h)
	if err != nil {
		return hold.Item{}, err
	}
	key := d.key(l)
	if n, ok, err := hold.Known(tx, key); err != nil || ok {
		return hold.Item{Number: n}, cmp.Or(err, ErrSharing)
	}
	if _, ok, err := intake.Known(tx, key); err != nil || ok {
		return hold.Item{}, cmp.Or(err, ErrSharing)
	}
	raw, err := d.Message(l, who, h.Now)
	if err != nil {
		return hold.Item{}, err
	}
	id, err := intake.Put(tx, intake.New{
		Record: intake.Record{
			Kind: string(list.KindPost), List: uint32(l.ID), Reasons: []string{string(list.CauseShared)}, MessageID: message.Parse(raw).MessageID(),
			Sender: string(list.Verified), Envelope: message.Envelope{From: who.Address, To: l.Post(), Received: h.Now},
		},
		Raw: store.NewBlob(raw), State: intake.Held,
	})
	if err != nil {
		return hold.Item{}, err
	}
	it := hold.Item{
		Message: id, List: l.ID, Reason: hold.Moderation, From: who.Address, Author: who.ID, Key: key, Since: h.Now, Verified: true,
		Findings: []list.Finding{{Cause: list.CauseShared, Notes: slices.Clone(d.Files)}},
	}
	if len(places) > 0 {
		it.Findings = append(it.Findings, list.Finding{Cause: list.CausePupil, Notes: places})
	}
	if it, err = p.Put(tx, h.Now, it); err != nil {
		return it, err
	}
	return it, h.note(tx, "mail share", l.ID, who.ID, uint64(d.Of), uint64(it.Number))
}

// noticeSlugs are the topics whose discussions a digest shows as notices; the first is made where a list has none of them.
var noticeSlugs = []string{"notices", "notice", "announcements", "announcement"}

// tagNotice puts a discussion among the notices. A list that has all the topics it may have goes without.
func tagNotice(tx *store.Tx, l list.ID, n archive.Number, now time.Time) error {
	t, err := archive.Topic{}, archive.ErrNoTopic
	for _, slug := range noticeSlugs {
		if t, err = archive.FindTopic(tx, l, slug); !errors.Is(err, archive.ErrNoTopic) {
			break
		}
	}
	if errors.Is(err, archive.ErrNoTopic) {
		t, _, err = archive.AddTopic(tx, archive.Topic{List: l, Name: "Notices", Slug: noticeSlugs[0], Made: now})
	}
	if err == nil {
		_, err = archive.Tag(tx, n, t.ID)
	}
	if errors.Is(err, archive.ErrManyTopics) || errors.Is(err, archive.ErrTopicTaken) || errors.Is(err, archive.ErrManyTagged) {
		return nil
	}
	return err
}
