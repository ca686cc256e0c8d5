package web

import (
	_ "embed"
	"net/http"
	"runtime/debug"
	"strings"
)

//go:embed pages/style.css
var style []byte

// The address of each page begins with one of these.
const (
	leavePath  = "/u/"
	returnPath = "/yes/"
	stylePath  = "/style.css"
)

// route finds the page of a request. The library's own table would answer some addresses with a redirect, and a request
// to leave must never be sent elsewhere (RFC 8058 §3.1).
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, s.cfg.Path)
	if !ok {
		s.fail(w, r, errNoPage)
		return
	}
	var err error
	switch {
	case path == stylePath:
		err = s.style(w, r)
	case strings.HasPrefix(path, leavePath):
		err = s.leave(w, r, strings.TrimPrefix(path, leavePath))
	case strings.HasPrefix(path, returnPath):
		err = s.comeBack(w, r, strings.TrimPrefix(path, returnPath))
	default:
		err = errNoPage
	}
	if err != nil {
		s.fail(w, r, err)
	}
}

func (s *Server) style(w http.ResponseWriter, r *http.Request) error {
	if !shows(r) {
		return errMethod
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_, err := w.Write(style)
	return tell(err)
}

// shows reports a request that changes nothing.
func shows(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// policy is what a browser may do with a page: show it, with our style, and send its form back to us.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard puts the headers on every answer, bounds what is read, and answers when the code behind it panics.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, f := range [][2]string{
			{"Content-Security-Policy", policy},
			{"X-Content-Type-Options", "nosniff"},
			{"X-Frame-Options", "DENY"},
			{"Referrer-Policy", "no-referrer"}, // the address of a page is the right to what it does
			{"Cross-Origin-Opener-Policy", "same-origin"},
			{"Cross-Origin-Resource-Policy", "same-origin"},
			{"X-Robots-Tag", "noindex, nofollow"},
			{"Cache-Control", "no-store"},
		} {
			h.Set(f[0], f[1])
		}
		if s.cfg.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("a page broke off", "cause", p, "stack", string(debug.Stack()))
				s.fail(w, r, errBroken)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
