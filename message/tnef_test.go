package message

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"unicode/utf16"
)

// tnefWriter writes streams as [MS-OXTNEF] describes them, for tests.
type tnefWriter struct{ bytes.Buffer }

func newTNEF() *tnefWriter {
	w := new(tnefWriter)
	w.Write([]byte{0x78, 0x9f, 0x3e, 0x22, 1, 0})
	w.attribute(1, 0x00089006, []byte{0, 0, 1, 0})
	w.attribute(1, 0x00069007, []byte{0xe4, 4, 0, 0, 0, 0, 0, 0})
	return w
}

func (w *tnefWriter) attribute(level byte, id uint32, value []byte) *tnefWriter {
	w.WriteByte(level)
	w.Write(binary.LittleEndian.AppendUint32(nil, id))
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(value))))
	w.Write(value)
	sum := uint16(0)
	for _, c := range value {
		sum += uint16(c)
	}
	w.Write(binary.LittleEndian.AppendUint16(nil, sum))
	return w
}

func (w *tnefWriter) file(title string, data []byte, properties ...[]byte) *tnefWriter {
	w.attribute(2, 0x00069002, make([]byte, 14))
	w.attribute(2, 0x00018010, append([]byte(title), 0))
	w.attribute(2, 0x0006800f, data)
	if len(properties) > 0 {
		w.attribute(2, 0x00069005, propList(properties...))
	}
	return w
}

func propList(properties ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(properties)))
	return append(b, bytes.Join(properties, nil)...)
}

// sizedProp is a property with a length: a string or bytes.
func sizedProp(kind, id uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, id)
	if id >= 0x8000 {
		b = append(b, make([]byte, 16)...)
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = append(b, 6, 0, 0, 0, 'a', 0, 'b', 0, 0, 0, 0, 0)
	}
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	b = append(b, value...)
	return append(b, make([]byte, (4-len(value)%4)%4)...)
}

func longProp(id uint16, n uint32) []byte {
	b := binary.LittleEndian.AppendUint16(nil, typeLong)
	b = binary.LittleEndian.AppendUint16(b, id)
	return binary.LittleEndian.AppendUint32(b, n)
}

func utf16Bytes(s string) (b []byte) {
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// storedRTF is RTF that says to be not packed.
func storedRTF(s string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(s)+12))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	return append(append(b, "MELA\x00\x00\x00\x00"...), s...)
}

// winmail is a mail whose only part beside text is a winmail.dat.
func winmail(text string, stream []byte) *Message {
	return Parse([]byte("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text +
		"\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n" +
		"Content-Disposition: attachment\r\n\r\n" + base64.StdEncoding.EncodeToString(stream) + "\r\n--b--\r\n"))
}

func TestTNEFText(t *testing.T) {
	packed, err := hex.DecodeString("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af3206865" +
		"6c090020627705b06c647d0a800fa0")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		stream *tnefWriter
		want   string
	}{
		{"the body attribute, in the charset of the machine", newTNEF().attribute(1, 0x0002800c, []byte("Si\xe2n says \x93yes\x94\r\n\x00")), "Siân says “yes”\n"},
		{"a property in UTF-16", newTNEF().attribute(1, 0x00069003, propList(longProp(0x17, 1), sizedProp(typeUnicode, propBody, utf16Bytes("Helo Siân 😀")))), "Helo Siân 😀"},
		{"a named property before it", newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeUnicode, 0x8001, utf16Bytes("x")), sizedProp(typeString8, propBody, []byte("Hi\x00")))), "Hi"},
		{"HTML", newTNEF().attribute(1, 0x00069003, propList(longProp(propInternetCP, 1252), sizedProp(typeBinary, propHTML, []byte("<p>Si\xe2n</p>")))), "Siân\n"},
		{"RTF", newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeBinary, propRTF, storedRTF(`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\uc1 Si\'e2n\par says \u8220?yes\u8221? \'96 {\*\x hidden}\{ok\}\u-10179?\u-8704?}`)))), "Siân\nsays “yes” – {ok}😀"},
		{"packed RTF, the example of the specification", newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeBinary, propRTF, packed))), "hello world"},
		{"packed RTF with something behind its end", newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeBinary, propRTF, append(packed, "\x00\x00\x00\x00\x00\x00garbage"...)))), "hello world"},
		{"a stream that was cut off", &tnefWriter{Buffer: *bytes.NewBuffer(newTNEF().attribute(1, 0x0002800c, []byte("Hi\x00")).attribute(1, 0x00018004, []byte("cut")).Bytes()[:60])}, "Hi"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := winmail("", c.stream.Bytes()).Text(); strings.TrimRight(got, "\n") != strings.TrimRight(c.want, "\n") {
				t.Errorf("text %q, want %q", got, c.want)
			}
			if got := winmail("The text.", c.stream.Bytes()).Text(); strings.TrimSpace(got) != "The text." {
				t.Errorf("text %q: a message that has a text of its own shows another", got)
			}
		})
	}
}

