package moderate

import (
	"errors"
	"slices"
	"strings"

	"sencoforum/archive"
	"sencoforum/hold"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/notice"
	"sencoforum/store"
)

// messageOf reads the message of an item. It is nil for an application, and where its text is not kept any more.
func messageOf(tx *store.Tx, it hold.Item) (*message.Message, error) {
	if it.Message == 0 {
		return nil, nil
	}
	raw, err := intake.Raw(tx, it.Message)
	if errors.Is(err, intake.ErrNoMessage) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return message.Parse(raw), nil
}

// matter gathers what mails about an item show of it. Numbers of children are masked.
func (p *Panel) matter(tx *store.Tx, l list.List, it hold.Item) (notice.Matter, error) {
	n := notice.Matter{
		Code: it.Number.Code(), Kind: it.Kind, Address: it.From, Verified: it.Verified, Said: it.Affirmed,
		Words: p.mask(it.Words), Changed: it.Changed, Left: Local(it.Wish.Left), Role: it.Wish.Role,
		Writer: list.Person{Name: it.Name, Address: it.From},
	}
	for _, f := range it.Findings {
		f.Notes = slices.Clone(f.Notes)
		for i := range f.Notes {
			f.Notes[i] = p.mask(f.Notes[i])
		}
		n.Findings = append(n.Findings, f)
	}
	if it.Author != 0 {
		if err := known(tx, l, it, &n); err != nil {
			return n, err
		}
	}
	m, err := messageOf(tx, it)
	if err != nil || m == nil {
		return n, err
	}
	n.Subject, _ = message.Stem(m.Subject(), l.SubjectTag)
	if _, reply := message.Stem(m.Subject(), l.SubjectTag); reply {
		n.Subject = "Re: " + n.Subject
	}
	if n.Writer.Name == "" && !list.Found(it.Findings, list.CauseShared) { // that one is in the name of all moderators
		n.Writer.Name = archive.Submitted(m, l, list.Person{ID: it.Author}, it.Since).AuthorName
	}
	n.Subject, n.Text = p.mask(n.Subject), p.mask(m.Text())
	for _, f := range m.Attachments() {
		n.Files = append(n.Files, p.fileLine(m, f))
	}
	return n, nil
}

// known fills in what is stored of the author.
func known(tx *store.Tx, l list.List, it hold.Item, n *notice.Matter) error {
	who, err := list.GetPerson(tx, it.Author)
	if err != nil && !errors.Is(err, list.ErrNoPerson) {
		return err
	}
	n.Writer.Name = who.Name
	m, err := list.Member(tx, l.ID, it.Author)
	if errors.Is(err, list.ErrNoMember) {
		return nil
	}
	n.Member, n.Since = err == nil, Local(m.Joined)
	return err
}

// fileBegins is how many lines of a file a notice shows, and how many bytes.
const (
	fileBegins = 3
	fileBytes  = 600
)

func (p *Panel) fileLine(m *message.Message, f message.Attachment) notice.FileLine {
	line := notice.FileLine{Name: p.mask(f.Name), Kind: f.Type, Size: f.Size}
	part := m.Part(f.Part)
	if part == nil {
		return line
	}
	line.Kind = message.TrueType(part.Content(), f.Type, f.Name)
	if !strings.HasPrefix(line.Kind, "text/") {
		return line
	}
	var begins []string
	for s := range strings.Lines(part.Reading()) {
		if s = strings.TrimSpace(s); s != "" {
			begins = append(begins, s)
		}
		if len(begins) == fileBegins {
			break
		}
	}
	text := strings.Join(begins, "\n")
	if len(text) > fileBytes {
		text = strings.ToValidUTF8(text[:fileBytes], "") + " ..."
	}
	line.Begins = p.mask(text)
	return line
}

func (p *Panel) mask(text string) string {
	if p.cfg.Mask == nil {
		return text
	}
	return p.cfg.Mask(text)
}

// About is the writer's name as moderators read it, and how many files came with what waits, for whoever reads a reply.
func (p *Panel) About(tx *store.Tx, l list.List, it hold.Item) (name string, files int, err error) {
	n, err := p.matter(tx, l, it)
	return n.Writer.Name, len(n.Files), err
}
