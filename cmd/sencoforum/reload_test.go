package main

import (
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sencoforum/config"
	"sencoforum/doctor"
	"sencoforum/search"
	"sencoforum/web"
)

// reloadNow is what a server does on SIGHUP.
func (w *town) reloadNow(h *house, pages *web.Server) {
	r := reloader{h.log, func() (config.Config, error) { return w.cfg, nil }, new(certificates), new(slog.LevelVar)}
	r.reload(h, pages)
	w.reloaded <- struct{}{}
}

// hangUp sends SIGHUP, and waits until the server has obeyed.
func (w *town) hangUp() {
	w.t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		w.t.Fatal(err)
	}
	<-w.reloaded
}

// write writes a file.
func (w *town) write(path, text string) {
	w.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// browse is what a visitor reads on a page.
func (w *town) browse(path string) string {
	w.t.Helper()
	r, err := http.Get("http://" + w.cfg.Web.Listen[0] + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(body)
}

// written is what doctor says of the words and pages of the operator.
func (w *town) written() string {
	a := &admin{cfg: w.cfg, searcher: w.house.searcher}
	var all []string
	for _, f := range doctor.Judge(doctor.Facts{Setup: doctor.Setup{Own: a.own()}}) {
		if strings.HasPrefix(f.Part, "Words and pages") {
			all = append(all, string(f.Level)+": "+f.Check+": "+f.Found+" "+f.Problem+" "+f.Do)
		}
	}
	return strings.Join(all, "\n")
}

// holds looks for texts in what somebody reads.
func holds(t *testing.T, where, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", where, want, got)
		}
	}
}

// TestTheServerTakesUpWordsAndPages changes the forum's own words and a page while the server runs, and makes mistakes in both.
func TestTheServerTakesUpWordsAndPages(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "rules.md")
	if err := os.WriteFile(rules, []byte("# Our first rules\n\nBe kind.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, 3, func(c *config.Config) { c.Texts.Rules = rules })
	people := sampleForum(3).Members
	jane, all := people[0].Address, len(people)
	w.send(jane, forumAddress, rawMail(jane, forumAddress, "q1", "Rota", "Who runs the Wombat Burrow at lunch?"))
	w.carrier.await(t, all)
	w.indexed(1)
	words := filepath.Join(w.cfg.Data, search.VocabularyFile)
	holds(t, "at first doctor", w.written(), "ok: Words for search: The ", "There is no "+words, "ok: Page /rules")
	if got := w.command("search", "quiet room"); !strings.Contains(got, "0 discussions") {
		t.Errorf("before the words are known:\n%s", got)
	}

	w.write(words, "Quiet Room\nfull: the quiet room\nshort: QRM\nalso: wombat burrow\nmeans: Our room for a break.\n")
	holds(t, "before the server read it doctor", w.written(), "warning: Words for search: "+words+": 1 entry of your own among ", "systemctl reload")
	w.write(rules, "# Our second rules\n\nBe kind.\n")
	w.hangUp()
	holds(t, "a search", w.command("search", "quiet room"), "Wombat Burrow at lunch", "Also searched for: QRM")
	holds(t, "the glossary", w.browse("/glossary?letter=Q"), "Quiet Room", "Our room for a break.")
	holds(t, "the rules", w.browse("/rules"), "Our second rules")
	if got := w.house.words.explain("See the QRM."); len(got) != 1 || got[0].Words != "the quiet room" {
		t.Errorf("a digest explains %+v", got)
	}
	holds(t, "doctor", w.written(), "ok: Words for search: "+words+": 1 entry of your own")

	w.write(words, "Quiet Room\nmeans: Other.\n\nSulking Corner\nused: sometimes\nmeans: x.\n")
	w.write(rules, "# Our third rules\n\n<br>x\n")
	w.hangUp()
	holds(t, "a search after the mistake", w.command("search", "quiet room"), "Wombat Burrow at lunch")
	holds(t, "the glossary after the mistake", w.browse("/glossary?letter=Q"), "Our room for a break.")
	holds(t, "the rules after the mistake", w.browse("/rules"), "Our second rules")
	wrongWords, wrongRules := words+`: line 5: the years "sometimes"; write them like`, rules+": line 3: HTML is not shown; "
	holds(t, "doctor", w.written(), "warning: Words for search: "+wrongWords, "goes on with what it had", "fault: Page /rules: "+wrongRules)
	if found, err := settingsFaults(w.settings()); err != nil || len(found) != 2 || !strings.HasPrefix(found[0].String(), wrongRules) || !strings.HasPrefix(found[1].String(), wrongWords) {
		t.Errorf("config check: %v, %v", found, err)
	}

	w.write(words, "Quiet Room\nmeans: Mended.\n") // and the page is still wrong
	w.hangUp()
	holds(t, "the glossary of the mended file", w.browse("/glossary?letter=Q"), "Mended.")
	w.end()
	said := w.log.String()
	holds(t, "the log", said, "not reloaded, and as it was: words for search", `line 5: the years`, "not reloaded, and as it was: pages of your own", "line 3: HTML",
		"reloaded: certificates, log level, pages of your own, words for search", `reloaded: certificates, log level, words for search"`)
}

// settings is a settings file with the data and the page of the town.
func (w *town) settings() string {
	path := filepath.Join(w.t.TempDir(), "forum.toml")
	w.write(path, "hostname = \"mail.example.org\"\ndomain = \"lists.example.org\"\noperator = \"op@example.org\"\ndata = \""+w.cfg.Data+"\"\n[texts]\nrules = \""+w.cfg.Texts.Rules+"\"\n")
	return path
}
