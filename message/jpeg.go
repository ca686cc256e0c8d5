package message

import (
	"bytes"
	"encoding/binary"
)

// The JPEG markers that matter here (ITU-T T.81, table B.1).
const (
	jpegTEM  = 0x01
	jpegRST0 = 0xd0
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP0 = 0xe0
	jpegAPP1 = 0xe1
	jpegAPP2 = 0xe2
	jpegAPPE = 0xee
	jpegAPPF = 0xef
	jpegCOM  = 0xfe
)

// stripJPEG returns a photo without what the camera wrote beside the picture:
// Exif and its place, XMP, IPTC, comments, makers' notes, thumbnails, and what
// phones append behind the end. The picture itself is not touched, and the
// turn it needs on the screen is kept. ok is false, and b is returned, when
// there is nothing to remove or when b is no sound JPEG.
func stripJPEG(b []byte) (out []byte, ok bool) {
	s := jpegStripper{in: b}
	if !s.header() {
		return b, false
	}
	tail := s.picture()
	if !s.removed && tail == len(b) {
		return b, false
	}
	s.out.Write(b[s.scan:tail])
	return s.out.Bytes(), true
}

// jpegStripper copies the segments before the picture that may stay.
type jpegStripper struct {
	in      []byte
	out     bytes.Buffer
	scan    int // where the first scan begins
	removed bool
}

// header reads the segments up to the first scan, and reports whether all are
// sound.
func (s *jpegStripper) header() bool {
	if len(s.in) < 4 || s.in[0] != 0xff || s.in[1] != jpegSOI {
		return false
	}
	orientation := 0
	pos := 2
	s.out.Write(s.in[:pos])
	var kept [][]byte
	for {
		marker, segment, next, ok := jpegSegment(s.in, pos)
		switch {
		case !ok:
			return false
		case marker == jpegSOS:
			s.scan = pos
			s.assemble(kept, orientation)
			return true
		case jpegKeeps(marker, segment):
			kept = append(kept, s.in[pos:next])
		default:
			s.removed = true
			if marker == jpegAPP1 && orientation == 0 {
				orientation = exifOrientation(segment)
			}
		}
		pos = next
	}
}

// assemble writes the segments that stay. The small Exif segment that keeps a
// picture upright goes behind JFIF, which must come first; a file that holds
// just that segment already counts as clean.
func (s *jpegStripper) assemble(kept [][]byte, orientation int) {
	if orientation > 1 {
		exif := exifWith(orientation)
		s.removed = s.removed && !s.holdsOnly(kept, exif)
		at := 0
		if len(kept) > 0 && kept[0][1] == jpegAPP0 {
			at = 1
		}
		kept = append(kept[:at:at], append([][]byte{exif}, kept[at:]...)...)
	}
	for _, k := range kept {
		s.out.Write(k)
	}
}

// holdsOnly reports that the header was exactly kept and exif, in any order.
func (s *jpegStripper) holdsOnly(kept [][]byte, exif []byte) bool {
	size := 2 + len(exif)
	for _, k := range kept {
		size += len(k)
	}
	return size == s.scan && bytes.Contains(s.in[:s.scan], exif)
}

// jpegSegment reads the marker at pos. segment is its content without marker
// and length.
func jpegSegment(b []byte, pos int) (marker byte, segment []byte, next int, ok bool) {
	start := pos
	for pos < len(b) && b[pos] == 0xff && pos-start < 64 {
		pos++ // fill octets may stand before a marker
	}
	if pos == start || pos >= len(b) {
		return 0, nil, 0, false
	}
	marker = b[pos]
	pos++
	if marker == 0 || marker == jpegTEM || marker >= jpegRST0 && marker <= jpegEOI || pos+2 > len(b) {
		return 0, nil, 0, false
	}
	size := int(binary.BigEndian.Uint16(b[pos:]))
	if size < 2 || pos+size > len(b) {
		return 0, nil, 0, false
	}
	return marker, b[pos+2 : pos+size], pos + size, true
}

// jpegKeeps reports a segment that the picture needs: everything but comments
// and application data, and of these JFIF, the colour profile, and Adobe's
// note of the colour transform.
func jpegKeeps(marker byte, segment []byte) bool {
	switch {
	case marker == jpegCOM:
		return false
	case marker == jpegAPP0:
		return bytes.HasPrefix(segment, []byte("JFIF\x00"))
	case marker == jpegAPP2:
		return bytes.HasPrefix(segment, []byte("ICC_PROFILE\x00"))
	case marker == jpegAPPE:
		return bytes.HasPrefix(segment, []byte("Adobe"))
	default:
		return marker < jpegAPP0 || marker > jpegAPPF
	}
}

// picture returns where the picture ends, behind its EOI marker, or the end of
// the file where that is missing. Between scans there may be more segments,
// and nothing private is known to stand there.
func (s *jpegStripper) picture() int {
	pos := s.scan
	for pos < len(s.in) {
		_, _, next, ok := jpegSegment(s.in, pos)
		if !ok {
			return len(s.in)
		}
		pos = jpegScanEnd(s.in, next)
		if pos+1 < len(s.in) && s.in[pos+1] == jpegEOI {
			return pos + 2
		}
	}
	return len(s.in)
}

// jpegScanEnd skips coded picture data: it ends at a marker that is neither a
// stuffed zero nor a restart nor a fill octet.
func jpegScanEnd(b []byte, pos int) int {
	for {
		i := bytes.IndexByte(b[min(pos, len(b)):], 0xff)
		if i < 0 || pos+i+1 >= len(b) {
			return len(b)
		}
		pos += i
		c := b[pos+1]
		switch {
		case c == 0xff:
			pos++
		case c == 0 || c >= jpegRST0 && c < jpegSOI:
			pos += 2
		default:
			return pos
		}
	}
}
