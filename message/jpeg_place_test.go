package message

import (
	"encoding/binary"
	"testing"
)

// exifOfPlace makes Exif data with a latitude in degrees, in one order of octets or the other.
func exifOfPlace(order binary.AppendByteOrder, head string, degrees uint32) []byte {
	b := []byte(head)
	b = order.AppendUint16(b, 1) // the first directory, at 8
	b = order.AppendUint16(b, tagGPS)
	b = order.AppendUint16(b, 4)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint32(b, 26)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 1) // the directory of the place, at 26
	b = order.AppendUint16(b, tagLatitude)
	b = order.AppendUint16(b, 5)
	b = order.AppendUint32(b, 3)
	b = order.AppendUint32(b, 44)
	b = order.AppendUint32(b, 0)
	for _, n := range []uint32{degrees, 1, 0, 1, 0, 1} {
		b = order.AppendUint32(b, n)
	}
	return b
}

func TestHasPlace(t *testing.T) {
	big := exifOfPlace(binary.BigEndian, "MM\x00*\x00\x00\x00\x08", 53)
	little := exifOfPlace(binary.LittleEndian, "II*\x00\x08\x00\x00\x00", 53)
	for _, c := range []struct {
		name  string
		photo string
		want  bool
	}{
		{"a JPEG", "\xff\xd8\xff\xe1\x00\x50Exif\x00\x00" + string(big), true},
		{"the other order of octets", "\xff\xd8\xff\xe1\x00\x50Exif\x00\x00" + string(little), true},
		{"a PNG", "\x89PNG\r\n\x1a\n\x00\x00\x00\x44eXIf" + string(big), true},
		{"XMP", "\xff\xd8\xff\xe1..<rdf exif:GPSLatitude=\"53,47.9N\"/>", true},
		{"cut short behind the place", string(big[:44]), true},
		{"zero coordinates", string(exifOfPlace(binary.BigEndian, "MM\x00*\x00\x00\x00\x08", 0)), false},
		{"no place", "\xff\xd8" + string(exifWith(6)), false},
		{"cut short before the place", string(big[:20]), false},
		{"nothing", "", false},
	} {
		if got := HasPlace([]byte(c.photo)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func FuzzHasPlace(f *testing.F) {
	f.Add(exifOfPlace(binary.BigEndian, "MM\x00*\x00\x00\x00\x08", 53))
	f.Add(exifOfPlace(binary.LittleEndian, "II*\x00\x08\x00\x00\x00", 53))
	f.Fuzz(func(_ *testing.T, photo []byte) { HasPlace(photo) })
}
