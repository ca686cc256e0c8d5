package message

import (
	"bytes"
	"encoding/binary"
)

var exifHead = []byte("Exif\x00\x00")

// tagOrientation is how the picture must be turned, 1 to 8 (Exif 2.32, 4.6.4).
const tagOrientation = 0x0112

// exifOrientation reads the orientation from the content of an APP1 segment,
// or returns 0 where it says none.
func exifOrientation(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, exifHead)
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	dir := uint64(order.Uint32(tiff[4:]))
	if dir+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[dir+2:]
	for range order.Uint16(tiff[dir:]) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == tagOrientation {
			return validOrientation(int(order.Uint16(entries[8:])))
		}
		entries = entries[12:]
	}
	return 0
}

func validOrientation(n int) int {
	if n < 1 || n > 8 {
		return 0
	}
	return n
}

// exifWith returns a whole APP1 segment that holds the orientation and nothing
// else.
func exifWith(orientation int) []byte {
	b := []byte{0xff, jpegAPP1, 0, 0}
	b = append(b, exifHead...)
	b = append(b, "MM\x00\x2a\x00\x00\x00\x08\x00\x01"...) // big endian, one entry in the directory at 8
	b = binary.BigEndian.AppendUint16(b, tagOrientation)
	b = binary.BigEndian.AppendUint16(b, 3) // a short
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(orientation))
	b = append(b, 0, 0, 0, 0, 0, 0) // padding, and no further directory
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-2))
	return b
}
