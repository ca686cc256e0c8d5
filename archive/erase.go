package archive

import (
	"fmt"
	"time"

	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// Tombstone stands where the subject of an erased post stood.
func Tombstone(at time.Time) string { return "[post erased on " + at.Format("2 January 2006") + "]" }

// Erase takes a post's content out of archive and intake for good. Its number, its place in the thread, its Message-ID and
// its times stay, so that answers to it hang where they did and links lead to something. The error is ErrSealed while a
// safeguarding hold lies on it. Erasing again does nothing.
//
// What else holds its words (rows of the queue, held and returned copies) is the caller's to find; moderate does.
func Erase(tx *store.Tx, n Number, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil || p.State == Erased {
		return p, err
	}
	if p.IsSealed(now) {
		return p, fmt.Errorf("erase post %d: %w until %s", n, ErrSealed, p.LastDay())
	}
	if p.State == Waiting {
		if err := waiting.Delete(tx, waitOf(p)); err != nil {
			return p, err
		}
	}
	if err := intake.Erase(tx, p.Intake, intake.Status{Since: now}); err != nil {
		return p, err
	}
	if err := unlike(tx, p); err != nil {
		return p, err
	}
	p.State, p.Gone, p.Subject = Erased, now, Tombstone(now)
	p.Author, p.AuthorName, p.From, p.Reason, p.Sealed = 0, "", message.Address{}, "", time.Time{}
	p.Facts = Facts{Rules: FactsRules}
	p.Revision++
	return p, record(tx, &p, EventErased)
}

// unlike takes a post out of the index of subjects, whose keys are digests of them.
func unlike(tx *store.Tx, p Post) error {
	about, _ := subjectOf(p)
	k, ok := alikeKey(p, about)
	if !ok {
		return nil
	}
	return alike.Delete(tx, k)
}

// Rewritten puts the redacted bytes of a post's message in the place of its old ones, with the subject and the name that are
// left. Copies that wait compose anew, from these.
func Rewritten(tx *store.Tx, n Number, raw []byte, subject, author string, now time.Time) (Post, error) {
	p, err := Get(tx, n)
	if err != nil {
		return p, err
	}
	if p.State == Erased {
		return p, fmt.Errorf("redact post %d: %w", n, ErrErased)
	}
	if err := intake.Replace(tx, p.Intake, raw); err != nil {
		return p, err
	}
	if err := unlike(tx, p); err != nil {
		return p, err
	}
	p.Subject, p.AuthorName, p.Redacted = subject, author, now
	p.Facts = FactsOf(p, raw)
	about, _ := subjectOf(p)
	if k, ok := alikeKey(p, about); ok {
		if err := alike.Put(tx, k, struct{}{}); err != nil {
			return p, err
		}
	}
	p.Revision++
	if p.Published.IsZero() { // it has no place in the change record yet
		return p, posts.Put(tx, n, p)
	}
	return p, record(tx, &p, EventRedacted)
}

// Unname takes the writer's address from a post; members read the name that is given. The bytes of its message without
// the writer take the place of its old ones. Under "former member" the posts of one writer are not joined by a number
// either. It does nothing for an erased post.
func Unname(tx *store.Tx, n Number, raw []byte, name string) error {
	p, err := Get(tx, n)
	if err != nil || p.State == Erased {
		return err
	}
	if err := intake.Replace(tx, p.Intake, raw); err != nil {
		return err
	}
	p.AuthorName, p.From, p.Facts = name, message.Address{}, FactsOf(p, raw)
	if name == FormerMember {
		p.Author = 0
	}
	p.Revision++
	if p.Published.IsZero() {
		return posts.Put(tx, n, p)
	}
	return record(tx, &p, EventRedacted)
}

// FormerMember is the name over the posts of somebody who wanted to be forgotten.
const FormerMember = "former member"

// By yields the numbers of a person's posts. It reads every post once.
func By(tx *store.Tx, who list.PersonID) (all []Number, err error) {
	for p, err := range All(tx, 0) {
		if err != nil {
			return nil, err
		}
		if p.Author == who {
			all = append(all, p.Number)
		}
	}
	return all, nil
}
