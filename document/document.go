// Package document takes the text out of files that people attach: Word, Excel, PowerPoint, OpenDocument, PDF, CSV and
// plain text. The guard searches it, and moderators see how a file begins.
//
// What reads such files may panic, balloon or spin on a hostile one. So Extract reads packed files and PDF in a child
// process, which is this same program: the file on standard input, the text on standard output, no other descriptor and
// no environment. The child limits itself before it reads: memory, time on the processor, and no file may be written.
// A child that dies or takes too long is an answer, ErrNotRead with the reason, and never a fault of the message.
//
// The package keeps no state but whether Begin was called. Extract may be called at once from several goroutines; each
// call has one child at most.
package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"sencoforum/message"
)

// The limits of one file.
const (
	MaxText   = 1 << 20          // octets of text that are taken; the rest is left out
	maxPacked = 20 << 20         // octets to which a packed file may unpack
	maxFile   = 64 << 20         // octets of the file itself
	maxMemory = 256 << 20        // octets of memory of the child
	maxCPU    = 2                // seconds of the child on the processor
	maxTime   = 20 * time.Second // from start to end of the child, of which a busy machine needs most
)

// Command is the first argument of the child.
const Command = "extract-text"

// ErrNotRead says that a file's text was not read. The error around it has the reason, in words for people.
var ErrNotRead = errors.New("not read")

func notRead(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNotRead, fmt.Sprintf(format, args...))
}

// Text is the text of a file.
type Text struct {
	Sections []Section
	Cut      bool // there is more than MaxText octets, or more than is looked through
}

// Section is a sheet, a page, a slide, or a whole file that has none of them. Cells are parted by tabs, rows and
// paragraphs by line ends.
type Section struct {
	Name string // of a sheet; else empty
	Text string
}

// String returns the text as one: a form feed and its name begin every section, where there are several or it has a name.
func (t Text) String() string {
	if len(t.Sections) == 1 && t.Sections[0].Name == "" {
		return t.Sections[0].Text
	}
	var b strings.Builder
	for _, s := range t.Sections {
		b.WriteString("\f" + s.Name + "\n" + s.Text)
		if !strings.HasSuffix(s.Text, "\n") {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// parse is the reverse of String.
func parse(s string) Text {
	if s == "" {
		return Text{}
	}
	if !strings.HasPrefix(s, "\f") {
		return Text{Sections: []Section{{Text: s}}}
	}
	var t Text
	for one := range strings.SplitSeq(s[1:], "\f") {
		name, text, _ := strings.Cut(one, "\n")
		t.Sections = append(t.Sections, Section{Name: name, Text: text})
	}
	return t
}

// begun says that this program can be its own child.
var begun atomic.Bool

// Begin makes this process the child, if Extract started it, and then does not return. Else it lets Extract start
// children. main calls it before anything else, and so does TestMain where tests extract.
func Begin() {
	if len(os.Args) == 3 && os.Args[1] == Command {
		os.Exit(child(os.Args[2]))
	}
	begun.Store(true)
}

// Extract takes the text out of a file. What the file is its bytes decide; the name counts only for plain text. An error
// is ErrNotRead with a reason, or that of the context.
func Extract(ctx context.Context, name string, data []byte) (Text, error) {
	kind := message.TrueType(data, "", name)
	switch {
	case isWide(data) && kind == "application/octet-stream":
		return plain(data), nil
	case strings.HasPrefix(kind, "text/") && kind != "text/html":
		return plain(data), nil
	case len(data) == 0:
		return Text{}, nil
	case readers[kind] == nil:
		return Text{}, notRead("%s", whyNot(kind))
	case len(data) > maxFile:
		return Text{}, notRead("it is larger than %d MB", maxFile>>20)
	case !begun.Load():
		return Text{}, notRead("this program was not made ready to read documents (document.Begin)")
	}
	return run(ctx, kind, data, maxTime)
}

// whyNot says why files of a kind are not read.
func whyNot(kind string) string {
	switch {
	case strings.HasPrefix(kind, "image/"):
		return "it is a picture"
	case strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"):
		return "it is sound or film"
	case kind == "application/msword", kind == "application/vnd.ms-excel", kind == "application/vnd.ms-powerpoint", kind == "application/x-ole-storage":
		return "it is an old Office file or has a password; save it as .docx, .xlsx or .pptx without one"
	case kind == "application/zip":
		return "it is a ZIP file"
	}
	return "no text is read out of this kind of file"
}

// run lets a child read a file within some time.
func run(ctx context.Context, kind string, data []byte, within time.Duration) (Text, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	out, errOut := bounded{max: MaxText + 4096}, bounded{max: 4096}
	cmd := exec.CommandContext(ctx, self(), Command, kind)
	cmd.Args[0] = "sencoforum"
	cmd.Env, cmd.Dir = []string{}, "/"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(data), &out, &errOut
	cmd.WaitDelay = time.Second
	alone(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return Text{}, notRead("reading it took longer than %v", within)
	case ctx.Err() != nil:
		return Text{}, ctx.Err()
	}
	first, text, ok := strings.Cut(out.String(), "\n")
	switch {
	case err == nil && ok && first == "whole":
		return parse(text), nil
	case err == nil && ok && first == "cut":
		t := parse(text)
		t.Cut = true
		return t, nil
	case ok && strings.HasPrefix(first, "no "):
		return Text{}, notRead("%s", first[len("no "):])
	case strings.Contains(errOut.String(), "out of memory"), strings.Contains(errOut.String(), "cannot allocate memory"):
		return Text{}, notRead("reading it needs more than %d MB of memory", maxMemory>>20)
	case killed(err):
		return Text{}, notRead("reading it needs more than %d s of the processor", maxCPU)
	}
	return Text{}, notRead("it broke the program that reads it")
}

// bounded keeps the first octets that are written to it and takes the rest without keeping it.
type bounded struct {
	bytes.Buffer
	max int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, b.max-b.Len()))])
	return len(p), nil
}

