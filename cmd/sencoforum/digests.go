package main

import (
	"log/slog"
	"time"

	"sencoforum/archive"
	"sencoforum/config"
	"sencoforum/digest"
	"sencoforum/fanout"
	"sencoforum/search"
	"sencoforum/store"
	"sencoforum/token"
)

// mostExplained is how many abbreviations a digest explains.
const mostExplained = 8

// newEditor returns what makes the digests. Where the forum's own file of words cannot be read, the program's words are taken.
func newEditor(log *slog.Logger, cfg config.Config, db *store.DB, keys *token.Keyring, o *archive.Overview) (*digest.Editor, error) {
	v, err := loadVocabulary(cfg.Data)
	if err != nil {
		log.Warn("the forum's own words are not known to digests; see: sencoforum glossary check", "cause", err)
		if v, err = loadVocabulary(""); err != nil {
			return nil, err
		}
	}
	hours, err := hoursOf(cfg)
	if err != nil {
		return nil, err
	}
	return digest.NewEditor(log, db, digest.Config{
		Hours: hours, Imported: isDemo(cfg.Data),
		Keys: keys, Overview: o, WebURL: cfg.WebURL, LeaveURL: leaveURL(cfg), Explain: glossaryOf(v), Now: time.Now,
	}), nil
}

// glossaryOf returns what finds abbreviations of a vocabulary in a text.
func glossaryOf(v *search.Vocabulary) func(text string) []digest.Abbreviation {
	return func(text string) (all []digest.Abbreviation) {
		for _, e := range v.GlossaryOf(text, mostExplained) {
			if e.Title() != e.Name {
				all = append(all, digest.Abbreviation{Letters: e.Name, Words: e.Title()})
			}
		}
		return all
	}
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
