package moderate

import (
	"errors"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// mostLooked is how many posts are looked through for one whose author has a name.
const mostLooked = 2000

// Alone is the post whose author a message that looks private seems to be meant for, and that author alone: the one whose name it
// bears in To, or else the one whose post it answers. Found is false where that is not certain, where it is its own author, and
// where one of the two neither gets nor writes private messages.
func (p *Panel) Alone(tx *store.Tx, l list.List, it hold.Item) (post archive.Post, found bool, err error) {
	m, err := messageOf(tx, it)
	if err != nil || m == nil || it.Author == 0 || !list.Found(it.Findings, list.CausePrivate) {
		return post, false, err
	}
	if via := viaOf(it.Findings, l); via != "" {
		post, err = latestBy(tx, l.ID, via)
	} else {
		post, err = answeredBy(tx, it, m)
	}
	if err != nil || post.Number == 0 || post.Author == 0 || post.Author == it.Author || post.AuthorName == "" || post.State != archive.Published {
		return post, false, err
	}
	for _, who := range []list.PersonID{it.Author, post.Author} {
		m, err := list.Member(tx, l.ID, who)
		if errors.Is(err, list.ErrNoMember) || err == nil && (m.NoRelay || who == post.Author && m.Suspended) {
			return post, false, nil
		}
		if err != nil {
			return post, false, err
		}
	}
	return post, true, nil
}

// viaOf is the name that a message was addressed to, as a From of ours has it; empty for none.
func viaOf(all []list.Finding, l list.List) string {
	for _, f := range all {
		if f.Cause != list.CausePrivate {
			continue
		}
		for _, note := range f.Notes {
			if name, ours := strings.CutSuffix(note, " via "+l.Title); ours {
				return name
			}
		}
	}
	return ""
}

// latestBy is the newest post by somebody of a name. It is empty where two people wrote under it, or a member of that name wrote
// nothing of late: mail for one person never goes by a guess.
func latestBy(tx *store.Tx, l list.ID, name string) (latest archive.Post, err error) {
	looked := 0
	for p, err := range archive.Back(tx) {
		if err != nil {
			return latest, err
		}
		if looked++; looked > mostLooked {
			break
		}
		if p.List != l || p.State != archive.Published || !strings.EqualFold(list.CleanName(p.AuthorName), name) {
			continue
		}
		switch {
		case p.Author == 0, latest.Number != 0 && latest.Author != p.Author:
			return archive.Post{}, nil
		case latest.Number == 0:
			latest = p
		}
	}
	if latest.Number == 0 {
		return latest, nil
	}
	others, err := list.Alike(tx, name, 20)
	if err != nil {
		return latest, err
	}
	for _, p := range others {
		if p == latest.Author {
			continue
		}
		if _, err := list.Member(tx, l, p); !errors.Is(err, list.ErrNoMember) {
			return archive.Post{}, err
		}
	}
	return latest, nil
}

// answeredBy is the post that a message names as the one that it answers; empty for none.
func answeredBy(tx *store.Tx, it hold.Item, m *message.Message) (p archive.Post, err error) {
	rec, err := intake.Get(tx, it.Message)
	if err != nil {
		return p, err
	}
	n := archive.Number(rec.Answers)
	for _, id := range m.InReplyTo() {
		if n != 0 {
			break
		}
		if n, err = archive.Named(tx, it.List, id); err != nil {
			return p, err
		}
	}
	if n == 0 {
		return p, nil
	}
	if p, err = archive.Get(tx, n); errors.Is(err, archive.ErrNoPost) || err == nil && p.List != it.List {
		return archive.Post{}, nil
	}
	return p, err
}
