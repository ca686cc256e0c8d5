package certificate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// heard carries requests to the authority and keeps what it complained of, which the library does not hand on: it only says
// that no way to prove the name is left.
type heard struct {
	mu      sync.Mutex
	latest  []problem // the oldest first
	stopped bool
}

// problem is what an authority says is wrong (RFC 7807, RFC 8555 §6.7).
type problem struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
	way    string // in which the name was to be proved
}

// kind is the last word of the type, such as "connection".
func (p problem) kind() string { return p.Type[strings.LastIndexByte(p.Type, ':')+1:] }

// Bounds of what is kept of an authority's answers.
const (
	maxHeard    = 64 << 10
	maxProblems = 4
	maxDetail   = 300
)

var errStopped = errors.New("the server stops")

// RoundTrip sends a request.
func (h *heard) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	stopped := h.stopped
	h.mu.Unlock()
	if stopped {
		return nil, errStopped
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		h.add(problem{Type: ":away", Detail: err.Error()})
		return nil, err
	}
	if !strings.Contains(answer.Header.Get("Content-Type"), "json") {
		if answer.StatusCode >= http.StatusInternalServerError {
			h.add(problem{Type: ":serverInternal", Detail: answer.Status})
		}
		return answer, nil
	}
	begin, err := io.ReadAll(io.LimitReader(answer.Body, maxHeard))
	if err != nil {
		return nil, errors.Join(err, answer.Body.Close())
	}
	h.listen(begin)
	answer.Body = rest{io.MultiReader(bytes.NewReader(begin), answer.Body), answer.Body}
	return answer, nil
}

// rest is the body of an answer whose beginning was read before.
type rest struct {
	io.Reader
	io.Closer
}

// listen keeps what an answer says is wrong, until an order succeeds.
func (h *heard) listen(text []byte) {
	var a struct {
		problem
		Status     string   `json:"status"`
		Finalize   string   `json:"finalize"`
		Error      *problem `json:"error"`
		Challenges []struct {
			Type  string   `json:"type"`
			Error *problem `json:"error"`
		} `json:"challenges"`
	}
	if json.Unmarshal(text, &a) != nil {
		return
	}
	var new []problem
	if strings.Contains(a.Type, ":error:") && a.kind() != "badNonce" { // one of these is usual
		new = append(new, a.problem)
	}
	if a.Error != nil {
		new = append(new, *a.Error)
	}
	for _, c := range a.Challenges {
		if c.Error != nil {
			p := *c.Error
			p.way = c.Type
			new = append(new, p)
		}
	}
	if a.Finalize != "" && a.Status == "valid" {
		h.forget()
	}
	h.add(new...)
}

// add keeps complaints, and of all only the latest.
func (h *heard) add(new ...problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range new {
		p.Detail = p.Detail[:min(len(p.Detail), maxDetail)]
		h.latest = append(h.latest, p)
	}
	h.latest = h.latest[max(0, len(h.latest)-maxProblems):]
}

// forget begins anew.
func (h *heard) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.latest = nil
}

// said returns the latest complaints, the last one first.
func (h *heard) said() (all []problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.latest {
		all = append(all, h.latest[len(h.latest)-1-i])
	}
	return all
}

// stop lets no request out any more.
func (h *heard) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}
