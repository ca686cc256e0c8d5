package archive

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sencoforum/internal/testdb"
	"sencoforum/message"
	"sencoforum/store"
)

// mail writes a message of a thread. Times count hours from noon.
type mail struct {
	id, from, subject string
	hours             int
	header            string // more fields, each with its line end
	body              string
}

func (m mail) raw() []byte {
	from := m.from
	if from == "" {
		from = "Priya Shah <priya@school.example>"
	}
	subject := m.subject
	if subject == "" {
		subject = "topic of " + m.id
	}
	return fmt.Appendf(nil, "From: %s\nSubject: %s\nDate: %s\nMessage-ID: <%s>\n%s\n%s\n", from, subject,
		noon.Add(time.Duration(m.hours)*time.Hour).Format(time.RFC1123Z), m.id, m.header, m.body)
}

// build imports mails in order: their numbers are 1, 2, 3 …
func build(t *testing.T, mails ...mail) *store.DB {
	t.Helper()
	db := testdb.Open(t)
	testdb.Update(t, db, func(tx *store.Tx) error {
		for _, m := range mails {
			if _, err := importOne(tx, "[SENCO]", m.raw()); err != nil {
				return err
			}
		}
		return nil
	})
	return db
}

// outline writes threads as one line for each: its number, then its posts with their depth as dots.
func outline(t *testing.T, db *store.DB) string {
	t.Helper()
	f := readForest(t, db)
	roots := slices.Sorted(maps.Values(f.thread))
	var lines []string
	testdb.View(t, db, func(tx *store.Tx) error {
		for _, root := range slices.Compact(roots) {
			d, err := Thread(tx, root)
			if err != nil {
				return err
			}
			line := fmt.Sprintf("%d:", root)
			for _, p := range d.Places {
				line += " " + strings.Repeat(".", p.Depth) + fmt.Sprint(p.Post)
				if p.Missing {
					line += "?"
				}
			}
			lines = append(lines, line)
		}
		return nil
	})
	return strings.Join(lines, "; ")
}

// placeCase says where mails stand after they have come in this order.
type placeCase struct {
	name  string
	mails []mail
	want  string // as outline writes it
}

