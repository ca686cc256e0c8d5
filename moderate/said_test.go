package moderate

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sencoforum/archive"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

func TestWhatModeratorsWroteThatIsToBeLookedAt(t *testing.T) {
	post := archive.Post{Subject: "The reader for Wimpole", AuthorName: "Priya Nair",
		From: message.Address{Local: "priya.nair", Domain: "school.example"}}
	own := message.WordsOf("We met Archibald Wimpole there on Friday, and he asked for a reader in the hall.")
	person := named([]string{"Priya Nair", "", "Jo"}, []message.Address{post.From, {}})
	for text, want := range map[string]string{
		"As one of us wrote: \"Archibald Wimpole there, on\nFRIDAY\".": "the same words",
		"Archibald Wimpole there on":                                   "", // four words say nothing
		"See: the reader for wimpole!":                                 "the same subject",
		"Thanks to Priya Nair":                                         "the name",
		"Thanks to Mrs Nair":                                           "a part of the name",
		"Ask priya.nair@school.example":                                "the address",
		"Ask Priya":                                                    "", "": "", "Nairobi": "",
	} {
		if got := saidBy(post, own)(message.WordsOf(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if strings.HasPrefix(want, "the same") {
			want = ""
		}
		if got := person(message.WordsOf(text)); got != want {
			t.Errorf("%q about the person: %q, want %q", text, got, want)
		}
	}
	if got := named([]string{archive.FormerMember, "O"}, nil)(message.WordsOf("O a former member")); got != "" {
		t.Errorf("nobody's name: %q", got)
	}
}

// curated is a list on which moderators wrote about the post of archived: the words "a text that is old", Priya.
func curated(t *testing.T) (*store.DB, *Eraser) {
	t.Helper()
	db, e, _ := archived(t, 1)
	testdb.Update(t, db, func(tx *store.Tx) error {
		if _, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "What Priya asks", Made: noon}); err != nil {
			return err
		}
		if _, _, err := archive.AddTopic(tx, archive.Topic{List: 1, Name: "Exams", Made: noon}); err != nil {
			return err
		}
		c, _, err := archive.CreateCollection(tx, archive.Collection{List: 1, Title: "Exam access", Intro: "Look at A TEXT that is old.", Made: noon})
		if err != nil {
			return err
		}
		if _, _, err := archive.PutEntry(tx, c, archive.Entry{Thread: 1, Summary: "Mail asha@school.example.", Added: noon}); err != nil {
			return err
		}
		_, _, err = archive.SetEra(tx, archive.LegalEra{List: 1, Before: time.Date(2014, 8, 31, 23, 0, 0, 0, time.UTC), Sentence: "Priya says it is old."})
		return err
	})
	return db, e
}

func TestTextsOfModeratorsAreListedAndStay(t *testing.T) {
	_, e := curated(t)
	const l = "senco-forum"
	_, trace, err := e.Trace(1)
	want := []Said{
		{List: l, Kind: "topic", Place: "what-priya-asks", Why: "the name"},
		{List: l, Kind: "collection", Place: "exam-access", Why: "the same words"},
		{List: l, Kind: "legal era", Place: "2014-09-01", Why: "the name"},
	}
	if diff := cmp.Diff(want, trace.Said); diff != "" || err != nil {
		t.Errorf("of the post (-want +got): %v\n%s", err, diff)
	}
	by := By{Actor: "operator uid 0", Now: noon}
	plan, err := e.PlanRedact(by, 1, Words{Phrases: []string{"text that"}})
	if diff := cmp.Diff([]Said{{List: l, Kind: "collection", Place: "exam-access", Why: "the words"}}, plan.Said); diff != "" || err != nil {
		t.Errorf("of two words (-want +got): %v\n%s", err, diff)
	}
	// Asha, person 1, is the post's author here, and her address is in a summary.
	f, err := e.Forget(by, 1, PostsErased)
	want = []Said{want[1], want[2], {List: l, Kind: "summary", Place: "exam-access", Thread: 1, Why: "the address"}, want[0]}
	if diff := cmp.Diff(want, f.Said); diff != "" || err != nil {
		t.Errorf("of the person (-want +got): %v\n%s", err, diff)
	}
	text, err := json.Marshal(f)
	if err != nil || strings.Contains(string(text), "Priya") || strings.Contains(string(text), "TEXT") {
		t.Errorf("the words stand in %s, %v", text, err)
	}
}

// A list's own words for a mail may thank somebody, too.
func TestOwnWordsOfAListAreLookedAt(t *testing.T) {
	db, e, _ := archived(t, 1)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for name, text := range map[string]string{"welcome": "Welcome. Asha (asha@school.example) began this forum.", "usual": "We read each message."} {
			if err := list.SetWords(tx, 1, list.Words{Name: name, Text: text, Since: noon}); err != nil {
				return err
			}
		}
		return nil
	})
	f, err := e.PlanForget(By{Actor: "operator uid 0", Now: noon}, 1)
	if diff := cmp.Diff([]Said{{List: "senco-forum", Kind: "mail", Place: "welcome", Why: "the address"}}, f.Said); diff != "" || err != nil {
		t.Errorf("(-want +got): %v\n%s", err, diff)
	}
}

func TestTextsOfAllListsAreLookedAt(t *testing.T) {
	db, e := curated(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		l, err := list.Create(tx, list.List{Name: "other", Domain: "lists.example.org", Title: "Other", Settings: list.DefaultSettings()})
		if err != nil {
			return err
		}
		_, _, err = archive.AddTopic(tx, archive.Topic{List: l.ID, Name: "Priya", Made: noon})
		return err
	})
	_, trace, err := e.Trace(1)
	if n := len(trace.Said); err != nil || n != 4 || trace.Said[3].List != "other" {
		t.Errorf("%+v, %v", trace.Said, err)
	}
}
