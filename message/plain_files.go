package message

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// An Enclosed is a file to send with a text.
type Enclosed struct {
	Name    string // made safe where it is not
	Type    string // what it is by its bytes
	Content []byte
}

// TextWithFiles returns the body of a mail that is a text with files behind it (RFC 2046 §5.1.3), and the fields that describe it.
// The same text and files always give the same bytes, all of them ASCII. Without files it is PlainText.
func TextWithFiles(text string, files []Enclosed) (body []byte, fields []Field) {
	if len(files) == 0 {
		return PlainText(text)
	}
	content, fields := textBody("plain", text)
	parts := [][]byte{slices.Concat(writeFields(fields), []byte("\r\n"), content)}
	for _, f := range files {
		parts = append(parts, f.part())
	}
	return multipart("mixed", parts)
}

// part is a file with its header. What is a message or a container goes as mere bytes, because those may not be encoded (RFC 2046
// §5).
func (f Enclosed) part() []byte {
	kind, params := f.Type, map[string]string{}
	switch top, _, _ := strings.Cut(kind, "/"); {
	case top == "message" || top == "multipart":
		kind = kindOctets
	case top == "text" && utf8.Valid(f.Content):
		params["charset"] = "utf-8"
	}
	name := SafeName(f.Name, kind)
	params["name"] = name
	return slices.Concat(writeFields([]Field{
		{"Content-Type", formatType(kind, params)},
		{"Content-Disposition", formatParams("attachment", map[string]string{"filename": name})},
		{"Content-Transfer-Encoding", "base64"},
	}), []byte("\r\n"), encodeBase64(f.Content))
}

// SafeName is the name of a file as a person may read it and a disk may hold it. It is never empty: a file without a name gets one
// by its type.
func SafeName(name, kind string) string { return cmp.Or(safeName(name), presetName(kind)) }

// CleanPhoto returns a photo without what the camera wrote beside the picture, such as where it was taken. It returns false for what
// is no photo that we know how to clean, and the bytes are as they were.
func CleanPhoto(photo []byte) ([]byte, bool) {
	if out, ok := stripJPEG(photo); ok {
		return out, true
	}
	return stripPNG(photo)
}