func TestTNEFFiles(t *testing.T) {
	inner := newTNEF().attribute(1, 0x00018004, []byte("Old letter\x00")).attribute(1, 0x0002800c, []byte("Dear Jo\x00")).file("inner.pdf", []byte("%PDF-1.4"))
	stream := newTNEF().
		file("PLAN~1.DOC", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), sizedProp(typeUnicode, propAttachLongName, utf16Bytes("Plan for Siân.doc"))).
		file("../../etc/logo.png", []byte("\x89PNG\r\n\x1a\n"), sizedProp(typeString8, propAttachID, []byte("logo@x\x00"))).
		file("", nil, sizedProp(typeObject, propAttachObject, append(make([]byte, 16), inner.Bytes()...)))
	v := winmail("See the files.", stream.Bytes()).View()
	var got []string
	for _, f := range v.Files {
		got = append(got, f.Name+" "+f.Type)
	}
	want := "Plan for Siân.doc application/msword|logo.png image/png|Old letter.txt text/plain|inner.pdf application/pdf"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("files\n%s, want\n%s", s, want)
	}
	if content, ok := winmail("", stream.Bytes()).FileContent(v.Files[2].Part, v.Files[2].Inner); !ok || string(content) != "Dear Jo" {
		t.Errorf("the message inside is %q", content)
	}
	broken := winmail("See the file.", []byte("no TNEF")).View()
	if len(broken.Files) != 1 || broken.Files[0].Name != "winmail.dat" {
		t.Errorf("a winmail.dat that cannot be read is %v, want the file itself", broken.Files)
	}
}

func TestTNEFHTML(t *testing.T) {
	page := newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeBinary, propHTML, []byte(`<p onclick="x()">Hello<script>x()</script></p>`)))).Bytes()
	if got := winmail("", page).View().HTML; got != "<div><p>Hello</p></div>\n" {
		t.Errorf("HTML %q, want that of the winmail.dat, cleaned", got)
	}
	if got := winmail("The text.", page).View().HTML; got != "" {
		t.Errorf("HTML %q beside a text of its own, want none", got)
	}
}

func FuzzTNEF(f *testing.F) {
	f.Add(newTNEF().attribute(1, 0x0002800c, []byte("Hi\x00")).file("a.pdf", []byte("%PDF-"), longProp(propAttachHidden, 1)).Bytes())
	f.Add(newTNEF().attribute(1, 0x00069003, propList(sizedProp(typeBinary, propRTF, storedRTF(`{\rtf1\u8220?{\*\a}\'e2\bin3 }`)))).Bytes())
	f.Add(newTNEF().file("", nil, sizedProp(typeObject, propAttachObject, append(make([]byte, 16), newTNEF().file("b", nil).Bytes()...))).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		stream, _ := readTNEF(data)
		total := 0
		for _, file := range stream.files {
			total += len(file.data)
		}
		if len(stream.files) > maxTNEFFiles || total > 20*len(data)+1024 {
			t.Errorf("%d octets became %d files with %d octets", len(data), len(stream.files), total)
		}
		text, _ := stream.reading()
		if len(text) > 100*len(data)+1024 {
			t.Errorf("%d octets became a text of %d", len(data), len(text))
		}
	})
}

func FuzzRTF(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\uc1 Si\'e2n\par\u8220?}`))
	f.Fuzz(func(_ *testing.T, data []byte) { rtfText(data); unpackRTF(data) })
}
