package moderate

import (
	"fmt"
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/audit"
	"sencoforum/intake"
	"sencoforum/message"
	"sencoforum/store"
)

// Words are what a moderator wants taken out of a post.
type Words struct {
	Phrases []string // runs of words, without regard to case and to what stands between them
	Files   []string // names of attachments
}

// maxPhrase is how many words a phrase may have.
const maxPhrase = 20

// Check says what is wrong with the words.
func (w Words) Check() error {
	for _, p := range w.Phrases {
		if n := len(message.WordsOf(p)); n == 0 || n > maxPhrase {
			return fmt.Errorf("%q has %d words; a phrase has 1 to %d", p, n, maxPhrase)
		}
	}
	if len(w.Phrases)+len(w.Files) == 0 {
		return fmt.Errorf("say which words, or which attachment")
	}
	return nil
}

// mark stands where words were taken out.
func mark(by By) string { return "[removed on " + by.Now.Format("2 January 2006") + "]" }

// runText is a run of words as it is compared and digested.
func runText(words []string) string { return strings.Join(words, " ") }

// redaction is how the words are taken out.
func (w Words) redaction(mark string) message.Redaction {
	r := message.Redaction{Mark: mark}
	wanted := map[string]bool{}
	for _, p := range w.Phrases {
		words := message.WordsOf(p)
		wanted[runText(words)] = true
		r.Lengths = append(r.Lengths, len(words))
	}
	r.Words = func(run []string) bool { return wanted[runText(run)] }
	r.File = func(name string) bool { return slices.Contains(w.Files, name) }
	return r
}

// entry is what the ledger keeps of the words: how many they are, and digests.
func (w Words) entry(s intake.Secret) (e entry) {
	e.Act = actRedact
	for _, p := range w.Phrases {
		words := message.WordsOf(p)
		e.Runs = append(e.Runs, digestedRun{Words: len(words), Digest: s.Digest("run " + runText(words))})
	}
	for _, f := range w.Files {
		e.Files = append(e.Files, s.Digest("file "+f))
	}
	return e
}

// redaction takes out the words of a ledger's entry, which are known by their digests alone.
func (e entry) redaction(s intake.Secret, mark string) message.Redaction {
	r := message.Redaction{Mark: mark}
	wanted := map[string]bool{}
	for _, run := range e.Runs {
		wanted[run.Digest] = true
		r.Lengths = append(r.Lengths, run.Words)
	}
	r.Words = func(run []string) bool { return wanted[s.Digest("run "+runText(run))] }
	r.File = func(name string) bool { return slices.Contains(e.Files, s.Digest("file "+name)) }
	return r
}

// A Redaction is what taking words out of a post does, or would do.
type Redaction struct {
	Post   archive.Post
	Places int      // runs of words that go; those in a second form of the text are counted again
	Files  []string // attachments that go
	Unread []string // attachments into which nobody can look
	Trace           // where else the words stand

	raw           []byte
	subject, name string
	record        intake.Record
	message       *message.Message
}

// PlanRedact says what taking words out of a post would do, and where else they stand.
func (e *Eraser) PlanRedact(by By, n archive.Number, w Words) (Redaction, error) {
	if err := w.Check(); err != nil {
		return Redaction{}, err
	}
	r := w.redaction(mark(by))
	plan, err := e.plan(n, r)
	if err != nil {
		return plan, err
	}
	needle := newNeedle(plan.Post, plan.record, plan.message)
	needle.shingles, needle.files, needle.subject = nil, nil, nil
	needle.words = func(m *message.Message) int {
		if len(w.Phrases) > 0 && r.In(m) {
			return 1
		}
		return 0
	}
	needle.said = func(words []string) string {
		if _, places := r.Replace(runText(words)); places > 0 {
			return "the words"
		}
		return ""
	}
	plan.Trace, err = e.trace(needle)
	return plan, err
}

// plan redacts a post's message in memory.
func (e *Eraser) plan(n archive.Number, r message.Redaction) (plan Redaction, err error) {
	if plan.Post, plan.record, plan.message, err = e.look(n); err != nil {
		return plan, err
	}
	if plan.message == nil {
		return plan, fmt.Errorf("redact post %d: %w", n, archive.ErrErased)
	}
	done, err := message.Redact(plan.message.Raw(), r)
	if err != nil {
		return plan, err
	}
	plan.raw, plan.Files, plan.Unread = done.Raw, done.Files, done.Unread
	var inSubject, inName int
	plan.subject, inSubject = r.Replace(plan.Post.Subject)
	plan.name, inName = r.Replace(plan.Post.AuthorName)
	plan.Places = max(done.Places, inSubject+inName)
	return plan, nil
}

// Redact does what was planned. The post gets a new revision, so that copies which wait compose anew; its number,
// Message-ID and place in the thread stay. Copies of the message that are kept elsewhere are erased.
func (e *Eraser) Redact(by By, plan Redaction, w Words) error {
	if err := e.ledger.ready(e.db); err != nil {
		return err
	}
	en := w.entry(e.ledger.secret)
	key := intake.KeyOf(plan.record, plan.message)
	en.At, en.Post, en.Gone = by.Now, plan.Post.Number, e.ledger.gone(plan.Post, key)
	if err := e.ledger.add(en); err != nil {
		return err
	}
	return e.redact(by, plan, en.Gone, key)
}

func (e *Eraser) redact(by By, plan Redaction, gone intake.Gone, k intake.Key) error {
	p := plan.Post
	err := e.db.Update(func(tx *store.Tx) error {
		now, err := archive.Get(tx, p.Number)
		if err != nil {
			return err
		}
		if now.Revision != p.Revision {
			return fmt.Errorf("redact post %d: %w", p.Number, ErrChanged)
		}
		if _, err := archive.Rewritten(tx, p.Number, plan.raw, plan.subject, plan.name, by.Now); err != nil {
			return err
		}
		if err := intake.Block(tx, gone, k, p.Intake, false); err != nil {
			return err
		}
		// What is there now is known as well: our own export comes in again without a second post.
		if err := intake.Claim(tx, p.Intake, intake.KeyOfStored(plan.record, message.Parse(plan.raw))); err != nil {
			return err
		}
		if err := e.takeWith(tx, by, p, plan.Trace); err != nil {
			return err
		}
		return by.record(tx, audit.Entry{
			Action: "post redact", List: uint32(p.List), Items: []uint64{uint64(p.Number)},
			Detail: fmt.Sprintf("%d places, %d files", plan.Places, len(plan.Files)),
		})
	})
	if err != nil {
		return err
	}
	return e.blankForwards(plan.Copies)
}
