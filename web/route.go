package web

import (
	"net/http"
	"slices"
	"strings"
)

// A need is what somebody must be to open a page.
type need int

const (
	anybody need = iota
	signedIn
	readsIt   // a member of the list to which the thing of the address belongs
	ownsIt    // whoever wrote it, or moderates its list
	moderates // a moderator of some list
	audits    // a moderator of some list, or who may read what was done in one
)

// A route is a page: the methods and the address by which it is asked for, who may, and what answers. In an address {x} stands
// for one piece, and {x...} for all that is left.
type route struct {
	method string // GET stands for HEAD as well
	path   string
	need   need
	do     func(*visit) error
	index  bool // search engines may show it to everybody
}

// leavePath and returnPath begin the addresses of mails' links, whose answer is never a redirect (RFC 8058 §3.1).
const (
	leavePath  = "/u/"
	returnPath = "/yes/"
)

// table is every page there is. The tests make a matrix of it: a page that is not here does not exist.
func (s *Server) table() []route {
	all := []route{
		{"GET", "/", anybody, home, true},
		{"GET", stylePath, anybody, styles, false},
		{"GET", hashedStyle, anybody, styles, false},
		{"GET", "/robots.txt", anybody, robots, false},

		{"GET", leavePath + "{token...}", anybody, leave, false},
		{"POST", leavePath + "{token...}", anybody, leave, false},
		{"GET", returnPath + "{token...}", anybody, comeBack, false},
		{"POST", returnPath + "{token...}", anybody, comeBack, false},

		{"GET", "/in", anybody, signInPage, false},
		{"POST", "/in", anybody, askForCode, false},
		{"GET", "/in/{token}", anybody, linkPage, false},
		{"POST", "/in/{token}", anybody, followLink, false},
		{"GET", "/code", anybody, codePage, false},
		{"POST", "/code", anybody, enterCode, false},
		{"POST", "/out", anybody, signOut, false},

		{"GET", "/t/{number}", readsIt, threadPage, false},
		{"POST", "/t/{number}/mute", readsIt, chooseThread, false},
		{"GET", "/m/{number}", readsIt, permalink, false},
		{"GET", "/m/{number}/raw", ownsIt, rawPost, false},
		{"GET", "/m/{number}/formatted", readsIt, formattedPage, false},
		{"GET", "/a/{number}/{name}", readsIt, attachment, false},
		{"GET", "/{year}", signedIn, yearPage, false},
		{"GET", "/{year}/{month}", signedIn, monthPage, false},
		{"GET", "/topics", signedIn, topicsPage, false},
		{"GET", "/topic/{name}", signedIn, topicPage, false},
		{"GET", "/pipermail/{list}/{page...}", signedIn, oldPage, false},

		{"GET", "/settings", signedIn, settingsPage, false},
		{"POST", "/settings", signedIn, changeSettings, false},
		{"POST", "/settings/sessions", signedIn, endSessions, false},
		{"GET", "/display", anybody, displayPage, false},
		{"POST", "/display", anybody, changeDisplay, false},

		{"GET", "/start", anybody, startPage, true},
		{"GET", "/h/{name}", anybody, refusalPage, false},
		{"GET", "/help/school-it", anybody, technicianPage, true},
	}
	all = append(all, slices.Concat(solvedRoutes, statsRoutes, collectionRoutes, rosterRoutes, writeRoutes, joinRoutes, accountRoutes, feedRoutes, followRoutes)...)
	for _, t := range texts {
		all = append(all, route{"GET", t.path, anybody, t.show, t.index})
	}
	if s.cfg.Search != nil {
		all = append(all, searchRoutes...)
	}
	if s.cfg.Digests != nil {
		all = append(all, digestRoutes...)
	}
	if s.cfg.Panel != nil {
		all = append(all, slices.Concat(actRoutes, reportRoutes, announceRoutes, nameRoutes, logRoutes, memberRoutes, listSettingRoutes, moderationRoutes)...)
	}
	if s.cfg.Demo != nil {
		all = append(all, demoRoutes...)
	}
	return all
}

// tokened reports that the address is a link of a mail.
func (r route) tokened() bool { return strings.Contains(r.path, "{token") }

// match returns what stands in the pieces of an address, if it is one of the route's.
func (r route) match(path string) (args map[string]string, ok bool) {
	want, got := r.path, path
	for want != "" {
		if !strings.HasPrefix(got, "/") {
			return nil, false
		}
		var piece, arg string
		piece, want = cutPiece(want)
		whole := got[1:]
		arg, got = cutPiece(got)
		name, named := strings.CutPrefix(piece, "{")
		if !named && piece != arg {
			return nil, false
		}
		if !named {
			continue
		}
		if args == nil {
			args = map[string]string{}
		}
		name, rest := strings.CutSuffix(strings.TrimSuffix(name, "}"), "...")
		if rest {
			args[name] = whole
			return args, true
		}
		if arg == "" {
			return nil, false
		}
		args[name] = arg
	}
	return args, got == ""
}

// cutPiece takes the first piece off a path that begins with a slash.
func cutPiece(path string) (piece, rest string) {
	if end := strings.IndexByte(path[1:], '/'); end >= 0 {
		return path[1 : 1+end], path[1+end:]
	}
	return path[1:], ""
}

// fits reports whether the pieces can be what they stand for, so that "/nonsense" is no year.
func fits(args map[string]string) bool {
	if len(args) == 0 {
		return true
	}
	for name, most := range map[string]int{"year": 4, "month": 2} {
		if arg, ok := args[name]; ok && (len(arg) != most || strings.Trim(arg, "0123456789") != "") {
			return false
		}
	}
	return true
}

// find returns the route of a request, or errNoPage, or a *methodError.
func (s *Server) find(method, path string) (route, map[string]string, error) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allow []string
	for _, r := range s.routes {
		args, ok := r.match(path)
		if !ok || !fits(args) {
			continue
		}
		if r.method == method {
			return r, args, nil
		}
		allow = append(allow, r.method)
	}
	if allow == nil {
		return route{}, nil, errNoPage
	}
	if slices.Contains(allow, http.MethodGet) {
		allow = append(allow, http.MethodHead)
	}
	slices.Sort(allow)
	return route{}, nil, &methodError{allow: strings.Join(slices.Compact(allow), ", ")}
}

// has reports whether there is a page to open at an address.
func (s *Server) has(path string) bool {
	_, _, err := s.find(http.MethodGet, path)
	return err == nil
}

// route answers a request. The library's own table would answer some addresses with a redirect, and a request to leave must
// never be sent elsewhere.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	v := &visit{s: s, w: w, r: r, now: s.cfg.Now()}
	if err := v.answer(); err != nil {
		v.fail(err)
	}
}

// shows reports a request that changes nothing.
func shows(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
