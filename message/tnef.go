package message

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// tnef is what a file winmail.dat holds, in which some Exchange servers send a message's text and files to the world
// ([MS-OXTNEF]).
type tnef struct {
	subject string
	text    string // plain, with LF line ends
	html    string
	rtf     []byte // unpacked; the only form of the text that many senders put in
	files   []tnefFile

	codepage int
	depth    int
}

// tnefFile is a file in it. Its data are a slice of what was parsed.
type tnefFile struct {
	name, kind, id string
	data           []byte
	hidden         bool // made by the sender's program, shown by its text
}

// Bounds of a TNEF stream beyond those of its size.
const (
	maxTNEFFiles = 500
	maxTNEFDepth = 4
	maxTNEFProps = 5000
)

const tnefSignature = 0x223e9f78

// The attributes that matter ([MS-OXTNEF] §2.1.3.1); the upper half of each is a type that nobody needs.
const (
	tnefSubject      = 0x8004
	tnefBody         = 0x800c
	tnefAttachData   = 0x800f
	tnefAttachTitle  = 0x8010
	tnefAttachRender = 0x9002
	tnefMAPIProps    = 0x9003
	tnefAttachment   = 0x9005
	tnefCodepage     = 0x9007
)

// readTNEF reads as much of a stream as is whole. It is not ok where there is no stream, or nothing of use in it. The
// result shares data.
func readTNEF(data []byte) (*tnef, bool) {
	t := &tnef{codepage: 1252}
	t.read(data)
	return t, t.text != "" || t.html != "" || len(t.rtf) > 0 || len(t.files) > 0
}

func (t *tnef) read(data []byte) {
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != tnefSignature {
		return
	}
	data = data[6:]
	for len(data) >= 9 {
		id := binary.LittleEndian.Uint16(data[1:])
		size := binary.LittleEndian.Uint32(data[5:])
		data = data[9:]
		if uint64(size) > uint64(len(data)) {
			if id != tnefAttachData {
				return
			}
			size = uint32(len(data)) // a file that was cut off on the way
		}
		t.attribute(id, data[:size])
		data = data[min(uint64(len(data)), uint64(size)+2):] // a checksum follows
	}
}

func (t *tnef) attribute(id uint16, value []byte) {
	switch id {
	case tnefCodepage:
		if len(value) >= 4 {
			t.codepage = int(binary.LittleEndian.Uint32(value))
		}
	case tnefSubject:
		t.subject = t.oem(value)
	case tnefBody:
		t.text = normalLines(t.oem(value))
	case tnefMAPIProps:
		t.messageProps(value)
	case tnefAttachRender:
		if len(t.files) < maxTNEFFiles {
			t.files = append(t.files, tnefFile{})
		}
	}
	if len(t.files) == 0 {
		return
	}
	file := &t.files[len(t.files)-1]
	switch id {
	case tnefAttachTitle:
		if file.name == "" {
			file.name = t.oem(value)
		}
	case tnefAttachData:
		file.data = value
	case tnefAttachment:
		t.fileProps(file, value)
	}
}

// oem reads a string that ends in NUL, in the charset of the sender's machine.
func (t *tnef) oem(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return decodeCharset(b, codepageName(t.codepage))
}

// codepageName names a charset of Windows by its number.
func codepageName(n int) string {
	switch {
	case n == 65001:
		return "utf-8"
	case n == 20127:
		return "us-ascii"
	case n >= 1250 && n <= 1258:
		return "windows-" + strconv.Itoa(n)
	case n >= 28591 && n <= 28605:
		return "iso-8859-" + strconv.Itoa(n-28590)
	case n == 932:
		return "shift_jis"
	case n == 936:
		return "gbk"
	case n == 949:
		return "euc-kr"
	case n == 950:
		return "big5"
	case n == 20866:
		return "koi8-r"
	case n == 0:
		return "windows-1252"
	}
	return "cp" + strconv.Itoa(n)
}

// reading returns the text of the message inside as a person reads it.
func (t *tnef) reading() (string, []hint) {
	switch {
	case strings.TrimSpace(t.text) != "":
		return t.text, nil
	case strings.TrimSpace(t.html) != "":
		return reduceMarked(t.html)
	}
	return rtfText(t.rtf), nil
}

// isTNEF reports a part that says to be such a file.
func (p *Part) isTNEF() bool {
	return p.Type == "application/ms-tnef" || p.Type == "application/vnd.ms-tnef" || strings.EqualFold(p.FileName, "winmail.dat")
}

// tnef opens a part that is such a file. It is not ok where nothing in it can be read: then it is a file as it is.
func (p *Part) tnef() (*tnef, bool) {
	if !p.isTNEF() {
		return nil, false
	}
	return readTNEF(p.Content())
}

// appendTNEF adds the text of a message that came in a file winmail.dat, for a message that has no other.
func (m *Message) appendTNEF(r *readable) {
	for _, p := range m.Walk() {
		if t, ok := p.tnef(); ok {
			r.block(t.reading())
		}
	}
}
