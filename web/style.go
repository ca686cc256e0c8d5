package web

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
)

//go:embed pages/style.css
var style []byte

// stylePath is the address of the style sheet that old pages name; hashedStyle changes with it, so browsers keep it for good.
const stylePath = "/style.css"

var hashedStyle = func() string {
	sum := sha256.Sum256(style)
	return "/style-" + hex.EncodeToString(sum[:6]) + ".css"
}()

func styles(v *visit) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600")
	if v.rt.path == hashedStyle {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, err := v.w.Write(style)
	return tell(err)
}

// robots lets search engines come to the pages for everybody; all others say themselves that they are not to be shown.
func robots(v *visit) error {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := v.w.Write([]byte("User-agent: *\nDisallow: /u/\nDisallow: /yes/\nDisallow: /in\nDisallow: /feed/\nDisallow: /search\nDisallow: /t/\nDisallow: /m/\nDisallow: /a/\n"))
	return tell(err)
}
