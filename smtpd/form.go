package smtpd

// A flaw is a reason why a message cannot be read safely.
type flaw string

const (
	flawCR   flaw = "bare-cr"
	flawLF   flaw = "bare-lf"
	flawNUL  flaw = "nul"
	flawLine flaw = "long-line"
)

// framing reports whether two servers may disagree where such a message ends.
func (f flaw) framing() bool { return f == flawCR || f == flawLF || f == flawNUL }

// form watches the octets of one message as they arrive, before the library
// takes dots and line ends apart: it drops a CR that stands behind a dot at the
// start of a line, so whoever looks later cannot see that one.
type form struct {
	limit int // octets of a line
	line  int // octets of this line so far
	cr    bool
	found flaw // the first framing flaw, or a long line if that is all
	stray bool // a bare CR was seen, so the library may miss the end
}

func (f *form) scan(p []byte) {
	for _, c := range p {
		if f.cr && c != '\n' {
			f.stray = true
			f.note(flawCR)
		}
		if c == '\n' {
			if !f.cr {
				f.note(flawLF)
			}
			f.line, f.cr = 0, false
			continue
		}
		if c == 0 {
			f.note(flawNUL)
		}
		if f.cr = c == '\r'; !f.cr {
			f.line++
		}
		if f.line > f.limit {
			f.note(flawLine)
		}
	}
}

// verdict returns the flaw of the whole message, or "".
func (f *form) verdict() flaw {
	if f.cr {
		f.note(flawCR)
	}
	return f.found
}

func (f *form) note(new flaw) {
	if f.found == "" || !f.found.framing() && new.framing() {
		f.found = new
	}
}
