package message

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

func testPicture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 24))
	for i := range 40 * 24 {
		m.Set(i%40, i/40, color.RGBA{uint8(i), uint8(i * 7), uint8(i * 13), 255})
	}
	return m
}

func testJPEG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, testPicture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment returns a JPEG segment with its marker and length.
func segment(marker byte, content string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))
	return append(b, content...)
}

// withSegments puts segments behind the start of a JPEG.
func withSegments(b []byte, segments ...[]byte) []byte {
	out := bytes.Clone(b[:2])
	out = append(out, bytes.Join(segments, nil)...)
	return append(out, b[2:]...)
}

// cameraExif is what a phone writes: a maker, an orientation, a place.
func cameraExif(little bool, orientation uint16) []byte {
	var order binary.AppendByteOrder = binary.BigEndian
	head := "MM\x00\x2a\x00\x00\x00\x08"
	if little {
		order, head = binary.LittleEndian, "II\x2a\x00\x08\x00\x00\x00"
	}
	b := []byte("Exif\x00\x00" + head)
	b = order.AppendUint16(b, 3)
	for _, e := range []struct{ tag, kind, value uint16 }{{0x010f, 2, 0}, {tagOrientation, 3, orientation}, {0x8825, 4, 99}} {
		b = order.AppendUint16(b, e.tag)
		b = order.AppendUint16(b, e.kind)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, e.value)
		b = append(b, 0, 0)
	}
	return segment(jpegAPP1, string(b)+"53.8008 N 1.5491 W Pixel 9")
}

func TestStripJPEG(t *testing.T) {
	plain := testJPEG(t)
	jfif := segment(jpegAPP0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")
	profile := segment(jpegAPP2, "ICC_PROFILE\x00\x01\x01colours")
	for _, c := range []struct {
		name     string
		in, want []byte
	}{
		{"Exif with a place goes", withSegments(plain, cameraExif(false, 1)), plain},
		{"the turn of the picture stays", withSegments(plain, cameraExif(false, 6)), withSegments(plain, exifWith(6))},
		{"also when written by a little-endian camera", withSegments(plain, cameraExif(true, 8)), withSegments(plain, exifWith(8))},
		{"an impossible turn is none", withSegments(plain, cameraExif(true, 9)), plain},
		{"JFIF and colours stay, in their order", withSegments(plain, jfif, cameraExif(true, 3), profile), withSegments(plain, jfif, exifWith(3), profile)},
		{"XMP, IPTC and comments go", withSegments(plain, segment(jpegAPP1, "http://ns.adobe.com/xap/1.0/\x00<x/>"),
			segment(0xed, "Photoshop 3.0\x00"), segment(jpegCOM, "Leeds")), plain},
		{"a thumbnail and more pictures go", withSegments(plain, jfif, segment(jpegAPP0, "JFXX\x00\x10"), segment(jpegAPP2, "MPF\x00")), withSegments(plain, jfif)},
		{"what a phone appends behind the end goes", append(bytes.Clone(plain), "ftypmp4 and a film"...), plain},
		{"a picture that was cut off still loses its place", withSegments(plain, cameraExif(false, 1))[:len(plain)], plain[:len(plain)-len(cameraExif(false, 1))]},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, ok := stripJPEG(c.in)
			if !ok || !bytes.Equal(out, c.want) {
				t.Errorf("ok %v, got %d octets, want %d\n%.80x\n%.80x", ok, len(out), len(c.want), out, c.want)
			}
			if _, again := stripJPEG(out); again {
				t.Error("found more to remove in its own result")
			}
		})
	}
}

func TestStripJPEGLeavesAlone(t *testing.T) {
	plain := testJPEG(t)
	for _, c := range []struct {
		name string
		in   []byte
	}{
		{"a clean picture", plain},
		{"a clean picture that is turned", withSegments(plain, exifWith(6))},
		{"no picture", []byte("hello")},
		{"nothing", nil},
		{"a segment longer than the file", append([]byte{0xff, jpegSOI}, segment(jpegAPP1, "Exif")[:4]...)},
		{"a segment shorter than its length", []byte{0xff, jpegSOI, 0xff, jpegAPP1, 0, 1, 0xff, jpegSOS, 0, 2}},
		{"no scan", plain[:bytes.Index(plain, []byte{0xff, jpegSOS})]},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, ok := stripJPEG(c.in); ok || !bytes.Equal(out, c.in) {
				t.Errorf("changed: %x", out)
			}
		})
	}
}

