package incoming

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/mailauth"
	"sencoforum/message"
	"sencoforum/store"
)

// arrival is a message on the desk, with what can be said of it by looking at
// it alone.
type arrival struct {
	env   *message.Envelope
	dest  list.Destination
	texts list.Texts
	raw   []byte
	clean []byte             // raw without tokens of ours, or nil where it has none; see redact
	form  *message.FormError // fault of form, or nil
	msg   *message.Message   // nil when the form is at fault
	from  message.Mailbox
	id    string // Message-ID
	auth  list.Authentication
	check mailauth.Verdict // what auth rests on; empty for a trusted client
	spam  string           // the field in which a filter in front calls it spam, or empty
	key   intake.Key

	answers archive.Number // the post to whose reply address it was sent; 0: none

	session *session // it was written on a page by somebody who is signed in; nil: it came by mail
	end     ending   // what became of it, for whoever waits for a page

	item   hold.Number // under which it waits already; 0: it has just come
	looked bool        // signs, digest and tokenFree are those of this message
	signs  list.Signs  // what a person may have to look at, by the message alone
	hints  []string    // what its author may want to look at; it holds nothing
	digest string      // of a long text of its author's
	flood  bool        // the same long text came again and again

	tokenFree []byte // raw without tokens of ours, with nothing signed changed; nil: it was not looked, or cannot be done
}

// arrived looks at a message and at who sent it.
func (d *Desk) arrived(ctx context.Context, env *message.Envelope, dest list.Destination, raw []byte) *arrival {
	in := d.opened(env, dest, raw)
	if in.form == nil {
		d.authenticate(ctx, in)
		in.key = intake.DuplicateKey(uint32(dest.List.ID), in.from.Address, in.about(), in.msg.Root.Body)
	}
	return in
}

// opened looks at a message alone. Nothing that reads MIME runs before the cheap
// scan has set its bounds.
func (d *Desk) opened(env *message.Envelope, dest list.Destination, raw []byte) *arrival {
	in := &arrival{env: env, dest: dest, texts: d.texts(dest.List), raw: raw, auth: list.Unverified}
	if err := checkForm(raw, env.UTF8); err != nil {
		if !errors.As(err, &in.form) {
			in.form = &message.FormError{Rule: "unreadable"}
		}
		return in
	}
	in.msg = message.Parse(raw)
	in.from, _ = in.msg.From()
	in.id = in.msg.MessageID()
	return in
}

// about is the Message-ID, and for mail that is no post also what the address
// means: a mail to the list and to its owners is two, though a relay brings the
// same bytes twice. A Message-ID begins with an angle bracket, so no word can be
// taken for one.
func (in *arrival) about() string {
	switch in.dest.Kind {
	case list.KindPost, list.KindReply: // one post, however often it was addressed to everybody
		return in.id
	case list.KindAuthor: // the same words to two people are two messages
		return string(in.dest.Kind) + " " + in.dest.Token + " " + in.id
	}
	return string(in.dest.Kind) + " " + in.id
}

func checkForm(raw []byte, utf8 bool) error {
	if err := message.Scan(raw, message.Arriving()); err != nil {
		return err
	}
	return message.Strict(raw, utf8)
}

// authenticate finds out whether a message really comes from the domain that From
// names. A client that the operator trusts has seen to that itself; of it alone we
// believe what a spam filter says in the header, which anybody else can write.
func (d *Desk) authenticate(ctx context.Context, in *arrival) {
	if d.trusts(in.env.Client) {
		in.auth = list.Verified
		if v := mailauth.ReadSpam(in.raw, d.cfg.Spam); v.Kind == mailauth.Spam {
			in.spam = v.Field
		}
		return
	}
	if d.cfg.Verifier == nil || in.dest.Kind == list.KindBounces { // whoever returns a copy, its address says what it is
		return
	}
	in.check = d.cfg.Verifier.Verify(ctx, mailauth.Input{
		Client: in.env.Client.Unmap(), Helo: in.env.Helo,
		MailFrom: mailauth.Mailbox{Local: in.env.From.Local, Domain: in.env.From.Domain},
		From:     in.from.Address.Domain, Raw: in.raw,
	})
	switch in.check.Result {
	case mailauth.Verified:
		in.auth = list.Verified
	case mailauth.Failed:
		in.auth = list.Failed
		if d.cfg.Watch != nil {
			d.cfg.Watch.Failed(in.from.Address.Domain)
		}
	case mailauth.Temporary:
		in.auth = list.Unknown
	}
}

