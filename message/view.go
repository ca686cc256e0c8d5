package message

import (
	"crypto/sha256"
	"html"
	"strings"
)

// View is a message as the archive shows it.
type View struct {
	Words Words
	HTML  string // safe to show: nothing runs, nothing is fetched; pictures are "cid:" links to Files; "" where there is none
	Files []File

	Changes []string // what was left out of HTML, a sentence each
}

// File is a file that came with a message, also one out of a winmail.dat.
type File struct {
	Part  int // number of the part, see Walk
	Inner int // number of the file inside the part, which is a winmail.dat, from 1 on; 0 is the part itself

	Name string // never empty, safe for people and for files
	Type string // what it is by its bytes, see TrueType
	Said string // what the sender says it is
	Size int64

	SHA256    [sha256.Size]byte // the same file has the same sum wherever it stands
	ContentID string            // without brackets, or ""
	Inline    bool              // HTML shows it in its place
}

// View reads a message for the archive. It takes time in proportion to the size.
func (m *Message) View() View {
	v := View{Words: m.Words()}
	files := m.files()
	images := make(map[string]bool)
	for _, f := range files {
		if f.ContentID != "" && (f.Type == "image/jpeg" || f.Type == "image/png") {
			images[f.ContentID] = true
		}
		v.Files = append(v.Files, f.File)
	}
	h := htmlView{images: images, room: maxHTML}
	if m.Root.isAttachedMessage() {
		h.part(m.Root.Message().Root)
	} else {
		h.part(m.Root)
	}
	if !h.any && strings.TrimSpace(h.out.String()) == "" {
		h.tnef(m)
	}
	if h.any && !h.tooLong {
		v.HTML = h.out.String()
		shown := shownPictures(v.HTML)
		for i := range v.Files {
			v.Files[i].Inline = shown[v.Files[i].ContentID]
		}
	}
	if h.tooLong {
		h.found = changedLongHTML
	}
	v.Changes = h.found.sentences()
	return v
}

// shownPictures returns the content ids that clean HTML shows.
func shownPictures(page string) map[string]bool {
	shown := make(map[string]bool)
	for {
		_, rest, ok := strings.Cut(page, ` src="`)
		if !ok {
			return shown
		}
		link, rest, _ := strings.Cut(rest, `"`)
		if id, ok := contentID(html.UnescapeString(link)); ok {
			shown[id] = true
		}
		page = rest
	}
}

// FileContent returns the bytes of a file by the numbers that View gives it, or false. They must not be changed.
func (m *Message) FileContent(part, inner int) ([]byte, bool) {
	for _, f := range m.files() {
		if f.Part == part && f.Inner == inner {
			return f.content, true
		}
	}
	return nil, false
}

// openFile is a File with its bytes.
type openFile struct {
	File
	content []byte
}

// files returns the files of a message; a winmail.dat that can be read gives place to what is in it.
func (m *Message) files() []openFile {
	var all []openFile
	parts := make(map[int]*Part)
	for n, p := range m.Walk() {
		parts[n] = p
	}
	for _, a := range m.Attachments() {
		p := parts[a.Part]
		if t, ok := p.tnef(); ok {
			for i, f := range t.files {
				all = append(all, newFile(File{Part: a.Part, Inner: i + 1, Name: tnefName(f), Said: f.kind, ContentID: f.id}, f.data))
			}
			continue
		}
		id := strings.Trim(p.Header.Get("Content-ID"), "<> \t")
		all = append(all, newFile(File{Part: a.Part, Name: a.Name, Said: a.Type, ContentID: id}, p.Content()))
	}
	return all
}

func newFile(f File, content []byte) openFile {
	f.Type = TrueType(content, f.Said, f.Name)
	f.Size = int64(len(content))
	f.SHA256 = sha256.Sum256(content)
	return openFile{f, content}
}

// tnefName returns a safe name for a file out of a winmail.dat.
func tnefName(f tnefFile) string {
	if name := safeName(f.name); name != "" {
		return name
	}
	return presetName(TrueType(f.data, f.kind, ""))
}

// htmlView gathers the HTML of a message: of several forms of a text the one in HTML, and plain texts beside it.
type htmlView struct {
	images  map[string]bool
	room    int // octets of HTML that are still cleaned
	out     strings.Builder
	any     bool // something in it is HTML
	tooLong bool
	found   change
}

func (h *htmlView) part(p *Part) {
	switch {
	case p.Type == "multipart/alternative":
		h.alternative(p)
	case len(p.Parts) > 0:
		for _, child := range p.Parts {
			h.part(child)
		}
	case !p.IsText():
	case p.Type == "text/html":
		h.html(p.Text())
	default:
		h.plain(p.Reading())
	}
}

func (h *htmlView) alternative(p *Part) {
	for _, child := range p.Parts {
		if child.hasHTML() {
			h.part(child)
			return
		}
	}
	for _, child := range p.Parts {
		if child.IsText() {
			h.part(child)
			return
		}
	}
}

// hasHTML reports HTML to read in a part.
func (p *Part) hasHTML() bool {
	for _, child := range p.Parts {
		if child.hasHTML() {
			return true
		}
	}
	return len(p.Parts) == 0 && p.Type == "text/html" && p.IsText() && len(strings.TrimSpace(p.Text())) > 0
}

func (h *htmlView) html(page string) {
	if h.room -= len(page); h.room < 0 {
		h.tooLong = true
		return
	}
	clean, found := cleanHTML(page, h.images)
	h.any = true
	h.found |= found
	h.out.WriteString("<div>" + clean + "</div>\n")
}

func (h *htmlView) plain(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if h.room -= len(text); h.room < 0 {
		h.tooLong = true
		return
	}
	h.out.WriteString("<p>" + htmlLines(strings.Split(text, "\n")) + "</p>\n")
}

// tnef takes the HTML out of a winmail.dat, where the message has no text of its own.
func (h *htmlView) tnef(m *Message) {
	for _, p := range m.Walk() {
		if t, ok := p.tnef(); ok && strings.TrimSpace(t.html) != "" {
			h.html(t.html)
		}
	}
}