func TestStripPNG(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, testPicture()); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	noted := bytes.Clone(plain[:33]) // behind IHDR
	for kind, content := range map[string]string{"eXIf": "MM\x00\x2a", "tEXt": "Place\x00Leeds", "tIME": "1234567"} {
		chunk := append([]byte(kind), content...)
		noted = binary.BigEndian.AppendUint32(noted, uint32(len(content)))
		noted = binary.BigEndian.AppendUint32(append(noted, chunk...), crc32.ChecksumIEEE(chunk))
	}
	noted = append(append(noted, plain[33:]...), "behind the end"...)
	if out, ok := stripPNG(noted); !ok || !bytes.Equal(out, plain) {
		t.Errorf("ok %v, got %d octets, want %d", ok, len(out), len(plain))
	}
	for name, in := range map[string][]byte{"clean": plain, "cut off": noted[:len(plain)-20], "no picture": []byte("\x89PNG"), "empty": nil} {
		if out, ok := stripPNG(in); ok || !bytes.Equal(out, in) {
			t.Errorf("%s: changed", name)
		}
	}
}

func FuzzStripJPEG(f *testing.F) {
	plain := testJPEG(f)
	f.Add(plain)
	f.Add(withSegments(plain, cameraExif(true, 6), segment(jpegCOM, "x")))
	f.Add(append(withSegments(plain, exifWith(3)), "tail"...))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, ok := stripJPEG(in)
		if !ok {
			if !bytes.Equal(out, in) {
				t.Fatal("changed without saying so")
			}
			return
		}
		if _, again := stripJPEG(out); again {
			t.Fatal("its own result is not clean")
		}
		size, err := jpeg.DecodeConfig(bytes.NewReader(in))
		if err != nil || size.Width*size.Height > 1<<16 {
			return
		}
		before, err := jpeg.Decode(bytes.NewReader(in))
		if err != nil {
			return
		}
		after, err := jpeg.Decode(bytes.NewReader(out))
		if err != nil || !samePixels(before, after) {
			t.Fatal("the picture changed", err)
		}
	})
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// A progressive picture has several scans, with restarts, stuffed zeros and
// tables between them; it ends at the marker behind the last.
func TestStripJPEGFindsTheEndOfManyScans(t *testing.T) {
	scan := segment(jpegSOS, "\x01\x01\x00\x00\x3f\x00")
	picture := slices.Concat([]byte{0xff, jpegSOI}, segment(0xdb, "table"),
		scan, []byte("data\xff\x00more\xff\xd0more\xff"), segment(0xc4, "huffman"),
		scan, []byte("data\xff\xff\xff\xd9"))
	for _, c := range []struct{ name, tail string }{{"a film", "\x00\x00\x00\x18ftyp"}, {"another picture", string(withSegments(testJPEG(t), cameraExif(true, 1)))}} {
		out, ok := stripJPEG(append(bytes.Clone(picture), c.tail...))
		if !ok || !bytes.Equal(out, picture) {
			t.Errorf("%s: %x, want %x", c.name, out, picture)
		}
	}
	for _, cut := range []int{1, 2, 5, 20} {
		if out, ok := stripJPEG(picture[:len(picture)-cut]); ok {
			t.Errorf("cut by %d: changed to %x", cut, out)
		}
	}
	unsound := slices.Concat([]byte{0xff, jpegSOI}, scan, []byte("data\xff"), []byte{0xc4, 0, 1}, []byte("rest"))
	if out, ok := stripJPEG(unsound); ok {
		t.Errorf("damage between scans: changed to %x", out)
	}
}

func TestExifOrientation(t *testing.T) {
	whole := string(cameraExif(false, 6)[4:])
	for _, c := range []struct {
		name, segment string
		want          int
	}{
		{"a camera's", whole, 6},
		{"XMP", "http://ns.adobe.com/xap/1.0/\x00", 0},
		{"cut off in the head", whole[:10], 0},
		{"directory beyond the end", "Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff", 0},
		{"directory cut off", whole[:30], 0},
		{"no orientation in it", "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x00", 0},
	} {
		if got := exifOrientation([]byte(c.segment)); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
