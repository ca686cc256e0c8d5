package incoming

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/draft"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
	"sencoforum/token"
)

// What is written on a page is made into a mail and takes the way of every other: policy, guard and hold rules are the same. That
// it is its writer's is shown by the session in which it was written. The From of that mail shows nothing; it is the address that
// is stored.
//
// Files are not handed in with the text: they are those that package draft keeps for the form. Whoever calls gives them up when what
// was written is stored.

// A Written is what a member who is signed in wrote on a page.
type Written struct {
	To      message.Address // of a list, or an address with a token: to answer a post, or to write to its writer alone
	Person  list.PersonID
	Fresh   bool // they typed a code just now
	Subject string
	Text    string
	Form    string // of the form that was sent: what comes twice from one form is taken once
}

// A Fate is what becomes of something written.
type Fate string

// The fates.
const (
	Goes    Fate = "goes"    // to everybody, or to the one person
	Asked   Fate = "asked"   // its writer is asked about it first
	Waits   Fate = "waits"   // moderators look at it first
	Ordered Fate = "ordered" // it is a word for the robot, and nobody gets it
	Refused Fate = "refused" // it is not taken
	Gone    Fate = "gone"    // it was taken, and there is nothing more to say of it
)

// An Outlook says what becomes of something written, or what became of it.
type Outlook struct {
	Fate  Fate
	Why   []string       // sentences for its writer
	Hints []string       // what they may want to look at; it holds nothing
	Post  archive.Number // its number, where it has one
	At    time.Time      // when it goes out
	Again bool           // this form was sent before, and nothing was done now
	Raw   []byte         // as it would be stored; nil once it is
}

// session is what shows who wrote something on a page.
type session struct{ fresh bool }

func (s *session) proof() moderate.Proof {
	if s.fresh {
		return moderate.ProofWeb
	}
	return moderate.ProofPage
}

// Write takes something written. When it returns what became of it that is stored; what is refused is an outlook, and an error is
// a fault of ours.
func (d *Desk) Write(ctx context.Context, w Written) (Outlook, error) {
	in, err := d.writtenOf(w)
	if err != nil {
		return refusedBy(err)
	}
	if err := d.Mail(ctx, in.env); err != nil {
		return refusedBy(err)
	}
	end, again, err := d.endNow(in)
	if err != nil || again {
		o := end.outlook()
		o.Again = again
		return o, err
	}
	switch in.dest.Kind {
	case list.KindPost:
		err = d.post(ctx, in)
	case list.KindAuthor:
		err = d.private(in)
	}
	switch {
	case errors.Is(err, store.ErrFull):
		return refusedBy(in.texts.Refuse(list.CaseRoom))
	case err != nil:
		return refusedBy(err)
	case in.end.fate == "": // the same came at the same moment
		if in.end, again, err = d.endNow(in); err != nil {
			return Outlook{}, err
		}
	}
	d.log.Info("written on a page", "list", in.dest.List.Name, "person", uint32(w.Person), "to", string(in.dest.Kind), "fate", string(in.end.fate))
	o := in.end.outlook()
	o.Hints, o.Again = in.hints, again
	return o, nil
}

// refusedBy is the outlook of what is not taken. An error that is no refusal is passed on.
func refusedBy(err error) (Outlook, error) {
	var r *list.Refusal
	if !errors.As(err, &r) {
		return Outlook{}, err
	}
	if r.Temporary() {
		return Outlook{Fate: Refused, Why: []string{"We cannot take messages just now. Please try again in a few minutes."}}, nil
	}
	_, words, _ := strings.Cut(r.Text, ": ")
	if i := strings.LastIndex(words, " http"); i > 0 {
		words = words[:i]
	}
	if words != "" {
		words = strings.ToUpper(words[:1]) + words[1:]
	}
	return Outlook{Fate: Refused, Why: []string{words}}, nil
}

// writtenOf makes the mail of something written, as an arrival at the address that it is for.
func (d *Desk) writtenOf(w Written) (*arrival, error) {
	var dest list.Destination
	var answers archive.Number
	var raw []byte
	env := &message.Envelope{To: w.To, Received: d.cfg.Now()}
	err := d.db.View(func(tx *store.Tx) (err error) {
		if dest, err = d.resolve(tx, w.To); err != nil {
			return err
		}
		switch dest.Kind {
		case list.KindPost, list.KindAuthor:
		case list.KindReply:
			answers, err = d.answerTo(tx, dest)
		default:
			err = d.texts(dest.List).Refuse(list.CaseAddress)
		}
		if err != nil {
			return err
		}
		p, err := list.GetPerson(tx, w.Person)
		if err != nil {
			return err
		}
		env.From = p.Address
		above, err := referencesTo(tx, answers)
		if err != nil {
			return err
		}
		files, err := filesOf(tx, w, env.Received)
		if err != nil {
			return err
		}
		raw, err = compose(w, files, letterhead{dest.List, p, above, env.Received})
		return err
	})
	if err != nil {
		return nil, err
	}
	in := d.opened(env, dest, raw)
	in.auth, in.session, in.answers = list.Verified, &session{fresh: w.Fresh}, answers
	if dest.Kind == list.KindReply {
		in.dest.Kind, in.dest.Token = list.KindPost, ""
	}
	// A form is sent once, whatever its text was changed into meanwhile.
	in.key = intake.DuplicateKey(uint32(dest.List.ID), env.From, "page "+in.about(), nil)
	return in, nil
}