func checkPlaces(t *testing.T, cases []placeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := outline(t, build(t, c.mails...)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestParentsByTheirNames(t *testing.T) {
	checkPlaces(t, []placeCase{
		{"the newest reference counts", []mail{{id: "a@x"}, {id: "b@x", header: "References: <a@x>\n"},
			{id: "c@x", header: "References: <a@x> <b@x>\n"}}, "1: 1 .2 ..3"},
		{"an unknown one is passed over and noted", []mail{{id: "a@x"}, {id: "c@x", header: "References: <a@x> <gone@x>\n"}}, "1: 1 .2?"},
		{"References come before In-Reply-To", []mail{{id: "a@x"}, {id: "b@x"},
			{id: "c@x", header: "In-Reply-To: <b@x>\nReferences: <a@x>\n"}}, "1: 1 .3; 2: 2"},
		{"In-Reply-To without brackets", []mail{{id: "a@x"}, {id: "b@x", header: "In-Reply-To: a@x\n"}}, "1: 1 .2"},
		{"In-Reply-To with prose", []mail{{id: "a@x"},
			{id: "b@x", header: "In-Reply-To: Message from Tom <tom@school.example> of \"Sun, 22 Nov\" <a@x>\n"}}, "1: 1 .2"},
		{"an address in In-Reply-To joins nobody", []mail{{id: "a@x", header: "In-Reply-To: Message from Tom <tom@x>\n"},
			{id: "b@x", header: "In-Reply-To: Message from Tom <tom@x>\n"}}, "1: 1; 2: 2"},
		{"answers to a missing post share its thread", []mail{{id: "b@x", header: "References: <a@x>\n"}, {id: "c@x", header: "References: <a@x>\n"}},
			"1: 1? 2?"},
		{"a late parent takes its children, the number stays", []mail{{id: "b@x", header: "References: <a@x>\n"},
			{id: "c@x", header: "References: <a@x> <b@x>\n"}, {id: "a@x"}}, "1: 3 .1 ..2"},
		{"a late post between two takes its child", []mail{{id: "a@x"}, {id: "c@x", header: "References: <a@x> <b@x>\n"},
			{id: "b@x", header: "References: <a@x>\n"}}, "1: 1 .3 ..2"},
		{"two threads turn out to be one, the older number lives", []mail{{id: "b@x", header: "In-Reply-To: <a@x>\n"},
			{id: "c@x", header: "In-Reply-To: <b2@x>\n"}, {id: "b2@x", header: "In-Reply-To: <a@x>\n"}}, "1: 1? 3? .2"},
		{"a cycle is cut at its first post", []mail{{id: "a@x", header: "In-Reply-To: <b@x>\n"}, {id: "b@x", header: "In-Reply-To: <a@x>\n"}}, "1: 1 .2"},
		{"nothing answers itself", []mail{{id: "a@x", header: "In-Reply-To: <a@x>\n"}}, "1: 1"},
		{"of two with one Message-ID the first gets the answers", []mail{{id: "a@x", body: "one"}, {id: "a@x", body: "two"},
			{id: "b@x", header: "References: <a@x>\n"}}, "1: 1 .3; 2: 2"},
		{"and so it is within one thread", []mail{{id: "a@x"}, {id: "b@x", header: "References: <a@x>\n", body: "one"},
			{id: "b@x", header: "References: <a@x>\n", body: "two"}, {id: "c@x", header: "References: <a@x> <b@x>\n"}}, "1: 1 .2 ..4 .3"},
		{"a year later is the same thread", []mail{{id: "a@x"}, {id: "b@x", hours: 9000, header: "References: <a@x>\n"}}, "1: 1 .2"},
	})
}

func TestParentsBySubject(t *testing.T) {
	const (
		quoted = "> We have used precision teaching for two terms now and it works well.\n\nSame here.\n"
		words  = "We have used precision teaching for two terms now\nand it works well.\n"
		tom    = "Tom Reed <tom@school.example>"
		ana    = "Ana Diaz <ana@school.example>"
	)
	checkPlaces(t, []placeCase{
		{"In-Reply-To with only a moment in another zone", []mail{{id: "a@x", subject: "Clicker", from: tom},
			{id: "b@x", subject: "Clicker", hours: 1, from: tom},
			{id: "c@x", subject: "Re: Clicker", hours: 2, from: ana, header: "In-Reply-To: Your message at 14:00:00 on Sunday, 22 November 2026\n"}},
			"1: 1; 2: 2 .3"},
		{"the same subject and the same author", []mail{{id: "a@x", subject: "Clicker"}, {id: "b@x", subject: "Re: [SENCO] clicker", hours: 300}}, "1: 1 .2"},
		{"after fourteen days no more", []mail{{id: "a@x", subject: "Clicker"}, {id: "b@x", subject: "Re: Clicker", hours: 14*24 + 1}}, "1: 1; 2: 2"},
		{"the same subject, and To names the author", []mail{{id: "a@x", subject: "Clicker", from: tom},
			{id: "b@x", subject: "Re: Clicker", from: ana, header: "Cc: tom@school.example\n"}}, "1: 1 .2"},
		{"the same subject, and a greeting names the author", []mail{{id: "a@x", subject: "Clicker", from: tom},
			{id: "b@x", subject: "Re: Clicker", from: ana, body: "Hi Tom,\n\nyes.\n"}}, "1: 1 .2"},
		{"the same subject without evidence", []mail{{id: "a@x", subject: "Clicker", from: tom},
			{id: "b@x", subject: "Re: Clicker", from: ana, body: "Tom's pupils are well today I think\n"}}, "1: 1; 2: 2"},
		{"the same subject without a reply mark", []mail{{id: "a@x", subject: "Clicker"}, {id: "b@x", subject: "Clicker", body: quoted}}, "1: 1; 2: 2"},
		{"a field that names nobody is a reply mark", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "Clicker", from: ana, header: "In-Reply-To: 0\n", body: quoted}}, "1: 1 .2"},
		{"quoted words, also after months and broken anew", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "Re: Clicker", from: ana, body: quoted, hours: 2000}}, "1: 1 .2"},
		{"six words in a row are too few", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "Re: Clicker", from: ana, body: "> precision teaching for two terms now\n\nSame here.\n"}}, "1: 1; 2: 2"},
		{"quoted words decide between two threads", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "Clicker", from: ana, hours: 1}, {id: "c@x", subject: "Re: Clicker", from: ana, body: quoted, hours: 2}}, "1: 1 .3; 2: 2"},
		{"words below Original Message are quoted", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "RE: [EXTERNAL] Clicker", from: ana, body: "Yes.\n\n-----Original Message-----\nFrom: Tom\n\n" + words}}, "1: 1 .2"},
		{"a footer that all quote is no evidence", []mail{{id: "a@x", subject: "Clicker", from: tom, body: "Hm\n____________\nthis is the forum of all SENCOs in England\n"},
			{id: "b@x", subject: "Re: Clicker", from: ana, body: "> ____________\n> this is the forum of all SENCOs in England\n"}}, "1: 1; 2: 2"},
		{"what is forwarded with its words", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "FW: Clicker", from: ana, body: quoted}, {id: "c@x", subject: "FW: Clicker", from: tom}}, "1: 1 .2; 3: 3"},
		{"a new subject is a new thread, also where it names the old one", []mail{{id: "a@x", subject: "Clicker", from: tom, body: words},
			{id: "b@x", subject: "Laptops (was: Re: Clicker)", from: ana, body: quoted}}, "1: 1; 2: 2"},
		{"the parts of a series are not one thread", []mail{{id: "a@x", subject: "[PATCH 1/2] Clicker"}, {id: "b@x", subject: "[PATCH 2/2] Clicker"},
			{id: "c@x", subject: "Newsletter 3"}, {id: "d@x", subject: "Newsletter 4"}, {id: "e@x", subject: "Re: Newsletter 4"}}, "1: 1; 2: 2; 3: 3; 4: 4 .5"},
		{"no subject is no subject in common", []mail{{id: "a@x", subject: " "}, {id: "b@x", subject: "Re:"}}, "1: 1; 2: 2"},
	})
}

