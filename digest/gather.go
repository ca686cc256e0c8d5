package digest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/store"
)

// plan says what an issue is to be made of.
type plan struct {
	list     list.List
	kind     Kind
	at       time.Time // the beginning of its period
	from, to archive.Seq
	after    time.Time // nothing that was published before; zero: From is enough
	joined   time.Time // since when members count as new
	imported bool      // posts of an import count by the time at which they were written
}

// questions returns the discussions of a list that may want help in an issue. The overview reads the store by itself, so this is
// not called in a transaction.
func (e *Editor) questions(p plan) (roots []archive.Number, err error) {
	from, to := p.kind.asks(p.at)
	q := archive.Query{List: p.list.ID, Order: archive.ByBegun, Count: 50, Unanswered: true}
	for {
		page, next, err := e.cfg.Overview.List(q)
		if err != nil {
			return nil, err
		}
		for _, s := range page {
			if !s.Begun.After(from) {
				return roots, nil
			}
			if !s.Begun.After(to) {
				roots = append(roots, s.Thread)
			}
		}
		if next == (archive.Cursor{}) {
			return roots, nil
		}
		q.From = next
	}
}

// gather works out an issue. asked are discussions that may want help, beside those of the period.
func gather(tx *store.Tx, p plan, asked []archive.Number) (Issue, error) {
	i := Issue{List: p.list.ID, Kind: p.kind, At: p.at, From: p.from, To: p.to}
	written, err := period(tx, p)
	if err != nil {
		return i, err
	}
	notices, err := noticeTopics(tx, p.list.ID)
	if err != nil {
		return i, err
	}
	for _, root := range asked {
		if root, err = archive.ThreadOf(tx, root); err != nil {
			return i, err
		}
		if _, ok := written[root]; !ok {
			written[root] = nil
		}
	}
	var all []talk
	for root, posts := range written {
		t, ok, err := talkOf(tx, root, posts)
		if err != nil {
			return i, fmt.Errorf("discussion %d: %w", root, err)
		}
		if !ok {
			continue
		}
		for _, topic := range t.Topics {
			t.notice = t.notice || notices[topic]
		}
		all = append(all, t)
	}
	i.Since = p.sinceWhen()
	i.Items = pick(all, p.kind, p.at, i.Since)
	for _, it := range i.Items {
		i.Posts += it.Posts
	}
	return i, nil
}

// period returns the posts of a list that members saw first in a period, by their discussions of now.
func period(tx *store.Tx, p plan) (map[archive.Number][]archive.Post, error) {
	found := map[archive.Number][]archive.Post{}
	from := p.from
	if p.imported {
		from = 0
	}
	for c, err := range archive.Changes(tx, from+1) {
		if err != nil {
			if c.Seq != 0 && errors.Is(err, store.ErrDamaged) {
				continue
			}
			return nil, err
		}
		if c.Event == archive.EventThreaded || c.Event == archive.EventCurated {
			continue
		}
		post, err := archive.Get(tx, c.Post)
		if err != nil {
			return nil, err
		}
		if post.List != p.list.ID || !post.Shown() || !p.has(post) {
			continue
		}
		root, err := archive.ThreadOf(tx, post.Number)
		if err != nil {
			return nil, err
		}
		found[root] = append(found[root], post)
	}
	return found, nil
}

// has reports whether a post came in the period. All that is imported became visible at once, so its own time counts.
func (p plan) has(post archive.Post) bool {
	if post.Imported {
		return p.imported && post.Published.After(ScheduleOf(p.list, p.kind).Before(p.at)) && !post.Published.After(p.at)
	}
	return post.First > p.from && post.First <= p.to && post.Published.After(p.after)
}

// talkOf sums up a discussion with what was written in it in a period; false where nobody can see it any more.
func talkOf(tx *store.Tx, root archive.Number, posts []archive.Post) (t talk, ok bool, err error) {
	if t.Summary, err = archive.Summarize(tx, root); err != nil {
		if errors.Is(err, archive.ErrNoThread) {
			return t, false, nil
		}
		return t, false, err
	}
	writers := map[string]bool{}
	for _, p := range posts {
		t.posts++
		t.files += int(p.Facts.Files)
		t.notice = t.notice || p.Announced
		if p.Number != t.First {
			writers[writerOf(p)] = true
		}
	}
	t.people = len(writers)
	first, err := archive.Get(tx, t.First)
	if err != nil {
		return t, false, err
	}
	for p, err := range archive.Posts(tx, root) {
		if err != nil {
			return t, false, err
		}
		if p.Shown() && p.Number != first.Number && writerOf(p) != writerOf(first) && p.Facts.Answers {
			t.reply = p.Number
			break
		}
	}
	return t, true, nil
}

// writerOf tells writers apart.
func writerOf(p archive.Post) string {
	if p.Author != 0 {
		return fmt.Sprint(p.Author)
	}
	return p.From.Key()
}

// noticeTopics are the topics of a list whose discussions are notices.
func noticeTopics(tx *store.Tx, l list.ID) (map[archive.TopicID]bool, error) {
	found := map[archive.TopicID]bool{}
	all, err := archive.Topics(tx, l)
	for _, t := range all {
		if isNotice(t) {
			found[t.ID] = true
		}
	}
	return found, err
}

// mutedSets returns what each member of a mode has muted of an issue.
func mutedSets(tx *store.Tx, i Issue) (sets [][]archive.Number, err error) {
	by := map[list.PersonID][]archive.Number{}
	for _, it := range i.Items {
		all, err := list.Choices(tx, uint32(it.Thread), 0)
		if err != nil {
			return nil, err
		}
		for p, c := range all {
			if c == list.Mute {
				by[p] = append(by[p], it.Thread)
			}
		}
	}
	for p, set := range by {
		m, err := list.Member(tx, i.List, p)
		if errors.Is(err, list.ErrNoMember) || err == nil && m.Mode != i.Kind.Mode() {
			continue
		}
		if err != nil {
			return nil, err
		}
		slices.Sort(set)
		sets = append(sets, set)
	}
	return sets, nil
}

// joinedSince counts the members who joined a list in a time, without those who were added from a file and not told yet.
func joinedSince(tx *store.Tx, l list.ID, from, to time.Time) (n int, err error) {
	for m, err := range list.Members(tx, l, 0) {
		if err != nil {
			return 0, err
		}
		if m.Joined.After(from) && !m.Joined.After(to) && !m.Unmailed {
			n++
		}
	}
	return n, nil
}
