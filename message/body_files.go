package message

import (
	"bytes"
	"strings"
)

// attachments returns the files of the message by their numbers.
func (c *copier) attachments() map[int]Attachment {
	if c.files == nil {
		c.files = make(map[int]Attachment)
		for _, f := range c.message.Attachments() {
			c.files[f.Part] = f
		}
	}
	return c.files
}

// dropFiles takes out, in their order, the files for which there is no room.
func (c *copier) dropFiles() {
	room := c.options.AttachTotal
	if room < 0 {
		return
	}
	c.root.walk(func(n *node) {
		f, ok := c.attachments()[n.number]
		switch {
		case !ok:
		case f.Size > room:
			c.drop(n)
		default:
			room -= f.Size
		}
	})
}

// stripPictures removes what cameras write into pictures.
func (c *copier) stripPictures() {
	c.root.walk(func(n *node) {
		if _, ok := c.attachments()[n.number]; !ok || !mayBePicture(n.part) {
			return
		}
		content := n.part.Content()
		stripped, ok := stripJPEG(content)
		if !ok {
			stripped, ok = stripPNG(content)
		}
		if ok {
			n.become(n.part.Type, n.part.Params, stripped)
			c.found |= changedPhotos
		}
	})
}

// mayBePicture reports a part that is worth decoding: a picture, or a file of
// no special type, as some programs label photos.
func mayBePicture(p *Part) bool {
	return strings.HasPrefix(p.Type, "image/") || p.Type == "application/octet-stream"
}

// images returns the content ids of the pictures that travel, for the HTML
// that shows them. Drawings in SVG may hold programs and are not shown.
func (c *copier) images() map[string]bool {
	ids := make(map[string]bool)
	c.root.walk(func(n *node) {
		p := n.part
		id := strings.Trim(p.Header.Get("Content-ID"), "<> \t")
		picture := strings.HasPrefix(p.Type, "image/") && p.Type != "image/svg+xml"
		if id != "" && (picture || p.Type == "application/octet-stream" && isPicture(p.Content())) {
			ids[id] = true
		}
	})
	return ids
}

// isPicture reports the beginnings of JPEG, PNG and GIF.
func isPicture(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xd8\xff")) || bytes.HasPrefix(b, pngHead) || bytes.HasPrefix(b, []byte("GIF8"))
}
