package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/store"
)

// allowed are the names of the first list that are no child's.
func (s *site) allowed() (all []string) {
	s.t.Helper()
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		l, err := list.Get(tx, 1)
		all = l.Allow.All()
		return err
	})
	return all
}

// Moderators say on a page which names are no child's. The others are told, and the record has how many and never which.
func TestNamesThatAreNoChilds(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha, path := s.as(2), "/mod/settings/names?list=senco-forum"
	wants(t, asha.get("/mod/settings"), "The list has none of its own.", `href="`+path+`"`)
	wants(t, asha.get(path), "Names that are no child’s", "The list has no names of its own.", ">Settings of the list</a>")
	r, _ := asha.ask("POST", path, sent("do", "add", "words", "Harriet  Wells\r\n\r\nSt Agnes Primary School\r\n"))
	if r.Header.Get("Location") != path+"&done=add" || !slices.Equal(s.allowed(), []string{"Harriet Wells", "St Agnes Primary School"}) {
		t.Fatalf("%d, %v, %q", r.StatusCode, r.Header, s.allowed())
	}
	wants(t, strings.ReplaceAll(strings.Join(s.letters(), "\n"), "\r\n    ", " "), "To: ellen@school.example", "The guard lets this stand in messages: Harriet Wells; St Agnes Primary School")
	logged := strings.Join(s.logged(), "\n")
	wants(t, logged, "member 2 guard allow: web, fresh sign-in; 2 phrases")
	if strings.Contains(logged, "Harriet") {
		t.Errorf("a name in the record:\n%s", logged)
	}
	if r, _ := asha.ask("POST", path, sent("do", "add", "words", "harriet wells")); r.Header.Get("Location") != path+"&done=same" {
		t.Errorf("the same again: %d, %v", r.StatusCode, r.Header)
	}
	wants(t, asha.get("/mod/settings"), "The list has 2 names of its own.")
	if r, _ := s.as(3).ask("POST", path, sent("do", "remove", "phrase", "Harriet Wells")); r.Header.Get("Location") != path+"&done=remove" || len(s.allowed()) != 1 {
		t.Errorf("removed: %d, %q", r.StatusCode, s.allowed())
	}
	r, html := asha.ask("POST", path, sent("do", "remove", "phrase", "Harriet Wells"))
	if r.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("removed twice: %d", r.StatusCode)
	}
	wants(t, html, "Somebody else has just removed that.")
	wants(t, strings.Join(s.logged(), "\n"), "member 3 guard disallow: web, fresh sign-in; 1 phrase")
}

// The same check as on the command line: what would hide children, or is a number of a person, does not go in.
func TestNamesThatCannotBeLetStand(t *testing.T) {
	s := newSite(t, nil)
	s.delayed()
	asha, path := s.as(2), "/mod/settings/names"
	for typed, want := range map[string]string{
		"Oliver": "Write two words or more.", "Harriet Wells\nOliver": "“Oliver”: Write two words or more.", "Oliver Marsh B801200005001": "A number or a birth date in it",
		"one two three four five six seven eight nine": "Write at most 8 words", " \n": "Write a name first.", "two " + strings.Repeat("x", 120): "one is too long",
	} {
		r, html := asha.ask("POST", path, sent("do", "add", "words", typed))
		if r.StatusCode != http.StatusUnprocessableEntity || len(s.allowed()) != 0 {
			t.Errorf("%q: %d, %q", typed, r.StatusCode, s.allowed())
		}
		wants(t, html, want, "<title>Error: ", strings.TrimSpace(typed))
	}
	s.now = s.now.Add(16 * time.Minute)
	r, html := asha.ask("POST", path, sent("do", "add", "words", "Harriet Wells"))
	if r.StatusCode != http.StatusUnprocessableEntity || len(s.allowed()) != 0 {
		t.Errorf("a sign-in that is not fresh: %d", r.StatusCode)
	}
	wants(t, html, "Please sign in once more in a new window", "Harriet Wells</textarea>")
	tom := s.as(1)
	for _, method := range []string{"GET", "POST"} {
		if r, _ := tom.ask(method, path, sent("do", "add", "words", "Harriet Wells")); r.StatusCode != http.StatusNotFound || len(s.allowed()) != 0 {
			t.Errorf("%s of a member: %d", method, r.StatusCode)
		}
	}
}
