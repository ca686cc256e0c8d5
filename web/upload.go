package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"sync"
	"time"

	"sencoforum/list"
)

// Bounds of a request that brings files. What is larger than a message may be is read to its end and thrown away, as a browser that
// is cut off shows no page, up to mostRead.
const (
	mostRead   = 64 << 20
	mostParts  = 100
	uploadTime = 3 * time.Minute // a phone on a slow line
	uploads    = 4               // that are read at once; each fills as much memory as a message may have
	filesAside = 512 << 10       // of a message, for all that is no file
)

// roomForFiles is how many bytes of files a message to a list may bring, as a number that people can be told: base64 makes 78 of 57.
func (s *Server) roomForFiles(l list.List) int64 {
	limit := s.cfg.MaxMessage
	if l.MaxMessage > 0 && l.MaxMessage < limit {
		limit = l.MaxMessage
	}
	room := max(0, (limit-min(filesAside, limit/4))*57/78)
	if room > 1e6 {
		return room / 1e6 * 1e6
	}
	return room / 1e3 * 1e3
}

// An upload is a file as it came with a form. Its bytes are nil where it is too large or nobody may leave it here.
type upload struct {
	name, said string
	data       []byte
	left       bool // its bytes were thrown away
}

// brought are the files that came with a form.
type brought struct {
	files []upload
	busy  bool // others bring very many just now, and these were thrown away
}

// bringsFiles reports a request whose form may have files.
func bringsFiles(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// A gate bounds what is done at once, in all and by one person.
type gate struct {
	mu  sync.Mutex // guards who
	who map[uint32]bool
}

// enter reports whether somebody may come in, and leave lets them out again.
func (g *gate) enter(p uint32) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.who) >= uploads || g.who[p] {
		return false
	}
	if g.who == nil {
		g.who = map[uint32]bool{}
	}
	g.who[p] = true
	return true
}

func (g *gate) leave(p uint32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.who, p)
}

// parts reads a form with files. Texts come before files in our forms, so that they are here even where a file is too large. Files
// are thrown away where the request is nobody's, and where others bring very many just now.
func (v *visit) parts() (form url.Values, came brought, err error) {
	r, err := v.r.MultipartReader()
	if err != nil {
		return nil, came, errBody
	}
	v.takeTime()
	person := uint32(v.reader.Person())
	keep, entered := person != 0, false
	defer func() {
		if entered {
			v.s.gate.leave(person)
		}
	}()
	form = url.Values{}
	texts, room := int64(maxPostBody), v.s.cfg.MaxMessage
	for range mostParts {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return form, came, nil
		}
		if err == nil && !isFile(p) {
			if texts, err = readText(p, form, texts); err == nil {
				continue
			}
		}
		if err != nil {
			return form, came, brokenOff(err)
		}
		if keep && !entered {
			if entered = v.s.gate.enter(person); !entered {
				keep, came.busy = false, true
			}
		}
		f, err := readFile(p, keep, &room)
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) { // the rest is not read, but the texts are here
			f.data, f.left = nil, true
			came.files = append(came.files, f)
			return form, came, nil
		}
		if err != nil {
			return form, came, brokenOff(err)
		}
		if f.name != "" || f.left || len(f.data) > 0 { // a browser sends an empty one where none was chosen
			came.files = append(came.files, f)
		}
	}
	return nil, came, errBody
}

// takeTime gives a request that brings files longer than others. Where the connection is not ours there is nothing to set.
func (v *visit) takeTime() {
	c, now := http.NewResponseController(v.w), time.Now()
	if err := errors.Join(c.SetReadDeadline(now.Add(uploadTime)), c.SetWriteDeadline(now.Add(uploadTime+writeTime))); err != nil {
		v.s.log.Debug("a request with files has no more time than others", "cause", err)
	}
}

// isFile reports a part that a browser made of a field for files.
func isFile(p *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	_, named := params["filename"]
	return err == nil && named
}

// readText reads a field that is no file, and returns how much is left for others.
func readText(p *multipart.Part, form url.Values, room int64) (int64, error) {
	b, err := io.ReadAll(io.LimitReader(p, room+1))
	if err != nil {
		return 0, err
	}
	if int64(len(b)) > room {
		return 0, &http.MaxBytesError{Limit: maxPostBody}
	}
	form.Add(p.FormName(), string(b))
	return room - int64(len(b)), nil
}

// readFile reads a file as far as there is room, and throws away what is too much.
func readFile(p *multipart.Part, keep bool, room *int64) (upload, error) {
	f := upload{name: p.FileName(), said: p.Header.Get("Content-Type"), left: !keep}
	if keep {
		b, err := io.ReadAll(io.LimitReader(p, *room+1))
		if err != nil {
			return f, err
		}
		if f.data, f.left = b, int64(len(b)) > *room; f.left {
			f.data = nil
		}
		*room -= int64(len(f.data))
	}
	n, err := io.Copy(io.Discard, p)
	f.left = f.left && (keep || n > 0)
	return f, err
}

// brokenOff is the error of a request that is too large, or did not come whole.
func brokenOff(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return errBody
}
