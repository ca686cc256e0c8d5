package message

import (
	"bytes"
	"strings"
)

// Attachment is a part that is a file: everything but the text to read.
type Attachment struct {
	Part int    // number of the part, see Walk
	Name string // never empty, safe for people and for files
	Type string
	Size int64 // bytes without transfer encoding
}

// Attachments returns the files of a message in their order. Pictures that the
// text shows, signatures and attached messages are files too.
func (m *Message) Attachments() []Attachment {
	var all []Attachment
	for n, p := range m.Walk() {
		if !p.isShownFile(n) {
			continue
		}
		all = append(all, Attachment{Part: n, Name: p.nameOrPreset(), Type: p.Type, Size: int64(len(p.Content()))})
	}
	return all
}

// isShownFile reports whether the part with this number is a file.
func (p *Part) isShownFile(n int) bool {
	if p.isMultipart() && len(p.Parts) > 0 || p.IsText() || n == 0 && strings.HasPrefix(p.Type, "text/") {
		return false
	}
	return !p.isMultipart() || len(bytes.TrimSpace(p.Body)) > 0
}

// FileCount returns the number of files that View gives. It decodes none of them but a winmail.dat, which it opens.
func (m *Message) FileCount() (count int) {
	for n, p := range m.Walk() {
		if !p.isShownFile(n) {
			continue
		}
		if t, ok := p.tnef(); ok {
			count += len(t.files)
			continue
		}
		count++
	}
	return count
}

// IsText reports a part to be read and not to be kept as a file: plain text,
// HTML, or one of the old kinds of formatted text, not marked as an attachment
// and, unless it is the first in the message, without a file name.
func (p *Part) IsText() bool {
	if p.Disposition == "attachment" {
		return false
	}
	switch p.Type {
	case "text/plain", "text/html", "text/enriched", "text/richtext":
		return p.FileName == "" || p.Disposition == "inline" || p.first
	}
	return false
}

func (p *Part) nameOrPreset() string {
	if p.FileName != "" {
		return p.FileName
	}
	if p.isAttachedMessage() {
		if s := safeName(p.Message().Subject()); s != "" {
			return strings.TrimSuffix(s, ".eml") + ".eml"
		}
	}
	return presetName(p.Type)
}

// isAttachedMessage reports a whole message inside the message.
func (p *Part) isAttachedMessage() bool {
	return p.Type == "message/rfc822" || p.Type == "message/global"
}

// Message reads the content of a part as a message, which is what it is if its
// type is message/rfc822 (RFC 2046 §5.2.1). Levels count on from the message
// around it; beyond those of Importing it is one part of bytes.
func (p *Part) Message() *Message {
	body := p.Content()
	if p.depth+1 >= Importing().Depth {
		leaf := &Part{Type: "application/octet-stream", Raw: body, Body: body, depth: p.depth + 1}
		return &Message{Root: leaf}
	}
	return parseAt(body, p.depth+1)
}
