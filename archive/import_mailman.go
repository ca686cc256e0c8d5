package archive

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// oldURLs finds the posts that stood in the archive of another program: (list, "2003-December/000012.html") -> Number.
var oldURLs = store.NewTable("archive.oldurls",
	store.PairKey(store.Uint32Key[list.ID](), store.StringKey[string]()), store.JSON[Number]())

// oldPage is where pipermail, Mailman 2's archiver, puts the page of a message: the month of its date, and its place in the
// archive's mbox, from 0.
func oldPage(written time.Time, number int) string {
	return fmt.Sprintf("%s/%06d.html", written.UTC().Format(oldMonth), number)
}

// OldURL returns the post that had a page in an old archive of a list, by the end of that page's address. A message of the
// first or last hours of a month may have stood in the month beside it, by the clock of the machine that had the archive.
func OldURL(tx *store.Tx, l list.ID, page string) (Number, error) {
	month, number, _ := strings.Cut(page, "/")
	pages := []string{page}
	if at, err := time.Parse(oldMonth, month); err == nil {
		for _, by := range []int{-1, 1} {
			pages = append(pages, at.AddDate(0, by, 0).Format(oldMonth)+"/"+number)
		}
	}
	for _, page := range pages {
		if len(page) > oldPageMost {
			break
		}
		n, ok, err := oldURLs.Get(tx, store.Pair[list.ID, string]{A: l, B: page})
		if ok || err != nil {
			return n, err
		}
	}
	return 0, fmt.Errorf("old page: %w", ErrNoPost)
}

// oldMonth is how pipermail names a month, and oldPageMost bounds the end of an address.
const (
	oldMonth    = "2006-January"
	oldPageMost = 100
)

func putOldURL(tx *store.Tx, l list.ID, page string, n Number) error {
	key := store.Pair[list.ID, string]{A: l, B: page}
	if has, err := oldURLs.Has(tx, key); has || err != nil {
		return err
	}
	return oldURLs.Put(tx, key, n)
}

// Mailman is what is known of the list that Mailman 2 ran.
type Mailman struct {
	Post   message.Address // its posting address
	Footer string          // its footer as it stood below posts; empty: Mailman's own is looked for
}

// Fix takes Mailman's footer off a message, and gives it back its author where Mailman had put the list in that place.
func (o Mailman) Fix(raw []byte) ([]byte, ImportFix) {
	var done ImportFix
	raw, done.Footer = o.cutFooter(raw)
	raw, done.Via = o.undoVia(raw)
	return raw, done
}

// ruleLine is what Mailman puts before its footer: 47 underscores, or a few more or less in old versions.
var ruleLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^_{40,60}[ \t]*\r?$`)
})

// listInfo is what Mailman's own footer says, and no signature.
var listInfo = regexp.MustCompile(`(?i)mailing list|/listinfo/|/listinfo\.cgi/`)

// footerMost bounds a footer, in bytes.
const footerMost = 2000

// cutFooter removes the footer at the end of a message: below its text, or as a part of its own.
func (o Mailman) cutFooter(raw []byte) ([]byte, bool) {
	tail := max(0, len(raw)-footerMost-200)
	var starts []int
	for _, at := range ruleLine().FindAllIndex(raw[tail:], -1) {
		starts = append(starts, tail+at[0])
	}
	if at := o.ownStart(raw[tail:]); at >= 0 {
		starts = append(starts, tail+at)
	}
	for _, start := range slices.Backward(starts) {
		foot, boundary := o.footerAt(raw, start)
		if !foot {
			continue
		}
		if inPart := partStart(raw, start, boundary); inPart > 0 {
			return append(slices.Clip(raw[:inPart]), boundary...), true
		}
		head := bytes.TrimRight(raw[:start], " \t\r\n")
		end := "\n"
		if bytes.Contains(raw[len(head):start], []byte("\r\n")) {
			end = "\r\n"
		}
		if bodyAt(raw) > len(head) { // nothing but the footer
			head, end = raw[:bodyAt(raw)], ""
		}
		return append(append(slices.Clip(head), end...), boundary...), true
	}
	return raw, false
}

// footerAt reports whether all from start to the end of a message is Mailman's footer. Behind it the last boundary of a
// multipart may stand, which is returned.
func (o Mailman) footerAt(raw []byte, start int) (foot bool, boundary []byte) {
	text := raw[start:]
	if m := closing().FindIndex(text); m != nil {
		text, boundary = text[:m[0]], text[m[0]:]
	}
	words := strings.TrimSpace(strings.TrimLeft(strings.ReplaceAll(string(text), "\r\n", "\n"), "_"))
	if own := o.ownFooter(); own != "" && sameWords(words, own) {
		return true, boundary
	}
	return text[0] == '_' && strings.Count(words, "\n") < 8 && !strings.Contains(words, "\n\n") && listInfo.MatchString(words), boundary
}

// ownFooter is the list's own footer without the rule above it.
func (o Mailman) ownFooter() string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(o.Footer), "_"))
}

// ownStart is where the last line stands that is the first of the list's own footer, without a rule; -1 for none.
func (o Mailman) ownStart(tail []byte) int {
	first, _, _ := strings.Cut(o.ownFooter(), "\n")
	if first = strings.TrimSpace(first); first == "" || strings.HasPrefix(strings.TrimSpace(o.Footer), "_") {
		return -1
	}
	at := bytes.LastIndex(tail, []byte("\n"+first))
	if at < 0 {
		return -1
	}
	return at + 1
}

// closing is the end of a multipart at the end of a message.
var closing = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\r?\n--[^\r\n]{1,250}--\s*$`)
})

