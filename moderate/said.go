package moderate

import (
	"cmp"
	"slices"

	"sencoforum/archive"
	"sencoforum/calendar"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A Said is a text of moderators in which words of a post, or somebody's name or address, may still stand. It says where,
// and never what.
type Said struct {
	List   string         `json:"list"`
	Kind   string         `json:"kind"`             // as archive.Saying has it, or SaidMail
	Place  string         `json:"place"`            // slug, name of a piece, or the day before which an era ends
	Thread archive.Number `json:"thread,omitempty"` // of a summary
	Why    string         `json:"why"`
}

// SaidMail is the kind of a piece of a mail in a list's own words; its place is the name of the piece.
const SaidMail = "mail"

// nearby is how many words in a row have to be the same for a text of moderators. It is fewer than for a message: these
// texts are few and short, so somebody can look at each.
const nearby = 5

// A suspicion says why a text is to be looked at, or "".
type suspicion func(words []string) string

// saidOf finds the texts of moderators, on every list, that are to be looked at.
func saidOf(tx *store.Tx, why suspicion) (found []Said, err error) {
	for l, err := range list.All(tx) {
		if err != nil {
			return nil, err
		}
		for s, err := range archive.Sayings(tx, l.ID) {
			if err != nil {
				return nil, err
			}
			w := why(message.WordsOf(s.Text))
			if w == "" {
				continue
			}
			if !s.Before.IsZero() {
				s.Slug = s.Before.In(calendar.London()).Format("2006-01-02")
			}
			found = append(found, Said{List: l.Name, Kind: s.Kind, Place: s.Slug, Thread: s.Thread, Why: w})
		}
		for s, err := range list.AllWords(tx, l.ID) {
			if err != nil {
				return nil, err
			}
			if w := why(message.WordsOf(s.Text)); w != "" {
				found = append(found, Said{List: l.Name, Kind: SaidMail, Place: s.Name, Why: w})
			}
		}
	}
	return found, nil
}

// saidBy is the suspicion against a text that may quote a post, or name its writer.
func saidBy(p archive.Post, own []string) suspicion {
	n := min(nearby, len(own))
	runsOf := map[string]bool{}
	for run := range runs(own, n) {
		runsOf[runText(run)] = n > 1
	}
	subject := message.WordsOf(p.Subject)
	writer := named([]string{p.AuthorName}, []message.Address{p.From})
	return func(words []string) string {
		for run := range runs(words, n) {
			if runsOf[runText(run)] {
				return SameWords
			}
		}
		if len(subject) > 1 && hasRun(words, subject) {
			return SameSubject
		}
		return writer(words)
	}
}

// named is the suspicion against a text that may name somebody: by a whole name, by its last word, or by an address.
func named(names []string, addresses []message.Address) suspicion {
	var whole, last, written [][]string
	for _, name := range names {
		words := message.WordsOf(name)
		if name == archive.FormerMember || len(words) == 0 || len(words) == 1 && len(words[0]) < 3 {
			continue
		}
		whole = append(whole, words)
		if end := words[len(words)-1:]; len(words) > 1 && len(end[0]) > 2 {
			last = append(last, end)
		}
	}
	for _, a := range addresses {
		if !a.IsZero() {
			written = append(written, message.WordsOf(a.String()))
		}
	}
	any := func(words []string, of [][]string) bool {
		return slices.ContainsFunc(of, func(run []string) bool { return hasRun(words, run) })
	}
	return func(words []string) string {
		switch {
		case any(words, written):
			return "the address"
		case any(words, whole):
			return "the name"
		case any(words, last):
			return "a part of the name"
		}
		return ""
	}
}

// saidAbout finds the texts that may name a person, by the names and addresses that are stored and by those over posts.
func saidAbout(tx *store.Tx, who list.Person, posts []archive.Number) ([]Said, error) {
	names, addresses := []string{who.Name}, append(who.Addresses(), who.Backup)
	for _, n := range posts {
		p, err := archive.Get(tx, n)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, p.AuthorName) {
			names = append(names, p.AuthorName)
		}
	}
	return saidOf(tx, named(names, addresses))
}

// union puts what was found for several posts together, each place once.
func union(all ...[]Said) []Said {
	out := slices.Concat(all...)
	slices.SortStableFunc(out, func(a, b Said) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Thread, b.Thread))
	})
	return slices.CompactFunc(out, func(a, b Said) bool { a.Why = b.Why; return a == b })
}
