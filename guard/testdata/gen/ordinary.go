package gen

import (
	"fmt"
	"strings"
)

var greetings = []string{"", "Hi all,\n\n", "Hi {first},\n\n", "Dear all,\n\n", "Hello everyone\n\n", "Morning {first}\n\n", "Prynhawn da {first},\n\n", "Thanks {first}.\n\n"}

var signatures = []string{
	"", "\n\n{first}", "\n\nKind regards\n\n{adult}\nSENCO\n{school}, {postcode}\nTel: {phone}",
	"\n\nThanks\n{first}\n\nSent from my iPhone",
	"\n\nBest wishes,\n{adult}\nAssistant Head (Inclusion) and Year 4 teacher\n{school}\nT {phone} | M {mobile} | {email}\nDfE number {dfe}",
	"\n\n{first} x\n\nMy working days are Monday, Tuesday and Thursday.",
	"\n\nMany thanks,\n{first}\n--\n{adult} NASENCo, Inclusion Lead, {school}\n{phone} ext {n3}\nCompany number 0{n7}. This email is confidential.",
	"\n\nDiolch,\n{adult}\nCydlynydd ADY / ALNCo\n{school}",
}

// quotes are what stands below an answer; {q} is the text of another post.
var quotes = []string{
	"On {date} at 10:14, {adult} <{email}> wrote:\n> {q}",
	"From: {adult} <{email}>\nSent: 12 March 2019 10:15\nTo: senco-forum@lists.example.org\nSubject: Re: {s}\n\n{q}",
	"-----Original Message-----\nFrom: {adult}\nSent: 03 July 2017 21:02\nTo: {adult}\nSubject: {s}\n\n{q}",
	"On Tue, 4 Sep 2018, 09:01 {adult} via SENCO Forum, <senco-forum@lists.example.org> wrote:\n\n> {q}\n>\n> --\n> SENCO Forum. To leave, write to senco-forum-leave@lists.example.org",
	"________________________________\nFrom: {adult}\nDate: 21/05/2016 08:30 (GMT+00:00)\nTo: {adult}, {adult}\nSubject: {s}\n\n{q}",
	"Le 14/06/2015, {adult} a écrit :\n> {q}",
}

// ordinary makes one post out of a text by hand. Each round writes it otherwise: with another greeting, signature,
// quote, file and line width.
func (w *writer) ordinary(b body, round int) post {
	p := post{Subject: b.subject, Own: w.fill(b.text)}
	if round > 0 {
		p.Own = w.fill(w.pick(greetings)) + p.Own + w.fill(w.pick(signatures))
	}
	if w.r.IntN(2) == 0 {
		p.Own = wrap(p.Own, 72)
	}
	if w.r.IntN(4) == 0 {
		p.Own = strings.NewReplacer("'", "’", " - ", " – ").Replace(p.Own)
	}
	if w.r.IntN(3) == 0 {
		p.Subject = w.pick([]string{"Re: ", "RE: ", "Fwd: ", "FW: [SENCO] "}) + p.Subject
		other := w.bodies[w.r.IntN(len(w.bodies))]
		text := w.fill(strings.NewReplacer("{q}", "\x00", "{s}", other.subject).Replace(w.pick(quotes)))
		if mark := strings.Contains(text, "> \x00"); mark {
			other.text = strings.ReplaceAll(wrap(other.text, 70), "\n", "\n> ")
		}
		p.Quoted = strings.ReplaceAll(text, "\x00", w.fill(other.text))
	}
	if w.r.IntN(4) == 0 {
		p.Files = append(p.Files, w.harmless())
		if w.r.IntN(4) == 0 {
			p.Files = append(p.Files, w.harmless())
		}
	}
	return p
}

func wrap(text string, width int) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		n := 0
		for j, word := range strings.Split(line, " ") {
			switch {
			case j == 0:
			case n+1+len(word) > width:
				b.WriteByte('\n')
				n = 0
			default:
				b.WriteByte(' ')
				n++
			}
			b.WriteString(word)
			n += len(word)
		}
	}
	return b.String()
}

// sheet draws a table with rows between least and most.
func (w *writer) sheet(name, heading, row string, least, most int) file {
	var b strings.Builder
	b.WriteString(heading + "\n")
	for i := range least + w.r.IntN(most-least+1) {
		b.WriteString(w.fill(strings.ReplaceAll(row, "{i}", fmt.Sprint(i+1))) + "\n")
	}
	return file{Name: name, Text: b.String()}
}