func sameWords(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// partStart returns where the part begins whose content starts here, with the line end before its boundary; 0 where the
// footer is below other text.
func partStart(raw []byte, start int, end []byte) int {
	boundary := bytes.TrimSuffix(bytes.TrimSpace(end), []byte("--"))
	if len(boundary) == 0 {
		return 0
	}
	at := bytes.LastIndex(raw[:start], boundary)
	if at <= 0 || raw[at-1] != '\n' {
		return 0
	}
	h, rest := message.ReadHeader(raw[at+len(boundary)+lineEnd(raw[at+len(boundary):]) : start])
	if len(bytes.TrimSpace(rest)) > 0 || len(h.Fields()) == 0 {
		return 0
	}
	at--
	if at > 0 && raw[at-1] == '\r' {
		at--
	}
	return at
}

// lineEnd is how many bytes the line end at the beginning of b has.
func lineEnd(b []byte) int {
	switch {
	case bytes.HasPrefix(b, []byte("\r\n")):
		return 2
	case bytes.HasPrefix(b, []byte("\n")):
		return 1
	}
	return 0
}

// bodyAt is where the body of a message begins.
func bodyAt(raw []byte) int {
	_, body := message.ReadHeader(raw)
	return len(raw) - len(body)
}

// viaName is the name that Mailman gives to an author whose domain forbids that others send for it.
var viaName = regexp.MustCompile(`(?i)^(.+) via .+$`)

// undoVia gives a message back its author, where From names the list and another field still names the author.
func (o Mailman) undoVia(raw []byte) ([]byte, bool) {
	m := headerOf(raw)
	from, ok := m.From()
	named := viaName.FindStringSubmatch(from.Name)
	if !ok || named == nil || o.Post.IsZero() || from.Address.Key() != o.Post.Key() {
		return raw, false
	}
	author := o.authorOf(m, strings.Trim(named[1], `"' `))
	if author == "" {
		return raw, false
	}
	at, end := fieldAt(raw, "From")
	if end == 0 {
		return raw, false
	}
	out := make([]byte, 0, len(raw))
	out = append(out, raw[:at]...)
	out = append(out, "From: "+author...)
	out = append(out, raw[at+len(bytes.TrimRight(raw[at:end], "\r\n")):]...)
	return out, true
}

// authorOf finds the author's own address: as a field of the original, as Reply-To, or with the same name in Cc. It is
// returned as it stands there, fit for From, or empty.
func (o Mailman) authorOf(m *message.Message, name string) string {
	for _, field := range []string{"X-Original-From", "X-Mailman-Original-From", "Reply-To"} {
		value := m.Header.Get(field)
		if mb, ok := o.only(value); ok {
			if mb.Name == "" {
				return nameAnd(name, mb.Address)
			}
			return value
		}
	}
	for _, mb := range m.Cc() {
		if strings.EqualFold(mb.Name, name) && mb.Address.Key() != o.Post.Key() && !mb.Address.IsZero() {
			return nameAnd(name, mb.Address)
		}
	}
	return ""
}

// only returns the one address in a field that is not the list's.
func (o Mailman) only(value string) (message.Mailbox, bool) {
	m := message.Message{Header: message.NewHeader(message.Field{Name: "Cc", Value: value})}
	all := m.Cc()
	if len(all) != 1 || all[0].Address.IsZero() || all[0].Address.Key() == o.Post.Key() {
		return message.Mailbox{}, false
	}
	return all[0], true
}

// nameAnd writes a mailbox for a header.
func nameAnd(name string, a message.Address) string {
	var w message.Writer
	w.Mailbox("From", message.Mailbox{Name: name, Address: a})
	_, value, _ := strings.Cut(strings.TrimSpace(string(w.Bytes())), ": ")
	return value
}

// fieldAt returns where the first field of a name stands in the header, with its line end; end is 0 where it is absent.
func fieldAt(raw []byte, name string) (at, end int) {
	head := raw[:bodyAt(raw)]
	for pos := 0; pos < len(head); {
		next := pos
		for first := true; next < len(head) && (first || head[next] == ' ' || head[next] == '\t'); first = false {
			n := bytes.IndexByte(head[next:], '\n')
			if n < 0 {
				next = len(head)
				break
			}
			next += n + 1
		}
		if len(head)-pos > len(name) && strings.EqualFold(string(head[pos:pos+len(name)]), name) && head[pos+len(name)] == ':' {
			return pos, next
		}
		pos = next
	}
	return 0, 0
}

// hiddenAddress is an address in From as pipermail shows it to the world.
var hiddenAddress = regexp.MustCompile(`^(From:?[ \t]+)([^\s@<>()]+) at ([A-Za-z0-9.-]+\.[A-Za-z0-9-]+)`)

// FromPipermail gives the field From of a message in pipermail's monthly text its at sign back.
func FromPipermail(raw []byte) []byte {
	at, end := fieldAt(raw, "From")
	if end == 0 {
		return raw
	}
	fixed := hiddenAddress.ReplaceAll(raw[at:end], []byte("$1$2@$3"))
	if bytes.Equal(fixed, raw[at:end]) {
		return raw
	}
	return slices.Concat(raw[:at], fixed, raw[end:])
}
