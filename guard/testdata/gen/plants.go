package gen

import (
	"fmt"
	"slices"
	"strings"
)

// Sentences that carry a plant, by hand. {v} is the value; {f} and {l} are a child's first name and surname.
var (
	upnLines = []string{
		"His UPN is {v}, can anyone see him on the CTF?", "UPN: {v}", "The pupil ({v}) left us in July and has not arrived anywhere.",
		"upn {v} - which LA is that?", "{v} is the number on the common transfer file.", "Please match {v} in your records.",
		"The UPN in Arbor is {v} and in SIMS something else.", "Unique Pupil Number {v}", "Does this look like a temporary one? {v}",
		"Pupil no. {v}, year 5, on roll since September.",
	}
	nhsLines = []string{
		"NHS number {v}", "His NHS no: {v}.", "NHS No. {v}, seen at the clinic in May.", "The letter of the paediatrician says NHS Number: {v}.",
		"nhs {v}", "NHS#{v}", "Her NHS number, if the school nurse needs it, is {v}.", "N.H.S. number {v}",
	}
	ulnLines = []string{
		"ULN {v}", "The ULN is {v} and he has 25% extra time.", "Unique Learner Number: {v}", "uln: {v} (from the PLR)", "ULN/{v}, candidate 4012",
	}
	ninoLines = []string{
		"NI number {v}", "His National Insurance number is {v}, for the supported internship.", "NINO: {v}", "Payroll needs it: {v}.",
		"NI no {v} came by post today.", "National Insurance: {v}", "She gave me {v} and I do not know where to put it.",
	}
	birthLines = []string{
		"DOB {d}", "{f} {l}, DOB: {d}", "{f} {l} ({d})", "d.o.b. {d}", "Date of birth: {d}", "He was born on {d} and is in the wrong year group.",
		"{f} {l}, born {d}, came to us in May.", "D.O.B {d}, {f}", "{f} (DOB {d}) has no place for September.", "{l}, {f} - {d} - SEN Support",
		"date of birth {d}. Any ideas?", "{f} {l} {d}", "{f}'s date of birth is {d}.", "Child: {f} {l}   Born: {d}", "birthday {d}, so he is summer born",
		"dob={d}", "{f} {l} b. {d}", "Dyddiad geni: {d}",
	}
	planLines = []string{
		"We had the same when we wrote the EHCP for {f} {l}, and the LA agreed.", "I attach the EHC plan for {f} {l}.", "Annual review for {f} {l} is next week and nobody has sent a report.",
		"Re the EHCP of {f} {l}: section F is empty.", "{f} {l}'s EHCP says 1:1 at all times.", "The IEP for {f} {l} has five targets.", "One page profile for {f} {l} is below.",
		"Please find the pupil passport for {f} {l}.", "I made a referral to CAMHS for {f} {l} in June.", "{f} {l}’s annual review was a disaster.", "EHCP - {f} {l}",
		"EHCNA request for {f} {l} was refused.", "the behaviour plan for {f} {l} does not work any more", "Can you look at the support plan for {f} {l}, please?", "Speech and language referral re {f} {l}",
		"Education, Health and Care Plan: {f} {l}", "needs assessment for {f} {l}", "IDP for {f} {l} (we are in Wales)", "Care plan for {f} {l}: two puffs before PE.", "We wrote an IEP about {f} {l}.",
		"The provision map of {f} {l} has grown to three pages.", "EHCP for {f}", "We hold {f}'s annual review on Monday.",
	}
	planSubjects = []string{"EHCP for {f} {l}", "Annual review: {f} {l}", "Re: {f} {l} EHCP", "FW: referral for {f} {l}", "{f} {l}'s EHC plan", "One page profile - {f} {l}"}
	planFiles    = []string{"EHCP {f} {l}.docx", "{f} {l} annual review.pdf", "{f}_{l}_EHCP.pdf", "IEP-{f}-{l}.docx", "{l} {f} One Page Profile.docx", "Referral form {f} {l}.pdf", "EHCP_for_{f}_{l}_final.docx"}
	hintLines    = []string{
		"{f} in Year 4 cannot sit still after lunch.", "My Year 2 boy {f} is a runner.", "{f} (Y5) has started to read!", "We have {f} in Reception who bites.", "{f}, Year 8, refuses to come in.",
		"In Y3, {f} is the only one who signs.", "{f} is in year 6 and very anxious about SATs.", "I am thinking of {f} in Y1 here.", "Year 9 {f} needs a laptop.", "{f} from Reception loves the new swing.",
	}
)