// mostAbove is how many posts a References field names.
const mostAbove = 20

// referencesTo are the Message-IDs for the References field of an answer to a post, the post's own the last; none for 0.
func referencesTo(tx *store.Tx, n archive.Number) ([]string, error) {
	if n == 0 {
		return nil, nil
	}
	p, err := archive.Get(tx, n)
	if err != nil || p.MessageID == "" {
		return nil, err
	}
	raw, err := intake.Raw(tx, p.Intake)
	if err != nil && !errors.Is(err, intake.ErrNoMessage) {
		return nil, err
	}
	var above []string
	if err == nil {
		above = slices.DeleteFunc(message.Parse(raw).Ancestors(), func(id string) bool { return id == p.MessageID })
	}
	if len(above) >= mostAbove {
		above = append(above[:1:1], above[len(above)-mostAbove+2:]...)
	}
	return append(above, p.MessageID), nil
}

// filesOf are the files that are kept for a form.
func filesOf(tx *store.Tx, w Written, now time.Time) (all []message.Enclosed, err error) {
	kept, err := draft.Files(tx, now, draft.Form{Person: w.Person, Name: w.Form})
	if err != nil {
		return nil, err
	}
	for _, f := range kept {
		b, err := draft.Content(tx, f)
		if err != nil {
			return nil, err
		}
		all = append(all, message.Enclosed{Name: f.Name, Type: f.Type, Content: b})
	}
	return all, nil
}

// letterhead is what stands above something written.
type letterhead struct {
	list   list.List
	writer list.Person
	above  []string // Message-IDs that it answers
	now    time.Time
}

// compose writes the mail.
func compose(w Written, files []message.Enclosed, h letterhead) ([]byte, error) {
	l, p, above := h.list, h.writer, h.above
	id, err := formID(w, l)
	if err != nil {
		return nil, err
	}
	var head message.Writer
	head.Mailbox("From", message.Mailbox{Name: list.CleanName(p.Name), Address: p.Address})
	head.Mailbox("To", message.Mailbox{Name: l.Title, Address: w.To})
	head.Text("Subject", oneLine(w.Subject))
	head.Raw("Date", h.now.Format(time.RFC1123Z))
	head.Raw("Message-ID", id)
	if above = slices.DeleteFunc(above, func(id string) bool { return len(id) > 250 || strings.ContainsFunc(id, notPrintable) }); len(above) > 0 {
		head.Raw("In-Reply-To", above[len(above)-1])
		head.Raw("References", strings.Join(above, " "))
	}
	head.Raw("MIME-Version", "1.0")
	body, fields := message.TextWithFiles(strings.Trim(strings.ReplaceAll(w.Text, "\r\n", "\n"), "\n")+"\n", files)
	for _, f := range fields {
		head.Raw(f.Name, f.Value)
	}
	if err := head.Err(); err != nil {
		return nil, fmt.Errorf("make a mail of what was written: %w", err)
	}
	return slices.Concat(head.Bytes(), []byte("\r\n"), body), nil
}

func notPrintable(r rune) bool { return r <= ' ' || r > '~' }

// oneLine is a subject without line ends, which no field can hold.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\x00", "")), " ")
}

// formID is the Message-ID of what was sent with a form: always the same for one form and writer, and nobody else's.
func formID(w Written, l list.List) (string, error) {
	form, err := token.Hash(w.Form)
	if err != nil {
		return "", fmt.Errorf("the name of a form: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", form, w.Person))
	return "<page." + hex.EncodeToString(sum[:12]) + "@" + l.Domain + ">", nil
}

// endNow is what became of something that was sent before; it reports false for what is new.
func (d *Desk) endNow(in *arrival) (end ending, known bool, err error) {
	err = d.db.View(func(tx *store.Tx) error {
		n, held, err := hold.Known(tx, in.key)
		if err != nil {
			return err
		}
		if held {
			it, err := hold.Get(tx, n)
			end, known = endingOf(it), true
			return err
		}
		if _, known, err = intake.Known(tx, in.key); err != nil || !known {
			return err
		}
		end.fate = Gone
		if in.dest.Kind != list.KindPost {
			return nil
		}
		number, err := archive.Named(tx, in.dest.List.ID, in.id)
		if err != nil || number == 0 {
			return err
		}
		p, err := archive.Get(tx, number)
		if err == nil && (p.State == archive.Waiting || p.State == archive.Published) {
			end = ending{fate: Goes, post: p.Number, at: p.Until}
		}
		return err
	})
	return end, known, err
}
