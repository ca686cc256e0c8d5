package rig

import (
	"bufio"
	"crypto/tls"
	"net"
	"strings"
	"time"
)

// moment is a place in a session where a host speaks.
type moment int

const (
	atGreeting moment = iota
	atEHLO
	atSTARTTLS
	atMAIL
	atRCPT
	atDATA
	atEnd // behind the dot
)

// ending is what a host does when it has spoken.
type ending int

const (
	goOn   ending = iota
	hangUp        // close the connection
	freeze        // say and read nothing until the vice is over, then close
)

// A deed is what a bad host does in place of an honest reply.
type deed struct {
	pause time.Duration // before it speaks
	say   string        // with line ends; may be empty
	each  time.Duration // between two octets of it
	more  string        // said after it again and again, until somebody gives up
	keep  bool          // of a whole mail: it is written down before anything is said
	then  ending
}

// A visit is one connection to a bad host.
type visit struct {
	host *badHost
	raw  net.Conn
	conn net.Conn // raw, or TLS over it
	in   *bufio.Reader
	out  *bufio.Writer

	secure bool             // TLS runs
	cert   *tls.Certificate // shown in the next handshake
	mood   *vice            // chosen for this connection
	owed   string           // a reply that was kept back
	rcpt   string           // the recipient
	taken  bool             // who was not refused
	said   string           // the last reply
	copy   copyOf           // the mail that has just come
	whole  bool             // its text was there to the last line
	text   string           // the Message-ID in the first line of its text

	// As the host was at the last turn.
	book   *ledger
	honest <-chan struct{}
}

func newVisit(h *badHost, c net.Conn) *visit {
	return &visit{host: h, raw: c, conn: c, in: bufio.NewReader(c), out: bufio.NewWriter(c), cert: h.cert}
}

// serve speaks SMTP until one side ends it.
func (v *visit) serve() {
	defer func() { v.conn.Close() }()
	for ok := v.reply(atGreeting, "220 host.example ESMTP\r\n"); ok; {
		if v.in.Buffered() == 0 && v.out.Flush() != nil {
			return
		}
		line, err := v.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		ok = v.obey(strings.ToUpper(verb), rest)
	}
	v.out.Flush()
}

// obey does what one command asks for and reports whether the session goes on.
func (v *visit) obey(verb, rest string) bool {
	switch verb {
	case "EHLO":
		return v.reply(atEHLO, v.extensions())
	case "STARTTLS":
		return v.reply(atSTARTTLS, "220 2.0.0 begin\r\n") && v.encrypt()
	case "MAIL":
		return v.reply(atMAIL, "250 2.1.0 ok\r\n") && v.guarded()
	case "RCPT":
		v.rcpt = strings.TrimSuffix(strings.TrimPrefix(rest, "TO:<"), ">")
		return v.reply(atRCPT, "250 2.1.5 ok\r\n")
	case "DATA":
		return v.transfer()
	case "QUIT":
		v.out.WriteString("221 2.0.0 bye\r\n")
		return false
	}
	v.out.WriteString("250 2.0.0 ok\r\n")
	return true
}

// transfer takes a mail, unless there is nobody to take it for.
func (v *visit) transfer() bool {
	before, after := "354 go on\r\n", "250 2.0.0 taken\r\n"
	if !v.taken {
		before, after = "503 5.5.1 no recipient\r\n", "554 5.5.1 no recipient\r\n"
	}
	if !v.reply(atDATA, before) {
		return false
	}
	if v.said != "" && !strings.HasPrefix(v.said, "354") {
		return true // no mail follows
	}
	return v.body() && v.reply(atEnd, after)
}

func (v *visit) extensions() string {
	if v.cert != nil && !v.secure {
		return "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 STARTTLS\r\n"
	}
	return "250-host.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n"
}

// guarded notes mail in the clear where encryption was to be had.
func (v *visit) guarded() bool {
	if v.cert != nil && !v.secure {
		v.book.note(func(l *ledger) { l.faults = append(l.faults, "mail was begun in the clear") })
	}
	return true
}

// encrypt shakes hands with the certificate of the day.
func (v *visit) encrypt() bool {
	if v.out.Flush() != nil {
		return false
	}
	c := tls.Server(v.conn, &tls.Config{Certificates: []tls.Certificate{*v.cert}})
	if c.Handshake() != nil {
		return false
	}
	v.conn, v.secure = c, true
	v.in.Reset(c)
	v.out.Reset(c)
	return true
}

// body reads one mail. The first and the last line of a post's text repeat its
// Message-ID; a mail to people has another one of its own.
func (v *visit) body() bool {
	v.copy, v.whole, v.text = copyOf{to: v.rcpt}, false, ""
	if v.out.Flush() != nil {
		return false
	}
	for {
		line, err := v.in.ReadString('\n')
		if err != nil {
			return false
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "." {
			return true
		}
		if id, ok := strings.CutPrefix(line, "Message-ID: "); ok && v.copy.id == "" {
			v.copy.id = id
		}
		if id, ok := strings.CutPrefix(strings.TrimPrefix(line, "> "), "start of "); ok {
			v.text = id
		}
		v.whole = v.whole || v.copy.id != "" && line == "end of "+v.copy.id
	}
}

// reply speaks at a moment, as the host is now, and reports whether the session
// goes on.
func (v *visit) reply(at moment, honest string) bool {
	d, bad := v.host.turn(v, at, honest)
	if !bad {
		d = deed{say: honest, keep: true}
	}
	if at == atRCPT {
		v.taken = !strings.HasPrefix(d.say, "5") && !strings.HasPrefix(d.say, "4")
	}
	v.said = d.say
	keep := at == atEnd && d.keep && v.taken
	if keep {
		v.book.took(v.copy, v.whole)
		v.book.note(func(l *ledger) { l.texts[copyOf{v.text, v.rcpt}]++ })
	}
	if heard := v.speak(at, d, bad); keep && !heard {
		v.book.note(func(l *ledger) { l.unsaid[v.copy]++ })
	}
	if d.then == freeze {
		<-v.honest
	}
	return d.then == goOn
}

// speak says what a deed has to say and reports whether that was a whole 250
// that went out.
func (v *visit) speak(at moment, d deed, bad bool) (yes bool) {
	if bad && v.out.Flush() != nil {
		return false // what was said before goes out before anything happens
	}
	if d.pause > 0 {
		time.Sleep(d.pause)
	}
	if strings.HasPrefix(d.say, "5") && (at == atRCPT || at == atEnd && v.taken) {
		v.book.note(func(l *ledger) { l.refused[v.rcpt]++ })
	}
	if d.each > 0 {
		return v.trickle(d) && affirms(d.say)
	}
	v.out.WriteString(d.say) // errors stay until the flush
	for d.more != "" && !v.over() && v.out.Flush() == nil {
		v.out.WriteString(strings.Repeat(d.more, 100))
	}
	if bad || at == atEnd {
		return v.out.Flush() == nil && affirms(d.say)
	}
	return true
}

// trickle says a deed octet by octet.
func (v *visit) trickle(d deed) bool {
	for i := range len(d.say) {
		v.out.WriteByte(d.say[i])
		if v.out.Flush() != nil {
			return false
		}
		time.Sleep(d.each)
	}
	return true
}

// affirms reports a reply that nobody can take for anything but a yes.
func affirms(say string) bool {
	line, _, whole := strings.Cut(say, "\r\n")
	return whole && strings.HasPrefix(line, "250 ") && len(line) <= 512
}

// over reports whether the vice has ended.
func (v *visit) over() bool {
	select {
	case <-v.honest:
		return true
	default:
		return false
	}
}
