package message

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// The properties that matter ([MS-OXPROPS]).
const (
	propSubject        = 0x0037
	propBody           = 0x1000
	propRTF            = 0x1009
	propHTML           = 0x1013
	propDisplayName    = 0x3001
	propAttachObject   = 0x3701
	propAttachName     = 0x3704
	propAttachLongName = 0x3707
	propAttachType     = 0x370e
	propAttachID       = 0x3712
	propInternetCP     = 0x3fde
	propAttachHidden   = 0x7ffe
)

// The types of properties ([MS-OXCDATA] §2.11.1).
const (
	typeShort   = 0x0002
	typeLong    = 0x0003
	typeFloat   = 0x0004
	typeError   = 0x000a
	typeBool    = 0x000b
	typeObject  = 0x000d
	typeString8 = 0x001e
	typeUnicode = 0x001f
	typeGUID    = 0x0048
	typeBinary  = 0x0102
	typeMulti   = 0x1000
)

// prop is a property with its first value.
type prop struct {
	id, kind uint16
	value    []byte
}

// props reads a list of properties ([MS-OXTNEF] §2.1.3.4) as far as it is whole.
func props(b []byte, yield func(prop)) {
	r := propReader{rest: b}
	count := min(r.long(), maxTNEFProps)
	for range count {
		p := prop{kind: r.short(), id: r.short()}
		if p.id >= 0x8000 {
			r.name()
		}
		p.value = r.values(p.kind)
		if r.failed {
			return
		}
		yield(p)
	}
}

// propReader reads numbers and values from the front; beyond the end it fails.
type propReader struct {
	rest   []byte
	failed bool
}

func (r *propReader) take(n uint64) []byte {
	if r.failed || n > uint64(len(r.rest)) {
		r.failed = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

// padded takes n octets, and those up to the next multiple of four.
func (r *propReader) padded(n uint64) []byte {
	b := r.take(n)
	r.rest = r.rest[min(uint64(len(r.rest)), (4-n%4)%4):]
	return b
}

func (r *propReader) short() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *propReader) long() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// name skips the name of a named property: a GUID, then a number or a string.
func (r *propReader) name() {
	r.take(16)
	if r.long() == 0 {
		r.long()
		return
	}
	r.padded(uint64(r.long()))
}

// values reads the values of a property and returns the first.
func (r *propReader) values(kind uint16) (first []byte) {
	multi, base := kind&typeMulti != 0, kind&^uint16(typeMulti)
	sized := base == typeString8 || base == typeUnicode || base == typeBinary || base == typeObject
	count := uint32(1)
	if multi || sized {
		count = r.long()
	}
	for i := uint32(0); i < count && !r.failed; i++ {
		size := uint64(8)
		switch {
		case sized:
			size = uint64(r.long())
		case base == typeShort || base == typeLong || base == typeFloat || base == typeError || base == typeBool:
			size = 4
		case base == typeGUID:
			size = 16
		}
		value := r.padded(size)
		if i == 0 {
			first = value
		}
	}
	return first
}

// text decodes a string property; those of one octet a character are in the charset called label.
func (p prop) text(label string) string {
	b := p.value
	if p.kind&^uint16(typeMulti) != typeUnicode {
		return decodeCharset(bytes.TrimRight(b, "\x00"), label)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(string(utf16.Decode(units)), "\x00")
}

// number reads a property of four octets, or 0.
func (p prop) number() int {
	if len(p.value) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(p.value))
}

// messageProps takes the text and the subject out of the properties of the message.
func (t *tnef) messageProps(b []byte) {
	internet, page := 0, prop{}
	props(b, func(p prop) {
		switch p.id {
		case propSubject:
			t.subject = p.text(codepageName(t.codepage))
		case propBody:
			t.text = normalLines(p.text(codepageName(t.codepage)))
		case propRTF:
			t.rtf = unpackRTF(p.value)
		case propHTML:
			page = p
		case propInternetCP:
			internet = p.number()
		}
	})
	if page.value == nil {
		return
	}
	label := metaCharset(page.value)
	if label == "" {
		label = codepageName(internet)
	}
	t.html = normalLines(page.text(label))
}

// fileProps takes name, type and data of a file out of its properties. A message as a file is opened: its text becomes a
// file, and its files stand beside it.
func (t *tnef) fileProps(file *tnefFile, b []byte) {
	label := codepageName(t.codepage)
	long, display := "", ""
	var object []byte
	props(b, func(p prop) {
		switch p.id {
		case propAttachLongName:
			long = p.text(label)
		case propAttachName:
			if file.name == "" {
				file.name = p.text(label)
			}
		case propDisplayName:
			display = p.text(label)
		case propAttachType:
			file.kind = strings.ToLower(strings.TrimSpace(p.text(label)))
		case propAttachID:
			file.id = strings.Trim(p.text(label), "<> ")
		case propAttachHidden:
			file.hidden = len(p.value) > 0 && p.value[0] != 0
		case propAttachObject:
			object = p.value
		}
	})
	for _, name := range []string{long, display} {
		if safe := safeName(name); safe != "" && (name == long || file.name == "") {
			file.name = safe
			break
		}
	}
	if len(object) > 16 { // a GUID says what kind of object follows
		t.object(file, object[16:])
	}
}

func (t *tnef) object(file *tnefFile, data []byte) {
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != tnefSignature || t.depth >= maxTNEFDepth {
		if file.data == nil {
			file.data = data
		}
		return
	}
	inner := &tnef{codepage: t.codepage, depth: t.depth + 1}
	inner.read(data)
	text, _ := inner.reading()
	name := safeName(inner.subject)
	if name == "" {
		name = "message"
	}
	file.name, file.kind, file.data = name+".txt", "text/plain", []byte(text)
	t.files = append(t.files, inner.files[:min(len(inner.files), maxTNEFFiles-min(maxTNEFFiles, len(t.files)))]...)
}