// carrier is an ordinary post without files, as the ground for something planted.
func (w *writer) carrier() post {
	for {
		p := w.ordinary(w.bodies[w.r.IntN(len(w.bodies))], 1+w.r.IntN(7))
		p.Files = nil
		return p
	}
}

// hide puts a line somewhere into a post, and notes it.
func (w *writer) hide(kind, where, line, value string) post {
	p := w.carrier()
	switch where {
	case "subject":
		p.Subject = line
	case "own":
		p.Own = w.between(p.Own, line)
		if !strings.ContainsAny(value, " \u00a0\u2009") && w.r.IntN(2) == 0 {
			p.Own = wrap(p.Own, 72) // a line end may stand anywhere, also inside a name
		}
	case "quoted":
		other := w.between(w.fill(w.bodies[w.r.IntN(len(w.bodies))].text), line)
		if w.r.IntN(2) == 0 {
			p.Quoted = w.fill("On 12 March 2019 at 10:14, {adult} <{email}> wrote:\n> ") + strings.ReplaceAll(other, "\n", "\n> ")
		} else {
			p.Quoted = w.fill("From: {adult}\nSent: 03 July 2017 21:02\nTo: {adult}\nSubject: Question\n\n") + other
		}
	case "file name":
		p.Files = append(p.Files, file{Name: line})
	case "file text":
		text := w.fill("{school}\nReport\n\n") + line + w.fill("\nWritten by {adult}, {date}\n")
		p.Files = append(p.Files, file{Name: w.pick([]string{"report.docx", "scan0012.pdf", "letter.docx", "notes.txt", "Book1.xlsx"}), Text: text})
	}
	p.Plants = []plant{{kind, where, value}}
	return p
}

// between puts a line before, behind or into a text.
func (w *writer) between(text, line string) string {
	paragraphs := strings.Split(text, "\n\n")
	at := w.r.IntN(len(paragraphs) + 1)
	switch {
	case w.r.IntN(3) == 0 && at < len(paragraphs) && !strings.Contains(paragraphs[at], "\n"):
		paragraphs[at] += " " + line // in the middle of a paragraph
	default:
		paragraphs = slices.Insert(paragraphs, at, line)
	}
	return strings.Join(paragraphs, "\n\n")
}

// place is where the i-th plant of a kind stands.
func place(i int) string {
	return []string{"own", "own", "own", "quoted", "own", "file text", "subject", "quoted", "own", "file text", "own", "file name"}[i%12]
}

func (w *writer) plants() []post {
	var all []post
	numbers := []struct {
		kind  string
		lines []string
		make  func() string
		count int
	}{
		{"upn", upnLines, func() string { return w.spread(w.upn(), 1, 3, 4, 2) }, 72},
		{"nhs", nhsLines, func() string { return w.spread(w.nhs(), 3, 3) }, 72},
		{"uln", ulnLines, func() string { return w.spread(w.uln(), 4, 3) }, 48},
		{"nino", ninoLines, func() string { return w.spread(w.nino(), 2, 2, 2, 2) }, 48},
	}
	for _, n := range numbers {
		for i := range n.count {
			value := n.make()
			line := strings.ReplaceAll(n.lines[i%len(n.lines)], "{v}", value)
			if place(i) == "file name" {
				value = strings.ReplaceAll(value, " – ", "-")
				label := map[string]string{"upn": "", "nhs": "NHS ", "uln": "ULN ", "nino": "NI "}[n.kind]
				line = "record " + label + value + ".pdf"
			}
			all = append(all, w.hide(n.kind, place(i), line, value))
		}
	}
	for i := range 24 { // a number alone, of the shape that only the NHS has
		n := w.nhs()
		value := n[:3] + w.pick([]string{" ", "-", "\u00a0"}) + n[3:6] + w.pick([]string{" ", "-"}) + n[6:]
		all = append(all, w.hide("nhs", place(i%11), "The child is "+value+" on the letter.", value))
	}
	return append(all, w.names()...)
}

