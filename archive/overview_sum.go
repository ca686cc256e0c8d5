package archive

import (
	"math"
	"slices"
	"time"

	"sencoforum/list"
	"sencoforum/store"
)

// A Summary is what a list of discussions shows of one. Only published posts count; times are whole seconds.
type Summary struct {
	Thread Number  // under which it lives
	List   list.ID //
	First  Number  // the post that stands first, of those that are to be seen
	Last   Number  // the one that came last
	Posts  int     // 1 at least
	Files  int     // that came with them; at most 255 of each post and 65,535 in all
	Begun  time.Time
	Latest time.Time

	Asker    list.PersonID // author of the first post; 0: not known here
	Question bool          // the post that began it asks, and can be seen, or it is solved
	Answered bool          // it is a question, and somebody else wrote enough of their own, or it is solved
	Solved   bool          // who asked it said so, and has asked nothing since
	Answer   time.Time     // when somebody first did; zero for none
	Unsure   bool          // of one post at least the facts are not known (Facts.Known)

	Pinned, Closed bool
	Topics         []TopicID // ascending; of one that was removed it may still hold the number, so look names up in Topics
}

// Summarize reads the posts of the discussion with this number, or with this post in it, and sums them up. It returns
// ErrNoThread where there is none or nobody may see a post of it, and ErrNoPost for no such number. The work is linear in
// the posts of the discussion; an Overview has the same without it.
func Summarize(tx *store.Tx, n Number) (Summary, error) {
	root, err := livingThread(tx, n)
	if err != nil {
		return Summary{}, err
	}
	s, _, err := summaryOf(tx, root)
	if err == nil && s.Posts == 0 {
		err = ErrNoThread
	}
	return s, err
}

// summaryOf sums up a thread that lives; its Posts are 0 where nobody may see any. all are its posts that were
// published once.
func summaryOf(tx *store.Tx, root Number) (s Summary, all []dated, err error) {
	members, also, err := membersOf(tx, root)
	if err != nil {
		return s, nil, err
	}
	known := make(map[Number]Post, len(members))
	seen := members[:0]
	for _, m := range members {
		p, err := Get(tx, m.number)
		if err != nil {
			return s, nil, err
		}
		if !p.Published.IsZero() { // what members never saw has no place among what they see
			known[m.number], seen, all = p, append(seen, m), append(all, datedOf(p))
		}
	}
	s = sumUp(arrange(seen), known)
	s.Thread = root
	if s.Posts == 0 {
		return s, all, nil
	}
	var c curation
	for _, n := range append([]Number{root}, also...) {
		one, _, err := curations.Get(tx, n)
		if err != nil {
			return s, nil, err
		}
		c.join(one)
	}
	s.Pinned, s.Closed, s.Topics = c.Pinned.Set(), c.Closed.Set(), c.Topics
	if isSolved(c.Solved, s.Asker, known) { // whoever says so has asked
		s.Solved, s.Question, s.Answered = true, true, true
	}
	slices.Sort(s.Topics)
	return s, all, nil
}

// sumUp sums up the posts of a thread, in the order of display.
func sumUp(places []Place, posts map[Number]Post) (s Summary) {
	var asker Post
	for i, at := range places {
		p := posts[at.Post]
		if !p.Shown() {
			continue
		}
		when := moment(p).Truncate(time.Second)
		if s.Posts == 0 {
			asker = p
			s.List, s.First, s.Asker, s.Begun = p.List, p.Number, p.Author, when
			s.Question = i == 0 && !at.Missing && p.Facts.Asks
		}
		if s.Posts == 0 || when.After(s.Latest) || when.Equal(s.Latest) && p.Number > s.Last {
			s.Latest, s.Last = when, p.Number
		}
		if when.Before(s.Begun) {
			s.Begun = when
		}
		s.Posts++
		s.Files = min(s.Files+int(p.Facts.Files), math.MaxUint16)
		s.Unsure = s.Unsure || !p.Facts.Known()
		if s.Question && p.Facts.Answers && byAnother(p, asker) {
			if s.Answer.IsZero() || when.Before(s.Answer) {
				s.Answer = when
			}
			s.Answered = true
		}
	}
	return s
}

// dated is a post with the second at which it counts; 0: it is not to be seen.
type dated struct {
	number Number
	when   uint32
}

func datedOf(p Post) dated {
	if !p.Shown() {
		return dated{number: p.Number}
	}
	return dated{p.Number, max(1, seconds(moment(p)))}
}

// byAnother reports that two posts are known to be of two writers. Those of people who are not members are told apart by
// their addresses; where neither is known, nothing is.
func byAnother(a, b Post) bool {
	if a.Author != 0 && b.Author != 0 {
		return a.Author != b.Author
	}
	return a.From.Key() != b.From.Key()
}
