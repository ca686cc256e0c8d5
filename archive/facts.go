package archive

import (
	"math"

	"sencoforum/message"
)

// Facts are what a post says about itself. They are worked out when its message is stored, and again when words are taken
// out of it, so that lists of discussions need no message. They are a guess by simple signs (docs/words.md).
type Facts struct {
	Rules   uint8  `json:"rules" cbor:"1,keyasint,omitempty"`             // FactsRules when they were worked out; 0: nothing is known
	Asks    bool   `json:"asks,omitempty" cbor:"2,keyasint,omitempty"`    // the own words, or a subject of its own, want an answer
	Answers bool   `json:"answers,omitempty" cbor:"3,keyasint,omitempty"` // the own words are enough to answer something
	Words   uint16 `json:"words,omitempty" cbor:"4,keyasint,omitempty"`   // own words, at most 65,535
	Files   uint8  `json:"files,omitempty" cbor:"5,keyasint,omitempty"`   // at most 255
	Links   bool   `json:"links,omitempty" cbor:"6,keyasint,omitempty"`   // a web address stands in the own words
}

// FactsRules numbers the rules by which facts are worked out now. It is raised when they change.
const FactsRules = 1

// Known reports whether the facts were worked out at all. They are not for posts stored before there were any, until
// threads are computed anew (Rebuild).
func (f Facts) Known() bool { return f.Rules != 0 }

// FactsOf works out the facts of a post from the message that is stored for it. The subject is that of the post.
func FactsOf(p Post, raw []byte) Facts {
	m := message.Parse(raw)
	return factsOf(m, m.Words().Own, p)
}

// factsOf judges own words. The subject of a reply is somebody else's and says nothing about it.
func factsOf(m *message.Message, own string, p Post) Facts {
	subject := p.Subject
	if p.Reply || subject == noSubject {
		subject = ""
	}
	s := message.SignsOf(own, subject)
	return Facts{
		Rules: FactsRules, Asks: s.Asks, Answers: s.Answers, Links: s.Links,
		Words: uint16(min(s.Words, math.MaxUint16)), Files: uint8(min(m.FileCount(), math.MaxUint8)),
	}
}
