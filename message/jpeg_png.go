package message

import (
	"bytes"
	"encoding/binary"
)

var pngHead = []byte("\x89PNG\r\n\x1a\n")

// stripPNG returns a picture without its notes: Exif, texts and the time (PNG
// 3rd edition §11.3), and what stands behind its end. ok is false, and b is
// returned, when there is nothing to remove or when b is no sound PNG.
func stripPNG(b []byte) (out []byte, ok bool) {
	if !bytes.HasPrefix(b, pngHead) {
		return b, false
	}
	kept := bytes.Clone(pngHead)
	for pos := len(pngHead); ; {
		if len(b)-pos < 12 {
			return b, false
		}
		size := uint64(binary.BigEndian.Uint32(b[pos:]))
		if size > uint64(len(b)-pos-12) {
			return b, false
		}
		kind, next := string(b[pos+4:pos+8]), pos+12+int(size)
		switch kind {
		case "eXIf", "tEXt", "zTXt", "iTXt", "tIME":
		default:
			kept = append(kept, b[pos:next]...)
		}
		if kind == "IEND" {
			return kept, len(kept) != len(b)
		}
		pos = next
	}
}
