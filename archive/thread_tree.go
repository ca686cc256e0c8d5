package archive

import (
	"fmt"
	"slices"

	"sencoforum/store"
)

// A Discussion is a thread as a page shows it.
type Discussion struct {
	Number  Number   // the post that founded it here
	Aliases []Number // numbers that lead here, ascending
	Places  []Place  // in the order of display
}

// A Place is where a post stands in its thread.
type Place struct {
	Post    Number
	Parent  Number // 0: it stands at the top
	Depth   int    // 0 at the top
	Missing bool   // it answers a message that is not here; Parent, if any, is one further up
	Via     Via    // how the parent was found
}

// Thread returns a thread by its number or by an alias of it, or ErrNoThread. Its posts are in the order of display: each
// below the one it answers, and answers to the same post in order of arrival. The time and memory are
// linear in the posts of the thread; their texts are not read, and who may see them is not decided here.
func Thread(tx *store.Tx, n Number) (Discussion, error) {
	root, err := rootOf(tx, n)
	if err != nil {
		return Discussion{}, err
	}
	all, also, err := membersOf(tx, root)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("thread %d: %w", n, ErrNoThread)
	}
	if err != nil {
		return Discussion{}, err
	}
	return Discussion{Number: root, Aliases: also, Places: arrange(all)}, nil
}

// Page reads at most count posts of the thread, from a place on.
func (d Discussion) Page(tx *store.Tx, from, count int) ([]Post, error) {
	from = min(max(from, 0), len(d.Places))
	places := d.Places[from:min(len(d.Places), from+max(count, 0))]
	page := make([]Post, 0, len(places))
	for _, at := range places {
		p, err := Get(tx, at.Post)
		if err != nil {
			return nil, err
		}
		p.Thread, p.Parent = d.Number, at.Parent
		page = append(page, p)
	}
	return page, nil
}

// arrange makes the tree of a thread's posts, which are in order of number, and lists it depth first. The same posts
// give the same tree, in whatever order they came, but for what was decided by subject.
func arrange(all []member) []Place {
	at := make(map[Number]int, len(all))
	byKey := make(map[uint64]int, len(all))
	for i, m := range all {
		at[m.number] = i
		for _, k := range m.own {
			if _, taken := byKey[k]; !taken { // answers go to the first of two with one Message-ID
				byKey[k] = i
			}
		}
	}
	places := make([]Place, len(all))
	parents := make([]int, len(all))
	for i, m := range all {
		places[i] = Place{Post: m.number, Via: m.via}
		parents[i] = parentOf(m, i, at, byKey)
		places[i].Missing = len(m.links) > 0 && m.via != ViaModerator && m.via != ViaToken && !names(m, 0, byKey)
	}
	cutCycles(parents)
	children := make([][]int, len(all)+1) // the last: the top
	for i, up := range parents {
		if up < 0 {
			up = len(all)
		} else {
			places[i].Parent = all[up].number
		}
		children[up] = append(children[up], i)
	}
	return walk(places, children)
}

// names reports whether a post of the thread has the key that the member names in that place.
func names(m member, link int, byKey map[uint64]int) bool {
	_, ok := byKey[m.links[link]]
	return ok
}

// parentOf returns the index of a member's parent, -1 for none here.
func parentOf(m member, i int, at map[Number]int, byKey map[uint64]int) int {
	fixed, ok := at[m.parent]
	if !ok {
		fixed = -1
	}
	if m.via == ViaModerator || m.via == ViaToken {
		return fixed
	}
	for _, key := range m.links {
		if up, ok := byKey[key]; ok && up != i {
			return up
		}
	}
	return fixed
}

// cutCycles makes the first post of each cycle stand at the top.
func cutCycles(parents []int) {
	const (
		unseen = iota
		onWay
		sound
	)
	state := make([]byte, len(parents))
	for start := range parents {
		var way []int
		i := start
		for i >= 0 && state[i] == unseen {
			state[i] = onWay
			way = append(way, i)
			i = parents[i]
		}
		if i >= 0 && state[i] == onWay {
			cycle := way[slices.Index(way, i):]
			parents[slices.Min(cycle)] = -1
		}
		for _, j := range way {
			state[j] = sound
		}
	}
}

// walk lists the tree depth first without recursion: a thread may be as deep as it is long.
func walk(places []Place, children [][]int) []Place {
	out := make([]Place, 0, len(places))
	type todo struct{ post, depth int }
	var stack []todo
	push := func(of, depth int) {
		for _, c := range slices.Backward(children[of]) {
			stack = append(stack, todo{c, depth})
		}
	}
	push(len(places), 0)
	for len(stack) > 0 {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		p := places[next.post]
		p.Depth = next.depth
		out = append(out, p)
		push(next.post, next.depth+1)
	}
	return out
}

// subtree returns a post and all below it, by number.
func subtree(places []Place, n Number) map[Number]bool {
	in := map[Number]bool{}
	depth := -1
	for _, p := range places {
		switch {
		case p.Post == n:
			depth = p.Depth
		case depth < 0 || p.Depth <= depth:
			if depth >= 0 {
				return in
			}
			continue
		}
		in[p.Post] = true
	}
	return in
}
