package archive

import (
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"sencoforum/intake"
	"sencoforum/message"
	"sencoforum/store"
)

const (
	subjectWindow = 14 * 24 * time.Hour
	quoteWindow   = 5 * 365 * 24 * time.Hour // for a post that quotes the very words of the other, which is proof
	subjectAhead  = time.Hour                // clocks differ, so an answer may seem older than what it answers
	suspectsMost  = 32                       // posts of the same subject that are looked at, newest first
	readMost      = 8                        // of them whose text is read
	subjectMost   = 1000                     // bytes of a subject that count
	textMost      = 128 << 10                // bytes of a raw message that are read for it
)

// A suspect is a post that may be the parent, because it has the same subject.
type suspect struct {
	number, thread Number
	author         string // Address.Key
	name           string
	written        time.Time
	recent         bool           // within subjectWindow
	own            func() phrases // in its own words
}

// An asker is the post that looks for a parent by its subject.
type asker struct {
	author    string
	addressed []string  // To and Cc
	answersAt time.Time // when the parent was written, in an unknown zone; zero: not told
	forwards  bool      // its mark says that it hands something on: only quoted words count
	*voice
}

// A voice is what a post says that may be evidence.
type voice struct {
	quoted   phrases
	greeting []string // the words of "Hi Priya," in lower case, if it begins so
}

func voiceOf(segments []message.Segment) *voice {
	quoted, own := divide(segments)
	return &voice{quoted: phrasesOf(quoted), greeting: greeting(own)}
}

// done reports that judge has no use for one more post after so many. old says that neither it nor any after it is recent.
func (a asker) done(before int, old bool) bool {
	return old && a.answersAt.IsZero() && (len(a.quoted) == 0 || before >= readMost)
}

// judge chooses the parent among posts of the same subject, newest first, or -1 where nothing shows that they belong
// together. Evidence is, in this order: the moment that the post names; quoted words; and where both are recent an
// addressee who wrote one of them, or somebody whom the text greets by name; an author who wrote one of them.
func judge(a asker, all []suspect) int {
	if !a.answersAt.IsZero() {
		if i := slices.IndexFunc(all, func(s suspect) bool { return sameClock(a.answersAt, s.written) }); i >= 0 {
			return i
		}
	}
	if len(a.quoted) > 0 {
		best, most := -1, 0
		for i, s := range all[:min(len(all), readMost)] {
			if n := a.quoted.shared(s.own()); n > most {
				best, most = i, n
			}
		}
		if best >= 0 {
			return best
		}
	}
	if old := slices.IndexFunc(all, func(s suspect) bool { return !s.recent }); old >= 0 {
		all = all[:old]
	}
	if a.forwards {
		return -1
	}
	for i, s := range all {
		if s.author != a.author && (slices.Contains(a.addressed, s.author) || greets(a.greeting, s.name)) {
			return i
		}
	}
	mine := slices.IndexFunc(all, func(s suspect) bool { return s.author == a.author })
	if mine < 0 || a.author == "" {
		return -1
	}
	others := slices.IndexFunc(all, func(s suspect) bool { return s.thread == all[mine].thread && s.author != a.author })
	if others >= 0 {
		return others
	}
	return mine
}

// sameClock reports whether two moments are the same but for the zone: zones differ by quarters of an hour.
func sameClock(a, b time.Time) bool {
	d := a.Sub(b).Abs()
	off := d % (15 * time.Minute)
	return d <= 14*time.Hour && (off <= time.Second || off >= 15*time.Minute-time.Second)
}

// bySubject finds a parent among the posts of the same subject, for one that names nobody known and says that it is an
// answer: by a reply mark, or by a field that names somebody unknown or nothing that can be read.
func (g *placing) bySubject() error {
	about, mark := g.about()
	key, ok := alikeKey(*g.post, about)
	if !ok || mark == markNone || g.post.Thread != 0 {
		return nil
	}
	a := asker{author: g.post.From.Key(), addressed: g.from.addressed, answersAt: g.from.answersAt, forwards: mark == markForward}
	if a.voice = g.from.voice; a.voice == nil {
		a.voice = voiceOf(g.from.words.Segments)
	}
	found, err := g.suspects(key, a.done)
	if err != nil || len(found) == 0 {
		return err
	}
	var broken error
	all := make([]suspect, len(found))
	for i, p := range found {
		all[i] = suspect{
			number: p.Number, thread: p.Thread, author: p.From.Key(), name: p.AuthorName, written: p.Written,
			recent: moment(*g.post).Sub(moment(p)) <= subjectWindow,
			own: func() phrases {
				own, err := g.own(p)
				broken = errors.Join(broken, err)
				return own
			},
		}
	}
	i := judge(a, all)
	if broken != nil || i < 0 {
		return broken
	}
	return g.below(found[i], ViaSubject)
}

