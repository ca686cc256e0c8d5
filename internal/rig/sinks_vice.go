package rig

import (
	"math/rand/v2"
	"strings"
	"time"
)

// A vice is one way in which a mail host can misbehave.
type vice struct {
	name string
	door door
	turn turn // nil: it is what the door does
	big  bool // it shows only with a large post
	long int  // it is kept up until it has shown so often; 0: three times
}

// A turn decides what is done at a moment in place of the honest reply; ok is
// false when that is given. It is called with the host's mutex held.
type turn func(v *visit, at moment, honest string) (d deed, ok bool)

// door is what becomes of new connections.
type door int

const (
	doorOpen    door = iota
	doorShut         // they are refused
	doorBlocked      // they are not answered
)

// when makes a turn that shows at one moment only.
func when(chosen moment, d deed) turn {
	return func(_ *visit, at moment, _ string) (deed, bool) { return d, at == chosen }
}

// forDomain makes a turn show for the recipients of one domain only.
func forDomain(domain string, t turn) turn {
	return func(v *visit, at moment, honest string) (deed, bool) {
		if !strings.HasSuffix(v.rcpt, "@"+domain) {
			return deed{}, false
		}
		return t(v, at, honest)
	}
}

// refusal is a reply that refuses, with the words that are looked for later.
func refusal(code string) string { return code + " " + sorry + "\r\n" }

// vices are all of them that need no encryption.
func vices(dice *rand.Rand) []*vice {
	var all []*vice
	for _, some := range [][]*vice{slowness(dice), stalls(), drops(), disorder(), lies(dice), refusals()} {
		all = append(all, some...)
	}
	return append(all, &vice{name: "does something else on each connection", turn: moody(dice, all), long: 60})
}

func slowness(dice *rand.Rand) []*vice {
	return []*vice{
		{name: "takes 100 to 500 ms for each reply", long: 100, turn: func(_ *visit, at moment, honest string) (deed, bool) {
			return deed{pause: 100*time.Millisecond + time.Duration(dice.Int64N(int64(400*time.Millisecond))), say: honest, keep: at == atEnd}, true
		}},
		{name: "says one octet at a time", long: 100, turn: func(_ *visit, at moment, honest string) (deed, bool) {
			return deed{say: honest, each: 5 * time.Millisecond, keep: at == atEnd}, true
		}},
	}
}

func stalls() []*vice {
	return []*vice{
		{name: "does not answer connections", door: doorBlocked},
		{name: "stalls before the greeting", turn: when(atGreeting, deed{then: freeze})},
		{name: "stalls at EHLO", turn: when(atEHLO, deed{then: freeze})},
		{name: "stalls at MAIL", turn: when(atMAIL, deed{then: freeze})},
		{name: "stalls at RCPT", turn: when(atRCPT, deed{then: freeze})},
		{name: "stalls at DATA", turn: when(atDATA, deed{then: freeze})},
		{name: "stalls behind the dot, without the copy", turn: when(atEnd, deed{then: freeze})},
		{name: "stalls behind the dot, with the copy", turn: when(atEnd, deed{keep: true, then: freeze})},
		{name: "asks for the mail and does not read it", turn: when(atDATA, deed{say: "354 go on\r\n", then: freeze})},
		{name: "asks for a large mail and does not read it", turn: when(atDATA, deed{say: "354 go on\r\n", then: freeze}), big: true},
	}
}

func drops() []*vice {
	return []*vice{
		{name: "refuses connections", door: doorShut},
		{name: "hangs up before the greeting", turn: when(atGreeting, deed{then: hangUp})},
		{name: "hangs up at EHLO", turn: when(atEHLO, deed{then: hangUp})},
		{name: "hangs up after EHLO", turn: when(atEHLO, deed{say: "250-host.example\r\n250 PIPELINING\r\n", then: hangUp})},
		{name: "hangs up at MAIL", turn: when(atMAIL, deed{then: hangUp})},
		{name: "hangs up at RCPT", turn: when(atRCPT, deed{then: hangUp})},
		{name: "hangs up at DATA", turn: when(atDATA, deed{then: hangUp})},
		{name: "asks for the mail and hangs up", turn: when(atDATA, deed{say: "354 go on\r\n", then: hangUp})},
		{name: "hangs up in the middle of a reply", turn: when(atRCPT, deed{say: "250 2.1", then: hangUp})},
		{name: "hangs up behind the dot, without the copy", turn: when(atEnd, deed{then: hangUp})},
		{name: "hangs up behind the dot, with the copy", turn: when(atEnd, deed{keep: true, then: hangUp})},
	}
}

// disorder is what hosts do that offer PIPELINING and cannot keep up with it.
func disorder() []*vice {
	return []*vice{
		{name: "forgets what came in one packet with MAIL", turn: when(atMAIL, deed{say: "250 2.1.0 ok\r\n", then: freeze})},
		{name: "answers one command behind", turn: behind},
		{name: "answers RCPT before MAIL", turn: func(_ *visit, at moment, _ string) (deed, bool) {
			return deed{say: map[moment]string{atRCPT: refusal("550 5.1.1") + "250 2.1.0 ok\r\n"}[at]}, at == atMAIL || at == atRCPT
		}},
		{name: "answers the whole envelope at MAIL", turn: func(_ *visit, at moment, _ string) (deed, bool) {
			return deed{say: map[moment]string{atMAIL: "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n"}[at]}, at == atMAIL || at == atRCPT || at == atDATA
		}},
		{name: "answers twice to MAIL", turn: when(atMAIL, deed{say: "250 2.1.0 ok\r\n250 2.1.0 ok\r\n"})},
		{name: "offers nothing, and says 250 to the dot twice", turn: func(_ *visit, at moment, _ string) (deed, bool) {
			said := map[moment]string{atEHLO: "250 host.example\r\n", atEnd: "250 2.0.0 taken\r\n250 2.0.0 taken\r\n"}[at]
			return deed{keep: true, say: said}, said != ""
		}},
		{name: "says 250 to the dot twice", turn: when(atEnd, deed{keep: true, say: "250 2.0.0 taken\r\n250 2.0.0 taken\r\n"})},
	}
}