// names are the plants with children's names.
func (w *writer) names() []post {
	var all []post
	for i := range 84 {
		first, last := w.child()
		value := w.dateOf(1+w.r.IntN(28), 1+w.r.IntN(12), 2008+w.r.IntN(15))
		line := strings.NewReplacer("{f}", first, "{l}", last, "{d}", value).Replace(birthLines[i%len(birthLines)])
		where := place(i)
		if where == "file name" {
			value = strings.ReplaceAll(value, "/", "-")
			line = fmt.Sprintf("%s %s %s.docx", first, last, value)
		}
		all = append(all, w.hide("birth", where, line, value))
	}
	for i := range 110 {
		first, last := w.child()
		lines, where := planLines, place(i)
		switch where {
		case "subject":
			lines = planSubjects
		case "file name":
			lines = planFiles
		}
		line := strings.NewReplacer("{f}", first, "{l}", last).Replace(lines[i/2%len(lines)])
		all = append(all, w.hide("plan", where, line, first))
	}
	for i := range 48 {
		all = append(all, w.classList(i))
	}
	for range 24 {
		p := w.carrier()
		name := w.pick([]string{"IMG_", "DSC0", "PXL_2026"}) + w.digits(4) + w.pick([]string{".jpg", ".JPG", ".jpeg"})
		p.Files = []file{{Name: name, GPS: true}}
		p.Plants = []plant{{"place", "file name", name}}
		all = append(all, p)
	}
	return all
}

var classHeads = []string{
	"Surname\tForename\tDOB\tYear", "Name\tDate of Birth\tSEN status\tNeed", "Pupil\tUPN\tYear group\tEHCP", "First name\tLast name\tYear\tSEN\tNotes",
	"No\tName\tClass\tK/E\tReading age", "Pupil name,Reg,D.O.B.,Need", "Child\tYear\tIntervention\tProgress", "Name\tYr\tSEND code\tPP",
}

var classRows = []string{
	"{l}\t{f}\t{d}\t{y}", "{f} {l}\t{d}\tK\tSLCN", "{l}, {f}\t{u}\tYear {y}\tyes", "{f}\t{l}\t{y}\tE\tsees the OT", "{i}\t{f} {l}\t{y}B\tK\t7;4",
	"{f} {l},{y}M,{d},SEMH", "{f} {l}\tYear {y}\tRapid Reading\t+8 months", "{f} {l}\tY{y}\tK - ASD\tY",
}

func (w *writer) classList(i int) post {
	p := w.carrier()
	at := i % len(classHeads)
	rows := []string{classHeads[at]}
	if i%6 == 5 {
		rows = nil // a table without a heading
	}
	value := ""
	for n := range 4 + w.r.IntN(24) {
		first, last := w.child()
		if value == "" {
			value = first
		}
		rows = append(rows, strings.NewReplacer("{f}", first, "{l}", last, "{d}", fmt.Sprintf("%02d/%02d/%d", 1+w.r.IntN(28), 1+w.r.IntN(12), 2010+w.r.IntN(12)),
			"{y}", fmt.Sprint(1+w.r.IntN(9)), "{u}", w.upn(), "{i}", fmt.Sprint(n+1)).Replace(classRows[at]))
	}
	if i%8 == 7 { // typed into the post itself
		p.Own = w.between(p.Own, strings.Join(rows, "\n"))
		p.Plants = []plant{{"classlist", "own", value}}
		return p
	}
	name := []string{"SEN register.xlsx", "class list.csv", "Book1.xlsx", "interventions autumn.xlsx", "Copy of data.xlsx", "cohort.docx"}[i%6]
	p.Files = []file{{Name: name, Text: strings.Join(rows, "\n") + "\n"}}
	p.Plants = []plant{{"classlist", "file text", value}}
	return p
}

func (w *writer) hints() []post {
	var all []post
	for i := range 60 {
		first, _ := w.child()
		p := w.carrier()
		p.Own = w.between(p.Own, strings.ReplaceAll(hintLines[i%len(hintLines)], "{f}", first))
		p.Hint = true
		all = append(all, p)
	}
	return all
}
