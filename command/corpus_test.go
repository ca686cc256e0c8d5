package command

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sencoforum/message"
)

// phrase is one line of testdata: what somebody writes, where, and what it must mean.
type phrase struct {
	place, want, subject, text string
	at                         string // file and line
}

// ending is a mail as a program writes a reply, with places for the words.
type ending struct{ name, template string }

func readPhrases(t testing.TB, files ...string) (all []phrase) {
	t.Helper()
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(b), "\n") {
			if line == "" || line[0] == '#' {
				continue
			}
			f := strings.SplitN(line, "\t", 3)
			if len(f) == 2 {
				f = append(f, "")
			}
			if len(f) != 3 {
				t.Fatalf("%s:%d: not three columns: %q", file, i+1, line)
			}
			p := phrase{place: f[0], want: f[1], text: strings.ReplaceAll(f[2], `\n`, "\n"), at: fmt.Sprintf("%s:%d", filepath.Base(file), i+1)}
			if after, ok := strings.CutPrefix(p.text, "subject: "); ok {
				p.subject, p.text, _ = strings.Cut(after, "\n")
				p.text = strings.TrimPrefix(p.text, "\n")
			}
			all = append(all, p)
		}
	}
	return all
}

func readEndings(t testing.TB, dir string) (all []ending) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ending{strings.TrimSuffix(filepath.Base(file), ".eml"), string(b)})
	}
	return all
}

// subjects are those of the mails that are answered, where a phrase has none of its own.
var subjects = map[string]string{
	"post": "[SENCO] EHCP annual review paperwork", "post-new": "Provision maps", "request": "Done: you get one email every Monday",
}

// request is what is known about a mail at a place of the phrases.
func request(t testing.TB, place string) Request {
	t.Helper()
	q := Request{Today: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC), Lists: []string{"senco-forum", "SENCO Forum"}}
	name := place
	switch place {
	case "request-mod":
		name, q.Moderator = "request", true
	case "mod":
		q.Item, q.About = "9c2m", []string{"Sam Lee"}
	case "mod-guard":
		q.Item, q.About, q.Files = "8f3k", []string{"Jane Smith"}, 1
	case "mod-spam":
		q.Item, q.About = "4t8n", []string{"Kim Hall"}
	case "mod-batch":
		q.Items = 3
	case "mod-join":
		q.Item, q.About = "7d4p", []string{"Jane Smith"}
	case "own-guard":
		q.Files = 1
	case "own-private":
		q.About = []string{"Priya N."}
	}
	at, ok := PlaceOf(name)
	if !ok {
		t.Fatalf("no place %q", place)
	}
	q.At = at
	return q
}

// mail puts a phrase into an ending and encodes each part as its header says.
func mail(e ending, p phrase) []byte {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", "<br>\n").Replace(p.text)
	subject := cmp.Or(p.subject, subjects[p.place], "Nothing was done")
	raw := strings.NewReplacer("{{text}}", p.text, "{{html}}", escaped, "{{subject}}", subject).Replace(e.template)
	return []byte(strings.ReplaceAll(encode(raw), "\n", "\r\n"))
}

// encode writes an entity: a header, an empty line, and a body that is parts or that is to be encoded.
func encode(raw string) string {
	head, body, _ := strings.Cut(raw, "\n\n")
	low := strings.ToLower(head)
	if i := strings.Index(low, "boundary="); i >= 0 && strings.Contains(low, "multipart/") {
		boundary := strings.Trim(strings.Fields(head[i+len("boundary="):])[0], `";`)
		parts := strings.Split("\n"+body, "\n--"+boundary)
		for n := 1; n < len(parts); n++ {
			if part, ok := strings.CutPrefix(parts[n], "\n"); ok {
				parts[n] = "\n" + encode(part)
			}
		}
		return head + "\n\n" + strings.TrimPrefix(strings.Join(parts, "\n--"+boundary), "\n")
	}
	if strings.Contains(low, "content-disposition:") {
		return raw
	}
	charset := "utf-8"
	for _, name := range []string{"windows-1252", "iso-8859-1"} {
		if i := strings.Index(low, name); i >= 0 {
			if single, ok := latin(body); ok {
				body, charset = single, name
			} else {
				head = head[:i] + charset + head[i+len(name):]
			}
			break
		}
	}
	switch {
	case strings.Contains(low, "encoding: base64"):
		return head + "\n\n" + wrap(base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(body, "\n", "\r\n")))) + "\n"
	case strings.Contains(low, "encoding: quoted-printable"):
		var b strings.Builder
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
		_ = w.Close()
		return head + "\n\n" + strings.ReplaceAll(b.String(), "\r\n", "\n")
	}
	return head + "\n\n" + body
}

