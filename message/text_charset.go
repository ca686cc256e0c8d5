package message

import (
	"bytes"
	"io"
	"strings"

	known "github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxCharset bounds the name of a charset.
const maxCharset = 64

// decodeCharset turns bytes in the charset called label into UTF-8. An unknown
// label, and bytes that contradict the label UTF-8 or ASCII, are read as UTF-8
// and where that fails as windows-1252. The result has at most 4 times the bytes.
func decodeCharset(b []byte, label string) string {
	label = strings.TrimPrefix(strings.ToLower(strings.Trim(label, " \t\"'")), "charset=")
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "default":
		return fixUTF8(string(bytes.TrimPrefix(b, []byte("\ufeff"))))
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return decodeUTF7(b)
	}
	if len(label) > maxCharset {
		return fixUTF8(string(b))
	}
	if out, ok := decodeNamed(b, label); ok && len(out) <= 4*len(b)+4 {
		return out
	}
	return fixUTF8(string(b))
}

// decodeNamed decodes bytes by the name of their charset: by our own table of
// names, and by go-message's for those that it does not have.
func decodeNamed(b []byte, label string) (string, bool) {
	if enc := charset(label); enc != nil {
		out, err := enc.NewDecoder().Bytes(b)
		return string(out), err == nil
	}
	if _, err := htmlindex.Get(label); err == nil {
		return "", false // a name that stands for no charset
	}
	r, err := known.Reader(label, bytes.NewReader(b))
	if err != nil {
		return "", false
	}
	out, err := io.ReadAll(r)
	return string(out), err == nil
}

// charset finds an encoding, or nil. The names of the WHATWG come first,
// because they read ISO-8859-1 as windows-1252, which is what the writers
// meant.
func charset(label string) encoding.Encoding {
	if label == "hz-gb-2312" {
		return simplifiedchinese.HZGB2312
	}
	if enc, err := htmlindex.Get(label); err == nil {
		if name, _ := htmlindex.Name(enc); name != "replacement" {
			return enc
		}
		return nil
	}
	// Old programs write cp1252, cp-850, latin-1, iso8859-15.
	for _, try := range []string{label, strings.TrimLeft(strings.TrimPrefix(label, "cp"), "-"), fixCharset(label)} {
		if enc, err := ianaindex.MIME.Encoding(try); err == nil && enc != nil {
			return enc
		}
		if enc, err := htmlindex.Get(try); err == nil {
			return enc
		}
	}
	return nil
}

// fixCharset spells common misspellings as the registry does.
func fixCharset(label string) string {
	label = strings.ReplaceAll(label, "_", "-")
	for _, p := range []struct{ bad, good string }{
		{"iso8859-", "iso-8859-"}, {"iso-8859", "iso-8859-"}, {"8859-", "iso-8859-"}, {"latin-", "latin"},
		{"win-", "windows-"}, {"windows", "windows-"}, {"cp-", "windows-"}, {"cp", "windows-"},
	} {
		if rest, ok := strings.CutPrefix(label, p.bad); ok {
			return p.good + strings.TrimLeft(rest, "-")
		}
	}
	return label
}
