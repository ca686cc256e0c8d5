package archive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// MboxMessage is one message of an mbox file.
type MboxMessage struct {
	Raw      []byte    // as it was before it was put into the file; line ends as in the file
	Postmark time.Time // of its From_ line; zero when that has no date that can be read
	Offset   int64     // of its From_ line in the file
	Cut      bool      // it was larger than the limit, and Raw is only its beginning
}

// MboxKind says how the lines of a body that begin with "From " were kept from ending it.
type MboxKind string

// The kinds of mbox (see also mbox(5)). In an mboxo file ">From " stands for "From ", but also for itself. An mboxcl file
// counts the bytes of each body in a Content-Length field as well, and an mboxcl2 file does only that.
const (
	MboxAuto MboxKind = ""
	Mboxo    MboxKind = "mboxo"
	Mboxrd   MboxKind = "mboxrd"
	Mboxcl   MboxKind = "mboxcl"
	Mboxcl2  MboxKind = "mboxcl2"
)

// MboxKinds are the kinds that can be asked for by name.
var MboxKinds = []MboxKind{Mboxo, Mboxrd, Mboxcl, Mboxcl2, Listserv}

// ErrNoMbox is the error of a file that does not begin like an mbox.
var ErrNoMbox = errors.New("this is no mbox file: its first line does not begin with \"From \"")

// noMbox says of the first line of a file that is no mbox what the file looks like, and what to do with it.
func noMbox(line []byte) error {
	line = bytes.TrimLeft(line, " \t")
	switch {
	case bytes.HasPrefix(line, []byte("PK")):
		return fmt.Errorf("%w; it is a zip file: unpack it, and name the mbox files that were in it", ErrNoMbox)
	case bytes.HasPrefix(line, []byte("<")):
		return fmt.Errorf("%w; it is a web page: of an archive on the web take the monthly texts, which end with .txt or .txt.gz", ErrNoMbox)
	case fieldLine().Match(line):
		return fmt.Errorf("%w; it is a single message: put such files into the folder cur of a maildir (mkdir old old/cur old/new old/tmp), "+
			"then: sencoforum import maildir old", ErrNoMbox)
	}
	return ErrNoMbox
}

// ReadMbox yields the messages of an mbox file in their order. A line ends a message when it begins with "From ", stands
// after a blank line or at the top, and is followed by a header field: words of a body that merely begin so do not.
//
// With [MboxAuto] each message's Content-Length is believed where a From_ line or the end of the file stands behind it.
// Lines of ">" and "From " lose one ">", which is right for mboxrd, and for mboxo but for text that already had a ">";
// only a counted body with a bare "From " line keeps them.
//
// A message beyond limit bytes is yielded with Cut set, and the rest of it is passed over. The error is one of reading r,
// or says that it is no mbox; it is the last that is yielded.
func ReadMbox(r io.Reader, kind MboxKind, limit int) iter.Seq2[MboxMessage, error] {
	return mboxFrom(bufio.NewReaderSize(&lasting{r: r}, mboxAhead), kind, limit)
}

// mboxFrom is ReadMbox with the caller's buffer, whose size is mboxAhead.
func mboxFrom(in *bufio.Reader, kind MboxKind, limit int) iter.Seq2[MboxMessage, error] {
	return func(yield func(MboxMessage, error) bool) {
		s := mboxScanner{in: in, kind: kind, limit: limit}
		if err := s.begin(); err != nil {
			yield(MboxMessage{}, err)
			return
		}
		for !s.over {
			m, err := s.message()
			if err != nil {
				yield(MboxMessage{}, err)
				return
			}
			if !yield(m, nil) {
				return
			}
		}
	}
}

// mboxAhead is how far the reader looks to see whether a Content-Length is true, in bytes.
const mboxAhead = 1 << 20

// mboxScanner reads one file.
type mboxScanner struct {
	in     *bufio.Reader
	kind   MboxKind
	limit  int
	offset int64  // of the next byte
	from   []byte // the From_ line of the next message
	at     int64  // its offset
	over   bool
}

