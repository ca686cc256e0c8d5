package message

import (
	"bytes"
	"encoding/binary"
)

// The tags of a place (Exif 2.32, 4.6.3 and 4.6.6).
const (
	tagGPS      = 0x8825 // in the first directory: where the directory of the place begins
	tagLatitude = 0x0002 // in the directory of the place
)

// maxExif bounds the beginnings of Exif data that are tried in one file.
const maxExif = 64

// HasPlace reports that a photo says where it was taken, in Exif data or in XMP. It looks at the bytes whatever wraps
// them, so JPEG, PNG, HEIC, WebP and TIFF are all read, and a photo cut short as well. It takes time in proportion to the
// size. Coordinates that are all zero are no place, since some cameras write them without one.
func HasPlace(photo []byte) bool {
	for _, head := range []string{"II*\x00\x08\x00\x00\x00", "MM\x00*\x00\x00\x00\x08"} {
		rest := photo
		for range maxExif {
			at := bytes.Index(rest, []byte(head))
			if at < 0 {
				break
			}
			if exifHasPlace(rest[at:]) {
				return true
			}
			rest = rest[at+len(head):]
		}
	}
	return bytes.Contains(photo, []byte("exif:GPSLatitude"))
}

// exifHasPlace reads the first directory and that of the place.
func exifHasPlace(tiff []byte) bool {
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	gps, ok := exifEntry(tiff, order, order.Uint32(tiff[4:]), tagGPS)
	if !ok {
		return false
	}
	latitude, ok := exifEntry(tiff, order, gps, tagLatitude)
	if !ok || uint64(latitude)+24 > uint64(len(tiff)) {
		return ok // a place outside what was read is still one
	}
	for i := range 3 { // degrees, minutes and seconds, each a fraction
		if order.Uint32(tiff[int(latitude)+8*i:]) != 0 {
			return true
		}
	}
	return false
}

// exifEntry returns the value of an entry of the directory at an offset.
func exifEntry(tiff []byte, order binary.ByteOrder, at uint32, tag uint16) (value uint32, ok bool) {
	if uint64(at)+2 > uint64(len(tiff)) {
		return 0, false
	}
	entries := tiff[at+2:]
	for range min(order.Uint16(tiff[at:]), 512) {
		if len(entries) < 12 {
			return 0, false
		}
		if order.Uint16(entries) == tag {
			return order.Uint32(entries[8:]), true
		}
		entries = entries[12:]
	}
	return 0, false
}
