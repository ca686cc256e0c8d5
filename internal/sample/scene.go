package sample

import (
	"fmt"
	"strings"
	"time"
)

// A Line is a mail that somebody sends to a demonstration just after it began.
type Line struct {
	From    Member
	Subject string
	ID      string // Message-ID
	Raw     []byte // CRLF line ends
}

// A Scene is what goes on in a forum as a newcomer comes in.
type Scene struct {
	Week     []Line // new discussions, each before its answers
	Waits    []Line // what a moderator has to look at, or its writer first
	Pupil    Member // the writer of the one among these that may name a child
	Reporter Member // who reports a message
	Report   string // what they say of it
}

// least is how many members a forum must have for a scene.
const least = 12

// Those of a scene who are not among the members that wrote the archive.
const (
	stranger = -1 // of no list
	newcomer = -2 // somebody who has just joined, whose first message moderators see first
)

var apart = map[int]Member{stranger: {"Chris Lovell", "chris.lovell@home.example"}, newcomer: {"Lucy Park", "lucy.park@elm-road-primary.example"}}

// Newcomer is a member who has just joined, besides the others; it reports false for a forum that is too small to have one.
func (f Forum) Newcomer() (m Member, ok bool) { return apart[newcomer], len(f.Members) >= least }

// said is a message of a scene: by the member at a place, so many hours ago, as an answer to the one of that number, or to none.
type said struct {
	by, hours int
	answers   int
	subject   string
	text      string
}

// week is what members wrote in the last days.
var week = []said{
	{0, 70, -1, "Quiet corner in a busy classroom", "Our Year 2 room has no space at all, and two children need somewhere to go. What have you made out of nothing?"},
	{1, 66, 0, "", "We put a tent of two bookcases and a curtain in the corridor, with a timer. Fire safety had to see it first."},
	{2, 61, 0, "", "Headphones and a clipboard under a table did more for ours than the room that we built later."},
	{0, 58, 0, "", "Thank you both. The clipboard is so simple that I had not thought of it. I will try it on Monday."},
	{3, 49, -1, "Who writes the one page profile?", "I write them all and nobody reads them. Who writes yours, and how do you get supply teachers to look?"},
	{4, 45, 4, "", "Ours write their own with a teaching assistant, and it hangs inside the door of the cupboard with the registers. Supply staff find it there."},
	{1, 44, 4, "", "Half a page, three headings, a photograph of something they like. Longer than that and nobody does."},
	{2, 30, -1, "Annual review by video: does it work?", "A parent works away and has asked to join by video. Has anyone done a whole annual review like that?"},
	{0, 27, 7, "", "Twice. Send the papers a week before and name one person who watches the screen, or the parent is forgotten."},
	{5, 9, -1, "Training for lunchtime staff", "I have forty minutes with our lunchtime staff in January. If you could tell them three things about SEND, what would they be?"},
	{4, 5, -1, "Phonics for a new arrival in Year 6", "He speaks three languages and reads none of them yet. What would you start with at eleven, so that it does not look like work for infants?"},
}

// held is what waits: of a stranger, of a member who has just joined, and what may name a child.
var held = []said{
	{stranger, 3, -1, "May a parent ask something here?", "My daughter starts school in September and has hearing aids. A friend gave me this address. What should I ask when I visit?"},
	{newcomer, 2, -1, "Hello from a new SENCO", "I started in September and this is my first message. How do you keep track of who has had which intervention? Mine is a box of paper."},
	{7, 1, -1, "Transfer paperwork", "Does anyone know the new form for a move in the middle of the year? Mine came back.\n\nThe pupil is B801200005001, and the old school has closed."},
}

// NewScene invents what goes on now. It is the zero Scene for a forum that is too small.
func NewScene(f Forum, now time.Time) (s Scene) {
	if len(f.Members) < least {
		return s
	}
	for i, one := range week {
		l := f.line(one, now, fmt.Sprintf("week.%d", i))
		if one.answers >= 0 {
			first := s.Week[one.answers]
			l = f.line(said{one.by, one.hours, one.answers, "Re: " + f.Tag + " " + first.Subject, one.text}, now, fmt.Sprintf("week.%d", i), "In-Reply-To: "+first.ID, "References: "+first.ID)
		}
		s.Week = append(s.Week, l)
	}
	for i, one := range held {
		s.Waits = append(s.Waits, f.line(one, now, fmt.Sprintf("held.%d", i)))
	}
	s.Pupil, s.Reporter = f.Members[held[2].by], f.Members[8]
	s.Report = "I think I know which family this is about. Could somebody look at it, please?"
	return s
}

// line writes a message of a scene; fields are more fields of its header.
func (f Forum) line(o said, now time.Time, name string, fields ...string) Line {
	at := now.Add(-time.Duration(o.hours) * time.Hour)
	l := Line{From: apart[o.by], Subject: o.subject, ID: fmt.Sprintf("<%s.%d@scene.example>", name, now.Unix())}
	sign := l.From.Name
	if o.by >= 0 {
		l.From = f.Members[o.by]
		sign = l.From.Name + "\n" + roles[o.by%len(roles)]
	}
	head := append([]string{"From: " + l.From.Name + " <" + l.From.Address + ">", fmt.Sprintf("To: %s <%s@%s>", f.Title, f.Name, f.Domain), "Subject: " + o.subject, "Date: " + at.Format(time.RFC1123Z),
		"Message-ID: " + l.ID, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"}, fields...)
	l.Raw = []byte(strings.Join(head, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(o.text+"\n\n"+sign+"\n", "\n", "\r\n"))
	return l
}
