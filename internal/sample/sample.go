// Package sample invents a forum: members, and posts in threads about the
// work of SENCOs. It serves the demo and tests. Everything in it is made up;
// the same numbers always give the same forum.
package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Forum is an invented list with its members and its archive.
type Forum struct {
	Name    string
	Title   string
	Domain  string
	Tag     string
	Members []Member
	Posts   []Post // in the order of writing
}

// A Member is an invented person.
type Member struct {
	Name    string
	Address string
}

// A Post is one message as a member's mail program would have written it.
type Post struct {
	Author int // index of the member
	Date   time.Time
	Raw    []byte // CRLF line ends
}

// New invents a forum of the given size whose last post is a day before now.
func New(members, posts int, now time.Time) Forum {
	f := Forum{Name: "senco-forum", Title: "SENCO Forum", Domain: "lists.example.org", Tag: "[SENCO]"}
	r := rand.New(rand.NewPCG(1995, 2026))
	for i := range members {
		f.Members = append(f.Members, member(i))
	}
	f.Posts = write(r, f, posts, now)
	return f
}

// member is the i-th invented person; addresses bear a number when the first
// names run out.
func member(i int) Member {
	first, last := firstNames[i%len(firstNames)], lastNames[(i*7+i/len(firstNames))%len(lastNames)]
	school := schools[(i*5)%len(schools)]
	local := strings.ToLower(first + "." + last)
	if i >= len(firstNames) {
		local = fmt.Sprintf("%s%d", local, i)
	}
	return Member{Name: first + " " + last, Address: local + "@" + school + ".example"}
}

// thread is a discussion that is being written.
type thread struct {
	topic   topic
	subject string
	phase   string
	ids     []string
	last    time.Time
	quoted  string
	asker   int
	replies []string // what was said already
}

func write(r *rand.Rand, f Forum, n int, now time.Time) []Post {
	if len(f.Members) == 0 {
		return nil
	}
	at := now.AddDate(0, 0, -1-n*2/3)
	step := now.AddDate(0, 0, -1).Sub(at) / time.Duration(max(n, 1))
	var posts []Post
	var open []*thread
	for i := range n {
		at = at.Add(step/2 + time.Duration(r.Int64N(int64(step)+1)))
		if at.After(now) {
			at = now.Add(-time.Minute)
		}
		var t *thread
		if len(open) == 0 || r.IntN(4) == 0 {
			t = begin(r, len(posts), len(f.Members))
			open = append(open, t)
			if len(open) > 6 {
				open = open[1:]
			}
		} else {
			t = open[r.IntN(len(open))]
		}
		posts = append(posts, t.post(r, f, i, at))
	}
	return posts
}

func begin(r *rand.Rand, i, members int) *thread {
	t := &thread{topic: topics[i%len(topics)], phase: phases[r.IntN(len(phases))], asker: r.IntN(members)}
	t.subject = strings.ReplaceAll(t.topic.subject, "{phase}", t.phase)
	return t
}

// post writes the next message of the thread.
func (t *thread) post(r *rand.Rand, f Forum, i int, at time.Time) Post {
	author, subject, text := t.asker, t.subject, t.question(r)
	if len(t.ids) > 0 {
		author, subject, text = r.IntN(len(f.Members)), "Re: "+f.Tag+" "+t.subject, t.reply(r)
	}
	m := f.Members[author]
	id := fmt.Sprintf("<%d.%d@%s>", at.Unix(), i, m.Address[strings.IndexByte(m.Address, '@')+1:])
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s <%s>\r\nTo: %s <%s@%s>\r\n", m.Name, m.Address, f.Title, f.Name, f.Domain)
	fmt.Fprintf(&b, "Subject: %s\r\nDate: %s\r\nMessage-ID: %s\r\n", subject, at.Format(time.RFC1123Z), id)
	if len(t.ids) > 0 {
		fmt.Fprintf(&b, "In-Reply-To: %s\r\nReferences: %s\r\n", t.ids[len(t.ids)-1], strings.Join(t.ids, "\r\n "))
	}
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
	b.WriteString(strings.ReplaceAll(text+"\n\n"+m.Name+"\n"+roles[author%len(roles)]+"\n", "\n", "\r\n"))
	if len(t.ids) > 0 && r.IntN(2) == 0 {
		b.WriteString(quote(t.last, t.quoted))
	}
	if t.ids = append(t.ids, id); len(t.ids) > 8 {
		t.ids = append(t.ids[:1], t.ids[2:]...)
	}
	t.last, t.quoted = at, text
	return Post{Author: author, Date: at, Raw: []byte(b.String())}
}

func quote(at time.Time, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\r\nOn %s, somebody wrote:\r\n", at.Format("Mon, 2 Jan 2006 at 15:04"))
	for line := range strings.Lines(text) {
		b.WriteString("> " + strings.TrimRight(line, "\n") + "\r\n")
	}
	return b.String()
}

func (t *thread) question(r *rand.Rand) string {
	opening := strings.ReplaceAll(openings[r.IntN(len(openings))], "{phase}", t.phase)
	return opening + "\n\n" + strings.ReplaceAll(t.topic.question, "{phase}", t.phase) + "\n\n" + closings[r.IntN(len(closings))]
}

// reply picks an answer to the topic that was not given yet, or else a general
// one.
func (t *thread) reply(r *rand.Rand) string {
	left := make([]string, 0, len(t.topic.answers))
	for _, a := range t.topic.answers {
		if !slices.Contains(t.replies, a) {
			left = append(left, a)
		}
	}
	answer := general[r.IntN(len(general))]
	if len(left) > 0 {
		answer = left[r.IntN(len(left))]
		t.replies = append(t.replies, answer)
	}
	return strings.ReplaceAll(answer, "{phase}", t.phase)
}
