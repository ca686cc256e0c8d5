package moderate

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/queue"
	"sencoforum/store"
)

// A Trace is where else a post's content was found.
type Trace struct {
	Copies  []intake.ID   // the same message once more, held, put aside or sent again, and returned copies: they go with the post
	Letters []queue.RowID // mail of ours that waits and names it: it goes with the post
	said    []queue.RowID // lone mails over which a mail host said something of it
	Quotes  []Quote       // what stays until somebody decides
	Said    []Said        // texts of moderators that may hold words of it; they stay too
	Read    int           // messages that were looked at
}

// A Quote is a message that holds words, or a file, of the post.
type Quote struct {
	Message intake.ID      `json:"message"`
	Post    archive.Number `json:"post,omitempty"` // 0: it is no post
	Kind    string         `json:"kind,omitempty"` // what its address meant
	Words   int            `json:"words"`          // words in a row that are the same, at least; 1 where they were not counted
	Why     string         `json:"why"`            // one of those below
}

// Why a message is a quote.
const (
	SameWords   = "the same words"
	SameFile    = "the same file"
	SameSubject = "the same subject"
	SameID      = "the same Message-ID"
)

// shingle is how many words in a row have to be the same for a quote. A shorter text has to be there whole.
const shingle = 8

// needle is what is looked for.
type needle struct {
	post   archive.Post
	record intake.Record
	at     time.Time // what was written before cannot quote it

	words    func(m *message.Message) int // how many words of it m holds
	said     suspicion                    // against texts of moderators
	subject  []string
	shingles map[uint64]struct{}
	length   int
	body     []byte // as it was received
	files    map[[sha256.Size]byte]bool
	seed     maphash.Seed
}

// newNeedle looks at the own words of a post and at its files.
func newNeedle(p archive.Post, r intake.Record, m *message.Message) *needle {
	n := &needle{post: p, record: r, at: p.Written, body: m.Root.Body, seed: maphash.MakeSeed(), shingles: map[uint64]struct{}{}, files: map[[sha256.Size]byte]bool{}}
	own := message.WordsOf(m.Words().Own)
	n.length = min(shingle, len(own))
	for run := range runs(own, n.length) {
		n.shingles[n.hash(run)] = struct{}{}
	}
	if n.subject = message.WordsOf(p.Subject); len(n.subject) < 2 {
		n.subject = nil // "Hello" says nothing
	}
	for _, f := range m.Attachments() {
		if content := m.Part(f.Part).Content(); len(content) > 0 {
			n.files[sha256.Sum256(content)] = true
		}
	}
	n.words, n.said = n.shared, saidBy(p, own)
	return n
}

// runs yields every run of n words.
func runs(words []string, n int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for i := 0; n > 0 && i+n <= len(words); i++ {
			if !yield(words[i : i+n]) {
				return
			}
		}
	}
}

