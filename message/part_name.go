package message

import (
	"strings"
	"unicode/utf8"
)

// maxName is the length of a file name in characters.
const maxName = 120

// safeName makes a file name that a person may read and a disk may hold: the
// last element of a path, without controls, bidi marks or dots at its end, at
// most 120 characters with its extension kept. It may be "".
func safeName(s string) string {
	if s == "" {
		return ""
	}
	s = cleanLine(s)
	s = strings.TrimRight(s, `/\ .`)
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.TrimLeft(s, " ")
	if utf8.RuneCountInString(s) <= maxName {
		return s
	}
	ext := ""
	if i := strings.LastIndexByte(s, '.'); i >= 0 && utf8.RuneCountInString(s[i:]) <= 12 {
		s, ext = s[:i], s[i:]
	}
	keep := maxName - utf8.RuneCountInString(ext)
	return strings.TrimRight(string([]rune(s)[:keep]), " .") + ext
}

// presetName names a file whose sender gave it no name.
func presetName(kind string) string {
	switch kind {
	case "message/rfc822", "message/global":
		return "message.eml"
	case "text/calendar":
		return "invitation.ics"
	case "text/html":
		return "page.html"
	case "image/jpeg":
		return "picture.jpg"
	case "image/png":
		return "picture.png"
	case "image/gif":
		return "picture.gif"
	case "application/pdf":
		return "document.pdf"
	case "application/pgp-signature":
		return "signature.asc"
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return "smime.p7s"
	}
	if strings.HasPrefix(kind, "text/") {
		return "text.txt"
	}
	return "file.bin"
}
