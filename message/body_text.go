package message

import (
	"bytes"
	"strings"
)

// addText puts the footer under plain text. The text keeps its charset if that
// can write the footer, and becomes UTF-8 otherwise.
func (n *node) addText(f footer) {
	text := f.text
	if strings.EqualFold(n.part.Params["format"], "flowed") && !n.changed {
		text = f.flowed()
	}
	if n.changed {
		n.content = append(gap(n.content), text...)
		return
	}
	content, tail := n.part.decode()
	label := strings.ToLower(strings.TrimSpace(n.part.Params["charset"]))
	if len(tail) == 0 {
		if joined, name, ok := joinText(content, label, text); ok {
			n.become("text/plain", withCharset(n.part.Params, name), joined)
			return
		}
	}
	joined := append(gap([]byte(strings.TrimPrefix(n.part.Text(), "\ufeff"))), text...)
	n.become("text/plain", withCharset(n.part.Params, "utf-8"), joined)
}

// gap returns content with a line end and an empty line behind it.
func gap(content []byte) []byte {
	end := bytes.TrimRight(content, "\r")
	switch {
	case len(content) == 0, bytes.HasSuffix(content, []byte("\n\n")), bytes.HasSuffix(content, []byte("\n\r\n")):
		return bytes.Clone(content)
	case bytes.HasSuffix(end, []byte("\n")):
		return append(bytes.Clone(end), "\r\n"...)
	}
	return append(bytes.Clone(content), "\r\n\r\n"...)
}

// joinText puts the footer behind content without touching content, and returns
// the charset of both. It is not ok where that charset cannot write the footer,
// or where the content contradicts it.
func joinText(content []byte, label, text string) (joined []byte, name string, ok bool) {
	spaced := gap(content)
	switch {
	case label == "utf-8" || label == "utf8":
		return append(spaced, text...), "utf-8", true
	case isASCIILabel(label):
		if isEightBit(content) {
			return nil, "", false
		}
		name = "us-ascii"
		if !isASCII(text) {
			name = "utf-8"
		}
		return append(spaced, text...), name, true
	}
	enc := charset(label)
	if enc == nil {
		return nil, "", false
	}
	encoded, err := enc.NewEncoder().String(text)
	if err != nil || isLatin1(label) && hasC1(encoded) {
		return nil, "", false
	}
	want := decodeCharset(content, label) + string(spaced[len(content):]) + text
	joined = append(spaced, encoded...)
	return joined, label, decodeCharset(joined, label) == want
}

// encodeAs writes text in the charset called label, or in UTF-8 where that
// charset does not have all its characters.
func encodeAs(text, label string) (content []byte, name string) {
	label = strings.ToLower(strings.TrimSpace(label))
	if isASCIILabel(label) {
		if isASCII(text) {
			return []byte(text), "us-ascii"
		}
		return []byte(text), "utf-8"
	}
	if enc := charset(label); enc != nil && label != "utf-8" && label != "utf8" && decodeCharset([]byte("<"), label) == "<" {
		encoded, err := enc.NewEncoder().Bytes([]byte(text))
		if err == nil && !(isLatin1(label) && hasC1(string(encoded))) && decodeCharset(encoded, label) == text {
			return encoded, label
		}
	}
	return []byte(text), "utf-8"
}

// isASCIILabel reports a charset that is ASCII, which is what none at all means.
func isASCIILabel(label string) bool {
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "", "us-ascii", "ascii":
		return true
	}
	return false
}

// isLatin1 reports the charset that readers take for windows-1252 although it
// has no characters from 0x80 to 0x9f.
func isLatin1(label string) bool { return strings.HasPrefix(label, "iso-8859-1") }

func hasC1(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 && s[i] < 0xa0 {
			return true
		}
	}
	return false
}

// withCharset returns params with another charset.
func withCharset(params map[string]string, name string) map[string]string {
	return withParam(params, "charset", name)
}