func (n *needle) hash(run []string) uint64 {
	var h maphash.Hash
	h.SetSeed(n.seed)
	for _, w := range run {
		h.WriteString(w)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// shared returns how many words in a row a message has from the post, at least; 0 for none.
func (n *needle) shared(m *message.Message) int { return n.sharedWith(message.WordsOf(m.Text())) }

func (n *needle) sharedWith(words []string) int {
	longest, row := 0, 0
	for run := range runs(words, n.length) {
		if _, ok := n.shingles[n.hash(run)]; !ok {
			row = 0
			continue
		}
		row++
		longest = max(longest, n.length+row-1)
	}
	return longest
}

// find says why a message holds something of the post, or "".
func (n *needle) find(m *message.Message) (why string, words int) {
	if words = n.words(m); words > 0 {
		return SameWords, words
	}
	for _, f := range m.Attachments() {
		if n.files[sha256.Sum256(m.Part(f.Part).Content())] {
			return SameFile, 0
		}
	}
	if n.subject != nil && hasRun(message.WordsOf(m.Subject()), n.subject) {
		return SameSubject, 0
	}
	return "", 0
}

// hasRun reports whether the words stand in all, one after the other.
func hasRun(all, words []string) bool {
	for run := range runs(all, len(words)) {
		if slices.Equal(run, words) {
			return true
		}
	}
	return false
}

// scanBatch is how many messages, or rows, are read in one View.
const scanBatch = 200

// trace looks through every message that is kept and every letter that waits. It reads the whole store, a few messages to a
// View; nobody waits for it.
func (e *Eraser) trace(n *needle) (Trace, error) {
	var t Trace
	for from := intake.ID(1); from != 0; {
		err := e.db.View(func(tx *store.Tx) (err error) {
			from, err = e.traceSome(tx, from, n, &t)
			return err
		})
		if err != nil {
			return t, err
		}
	}
	if err := errors.Join(e.traceLetters(n, &t), e.traceFailures(n, &t)); err != nil {
		return t, err
	}
	return t, e.sortOut(n, &t)
}

func (e *Eraser) traceSome(tx *store.Tx, from intake.ID, n *needle, t *Trace) (next intake.ID, err error) {
	left := scanBatch
	for s, err := range intake.All(tx, from) {
		if errors.Is(err, store.ErrDamaged) {
			continue // the audit names it
		}
		if err != nil {
			return 0, err
		}
		if left--; left < 0 {
			return s.ID, nil
		}
		if s.ID == n.post.Intake || s.State == intake.Erased {
			continue
		}
		if err := e.traceOne(tx, s, n, t); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func (e *Eraser) traceOne(tx *store.Tx, s intake.Stated, n *needle, t *Trace) error {
	r, err := intake.Get(tx, s.ID)
	if errors.Is(err, intake.ErrNoMessage) || errors.Is(err, store.ErrDamaged) {
		return nil
	}
	if err != nil {
		return err
	}
	t.Read++
	same := r.MessageID == n.post.MessageID && r.List == uint32(n.post.List) || e.returned(tx, r, n.post)
	raw, err := intake.Raw(tx, s.ID)
	if same && errors.Is(err, intake.ErrNoMessage) {
		t.Copies = append(t.Copies, s.ID)
		return nil
	}
	if errors.Is(err, intake.ErrNoMessage) || errors.Is(err, store.ErrDamaged) {
		return nil
	}
	if err != nil {
		return err
	}
	m := message.Parse(raw)
	same = same || bytes.Equal(bytes.TrimSpace(m.Root.Body), bytes.TrimSpace(n.body))
	why, words := n.find(m)
	switch {
	case e.returned(tx, r, n.post):
		t.Copies = append(t.Copies, s.ID)
	case why == "": // the same Message-ID over other words is somebody else's message
	case same, r.Kind == string(list.KindBounces):
		t.Copies = append(t.Copies, s.ID)
	default:
		t.Quotes = append(t.Quotes, Quote{Message: s.ID, Kind: r.Kind, Words: words, Why: why})
	}
	return nil
}

// returned reports whether a message is a report about a copy of the post: its address is signed and says so.
func (e *Eraser) returned(tx *store.Tx, r intake.Record, p archive.Post) bool {
	if r.Kind != string(list.KindBounces) || e.keys == nil {
		return false
	}
	l, err := list.Get(tx, list.ID(r.List))
	if err != nil {
		return false
	}
	_, token, _ := strings.Cut(r.Envelope.To.Local, "+")
	c, err := e.keys.Verify(token, l.Name)
	return err == nil && c.B == uint32(p.Number) && l.ID == p.List
}

// traceLetters finds mail of ours that waits and holds something of the post.
func (e *Eraser) traceLetters(n *needle, t *Trace) error {
	for from, more := queue.RowID(0), true; more; {
		more = false
		err := e.db.View(func(tx *store.Tx) error {
			left := scanBatch
			for r, err := range queue.List(tx, queue.Filter{From: from}) {
				if err != nil {
					return err
				}
				if left--; left < 0 {
					from, more = r.ID, true
					return nil
				}
				if r.Kind == queue.LetterKind && n.inLetter(r) {
					t.Letters = append(t.Letters, r.ID)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// traceFailures finds what mail hosts said of lone mails with words of the post in it.
func (e *Eraser) traceFailures(n *needle, t *Trace) error {
	return e.db.View(func(tx *store.Tx) error {
		for f, err := range queue.Failures(tx, 0) {
			if err != nil {
				return err
			}
			if text := message.WordsOf(f.Result.Line()); n.subject != nil && hasRun(text, n.subject) || n.sharedWith(text) > 0 {
				t.said = append(t.said, f.Row)
			}
		}
		return nil
	})
}

// inLetter reports whether a letter is about the post: it has words of it, or names its subject.
func (n *needle) inLetter(r queue.Row) bool {
	out, err := queue.ReadLetter(r)
	if err != nil {
		return false
	}
	m := message.Parse(append(append(slices.Clone(out.Header), "\r\n"...), out.Body...))
	if why, _ := n.find(m); why != "" {
		return true
	}
	text := message.WordsOf(m.Text())
	if n.subject == nil {
		about := message.WordsOf(n.post.Subject)
		return list.PersonID(r.Member) == n.post.Author && len(about) > 0 && hasRun(text, about)
	}
	return hasRun(text, n.subject)
}

// sortOut says which quotes are posts, leaves out those that were written before the post, and takes held copies among the
// copies.
func (e *Eraser) sortOut(n *needle, t *Trace) error {
	return e.db.View(func(tx *store.Tx) error {
		posts := map[intake.ID]archive.Post{}
		wanted := map[intake.ID]bool{}
		for _, id := range t.Copies {
			wanted[id] = true
		}
		for _, q := range t.Quotes {
			wanted[q.Message] = true
		}
		for p, err := range archive.All(tx, 0) {
			if err != nil {
				return err
			}
			if wanted[p.Intake] {
				posts[p.Intake] = p
			}
		}
		var quotes []Quote
		for _, q := range t.Quotes {
			p, isPost := posts[q.Message]
			if isPost && (p.Written.Before(n.at.Add(-time.Hour)) || q.Why == SameSubject && p.Thread != n.post.Thread) {
				continue
			}
			q.Post = p.Number
			quotes = append(quotes, q)
		}
		t.Copies = slices.DeleteFunc(t.Copies, func(id intake.ID) bool {
			p, isPost := posts[id]
			if isPost { // the same Message-ID under another number: a post of its own
				quotes = append(quotes, Quote{Message: id, Post: p.Number, Kind: string(list.KindPost), Why: SameID})
			}
			return isPost
		})
		t.Quotes = quotes
		var err error
		t.Said, err = saidOf(tx, n.said)
		return err
	})
}

// heldFor returns the items that point to one of the messages.
func heldFor(tx *store.Tx, messages []intake.ID) (items []hold.Item, err error) {
	for it, err := range hold.All(tx) {
		if err != nil {
			return nil, err
		}
		if slices.Contains(messages, it.Message) {
			items = append(items, it)
		}
	}
	return items, nil
}