// harmless is a file that names no child.
//
// ceiling: flat table
func (w *writer) harmless() file {
	switch w.r.IntN(20) {
	case 0:
		return w.sheet("staff rota.xlsx", "Name\tMon\tTue\tWed\tThu\tFri", "{adult}\tY3\tY3\tY4\tlunch\tgate", 5, 12)
	case 1:
		return w.sheet("resources.xlsx", "Resource\tWhere\tCost\tBought\tOrder", "Numicon set {i}\tRoom {n3}\t{price}\t{date}\t{order}", 6, 15)
	case 2:
		return w.sheet("provision map.xlsx", "Year\tIntervention\tAdult\tGroup size\tWeeks\tCost", "Year {i}\tPrecision teaching\t{adult}\t4\t12\t{price}", 6, 7)
	case 3:
		return w.sheet("training log.csv", "Surname,First name,Course,Date,Expires", "{surname},{first},Team Teach,{date},{date}", 6, 14)
	case 4:
		return file{Name: "SEN register template.xlsx", Text: "Surname\tFirst name\tDOB\tUPN\tYear\tSEN status\tPrimary need\tNext review\n\t\t\t\t\t\t\t\n"}
	case 5:
		return w.sheet("budget 2026.xlsx", "Code\tHeading\tBudget\tSpent\tLeft", "{n5}\tSEN resources {i}\t{price}\t{price}\t{price}", 5, 9)
	case 6:
		return w.sheet("governors.xlsx", "Name\tRole\tAppointed\tTerm ends\tEmail", "{adult}\tParent governor\t{date}\t{date}\t{email}", 6, 12)
	case 7:
		return w.sheet("class teachers.xlsx", "Class\tTeacher\tTA\tRoom\tExt", "Year {i}\t{adult}\t{adult}\t{n3}\t{n3}", 6, 7)
	case 8:
		return w.sheet("cluster schools.csv", "School,URN,SENCO,Telephone,Postcode", "{school},{urn},{adult},{phone},{postcode}", 8, 14)
	case 9:
		return w.sheet("books.xlsx", "Author\tTitle\tYear\tISBN", "{adult}\tInclusion that works {i}\t2014\t{isbn}", 6, 10)
	case 10:
		return w.sheet("caseload by year.xlsx", "Year\tSEN Support\tEHCP\tAutism\tSLCN\tSEMH", "Year {i}\t{n3}\t4\t2\t5\t3", 6, 7)
	case 11:
		return file{Name: "one page profile blank.docx", Text: "One page profile\nName:\nDate of birth:\nClass:\nWhat people like about me\nWhat is important to me\nHow best to support me\nUpdated: " + w.date()}
	case 12:
		return file{Name: "EHCP annual review form.docx", Text: "Annual review of the EHC plan\nName of child or young person:\nDate of birth:\nUPN:\nNHS number:\nSchool: " + w.fill("{school}") + "\nDate of meeting:\nPresent:\nSection A: views"}
	case 13:
		return file{Name: "policy.pdf", Text: wrap(w.fill("SEND policy of {school}. Approved by governors on {date}. The SENCO is {adult}, {phone}. The SEND governor is {adult}. Children with an EHCP have a review each year. Referral to outside agencies is made with the consent of parents. Next review {date}."), 60)}
	case 14:
		return file{Name: "agenda.docx", Text: w.fill("Agenda\n{date}, {time}, {school}\n1. Welcome ({adult})\n2. Exam access\n3. Annual reviews for Year 6\n4. Date of next meeting: {date}")}
	case 15:
		return file{Name: "logo.png"}
	case 16:
		return file{Name: "IMG_" + w.digits(4) + ".jpg"}
	case 17:
		return file{Name: "slides.pptx", Text: w.fill("Adaptive teaching\n{adult}\n{date}\nWhat it is\nFive a day (EEF)\nQuestions?\nReferences: Sherrington (2019), Mulholland (2022)")}
	case 18:
		return w.sheet("review dates.xlsx", "Plan\tYear\tDate of review\tCase officer\tSent", "Plan {i}\tYear 5\t{date}\t{adult}\tyes", 5, 14)
	}
	return w.sheet("minutes.txt", "Minutes of the cluster", "{i}. {adult} reported on item {i}; next step by {date}.", 4, 8)
}
