package courier

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sencoforum/queue"
)

// What a reply may take. RFC 5321 §4.5.3.1.5 allows 512 octets a line; real peers exceed that.
const (
	maxReplyLine  = 2000
	maxReplyLines = 100
)

// errReply is the error for bytes that are no SMTP reply.
var errReply = errors.New("malformed reply")

// reply is one answer of the peer (RFC 5321 §4.2). The zero reply means that none came.
type reply struct {
	code  int
	lines []string // without code, separator and line end
}

// readReply reads one reply of one or more lines. The buffer of r must hold maxReplyLine bytes. It accepts nothing
// but the form of the RFC: three digits from 200 to 599, the same on each line, and CRLF.
func readReply(r *bufio.Reader) (reply, error) {
	var got reply
	for len(got.lines) < maxReplyLines {
		line, err := readReplyLine(r)
		if err != nil {
			return reply{}, err
		}
		code, more, text, err := cutReplyLine(line)
		if err != nil {
			return reply{}, err
		}
		if got.code != 0 && got.code != code {
			return reply{}, fmt.Errorf("%w: code %d after %d", errReply, code, got.code)
		}
		got.code = code
		got.lines = append(got.lines, string(text))
		if !more {
			return got, nil
		}
	}
	return reply{}, fmt.Errorf("%w: more than %d lines", errReply, maxReplyLines)
}

// readReplyLine returns a line without its CRLF; it is valid until the next read.
func readReplyLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err == bufio.ErrBufferFull || len(line) > maxReplyLine {
		return nil, fmt.Errorf("%w: line longer than %d octets", errReply, maxReplyLine)
	}
	if err != nil {
		return nil, err
	}
	line, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return nil, fmt.Errorf("%w: line does not end with CRLF", errReply)
	}
	return line, nil
}

// cutReplyLine takes a line apart; more says that another one follows.
func cutReplyLine(line []byte) (code int, more bool, text []byte, err error) {
	if len(line) < 3 || line[0] < '2' || line[0] > '5' || !isDigit(line[1]) || !isDigit(line[2]) {
		return 0, false, nil, fmt.Errorf("%w: no reply code", errReply)
	}
	code = int(line[0]-'0')*100 + int(line[1]-'0')*10 + int(line[2]-'0')
	if len(line) == 3 {
		return code, false, nil, nil
	}
	if line[3] != ' ' && line[3] != '-' {
		return 0, false, nil, fmt.Errorf("%w: no blank or hyphen after the code", errReply)
	}
	return code, line[3] == '-', line[4:], nil
}

// ok reports a positive completion (2yz).
func (r reply) ok() bool { return r.code/100 == 2 }

// enhanced returns the enhanced status code (RFC 2034), or nothing when there is none that agrees with the reply code.
func (r reply) enhanced() string {
	if len(r.lines) == 0 {
		return ""
	}
	code, _ := cutEnhanced(r.lines[0])
	if code == "" || int(code[0]-'0') != r.code/100 {
		return ""
	}
	return code
}

// text returns the peer's words as one line: no codes, no controls, at most queue.MaxText bytes.
func (r reply) text() string {
	own := r.enhanced()
	var words []string
	for _, line := range r.lines {
		if code, rest := cutEnhanced(line); own != "" && code == own {
			line = rest
		}
		words = append(words, line)
	}
	return cleanText(strings.Join(words, " "))
}

// String returns code, enhanced code and words.
func (r reply) String() string {
	words := []string{fmt.Sprint(r.code)}
	if e := r.enhanced(); e != "" {
		words = append(words, e)
	}
	if t := r.text(); t != "" {
		words = append(words, t)
	}
	return strings.Join(words, " ")
}

// cutEnhanced splits "5.1.1 No such user" in two (RFC 3463 §2). Without such a code the first part is empty.
func cutEnhanced(line string) (code, rest string) {
	first, rest, _ := strings.Cut(line, " ")
	class, detail, _ := strings.Cut(first, ".")
	subject, detail, _ := strings.Cut(detail, ".")
	if class != "2" && class != "4" && class != "5" || !isShortNumber(subject) || !isShortNumber(detail) {
		return "", line
	}
	return first, rest
}

func isShortNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 3
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// cleanText returns s, which a stranger wrote, fit for a log and a page: valid UTF-8 on one line, without controls and
// invisible marks, at most queue.MaxText bytes.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= queue.MaxText {
		return s
	}
	cut := queue.MaxText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