// lasting is a reader whose error stays, so that one that came while looking ahead is not lost.
type lasting struct {
	r   io.Reader
	err error
}

func (l *lasting) Read(p []byte) (n int, err error) {
	if l.err != nil {
		return 0, l.err
	}
	n, l.err = l.r.Read(p)
	return n, l.err
}

// begin reads the first From_ line. Blank lines before it, and a byte order mark, mean nothing.
func (s *mboxScanner) begin() error {
	if mark, _ := s.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		s.offset += 3
		s.in.Discard(3)
	}
	for {
		at := s.offset
		line, err := s.line(nil)
		switch {
		case err == io.EOF && len(line) == 0:
			s.over = true
			return nil
		case err != nil && err != io.EOF:
			return fmt.Errorf("read mbox: %w", err)
		case blank(line):
			continue
		case !bytes.HasPrefix(line, fromMark):
			return noMbox(line)
		}
		s.from, s.at = line, at
		return nil
	}
}

var fromMark = []byte("From ")

func blank(line []byte) bool { return len(bytes.TrimRight(line, "\r\n")) == 0 }

// line appends the next line to to, with its end. At the end of the file the error is io.EOF.
func (s *mboxScanner) line(to []byte) ([]byte, error) {
	for {
		part, err := s.in.ReadSlice('\n')
		s.offset += int64(len(part))
		to = append(to, part...)
		if err != bufio.ErrBufferFull {
			return to, err
		}
	}
}

// message reads the message that the From_ line in s.from opens, and the From_ line behind it.
func (s *mboxScanner) message() (MboxMessage, error) {
	m := MboxMessage{Postmark: postmark(s.from), Offset: s.at}
	s.from = nil
	counted, err := s.header(&m)
	if err != nil || s.over || s.from != nil {
		return m, err
	}
	if counted >= 0 {
		ok, err := s.counted(&m, counted)
		if ok || err != nil {
			return m, err
		}
	}
	return m, s.body(&m)
}

// header reads up to the blank line behind the header. counted is the Content-Length if the kind lets it be believed, or -1.
func (s *mboxScanner) header(m *MboxMessage) (counted int64, err error) {
	counted = -1
	var line []byte
	for {
		at := s.offset
		line, err = s.line(line[:0])
		if err != nil && err != io.EOF {
			return counted, fmt.Errorf("read mbox: %w", err)
		}
		if len(m.Raw) == 0 && bytes.HasPrefix(line, fromMark) && s.opens() {
			s.from, s.at = bytes.Clone(line), at // a message without a single line
			return counted, nil
		}
		s.add(m, line)
		if err == io.EOF {
			s.over = true
			return counted, nil
		}
		if blank(line) {
			return counted, nil
		}
		if s.kind != Mboxo && s.kind != Mboxrd {
			if n, ok := contentLength(line); ok {
				counted = n
			}
		}
	}
}

// add appends to a message as much as the limit lets it.
func (s *mboxScanner) add(m *MboxMessage, line []byte) {
	if room := s.limit - len(m.Raw); len(line) > room {
		line, m.Cut = line[:max(0, room)], true
	}
	m.Raw = append(m.Raw, line...)
}

// counted reads a body of n bytes, if a From_ line or the end of the file stands behind it. Only what can be looked at
// beforehand is believed; ok is false, and nothing is read, for the rest.
func (s *mboxScanner) counted(m *MboxMessage, n int64) (ok bool, err error) {
	if n > mboxAhead-512 || len(m.Raw)+int(n) > s.limit {
		return false, nil
	}
	ahead, err := s.in.Peek(int(n) + 512)
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("read mbox: %w", err)
	}
	if len(ahead) < int(n) {
		return false, nil
	}
	behind := bytes.TrimLeft(ahead[n:], "\r\n")
	switch {
	case len(behind) == 0:
	case !bytes.HasPrefix(behind, fromMark) || n > 0 && ahead[n-1] != '\n' && len(behind) == len(ahead[n:]):
		return false, nil
	}
	body := bytes.Clone(ahead[:n])
	s.offset += int64(len(ahead) - len(behind))
	s.in.Discard(len(ahead) - len(behind))
	if s.kind == Mboxcl || s.kind == MboxAuto && !bareFrom.Match(body) {
		body = unquoteFrom(body, false)
	}
	m.Raw = append(m.Raw, body...)
	s.at = s.offset
	line, err := s.line(nil)
	if err != nil && err != io.EOF {
		return true, fmt.Errorf("read mbox: %w", err)
	}
	s.from, s.over = line, len(line) == 0
	return true, nil
}

