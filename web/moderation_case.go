package web

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sencoforum/hold"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

// caseData is something that waits, as pages show it.
type caseData struct {
	Code, Title string
	Path        string // with the base address
	List        string // where there is more than one
	From        string // name and address
	About       string // who they are
	Reason, Why string
	Waiting     string
	Seen        string // who was told, and who has it
	Words       template.HTML
	First       string // the beginning of the message
	Text        template.HTML
	More        bool // there is more text than this
	Files       []heldFile
	Person      bool   // it is about a person
	Called      string // what the writer is called in a sentence
	Acts        []actData
	Changed     bool
	Looked      string // what was found in what is left of it then
	Canned      []moderate.Canned
	Typed       typed
	Whole       bool // it is the page of this alone

	Ban, Discard, FilesOut bool // what may be done beside what is offered

	verdict *hold.Decision
}

// heldFile is a file of a message that waits. Pages give out nothing of it but its first lines.
type heldFile struct{ Name, About, Begins string }

// actData is one action, in the order of the reason; the first is the one that is most often right.
type actData struct {
	Name, Label string
	Kind        string // of form: button, redact, reject, ask
	Main        bool
	Folded      string // the line behind which it is
}

// caseOf gathers what pages show of an item, and of its text at most so many bytes; 0: all.
func (v *visit) caseOf(tx *store.Tx, n hold.Number, most int) (d caseData, err error) {
	c, err := v.s.cfg.Panel.Case(tx, v.reader, n, v.now)
	if err != nil {
		return d, err
	}
	it, f := c.Item, c.Held.Face()
	d = caseData{
		Code: n.Code(), Title: titleOf(c), Path: v.s.cfg.Path + "/mod/" + n.Code(), About: f.About, Reason: f.Reason,
		Why:     capital(strings.TrimPrefix(f.Why, "Held because ")),
		Waiting: capital(lasting(v.now.Sub(it.Asked))), Seen: seen(c, f.Went, v.reader.Person()), Person: it.OnPerson(), Called: f.First, Changed: it.Changed, Looked: c.Held.LookedAgain(), verdict: it.Decision,
	}
	if len(v.moderatedLists()) > 1 {
		d.List = c.List.Title
	}
	if a := it.From.String(); f.Name == a || it.From.IsZero() {
		d.From = f.Name
	} else {
		d.From = f.Name + " <" + a + ">"
	}
	d.From = visible(d.From)
	if strings.TrimSpace(it.Words) != "" {
		d.Words = proseOf(c.Held.Words)
	}
	if !d.Person {
		d.First, d.Text, d.More = shownText(c.Held.Text, most)
	}
	for _, file := range c.Held.Files {
		d.Files = append(d.Files, heldFile{Name: visible(file.Name), About: kinds[file.Kind] + sizeBehind(kinds[file.Kind], file.Size), Begins: visible(file.Begins)})
	}
	if it.WithModerators() {
		d.Acts = actsOf(f.Offers, f.First, d.Person)
		d.Ban, d.Discard = it.Kind != hold.Role, !slices.Contains(f.Offers, "discard")
		d.FilesOut = len(d.Files) > 0 && !slices.Contains(f.Offers, "remove attachments")
		d.Canned, err = v.s.cfg.Panel.CannedReasons(tx, c.List)
	}
	return d, err
}

func sizeBehind(kind string, n int64) string {
	if kind == "" {
		return "file, " + sizeOf(n)
	}
	return ", " + sizeOf(n)
}

// capital writes a sentence with a capital letter, but leaves an address as it was written.
func capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); strings.Contains(first, "@") {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// titleOf is what stands above a case.
func titleOf(c moderate.Case) string {
	f := c.Held.Face()
	if c.Item.OnPerson() {
		return f.Reason + ": " + visible(f.Name)
	}
	if s := strings.TrimSpace(visible(c.Held.Subject)); s != "" {
		return s
	}
	return "(no subject)"
}

func quotedTitle(c moderate.Case) string { return "“" + titleOf(c) + "”" }

// seen says who looks after it, or who was told.
func seen(c moderate.Case, went string, self list.PersonID) string {
	switch {
	case c.Item.Claim != nil && c.Claimed != "" && c.Item.Claim.Person == self:
		return "You look after this until " + c.Item.Claim.Until.In(london).Format("Monday 15:04") + "."
	case c.Claimed != "":
		return c.Claimed + " looks after this until " + c.Item.Claim.Until.In(london).Format("Monday 15:04") + "."
	}
	return "Nobody looks after it yet. " + strings.Replace(strings.TrimPrefix(went, "Nobody else has seen it."), "; the first answer counts.", ".", 1)
}

// shownText is the beginning of a message, empty where it is short, and its text as members would get it, cut at a line where
// there is a limit.
func shownText(text string, most int) (first string, shown template.HTML, more bool) {
	if text = strings.TrimSpace(text); utf8.RuneCountInString(text) > queueShort || strings.Count(text, "\n") >= queueLines {
		first = excerpt(text, queueFirst)
	}
	if most > 0 && len(text) > most {
		cut := text[:most]
		if i := strings.LastIndexByte(cut, '\n'); i > most/2 {
			cut = cut[:i]
		}
		for !utf8.ValidString(cut) {
			cut = cut[:len(cut)-1]
		}
		text, more = cut, true
	}
	return first, proseOf(text), more
}

// actsOf makes forms of the words that mails offer for a reason, in their order. The first is the main one, which is plain to see;
// sending back is folded unless it is that.
func actsOf(offers []string, called string, person bool) (all []actData) {
	for _, o := range offers {
		a := actData{Name: o, Kind: "button"}
		switch o {
		case "approve":
			a.Label = "Approve"
			switch {
			case person:
				a.Label = "Let " + called + " in"
			case len(all) > 0:
				a.Label = "Approve as it is"
			}
		case "trust":
			a.Label = "Approve and trust the writer"
		case "approve and trust":
			a.Label = "Let in, and hold no post"
		case "redact":
			a.Label, a.Kind = "Take out, and show me", "redact"
		case "remove attachments":
			a.Label = "Take the files out, and show me"
		case "reject", "reject advert":
			a.Name, a.Label, a.Kind, a.Folded = "reject", "Send it back and tell the writer", "reject", "Send it back"
			if person {
				a.Label, a.Folded = "Say no and tell "+called, "Say no"
			}
		case "ask":
			a.Label, a.Kind, a.Folded = "Send my question", "ask", "Ask "+called+" a question"
		case "discard":
			a.Label = "Discard without telling"
			if len(all) == 0 {
				a.Label = "Discard"
			}
		default:
			continue
		}
		a.Main = len(all) == 0
		all = append(all, a)
	}
	return all
}

// lasting is a time in words, in its largest unit.
func lasting(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours")
	}
	return fmt.Sprint(int(d/(24*time.Hour)), " days")
}