func TestOutlookConversations(t *testing.T) {
	index := func(blocks ...string) string {
		return "Thread-Index: " + base64Of("\x01time1conversation 16b"+strings.Join(blocks, "")) + "\n"
	}
	for _, c := range []struct {
		name  string
		mails []mail
		want  string
	}{
		{"blocks give the parent", []mail{{id: "a@x", header: index()}, {id: "b@x", header: index("12345")},
			{id: "c@x", header: index("12345", "67890")}, {id: "d@x", header: index("abcde")}}, "1: 1 .2 ..3 .4"},
		{"the beginning is missing", []mail{{id: "b@x", header: index("12345")}, {id: "c@x", header: index("abcde")}}, "1: 1? 2?"},
		{"the beginning comes late", []mail{{id: "b@x", header: index("12345")}, {id: "c@x", header: index("abcde")}, {id: "a@x", header: index()}}, "1: 3 .1 .2"},
		{"References come first", []mail{{id: "a@x", header: index()}, {id: "b@x"}, {id: "c@x", header: index("12345") + "References: <b@x>\n"}}, "1: 1; 2: 2 .3"},
	} {
		if got := outline(t, build(t, c.mails...)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTheReplyAddressComesBeforeReferences(t *testing.T) {
	db := build(t, mail{id: "a@x"}, mail{id: "b@x"})
	for _, answers := range []Number{1, 77} { // 77: no such post
		testdb.Update(t, db, func(tx *store.Tx) error {
			_, err := Accept(tx, NewPost{Post: Post{List: 1, MessageID: fmt.Sprintf("<%d@y>", answers)}, Answers: answers, References: []string{"<b@x>"}})
			return err
		})
	}
	if got := outline(t, db); got != "1: 1 .3; 2: 2 .4" {
		t.Error(got)
	}
}

func TestListsHaveNoThreadInCommon(t *testing.T) {
	db := build(t, mail{id: "a@x"})
	testdb.Update(t, db, func(tx *store.Tx) error {
		p, err := Accept(tx, NewPost{Post: Post{List: 2, MessageID: "<b@x>"}, Answers: 1, References: []string{"<a@x>"}})
		if p.Thread != 2 {
			t.Errorf("the post of another list is in thread %d", p.Thread)
		}
		return err
	})
}

func TestALateParentChangesNoPostAndIsTold(t *testing.T) {
	db := build(t, mail{id: "b@x", header: "In-Reply-To: <a@x>\n"}, mail{id: "c@x", header: "In-Reply-To: <b2@x>\n"})
	testdb.Update(t, db, func(tx *store.Tx) error {
		_, err := importOne(tx, "", mail{id: "b2@x", header: "In-Reply-To: <a@x>\n"}.raw())
		return err
	})
	testdb.View(t, db, func(tx *store.Tx) error {
		var got []string
		for c, err := range Changes(tx, 0) {
			if err != nil {
				return err
			}
			got = append(got, fmt.Sprint(c.Seq, c.Post, c.Event))
		}
		want := []string{"1 1published", "2 2published", "3 2threaded", "4 3published"}
		if !slices.Equal(got, want) {
			t.Errorf("the change record is %q, want %q", got, want)
		}
		p, err := Get(tx, 2)
		if p.Thread != 2 || p.Seq != 2 {
			t.Errorf("post 2 is %+v", p)
		}
		n, err2 := ThreadOf(tx, 2)
		d, err3 := Thread(tx, 2)
		if n != 1 || d.Number != 1 || !slices.Equal(d.Aliases, []Number{2}) {
			t.Errorf("post 2 is in thread %d, whose aliases are %v", n, d.Aliases)
		}
		return errors.Join(err, err2, err3)
	})
}

// TestALateParentOfAGreatThreadWritesNoMore counts the bytes that a late parent and an answer write, in threads of
// different sizes.
func TestALateParentOfAGreatThreadWritesNoMore(t *testing.T) {
	var wrote [][2]uint64
	for _, size := range []int{10, 1000} {
		mails := []mail{{id: "other@x"}}
		for i := range size {
			mails = append(mails, mail{id: fmt.Sprintf("%05d@x", i), header: "References: <late@x>\n"})
		}
		db := build(t, mails...)
		var w [2]uint64
		for i, m := range []mail{{id: "late@x", header: "References: <other@x>\n"}, {id: "next@x", header: "References: <00005@x>\n"}} {
			before := db.Stats().Written
			testdb.Update(t, db, func(tx *store.Tx) error { _, err := importOne(tx, "", m.raw()); return err })
			w[i] = db.Stats().Written - before
		}
		wrote = append(wrote, w)
	}
	for i := range 2 { // numbers have more digits in the larger one
		if a, b := wrote[0][i], wrote[1][i]; b > a+a/20 {
			t.Errorf("post %d of two: %d bytes in a small thread, %d in a large one", i, a, b)
		}
	}
}

func TestAPageOfAThread(t *testing.T) {
	db := build(t, mail{id: "a@x"}, mail{id: "b@x", header: "References: <a@x>\n"}, mail{id: "c@x", header: "References: <b@x>\n"})
	testdb.View(t, db, func(tx *store.Tx) error {
		d, err := Thread(tx, 1)
		if err != nil {
			return err
		}
		for _, c := range []struct{ from, count, first, want int }{{0, 2, 1, 2}, {2, 2, 3, 1}, {3, 2, 0, 0}, {-1, 9, 1, 3}} {
			page, err := d.Page(tx, c.from, c.count)
			if err != nil || len(page) != c.want || len(page) > 0 && page[0].Number != Number(c.first) {
				t.Errorf("%+v: %d posts, %v", c, len(page), err)
			}
		}
		_, err = Thread(tx, 2)
		if !errors.Is(err, ErrNoThread) {
			t.Errorf("a post that founded no thread: %v", err)
		}
		return nil
	})
}

// TestThreadsDoNotDependOnTheOrderOfArrival makes honest archives: what a post names is a part of the true way from it to
// the beginning. Some posts never arrive. Then the sets of posts and all parents are the same for every order.
func TestThreadsDoNotDependOnTheOrderOfArrival(t *testing.T) {
	for seed := range uint64(15) {
		r := rand.New(rand.NewPCG(seed, 7))
		mails := honest(r, 40)
		var want string
		for range 3 {
			r.Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
			got := idForest(t, build(t, mails...))
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("seed %d: two orders give\n%s\n%s", seed, got, want)
			}
		}
	}
}

// honest makes the mails of random threads and leaves some out.
func honest(r *rand.Rand, n int) (mails []mail) {
	var ways [][]string // for each mail the way from the beginning to it
	for i := range n {
		var way []string
		if i > 0 && r.IntN(5) > 0 {
			way = ways[r.IntN(i)]
		}
		m := mail{id: fmt.Sprintf("%d@x", i)}
		switch known := r.IntN(3); {
		case len(way) == 0:
		case known == 0:
			m.header = "In-Reply-To: " + way[len(way)-1] + "\n"
		case known == 1:
			m.header = "References: " + strings.Join(way[r.IntN(len(way)):], " ") + "\n"
		default:
			m.header = "References: " + strings.Join(way, " ") + "\n"
		}
		ways = append(ways, append(slices.Clone(way), "<"+m.id+">"))
		if r.IntN(4) > 0 {
			mails = append(mails, m)
		}
	}
	return mails
}

// idForest describes threads by Message-IDs, so that numbers do not count.
func idForest(t *testing.T, db *store.DB) string {
	t.Helper()
	f := readForest(t, db)
	ids := map[Number]string{}
	for id, p := range postsByID(t, db) {
		ids[p.Number] = id
	}
	groups := map[Number][]string{}
	for n, thread := range f.thread {
		groups[thread] = append(groups[thread], ids[n]+"<"+ids[f.parent[n]])
	}
	var lines []string
	for _, g := range groups {
		slices.Sort(g)
		lines = append(lines, strings.Join(g, " "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func rebuildNow(t *testing.T, db *store.DB) Rebuilt {
	t.Helper()
	r, err := Rebuild(t.Context(), db, filepath.Join(t.TempDir(), "scratch.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func FuzzTexts(f *testing.F) {
	f.Add("Hi Tom,\n\n> words words words words words words\n-- \nme\n-----Original Message-----\nFrom: x\n", "Re: [EXT] fw: Re[2]: x", "Tom Reed")
	f.Add(">\n|||\n____________\n>____________", "fw: fw:", "  ")
	f.Fuzz(func(t *testing.T, text, subject, name string) {
		quoted, own := divide(message.Split(text))
		for _, p := range []phrases{phrasesOf(quoted), phrasesOf(own)} {
			if len(p) > wordsMost || p.shared(p) != len(p) {
				t.Errorf("%d phrases, of which %d are shared with themselves", len(p), p.shared(p))
			}
		}
		greets(greeting(own), name)
		about, _ := subjectOf(Post{Subject: subject})
		if len(subject) > subjectMost/3 || !utf8.ValidString(subject) { // lower case may be longer, and then it is cut again
			return
		}
		if again, m := subjectOf(Post{Subject: about}); again != about || m != markNone {
			t.Errorf("%q is about %q, and that about %q", subject, about, again)
		}
	})
}
