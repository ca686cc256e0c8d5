package main

import (
	"log/slog"
	"time"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/store"
	"sencoforum/token"
)

// mostExplained is how many abbreviations a digest explains.
const mostExplained = 8

// newEditor returns what makes the digests; words are those of the forum, which may change.
func newEditor(log *slog.Logger, cfg config.Config, db *store.DB, keys *token.Keyring, o *archive.Overview, words *wordsInUse) (*digest.Editor, error) {
	hours, err := hoursOf(cfg)
	if err != nil {
		return nil, err
	}
	return digest.NewEditor(log, db, digest.Config{
		Hours: hours, Imported: isDemo(cfg.Data),
		Keys: keys, Overview: o, WebURL: cfg.WebURL, LeaveURL: leaveURL(cfg), Explain: words.explain, Now: time.Now,
	}), nil
}

// explain finds abbreviations in a text.
func (w *wordsInUse) explain(text string) (all []digest.Abbreviation) {
	for _, e := range w.now.Load().GlossaryOf(text, mostExplained) {
		if e.Title() != e.Name {
			all = append(all, digest.Abbreviation{Letters: e.Name, Words: e.Title()})
		}
	}
	return all
}

// batchFinished is called when the last copy of a post or of a digest has come to its end.
func (h *house) batchFinished(tx *store.Tx, batch uint64) error {
	n, ok := digest.IssueOf(batch)
	if !ok {
		if err := fanout.Finished(tx, batch, time.Now()); err != nil {
			return err
		}
		return h.scoreBatch(tx, batch)
	}
	l, ok, err := digest.ListOf(tx, n)
	if err != nil || !ok {
		return err
	}
	broken, err := h.bounces.Issue(tx, l, batch)
	if broken {
		h.log.Error("a digest was refused by so many, or by so many of one provider, that their addresses were not counted as dead", "issue", uint32(n))
	}
	return err
}