// behind keeps back each reply to an envelope until the next command.
func behind(v *visit, at moment, honest string) (deed, bool) {
	if at < atMAIL || at > atDATA {
		return deed{}, false
	}
	late := v.owed
	v.owed = honest
	d := deed{say: late}
	if at == atDATA {
		d.then = freeze
	}
	return d, true
}

func lies(dice *rand.Rand) []*vice {
	garbage := make([]byte, 4<<10)
	for i := range garbage {
		garbage[i] = byte(dice.Uint32())
	}
	endless := "250-" + strings.Repeat("and ", 20) + "\r\n"
	long := "250 " + strings.Repeat("x", 1<<20) + "\r\n"
	return []*vice{
		{name: "says 354 to MAIL", turn: when(atMAIL, deed{say: "354 go on\r\n"})},
		{name: "says 250 to DATA", turn: when(atDATA, deed{say: "250 ok\r\n", then: freeze})},
		{name: "says 354 to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: "354 go on\r\n"})},
		{name: "says 199 to RCPT", turn: when(atRCPT, deed{say: "199 ok\r\n"})},
		{name: "says 650 to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: "650 ok\r\n"})},
		{name: "says 503 to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: refusal("503 5.5.1")})},
		{name: "does not end its answer to EHLO", turn: when(atEHLO, deed{more: endless})},
		{name: "does not end its answer to the dot, with the copy", turn: when(atEnd, deed{keep: true, more: endless})},
		{name: "greets with a line of 1 MB", turn: when(atGreeting, deed{say: "220 " + long[4:]})},
		{name: "says 1 MB to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: long})},
		{name: "greets with garbage", turn: when(atGreeting, deed{say: string(garbage)})},
		{name: "says garbage to RCPT", turn: when(atRCPT, deed{say: string(garbage)})},
		{name: "says garbage to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: string(garbage)})},
	}
}

func refusals() []*vice {
	return []*vice{
		{name: "greets with 421", turn: when(atGreeting, deed{say: refusal("421 4.3.2"), then: hangUp})},
		{name: "greets with 554", turn: when(atGreeting, deed{say: refusal("554 5.3.2"), then: hangUp})},
		{name: "says 451 to some recipients", turn: forDomain("school3.example", when(atRCPT, deed{say: refusal("451 4.7.1")}))},
		{name: "says 450 to everything", turn: func(_ *visit, at moment, _ string) (deed, bool) {
			return deed{say: refusal("450 4.3.0")}, at >= atMAIL
		}},
		{name: "says 452 too many recipients", turn: when(atRCPT, deed{say: refusal("452 4.5.3")})},
		{name: "says 421 to RCPT", turn: when(atRCPT, deed{say: refusal("421 4.3.2"), then: hangUp})},
		{name: "says 451 to the dot", turn: when(atEnd, deed{say: refusal("451 4.3.0")})},
		{name: "says 421 to the dot, with the copy", turn: when(atEnd, deed{keep: true, say: refusal("421 4.3.2"), then: hangUp})},
		{name: "says 550 to some recipients", turn: forDomain("school3.example", when(atRCPT, deed{say: refusal("550 5.1.1")}))},
		{name: "says 550 to some recipients, and asks for their mail", turn: forDomain("school3.example", func(_ *visit, at moment, _ string) (deed, bool) {
			said := map[moment]string{atRCPT: refusal("550 5.1.1"), atDATA: "354 go on\r\n"}[at]
			return deed{say: said}, said != ""
		})},
		{name: "says 550 to the dot of some", turn: forDomain("school3.example", when(atEnd, deed{say: refusal("550 5.7.1")}))},
		{name: "says 550 to MAIL", turn: when(atMAIL, deed{say: refusal("550 5.7.1")})},
	}
}

// moody is another vice on each connection.
func moody(dice *rand.Rand, all []*vice) turn {
	return func(v *visit, at moment, honest string) (deed, bool) {
		for v.mood == nil || v.mood.turn == nil {
			v.mood = all[dice.IntN(len(all))]
		}
		return v.mood.turn(v, at, honest)
	}
}

// tlsVices are those of the way to an encrypted connection.
func tlsVices() []*vice {
	return []*vice{
		{name: "hides STARTTLS", turn: when(atEHLO, deed{say: "250-host.example\r\n250 PIPELINING\r\n"})},
		{name: "says 454 to STARTTLS", turn: when(atSTARTTLS, deed{say: refusal("454 4.7.0"), then: hangUp})},
		{name: "hangs up after STARTTLS", turn: when(atSTARTTLS, deed{say: "220 begin\r\n", then: hangUp})},
		{name: "stalls in the handshake", turn: when(atSTARTTLS, deed{say: "220 begin\r\n", then: freeze})},
		{name: "says words for a handshake", turn: when(atSTARTTLS, deed{say: "220 begin\r\n250 ok\r\n250 ok\r\n", then: freeze})},
		{name: "shows the certificate of another", turn: func(v *visit, at moment, honest string) (deed, bool) {
			if at == atSTARTTLS {
				v.cert = v.host.stranger
			}
			return deed{say: honest}, at == atSTARTTLS
		}},
	}
}