// body reads up to the next From_ line. The blank line before that belongs to the file and not to the message.
func (s *mboxScanner) body(m *MboxMessage) error {
	afterBlank, last := true, 0 // last is the size of the blank line that was added last, 0 if the last was none
	var line []byte
	for {
		at := s.offset
		var err error
		if line, err = s.line(line[:0]); err != nil && err != io.EOF {
			return fmt.Errorf("read mbox: %w", err)
		}
		if afterBlank && bytes.HasPrefix(line, fromMark) && s.opens() {
			s.from, s.at = bytes.Clone(line), at
			m.Raw = m.Raw[:len(m.Raw)-last]
			return nil
		}
		before := len(m.Raw)
		s.add(m, unquoteFrom(line, s.kind == Mboxo))
		if err == io.EOF {
			s.over = true
			if len(line) == 0 {
				m.Raw = m.Raw[:before-last]
			}
			return nil
		}
		if afterBlank = blank(line); afterBlank {
			last = len(m.Raw) - before
		} else {
			last = 0
		}
	}
}

// opens says whether what follows looks like the header of a message: a field, or a From_ line that some program quoted.
func (s *mboxScanner) opens() bool {
	next, _ := s.in.Peek(256)
	return fieldLine().Match(next)
}

// fieldLine is the beginning of a header field (RFC 5322 §2.2), or of ">From " as the first line of a header.
var fieldLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(>From |[!-9;-~]{1,70}[ \t]*:)`)
})

// quotedFrom is a line that stands for one with a ">" less.
var quotedFrom = regexp.MustCompile(`(?m)^>+From `)

// bareFrom is a line that an mboxo, mboxrd or mboxcl file would have quoted.
var bareFrom = regexp.MustCompile(`(?m)^From `)

// unquoteFrom takes one ">" from each line of text that begins with one or more of them and "From "; with one, only from
// those that begin with a single one.
func unquoteFrom(text []byte, one bool) []byte {
	if !bytes.Contains(text, []byte(">From ")) {
		return text
	}
	return quotedFrom.ReplaceAllFunc(text, func(line []byte) []byte {
		if one && len(line) > len(">From ") {
			return line
		}
		return line[1:]
	})
}

var lengthField = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n?$`)
})

func contentLength(line []byte) (n int64, ok bool) {
	m := lengthField().FindSubmatch(line)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(m[1]), 10, 64)
	return n, err == nil
}

// postmarks are the dates of From_ lines: asctime(3), with a zone before or after the year, and pipermail's.
var postmarks = []string{
	"Mon Jan _2 15:04:05 2006", "Mon Jan _2 15:04 2006", "Mon Jan _2 15:04:05 -0700 2006", "Mon Jan _2 15:04:05 2006 -0700",
	"Mon Jan _2 15:04:05 MST 2006", "Mon Jan _2 15:04:05 2006 MST", "Mon, _2 Jan 2006 15:04:05 -0700",
}

// postmark reads the date of a From_ line, in UTC unless it says otherwise. It begins with the first day of the week.
func postmark(line []byte) time.Time {
	line = bytes.TrimSpace(line)
	for i := 0; i+4 <= len(line); i++ {
		if !weekday(line[i:]) {
			continue
		}
		text := string(line[i:])
		for _, layout := range postmarks {
			if t, err := time.Parse(layout, text); err == nil {
				return t
			}
		}
		break
	}
	return time.Time{}
}

// weekday says whether a text begins with the short name of a day, and a space or ", " behind it.
func weekday(text []byte) bool {
	switch string(text[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return text[3] == ' ' || text[3] == ',' && len(text) > 4 && text[4] == ' '
	}
	return false
}
