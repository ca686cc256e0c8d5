package main

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"sencoforum/config"
	"sencoforum/search"
	"sencoforum/web"
)

// wordsInUse are the words of the forum. They change as a whole, while others read them.
type wordsInUse struct {
	now atomic.Pointer[search.Vocabulary]
}

// newWords reads the words of the forum. Where these cannot be read they are those that come with the program.
func newWords(log *slog.Logger, dir string) *wordsInUse {
	words, err := search.LoadVocabulary(dir)
	tellFaulty(log, "the forum's own words are not used", err)
	w := new(wordsInUse)
	w.now.Store(words)
	return w
}

// tellFaulty logs what is wrong with files, each fault on a line of its own. Without an error it logs nothing.
func tellFaulty(log *slog.Logger, what string, err error) {
	if err == nil {
		return
	}
	for fault := range strings.Lines(err.Error()) {
		log.Error(what, "fault", strings.TrimSpace(fault))
	}
}

// A reloader reads again what may change while the server runs. Each part is taken up as a whole or stays as it was, and a fault
// in one keeps back no other: a certificate is renewed whatever somebody wrote into a page.
type reloader struct {
	log   *slog.Logger
	again func() (config.Config, error) // reads the settings anew
	certs *certificates
	level *slog.LevelVar
}

// reload obeys SIGHUP.
func (r reloader) reload(h *house, pages *web.Server) {
	var done []string
	part := func(name string, err error) {
		if tellFaulty(r.log, "not reloaded, and as it was: "+name, err); err == nil {
			done = append(done, name)
		}
	}
	cfg, err := r.again()
	if err != nil {
		part("the settings", err)
	} else {
		part("certificates", r.certs.load(cfg))
		if r.certs.acme != nil {
			r.certs.acme.Look()
		}
		r.level.Set(logLevel(cfg.Log.Level))
		part("log level", nil)
		part("pages of your own", h.reloadTexts(cfg.Texts, pages))
	}
	part("words for search", h.reloadWords())
	if len(done) > 0 {
		r.log.Info("reloaded: " + strings.Join(done, ", "))
	}
}

// reloadTexts shows the pages that the settings name, or with an error those that were there.
func (h *house) reloadTexts(c config.Texts, pages *web.Server) error {
	base, err := url.Parse(leaveURL(h.cfg))
	if err != nil {
		return err
	}
	texts, err := ownTexts(c, base.Path)
	if err != nil {
		return err
	}
	pages.UseTexts(texts)
	return nil
}

// reloadWords reads the vocabulary for search, the glossary, the pages and the digests. With an error they keep the old one.
func (h *house) reloadWords() error {
	words, err := search.LoadVocabulary(h.cfg.Data)
	if err != nil {
		return err
	}
	h.words.now.Store(words)
	h.searcher.Use(words)
	return nil
}

// ownWords reads the words of a data directory and returns their faults as config names those of a settings file. The error says
// why they could not be looked at.
func ownWords(dir string) (words *search.Vocabulary, faults config.Faults, err error) {
	if _, err := os.Stat(filepath.Join(dir, search.VocabularyFile)); errors.Is(err, fs.ErrPermission) {
		return nil, nil, err
	}
	words, err = search.LoadVocabulary(dir)
	var wrong search.Faults
	if !errors.As(err, &wrong) {
		return words, nil, err
	}
	for _, w := range wrong {
		faults = append(faults, config.Fault{File: w.File, Line: w.Line, Problem: w.Problem})
	}
	return words, faults, nil
}
