package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/signin"
	"sencoforum/store"
)

// A visit is one request, with who made it.
type visit struct {
	s    *Server
	w    http.ResponseWriter
	r    *http.Request
	now  time.Time
	args map[string]string // pieces of the address
	rt   route

	reader   list.Reader // the zero one for visitors
	session  signin.Session
	lists    []list.List // those that the reader may read; for visitors those of the server
	site     list.List   // the list after which the pages are called; zero while there is none
	toDecide int         // what waits for them as a moderator
	roster   bool        // somebody in these lists agreed to be seen by other members
	known    bool        // the five above are read
}

// answer finds the page of a request and lets it answer, if whoever asks may see it.
func (v *visit) answer() error {
	path, ok := strings.CutPrefix(v.r.URL.Path, v.s.cfg.Path)
	if !ok {
		return errNoPage
	}
	var err error
	if v.rt, v.args, err = v.s.find(v.r.Method, path); err != nil {
		return err
	}
	if err := v.s.cross.Check(v.r); err != nil {
		return errForeign
	}
	if err := v.who(); err != nil {
		return err
	}
	switch {
	case v.rt.need == anybody:
	case v.reader.Person() == 0:
		return errSignIn
	case v.rt.need == moderates && !v.moderates(), v.rt.need == audits && !v.moderates() && len(v.audited()) == 0:
		return errNoPage
	}
	if v.rt.index = v.rt.index && v.visiting(); v.rt.index {
		v.w.Header().Del("X-Robots-Tag")
	}
	return v.rt.do(v)
}

// who finds out who made the request.
func (v *visit) who() error {
	return v.s.db.View(func(tx *store.Tx) error {
		v.lists, v.site, v.roster, v.known = nil, list.List{}, false, true
		if c, err := v.r.Cookie(v.s.cookieName(sessionCookie)); err == nil && v.s.cfg.Signin != nil {
			v.reader, v.session, err = v.s.cfg.Signin.Reader(tx, c.Value)
			if err != nil && !errors.Is(err, signin.ErrNoSession) {
				return err
			}
		}
		for l, err := range list.All(tx) {
			if err != nil {
				return err
			}
			if v.site.ID == 0 {
				v.site = l
			}
			if v.reader.Person() == 0 || v.reader.Reads(l.ID) {
				v.lists = append(v.lists, l)
			}
			some, _, err := membership.ReadMembers(tx, v.reader, l.ID, 0, 1)
			if err != nil {
				return err
			}
			v.roster = v.roster || len(some) > 0
		}
		return v.countWaiting(tx)
	})
}

// countWaiting counts what waits for whoever reads, for the menu. It is seldom much.
func (v *visit) countWaiting(tx *store.Tx) error {
	v.toDecide = 0
	if v.s.cfg.Panel == nil || !v.moderates() {
		return nil
	}
	all, err := v.s.cfg.Panel.Waits(tx, v.reader)
	if err != nil {
		return err
	}
	reports, err := moderate.ReportCases(tx, v.reader, v.now)
	v.toDecide = len(all) + len(reports)
	return err
}

// visiting reports that nobody is signed in.
func (v *visit) visiting() bool { return v.reader.Person() == 0 }

func (v *visit) moderates() bool {
	for _, l := range v.reader.Lists() {
		if v.reader.Moderates(l) {
			return true
		}
	}
	return false
}

// list is a list that the reader may read, by its number.
func (v *visit) list(id list.ID) list.List {
	for _, l := range v.lists {
		if l.ID == id {
			return l
		}
	}
	return list.List{}
}

// narrowed are the lists that the page is to show: one by ?list=NAME, or all that the reader may read.
func (v *visit) narrowed() ([]list.List, error) {
	name := v.query("list")
	if name == "" {
		return v.lists, nil
	}
	for _, l := range v.lists {
		if l.Name == name {
			return []list.List{l}, nil
		}
	}
	return nil, errNoPage
}

// number is the post or discussion of the address.
func (v *visit) number() (archive.Number, error) {
	return numberOf[archive.Number](v.args["number"])
}

// person is the member of the address.
func (v *visit) person() (list.PersonID, error) { return numberOf[list.PersonID](v.args["person"]) }

// numberOf reads a number as an address of ours has it, from 1 and without zeros before it.
func numberOf[N ~uint32](s string) (N, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != s {
		return 0, errNoPage
	}
	return N(n), nil
}

// query is a value behind the question mark; one that is absurdly long is none.
func (v *visit) query(name string) string {
	s := v.r.URL.Query().Get(name)
	if len(s) > 200 {
		return ""
	}
	return strings.TrimSpace(s)
}

// page is the number of the page of a long list, from 1.
func (v *visit) page() (int, error) {
	s := v.query("page")
	if s == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 100_000 {
		return 0, errNoPage
	}
	return n, nil
}

// form reads what was sent with a POST.
func (v *visit) form() (url.Values, error) {
	if err := v.r.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, err
		}
		return nil, errBody
	}
	return v.r.PostForm, nil
}

// to sends the browser to another page of ours.
func (v *visit) to(status int, path string) error {
	v.w.Header().Set("Location", v.s.cfg.Path+path)
	v.w.WriteHeader(status)
	return nil
}

// local is a page of ours to which somebody was going, or "" for anything else: an address is followed only if it is one of
// the table.
func (s *Server) local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") ||
		len(to) > 300 || strings.ContainsAny(to, "\\\r\n") || !s.has(u.Path) || strings.HasPrefix(u.Path, "/in") || strings.HasPrefix(u.Path, "/code") {
		return ""
	}
	return u.RequestURI()
}