// child is the whole life of a child: it limits itself, reads, and writes one line that says how it went, and the text.
func child(kind string) int {
	if err := limit(); err != nil {
		fmt.Printf("no this machine does not let the reader limit itself (%v)\n", err)
		return 1
	}
	data, err := io.ReadAll(io.LimitReader(os.Stdin, maxFile+1))
	if err != nil {
		return 1
	}
	t, err := read(kind, data)
	if err != nil {
		fmt.Printf("no %s\n", oneLine(err.Error()))
		return 1
	}
	first := "whole"
	if t.Cut {
		first = "cut"
	}
	if _, err := io.WriteString(os.Stdout, first+"\n"+t.String()); err != nil {
		return 1
	}
	return 0
}

// readers are what reads each kind of file.
var readers = map[string]func(*paper, []byte) error{
	"application/pdf": readPDF,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         readSheets,
	"application/vnd.ms-excel.sheet.macroenabled.12":                            readSheets,
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   readWord,
	"application/vnd.ms-word.document.macroenabled.12":                          readWord,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": readSlides,
	"application/vnd.ms-powerpoint.presentation.macroenabled.12":                readSlides,
	"application/vnd.oasis.opendocument.text":                                   readOpen,
	"application/vnd.oasis.opendocument.spreadsheet":                            readOpen,
	"application/vnd.oasis.opendocument.presentation":                           readOpen,
}

// read reads a file in this process. A panic of a library is a reason like others; one that has no end is for the limits
// of the child.
func read(kind string, data []byte) (t Text, err error) {
	reader := readers[kind]
	if reader == nil {
		return Text{}, errors.New("no text is read out of this kind of file")
	}
	p := &paper{}
	defer func() {
		if r := recover(); r != nil {
			t, err = Text{}, errors.New("it is damaged in a way that the reader cannot take")
		}
	}()
	if err := reader(p, data); err != nil && !errors.Is(err, errFull) {
		return Text{}, err
	}
	return p.text(), nil
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