// found says why the sender is verified or not, for the log and for moderators.
func (in *arrival) found() (reasons []string) {
	if in.session != nil {
		return []string{"session"}
	}
	for _, r := range in.check.Reasons {
		reasons = append(reasons, string(r))
	}
	return reasons
}

func (d *Desk) trusts(client netip.Addr) bool {
	return slices.ContainsFunc(d.cfg.Trusted, func(p netip.Prefix) bool { return p.Contains(client.Unmap()) })
}

// maxReceived is how many hosts a message may have passed (RFC 5321 §6.3).
const maxReceived = 30

// looped says why a message has been here before, or returns the empty string.
// Quoted fields do not count, only those of the message itself.
func looped(tx *store.Tx, in *arrival) (string, error) {
	h := in.msg.Header
	if h.Count("Received") > maxReceived {
		return "over 30 Received fields", nil
	}
	dest, err := list.Resolve(tx, in.env.From)
	if err != nil && !errors.Is(err, list.ErrUnknownAddress) {
		return "", err
	}
	if err == nil && dest.Kind == list.KindBounces {
		return "envelope sender is a return address of ours", nil
	}
	for l, err := range list.All(tx) {
		if err != nil {
			return "", err
		}
		if bears(h, "X-Loop", l.Post().Key()) || bears(h, "List-Post", l.Post().Key()) || bears(h, "List-Id", l.Identifier()) {
			return "bears the mark of " + l.Identifier(), nil
		}
	}
	return "", nil
}

// bears reports whether a field holds a word, bounded by anything that is no
// part of an address.
func bears(h message.Header, field, word string) bool {
	for _, v := range h.Values(field) {
		for _, w := range strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return strings.ContainsRune("<>,; \t:?", r) }) {
			if w == word {
				return true
			}
		}
	}
	return false
}

// ours reports whether an address is one of this server's.
func ours(tx *store.Tx, a message.Address) (bool, error) {
	_, err := list.Resolve(tx, a)
	if errors.Is(err, list.ErrUnknownAddress) {
		return false, nil
	}
	return err == nil, err
}

// traced is the message as it is stored: our own Received field (RFC 5321 §4.4,
// names of protocols RFC 3848) and what we found out about its sender (RFC
// 8601) before what came in, without results that only claim to be ours and
// without tokens.
func (d *Desk) traced(in *arrival) []byte {
	with := "ESMTP"
	if in.env.LMTP {
		with = "LMTP"
	}
	if in.env.TLS {
		with += "S"
	}
	field := fmt.Sprintf("Received: from %s ([%s])\r\n\tby %s with %s; %s\r\n",
		helo(in.env.Helo), in.env.Client, d.cfg.Hostname, with, in.env.Received.Format(time.RFC1123Z))
	if in.session != nil { // from a page of ours; the address of a browser is nobody's business
		field = fmt.Sprintf("Received: by %s with HTTP; %s\r\n", d.cfg.Hostname, in.env.Received.Format(time.RFC1123Z))
	}
	if in.check.Result != "" {
		field += in.check.Field(d.cfg.Hostname)
	}
	return append([]byte(field), mailauth.Strip(in.stored(), d.cfg.Hostname)...)
}

// helo is a stranger's word made fit for a header field.
func helo(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune("()<>;\\\"", r) {
			return -1
		}
		return r
	}, s)
	if s == "" || len(s) > 255 {
		return "unknown"
	}
	return s
}

// record is what the intake keeps of the message.
func (in *arrival) record(reasons []string) intake.Record {
	r := intake.Record{
		Origin: intake.FromMail, Kind: string(in.dest.Kind), List: uint32(in.dest.List.ID), Envelope: *in.env,
		Sender: string(in.auth), Reasons: reasons, MessageID: in.id, Size: len(in.raw), SHA256: intake.Sum(in.raw),
		Answers: uint32(in.answers),
	}
	if in.msg != nil && intake.KeyOfStored(r, in.msg) != in.key {
		r.Came = in.key
	}
	return r
}