// latin writes a text in a charset of one octet a letter, as far as it has the letters in the same places.
func latin(s string) (string, bool) {
	var b []byte
	for _, r := range s {
		if r > 0xff || r >= 0x80 && r < 0xa0 {
			return "", false
		}
		b = append(b, byte(r))
	}
	return string(b), true
}

func wrap(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s
}

// tally counts readings.
type tally struct{ right, asked, wrong int }

func (c *tally) add(o tally) {
	c.right, c.asked, c.wrong = c.right+o.right, c.asked+o.asked, c.wrong+o.wrong
}

func (c tally) String() string {
	all := c.right + c.asked + c.wrong
	share := func(n int) float64 { return 100 * float64(n) / float64(max(all, 1)) }
	return fmt.Sprintf("%d cases: %d right (%.1f %%), %d asked (%.1f %%), %d wrong (%.2f %%)", all, c.right, share(c.right), c.asked, share(c.asked), c.wrong, share(c.wrong))
}

// judge compares a reading with what is wanted.
func judge(p phrase, got Reading) tally {
	want := canonical(p.place, p.want)
	switch got.Outcome {
	case Ask:
		switch want {
		case "ask":
			return tally{right: 1}
		case "pass": // an ordinary post was stopped
			return tally{wrong: 1}
		}
		return tally{asked: 1}
	case Pass: // also a command that was sent to everybody
		if want == "pass" {
			return tally{right: 1}
		}
		return tally{wrong: 1}
	case Done:
		if canonical(p.place, got.Line()) == want {
			return tally{right: 1}
		}
	}
	return tally{wrong: 1}
}

// canonical writes a command in one way, where the documentation has several names for the same, and a text without the closing
// of the mail, or "it" before a reason.
func canonical(place, s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(plain(s), `\n`, " ")), " ")
	word, args, _ := strings.Cut(s, " ")
	switch {
	case place == "goodbye" && s == "yes":
		return "join"
	case s == "approve and trust":
		return "trust"
	case place == "own-private" && word == "only":
		return "only"
	case place == "own-guard" && (s == "send"):
		return "send anyway"
	case place == "own-guard" && strings.HasPrefix(s, "take out "):
		return `redact "` + strings.Trim(strings.TrimPrefix(s, "take out "), `"`) + `"`
	case word == "search":
		return "search " + strings.TrimPrefix(args, "for ")
	case word == "yes" && place == "join":
		words := strings.Fields(args)
		i := slices.IndexFunc([]int{0, len(words) - 1}, func(i int) bool { return len(words) > 0 && slices.Contains(modes, words[i]) })
		if i == 1 {
			words = append(words[len(words)-1:], words[:len(words)-1]...)
		}
		return strings.Join(append([]string{"yes"}, words...), " ")
	}
	return s
}

// runAll reads every phrase with every ending and reports what is not right. every n-th pair is read.
func runAll(t *testing.T, phrases []phrase, endings []ending, every int) (total tally) {
	t.Helper()
	type job struct{ p, e int }
	jobs := make(chan job, 64)
	places := make(map[string]*tally)
	failed := make(map[string][]string)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range jobs {
				p, e := phrases[j.p], endings[j.e]
				got := Read(Of(message.Parse(mail(e, p)), request(t, p.place)))
				c := judge(p, got)
				mu.Lock()
				if places[p.place] == nil {
					places[p.place] = new(tally)
				}
				places[p.place].add(c)
				total.add(c)
				if c.right == 0 {
					key := fmt.Sprintf("%s %s %q: want %s, got %s", p.at, p.place, p.text, p.want, got)
					failed[key] = append(failed[key], e.name)
				}
				mu.Unlock()
			}
		})
	}
	for i := range phrases {
		for j := range endings {
			if (i+j)%every == 0 {
				jobs <- job{i, j}
			}
		}
	}
	close(jobs)
	wg.Wait()
	var lines []string
	for k, names := range failed {
		slices.Sort(names)
		lines = append(lines, fmt.Sprintf("%s (%d endings: %s)", k, len(names), strings.Join(names[:min(4, len(names))], " ")))
	}
	slices.Sort(lines)
	t.Log(strings.Join(lines, "\n"))
	var names []string
	for name := range places {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t.Logf("%-12s %s", name, places[name])
	}
	return total
}
