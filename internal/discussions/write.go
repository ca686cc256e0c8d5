package discussions

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"mime"
	"strings"
	"time"
)

// thread is a discussion that is being written.
type thread struct {
	situation
	r       *rand.Rand
	year    int
	said    map[string]string // which word was used for what
	subject string
	written []Post
	own     string // words of the last post, that the next may quote
	asker   person
	name    string // of Message-IDs
}

func (s situation) discussion(i int) Discussion {
	h := fnv.New64a()
	fmt.Fprint(h, s.key, i)
	t := &thread{situation: s, r: rand.New(rand.NewPCG(h.Sum64(), 7)), said: map[string]string{}, name: fmt.Sprintf("%s.%d", s.key, i)}
	at := t.begin(i)
	t.year = at.Year()
	t.asker = member(t.r.IntN(members))
	t.subject = inWordsOf(s.subjects[t.r.IntN(len(s.subjects))], t.year, t.r, t.said)
	t.subject = strings.ToUpper(t.subject[:1]) + t.subject[1:]
	t.write(t.asker, at, t.greeting()+t.pick(s.openings)+t.aside(3)+"\n\n"+closings[t.r.IntN(len(closings))])
	for _, answer := range t.answers() {
		at = at.Add(time.Duration(1+t.r.IntN(40)) * time.Hour)
		t.write(s.who(t.r), at, inWordsOf(answer, t.year, t.r, t.said)+t.aside(4))
	}
	if len(t.written) > 2 && t.r.IntN(3) == 0 {
		t.write(t.asker, at.Add(5*time.Hour), thanks[t.r.IntN(len(thanks))])
	}
	names := map[string]bool{}
	for name := range t.said {
		names[name] = true
	}
	return Discussion{Key: s.key, Posts: t.written, Names: names}
}

// begin spreads the discussions of a situation over its years. Nobody writes in August, and nobody after October 2026.
func (t *thread) begin(i int) time.Time {
	span := float64(t.to-t.from+1) / float64(t.count)
	year := t.from + int(float64(i)*span+t.r.Float64()*span)
	year = min(year, t.to)
	month := 1 + t.r.IntN(11)
	if month >= 8 {
		month++
	}
	if year == 2026 {
		month = 1 + t.r.IntN(7)
	}
	return time.Date(year, time.Month(month), 1+t.r.IntN(28), 8+t.r.IntN(13), t.r.IntN(60), t.r.IntN(60), 0, time.UTC)
}

// answers picks some of the answers, and one in four that says little.
func (t *thread) answers() []string {
	var some []string
	for _, i := range t.r.Perm(len(t.situation.answers)) {
		if t.r.IntN(5) > 0 {
			some = append(some, t.situation.answers[i])
		}
		if t.r.IntN(4) == 0 {
			some = append(some, lesser[t.r.IntN(len(lesser))])
		}
	}
	return some
}

func (t *thread) greeting() string { return greetings[t.r.IntN(len(greetings))] + "\n\n" }

func (t *thread) pick(texts []string) string {
	return inWordsOf(texts[t.r.IntN(len(texts))], t.year, t.r, t.said)
}

// aside mentions something else, one time of n.
func (t *thread) aside(n int) string {
	if t.r.IntN(n) > 0 {
		return ""
	}
	return " " + of(asides, t.year, t.r)
}

func (t *thread) write(who person, at time.Time, own string) {
	var b strings.Builder
	id := fmt.Sprintf("<%s.%d@%s>", t.name, len(t.written), Domain)
	subject := t.subject
	if len(t.written) > 0 {
		subject = "Re: " + subject
	}
	fmt.Fprintf(&b, "From: %s <%s>\r\nTo: <%s>\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: %s\r\n",
		mime.QEncoding.Encode("utf-8", who.name), strings.ReplaceAll(who.address(), "â", "a"), List, mime.QEncoding.Encode("utf-8", subject), at.Format(time.RFC1123Z), id)
	var above []string
	for _, p := range t.written {
		above = append(above, p.ID)
	}
	if len(above) > 0 {
		fmt.Fprintf(&b, "In-Reply-To: %s\r\nReferences: %s\r\n", above[0], strings.Join(above, "\r\n "))
	}
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n")
	body := own + "\n\n" + who.name + "\n" + who.role + "\n"
	if len(above) > 0 && t.r.IntN(2) == 0 {
		body += "\nOn " + t.written[len(t.written)-1].At.Format("Mon, 2 Jan 2006 at 15:04") + ", " + t.written[len(t.written)-1].Author + " wrote:\n> " + strings.ReplaceAll(t.own, "\n", "\n> ") + "\n"
	}
	b.WriteString(strings.ReplaceAll(body, "\n", "\r\n"))
	t.own = own
	t.written = append(t.written, Post{Author: who.name, At: at, ID: id, Raw: []byte(b.String())})
}
