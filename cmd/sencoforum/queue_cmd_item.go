package main

import (
	"fmt"
	"strconv"
	"strings"

	"sencoforum/archive"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/queue"
	"sencoforum/relay"
	"sencoforum/store"
)

// The kinds of items. A row has no word before its number.
const (
	itemRow     = "row"
	itemChange  = "change"
	itemMessage = "message"
)

// item is one thing that waits to go out or was put aside: a row of the queue, a post whose recipients could not be
// read, or a message that could not be passed on.
type item struct {
	kind string
	n    uint64
}

func (i item) String() string {
	if i.kind == itemRow {
		return strconv.FormatUint(i.n, 10)
	}
	return i.kind + ":" + strconv.FormatUint(i.n, 10)
}

func parseItem(s string) (item, error) {
	kind, number, found := strings.Cut(s, ":")
	if !found {
		kind, number = itemRow, s
	}
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || n == 0 || found && kind != itemChange && kind != itemMessage {
		return item{}, usage("%q is no number of the queue; write 12, change:3 or message:7 as in: sencoforum queue list", s)
	}
	return item{kind, n}, nil
}

func parseItems(args []string) ([]item, error) {
	var all []item
	for _, s := range args {
		i, err := parseItem(s)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, nil
}

// numbers returns the numbers of the items of one kind.
func numbers(all []item, kind string) []uint64 {
	var out []uint64
	for _, i := range all {
		if i.kind == kind {
			out = append(out, i.n)
		}
	}
	return out
}

// wanted chooses items for a list.
type wanted struct {
	shunted bool   // only what was put aside
	domain  string // only rows to this domain
	list    list.ID
	most    int // rows; 0 is all
}

// waitingRows returns rows of the queue, oldest first, and whether there are more.
func waitingRows(tx *store.Tx, w wanted) (rows []queue.Row, more bool, err error) {
	for r, err := range queue.List(tx, queue.Filter{Domain: w.domain, Shunted: w.shunted}) {
		if err != nil {
			return nil, false, err
		}
		if w.list != 0 {
			of, err := listOf(tx, r)
			if err != nil {
				return nil, false, err
			}
			if of != w.list {
				continue
			}
		}
		if w.most > 0 && len(rows) == w.most {
			return rows, true, nil
		}
		rows = append(rows, r)
	}
	return rows, false, nil
}

// listOf is the list of a copy of a post or a digest; other mail belongs to none.
func listOf(tx *store.Tx, r queue.Row) (list.ID, error) {
	if n, ok := digest.IssueOf(r.Batch); ok {
		l, _, err := digest.ListOf(tx, n)
		return l, err
	}
	if r.Kind != fanout.Kind {
		return 0, nil
	}
	p, err := archive.Get(tx, archive.Number(r.Batch))
	return p.List, err
}

// aside is what the followers put aside: posts that could not be sent, and mail that could not be passed on.
type aside struct {
	item   item
	what   string
	reason string
}

func putAside(tx *store.Tx) ([]aside, error) {
	var all []aside
	posts := map[intake.ID]bool{}
	for s, err := range fanout.SkippedChanges(tx) {
		if err != nil {
			return nil, err
		}
		if p, err := archive.Get(tx, s.Post); err == nil {
			posts[p.Intake] = true
		}
		all = append(all, aside{item{itemChange, uint64(s.Seq)}, fmt.Sprintf("post %d", s.Post), s.Reason})
	}
	for r, err := range intake.InState(tx, intake.Shunted) {
		if err != nil {
			return nil, err
		}
		if posts[r.ID] {
			continue
		}
		status, err := intake.StatusOf(tx, r.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, aside{item{itemMessage, uint64(r.ID)}, "mail to " + r.Envelope.To.String(), status.Reason})
	}
	return all, nil
}

// whatFor says what a row carries.
func whatFor(r queue.Row) string {
	switch r.Kind {
	case fanout.Kind:
		return fmt.Sprintf("post %d", r.Batch)
	case digest.RowKind:
		n, _ := digest.IssueOf(r.Batch)
		return fmt.Sprintf("digest %d", n)
	case queue.LetterKind:
		return "letter"
	case moderate.RecallKind:
		return "request to delete a post"
	case moderate.AckKind:
		return "acknowledgement"
	case fanout.ThreadKind:
		return "discussion"
	case relay.Kind:
		return "private message"
	}
	return "mail to people"
}
