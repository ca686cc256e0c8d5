package web

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Redirect answers connections without TLS until Shutdown: whoever opens a page is sent to the same one by HTTPS. A form that
// came in clear is refused, so that a browser does not send it a second time.
func (s *Server) Redirect(l net.Listener) error {
	if err := s.clear.Serve(s.limited(l)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// secureAddress is the address of a page by HTTPS, on the host of ours and no other.
func (s *Server) secureAddress(u *url.URL) string {
	base, err := url.Parse(s.cfg.Host.WebURL)
	if err != nil || base.Host == "" {
		return ""
	}
	to := url.URL{Scheme: "https", Host: base.Host, Path: "/" + strings.TrimLeft(u.Path, "/"), RawQuery: u.RawQuery}
	return to.String()
}

func (s *Server) redirect(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	to := s.secureAddress(r.URL)
	if !shows(r) || to == "" {
		http.Error(w, "Please use https. Nothing was changed.", http.StatusForbidden)
		return
	}
	h.Set("Location", to)
	w.WriteHeader(http.StatusPermanentRedirect)
}
