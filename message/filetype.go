package message

import (
	"archive/zip"
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// magic is how files of a type begin, from an offset on.
type magic struct {
	kind   string
	offset int
	bytes  string
}

// magics are the beginnings that are certain, the longer ones first where they share a beginning.
var magics = []magic{
	{"application/pdf", 0, "%PDF-"},
	{"image/png", 0, "\x89PNG\r\n\x1a\n"},
	{"image/jpeg", 0, "\xff\xd8\xff"},
	{"image/gif", 0, "GIF87a"},
	{"image/gif", 0, "GIF89a"},
	{"image/webp", 8, "WEBP"},
	{"audio/wav", 8, "WAVEfmt"},
	{"image/heic", 4, "ftyphei"},
	{"image/heic", 4, "ftypmif1"},
	{"image/avif", 4, "ftypavif"},
	{"audio/mp4", 4, "ftypM4A"},
	{"video/quicktime", 4, "ftypqt"},
	{"video/mp4", 4, "ftyp"},
	{"image/tiff", 0, "II*\x00"},
	{"image/tiff", 0, "MM\x00*"},
	{"image/bmp", 6, "\x00\x00\x00\x00"},
	{"image/emf", 40, " EMF"},
	{"application/rtf", 0, `{\rtf`},
	{kindZIP, 0, "PK\x03\x04"},
	{kindZIP, 0, "PK\x05\x06"},
	{kindOLE, 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{"application/gzip", 0, "\x1f\x8b\x08"},
	{"application/x-7z-compressed", 0, "7z\xbc\xaf\x27\x1c"},
	{"application/vnd.rar", 0, "Rar!\x1a\x07"},
	{"application/x-msdownload", 0, "MZ"},
	{"application/x-executable", 0, "\x7fELF"},
	{"application/java-vm", 0, "\xca\xfe\xba\xbe"},
	{"application/postscript", 0, "%!PS"},
	{"application/x-ms-shortcut", 0, "L\x00\x00\x00\x01\x14\x02\x00"},
	{"application/vnd.ms-tnef", 0, "\x78\x9f\x3e\x22"},
	{"application/pgp-encrypted", 0, "-----BEGIN PGP MESSAGE-----"},
	{"audio/mpeg", 0, "ID3"},
	{"application/ogg", 0, "OggS"},
	{"text/calendar", 0, "BEGIN:VCALENDAR"},
	{"text/vcard", 0, "BEGIN:VCARD"},
}

const (
	kindZIP    = "application/zip"
	kindOLE    = "application/x-ole-storage"
	kindOctets = "application/octet-stream"
)

// TrueType says what a file is by its bytes. What the sender says counts only for what has no certain beginning, such as
// kinds of text; a type whose beginning is known and absent is application/octet-stream. Office files with macros are
// told from those without.
func TrueType(data []byte, said, name string) string {
	said = strings.ToLower(said)
	ext := strings.ToLower(path.Ext(name))
	for _, m := range magics {
		if len(data) < m.offset+len(m.bytes) || string(data[m.offset:m.offset+len(m.bytes)]) != m.bytes {
			continue
		}
		if kind := m.confirm(data, ext); kind != "" {
			return kind
		}
	}
	if kind := textKind(data, said, ext); kind != "" {
		return kind
	}
	for _, m := range magics {
		if m.kind == said {
			return kindOctets
		}
	}
	if said == "" || strings.HasPrefix(said, "text/") || strings.HasPrefix(said, "application/vnd.") {
		return kindOctets
	}
	return said
}

// confirm looks further where a beginning is short or says too little; "" is a beginning by chance.
func (m magic) confirm(data []byte, ext string) string {
	switch m.kind {
	case kindZIP:
		return zipKind(data)
	case kindOLE:
		return oleKind(ext)
	case "image/bmp":
		if !bytes.HasPrefix(data, []byte("BM")) {
			return ""
		}
	case "application/x-msdownload":
		if textKind(data, "text/plain", "") != "" {
			return "" // a text that begins so
		}
	case "image/webp", "audio/wav":
		if !bytes.HasPrefix(data, []byte("RIFF")) {
			return ""
		}
	}
	return m.kind
}

// oleExtensions are the old Office files, which look the same from outside.
var oleExtensions = map[string]string{
	".doc": "application/msword", ".dot": "application/msword", ".xls": "application/vnd.ms-excel", ".xlt": "application/vnd.ms-excel",
	".ppt": "application/vnd.ms-powerpoint", ".pps": "application/vnd.ms-powerpoint", ".msg": "application/vnd.ms-outlook",
	".pub": "application/vnd.ms-publisher", ".vsd": "application/vnd.visio",
}

func oleKind(ext string) string {
	if kind := oleExtensions[ext]; kind != "" {
		return kind
	}
	return kindOLE
}

// maxZipNames bounds how many names of a ZIP file are looked at.
const maxZipNames = 2000

// zipKind tells Office files by the names inside. A directory that cannot be read is a ZIP file and no more.
func zipKind(data []byte) string {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return kindZIP
	}
	kind, macros := kindZIP, false
	for i, f := range r.File {
		if i == maxZipNames {
			break
		}
		switch {
		case i == 0 && f.Name == "mimetype" && f.Method == zip.Store:
			if at, err := f.DataOffset(); err == nil {
				kind = openDocument(data[min(int64(len(data)), max(0, at)):], kind)
			}
		case kind == kindZIP && strings.HasPrefix(f.Name, "word/"):
			kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case kind == kindZIP && strings.HasPrefix(f.Name, "xl/"):
			kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		case kind == kindZIP && strings.HasPrefix(f.Name, "ppt/"):
			kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
		}
		macros = macros || strings.HasSuffix(strings.ToLower(f.Name), "vbaproject.bin")
	}
	if macros {
		return withMacros(kind)
	}
	return kind
}

func openDocument(b []byte, kind string) string {
	for _, k := range []string{"text", "spreadsheet", "presentation", "graphics"} {
		if bytes.HasPrefix(b, []byte("application/vnd.oasis.opendocument."+k)) {
			return "application/vnd.oasis.opendocument." + k
		}
	}
	if bytes.HasPrefix(b, []byte("application/epub+zip")) {
		return "application/epub+zip"
	}
	return kind
}

func withMacros(kind string) string {
	switch {
	case strings.Contains(kind, "wordprocessing"):
		return "application/vnd.ms-word.document.macroenabled.12"
	case strings.Contains(kind, "presentation"):
		return "application/vnd.ms-powerpoint.presentation.macroenabled.12"
	}
	return "application/vnd.ms-excel.sheet.macroenabled.12"
}

// textExtensions are kinds of text that differ by their names alone.
var textExtensions = map[string]string{
	".csv": "text/csv", ".tsv": "text/tab-separated-values", ".ics": "text/calendar", ".vcf": "text/vcard", ".md": "text/markdown",
}

// textKind returns the kind of a text: UTF-8 or a charset of one octet, without NUL and other controls. HTML and SVG are
// told by their beginning, since they can run.
func textKind(data []byte, said, ext string) string {
	head := data[:min(len(data), 4096)]
	if len(head) == 0 || bytes.ContainsFunc(head, isFileControl) {
		return ""
	}
	text := strings.HasPrefix(said, "text/") || textExtensions[ext] != "" || ext == ".txt"
	start := asciiLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")))
	switch {
	case strings.HasPrefix(start, "<svg") || strings.HasPrefix(start, "<?xml") && strings.Contains(start, "<svg"):
		return "image/svg+xml"
	case hasPrefixOf(start, []string{"<!doctype html", "<html", "<head", "<script", "<body", "<iframe"}):
		return "text/html"
	case text && textExtensions[ext] != "":
		return textExtensions[ext]
	case text && strings.HasPrefix(said, "text/"):
		return said
	case text || said == kindOctets || said == "":
		if utf8.Valid(head) || text {
			return "text/plain"
		}
	}
	return ""
}

// isFileControl reports a character that no text has. Escape begins another charset in old Japanese mail.
func isFileControl(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f\x1b", r) }
