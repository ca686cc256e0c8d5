package digest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
)

// A talk is a discussion as an issue is worked out.
type talk struct {
	archive.Summary
	reply  archive.Number // the first post of somebody else
	posts  int            // in the period
	people int            // who answered in it
	files  int
	notice bool
}

// mostTalked is how many discussions are shown as those most talked about; mostHelp bounds the questions of an issue.
const (
	mostTalked = 3
	mostHelp   = 8
)

// answerAfter is how long a question waits for an answer before an issue asks for one.
const answerAfter = 2

// asks returns within which time a question was begun that an issue of a moment asks for. A daily issue names it once, and a
// weekly one at most twice. Days are those of the lists' clock.
func (k Kind) asks(at time.Time) (from, to time.Time) {
	to = at.AddDate(0, 0, -answerAfter)
	if k == Daily {
		return to.AddDate(0, 0, -1), to
	}
	return to.AddDate(0, 0, -14), to
}

// pick sorts discussions into the parts of an issue of a moment, which says what was written since another; the zero time stands
// for a period before. Each comes once. It is pure.
func pick(all []talk, k Kind, at, since time.Time) []Item {
	from, to := k.asks(at)
	if since.IsZero() {
		since = at.AddDate(0, 0, -k.span())
	} else if since.Before(from) { // nobody was asked meanwhile
		from = since
	}
	var parts [Notices + 1][]talk
	for _, t := range all {
		open := t.Question && !t.Answered && !t.Closed
		switch {
		case t.notice && t.posts > 0:
			parts[Notices] = append(parts[Notices], t)
		case t.notice:
		case open && t.Begun.After(from) && !t.Begun.After(to):
			parts[Help] = append(parts[Help], t)
		case t.posts > 1:
			parts[Most] = append(parts[Most], t)
		case t.posts > 0:
			parts[Also] = append(parts[Also], t)
		}
	}
	newest := func(a, b talk) int {
		return cmp.Or(b.Begun.Compare(a.Begun), cmp.Compare(b.Thread, a.Thread))
	}
	liveliest := func(a, b talk) int { return cmp.Or(cmp.Compare(b.posts, a.posts), newest(a, b)) }
	slices.SortFunc(parts[Help], newest)
	if len(parts[Help]) > mostHelp {
		for _, t := range parts[Help][mostHelp:] {
			if t.posts > 0 {
				parts[Also] = append(parts[Also], t)
			}
		}
		parts[Help] = parts[Help][:mostHelp]
	}
	slices.SortFunc(parts[Most], liveliest)
	if len(parts[Most]) > mostTalked {
		parts[Also] = append(parts[Also], parts[Most][mostTalked:]...)
		parts[Most] = parts[Most][:mostTalked]
	}
	slices.SortFunc(parts[Also], liveliest)
	slices.SortFunc(parts[Notices], newest)
	var items []Item
	for part, talks := range parts {
		for _, t := range talks {
			items = append(items, Item{Part: Part(part), Thread: t.Thread, First: t.First, Reply: t.reply,
				Posts: t.posts, People: t.people, Files: t.files, Begun: t.Begun.After(since)})
		}
	}
	return items
}

// span is the length of a period in days.
func (k Kind) span() int { return Schedule{Kind: k}.days() }

// mostBodies is how many bodies an issue has at most: the common one, and those of members who muted the same discussions.
const mostBodies = 50

// bodies returns the sets of discussions without which there is a body of its own: those that most members have muted. sets are
// the sets of all members who muted something, each ascending. It is pure.
func bodies(sets [][]archive.Number) [][]archive.Number {
	type counted struct {
		set []archive.Number
		n   int
	}
	slices.SortFunc(sets, slices.Compare)
	var all []counted
	for _, s := range sets {
		if n := len(all); n > 0 && slices.Equal(all[n-1].set, s) {
			all[n-1].n++
		} else if len(s) > 0 {
			all = append(all, counted{s, 1})
		}
	}
	slices.SortStableFunc(all, func(a, b counted) int { return cmp.Compare(b.n, a.n) })
	var kept [][]archive.Number
	for _, c := range all[:min(len(all), mostBodies-1)] {
		kept = append(kept, c.set)
	}
	return kept
}

// bodyFor returns which body a member gets who has muted discussions: 0 the common one, else 1 more than its place in Muted.
func (i Issue) bodyFor(chosen map[uint32]list.Choice) int {
	if len(i.Muted) == 0 || len(chosen) == 0 {
		return 0
	}
	var set []archive.Number
	for _, it := range i.Items {
		if chosen[uint32(it.Thread)] == list.Mute {
			set = append(set, it.Thread)
		}
	}
	slices.Sort(set)
	return slices.IndexFunc(i.Muted, func(m []archive.Number) bool { return slices.Equal(m, set) }) + 1
}

// without is the issue with one of its bodies' discussions left out.
func (i Issue) without(body int) Issue {
	if body == 0 {
		return i
	}
	i.Items = slices.DeleteFunc(slices.Clone(i.Items), func(it Item) bool { return slices.Contains(i.Muted[body-1], it.Thread) })
	i.Posts = 0
	for _, it := range i.Items {
		i.Posts += it.Posts
	}
	return i
}

// isNotice reports a topic whose discussions are notices.
func isNotice(t archive.Topic) bool {
	switch strings.ToLower(t.Slug) {
	case "notice", "notices", "announcement", "announcements":
		return true
	}
	return false
}
