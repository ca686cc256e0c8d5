package watch

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sencoforum/message"
)

// The bounds of a packed report.
const (
	maxUnpacked     = 10 << 20 // bytes
	maxRatio        = 300      // bytes unpacked for one packed, beside the first 64 KiB
	maxZipEntries   = 20
	maxReportParts  = 4  // parts of a message that are tried
	maxReportLevels = 16 // elements or objects inside each other
)

var (
	errUnpacked = fmt.Errorf("unpacked it has more than %d bytes", maxUnpacked)
	errRatio    = fmt.Errorf("it unpacks to more than %d times its size", maxRatio)
	errKind     = errors.New("neither a DMARC nor a TLS report")
)

// ReadReport finds the report in a message by what its parts are called and how they begin, and reads it. It returns
// ErrNoReport where no part can be one, and otherwise the fault of the first that could.
func ReadReport(m *message.Message) (Report, error) {
	first := ErrNoReport
	for _, p := range reportParts(m) {
		r, err := ReadReportFile(p.Content())
		if err == nil {
			return r, nil
		}
		if errors.Is(first, ErrNoReport) {
			first = err
		}
	}
	return Report{}, first
}

// reportParts returns the first few parts of a message that may be reports.
func reportParts(m *message.Message) (all []*message.Part) {
	for _, p := range m.Walk() {
		if len(p.Parts) == 0 && mayBeReport(p) {
			all = append(all, p)
		}
		if len(all) == maxReportParts {
			break
		}
	}
	return all
}

// The types and endings of file names by which reports go. A type that says nothing needs a name or a beginning that
// says more.
var (
	reportTypes = []string{
		"application/zip", "application/x-zip-compressed", "application/x-zip", "application/gzip", "application/x-gzip",
		"application/gzip-compressed", "application/tlsrpt+gzip", "application/tlsrpt+json", "application/json", "application/xml", "text/xml",
	}
	reportNames = []string{".xml", ".xml.gz", ".json", ".json.gz", ".zip", ".gz"}
)

func mayBeReport(p *message.Part) bool {
	if slices.Contains(reportTypes, p.Type) {
		return true
	}
	name := strings.ToLower(p.FileName)
	if slices.ContainsFunc(reportNames, func(end string) bool { return strings.HasSuffix(name, end) }) {
		return true
	}
	return p.Type == "application/octet-stream" && packing(p.Content()) != ""
}

// packing says how a file is packed, by its first bytes; empty: not at all.
func packing(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "zip"
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return "gzip"
	}
	return ""
}

// ReadReportFile reads a file that may be a report of either kind: plain, gzip, or a zip with one.
func ReadReportFile(data []byte) (Report, error) {
	r, err := unpackReport(data)
	if err != nil {
		return Report{}, err
	}
	t, err := newReportText(r)
	if err != nil {
		return Report{}, err
	}
	first, err := t.first()
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", errKind, err)
	}
	switch first {
	case '<':
		return readDMARC(t)
	case '{', '[': // some put it into an array
		return readTLS(t)
	}
	return Report{}, errKind
}

// unpackReport opens a file as a stream that ends with an error at the bounds.
func unpackReport(data []byte) (io.Reader, error) {
	var r io.Reader = bytes.NewReader(data)
	switch packing(data) {
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("open gzip: %w", err)
		}
		z.Multistream(false)
		r = z
	case "zip":
		f, err := openZip(data)
		if err != nil {
			return nil, err
		}
		r = f
	}
	return &bounded{r: r, packed: int64(len(data))}, nil
}

// openZip opens the one file of a zip that may be a report: the first whose name says so, or the only one there is.
func openZip(data []byte) (io.Reader, error) {
	// The directory is counted before it is read, since each entry of 46 bytes becomes one of hundreds in memory.
	if n := bytes.Count(data, []byte("PK\x01\x02")); n > maxZipEntries {
		return nil, fmt.Errorf("the zip has more than %d files", maxZipEntries)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("open zip: %w", err)
	}
	var files []*zip.File
	for _, f := range z.File {
		if !f.FileInfo().IsDir() && !strings.HasPrefix(f.Name, "__MACOSX/") {
			files = append(files, f)
		}
	}
	i := slices.IndexFunc(files, func(f *zip.File) bool {
		end := strings.ToLower(path.Ext(f.Name))
		return end == ".xml" || end == ".json"
	})
	switch {
	case i < 0 && len(files) == 1:
		i = 0
	case i < 0:
		return nil, errors.New("the zip has no report inside")
	}
	if files[i].Flags&1 != 0 {
		return nil, errors.New("the zip is encrypted")
	}
	f, err := files[i].Open()
	if err != nil {
		return nil, fmt.Errorf("open file in zip: %w", err)
	}
	return f, nil
}

// bounded reads what is unpacked until it is too much.
type bounded struct {
	r            io.Reader
	packed, read int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.read += int64(n)
	switch {
	case b.read > maxUnpacked:
		return max(n-int(b.read-maxUnpacked), 0), errUnpacked
	case b.read > 64<<10+b.packed*maxRatio:
		return n, errRatio
	}
	return n, err
}
