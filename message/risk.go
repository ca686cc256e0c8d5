package message

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"
)

// riskyTypes are kinds of file that run, or hold programs that run when the file is opened.
var riskyTypes = map[string]bool{
	"application/x-msdownload": true, "application/x-executable": true, "application/java-vm": true, "application/x-ms-shortcut": true,
	"application/vnd.ms-word.document.macroenabled.12":           true,
	"application/vnd.ms-excel.sheet.macroenabled.12":             true,
	"application/vnd.ms-powerpoint.presentation.macroenabled.12": true,
}

// riskyEndings are the ends of names by which a desktop runs a file.
var riskyEndings = strings.Fields(".ade .adp .apk .app .application .appx .appref-ms .bat .chm .cmd .com .cpl .dll .dmg .docm .dotm .exe " +
	".gadget .hta .htc .img .inf .ins .iso .isp .jar .js .jse .jnlp .lnk .mde .msc .msi .msp .mst .one .pif .potm .ppam .pptm .ppsm .ps1 .ps2 " +
	".psc1 .reg .scf .scr .sct .sh .sldm .url .vb .vbe .vbs .vhd .vhdx .vxd .wsc .wsf .wsh .xlam .xll .xlsm .xltm")

// vbaStream is the name of the directory of macros in an old Office file, as it stands there (MS-OVBA §2.2.1): UTF-16LE.
var vbaStream = []byte("_\x00V\x00B\x00A\x00_\x00P\x00R\x00O\x00J\x00E\x00C\x00T\x00")

// Risky returns the names of the files of a message that are programs, hold macros, or hold a program in a packed file. Each
// file is judged by its bytes and by the end of its name; packed files are not unpacked, only the names in them are read.
func (m *Message) Risky() []string {
	var names []string
	for _, a := range m.Attachments() {
		p := m.Part(a.Part)
		if p == nil {
			continue
		}
		if IsRisky(a.Name, a.Type, p.Content()) {
			names = append(names, a.Name)
		}
	}
	return names
}

// IsRisky is Risky for one file, with the type that its sender says it has.
func IsRisky(name, said string, data []byte) bool {
	kind := TrueType(data, said, name)
	return riskyTypes[kind] || riskyName(name) || isOLE(data) && bytes.Contains(data, vbaStream) || kind == kindZIP && packsRisk(data)
}

func riskyName(name string) bool {
	return slices.Contains(riskyEndings, strings.ToLower(path.Ext(strings.TrimRight(name, ". "))))
}

func isOLE(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))
}

// packsRisk looks for the name of a program among the names in a ZIP file.
func packsRisk(data []byte) bool {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	for i, f := range r.File {
		if i == maxZipNames {
			break
		}
		if riskyName(path.Base(f.Name)) {
			return true
		}
	}
	return false
}