// about is the subject that a post goes on with, and what tells that it does.
func (g *placing) about() (string, mark) {
	about, mark := subjectOf(*g.post)
	if mark == markNone && g.from.answers { // "In-Reply-To: 0"
		mark = markReply
	}
	return about, mark
}

// suspects returns the posts of the same subject in the time before, newest first, with the threads in which they are
// now. Those that wait for this very post are no parents of it. done, of how many were found and whether all further ones are
// too old to be recent, ends the search early.
func (g *placing) suspects(key subjectKey, done func(found int, old bool) bool) (found []Post, err error) {
	const second = 1 // the index cuts off fractions
	recent := moment(*g.post).Unix() - int64(subjectWindow/time.Second) - second
	from := key
	from.B.A += uint64(subjectAhead / time.Second)
	from.B.B = math.MaxUint32
	oldest := key.B.A - min(key.B.A, uint64(quoteWindow/time.Second))
	seen := 0
	for row, err := range alike.BackFrom(g.tx, from) {
		if err != nil {
			return nil, err
		}
		if seen++; row.Key.A != key.A || row.Key.B.A < oldest || seen > suspectsMost {
			break
		}
		if done(len(found), int64(row.Key.B.A) < recent) {
			break
		}
		p, err := Get(g.tx, row.Key.B.B)
		if err != nil {
			return nil, err
		}
		if p.Thread, err = rootOf(g.tx, p.Thread); err != nil {
			return nil, err
		}
		if p.Thread != g.late {
			found = append(found, p)
		}
	}
	return found, nil
}

// mark says what the subject tells about a post.
type mark int

const (
	markNone    mark = iota
	markReply        // "Re: subject"
	markForward      // "Fw: subject"
)

// subjectOf returns the subject that a post goes on with, in lower case and without marks. Numbers and words in
// brackets stay, so the parts of a series, such as "[PATCH 1/9]" or "Newsletter 3", are different subjects.
func subjectOf(p Post) (about string, m mark) {
	about = strings.ToLower(strings.Join(strings.Fields(p.Subject[:min(len(p.Subject), subjectMost)]), " "))
	if p.Reply {
		m = markReply
	}
	for before := ""; about != before; {
		before = about
		for _, added := range []string{"[external]", "[ext]", "external:"} {
			about = strings.TrimSpace(strings.TrimPrefix(about, added))
		}
		stem, reply := message.Stem(about, "")
		if about = stem; reply {
			m = markReply
		}
		for _, forward := range []string{"fw:", "fwd:", "wg:"} {
			if rest, ok := strings.CutPrefix(about, forward); ok {
				about, m = strings.TrimSpace(rest), max(m, markForward)
			}
		}
	}
	return about, m
}

// alikeKey is where a post stands in the index of subjects, and whether it has a subject.
func alikeKey(p Post, about string) (subjectKey, bool) {
	if about == "" || about == message.NoSubject || p.State == Erased {
		return subjectKey{}, false
	}
	at := max(0, moment(p).Unix())
	return subjectKey{A: keyHash(p.List, "subject "+about), B: store.Pair[uint64, Number]{A: uint64(at), B: p.Number}}, true
}

// storedPhrases reads from the intake what a post says in its own words; nothing where the message is gone.
func storedPhrases(tx *store.Tx) func(Post) (phrases, error) {
	return func(p Post) (phrases, error) {
		raw, err := intake.Raw(tx, p.Intake)
		if errors.Is(err, intake.ErrNoMessage) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return ownPhrases(message.Parse(raw[:min(len(raw), textMost)]).Words().Segments), nil
	}
}

// lately asks what the post's own door still knows before it reads a message.
func (n NewPost) lately(stored func(Post) (phrases, error)) func(Post) (phrases, error) {
	if n.said == nil {
		return stored
	}
	return func(p Post) (phrases, error) {
		if own, ok := n.said(p); ok {
			return own, nil
		}
		return stored(p)
	}
}
