package discussions

import (
	"math/rand/v2"
	"strings"
)

// A term is what something was called from a year on, until the next.
type term struct {
	from  int
	words []string
}

func w(from int, words string) term { return term{from, strings.Split(words, "/")} }

// terms holds what the names in braces stand for. A flat table.
var terms = map[string][]term{
	"plan": {w(1995, "statement/statement/Statement/statement of special educational needs"),
		w(2015, "EHCP/EHC plan/EHCP/Education, Health and Care Plan/EHC plan/plan")},
	"assess": {w(1995, "statutory assessment/a formal assessment/statutory assessment"),
		w(2015, "an EHC needs assessment/an EHCNA/a needs assessment/statutory assessment")},
	"senco":  {w(1995, "SENCO/SENCo/special needs coordinator/Senco"), w(2015, "SENCO/SENDCo/SENCo/SENDCO")},
	"lea":    {w(1995, "the LEA/the LEA/county"), w(2008, "the LA/the local authority/the LA/the council")},
	"tas":    {w(1995, "LSAs/support assistants/welfare assistants"), w(2003, "TAs/LSAs/teaching assistants/TAs")},
	"ta":     {w(1995, "LSA/support assistant/welfare assistant"), w(2003, "TA/LSA/teaching assistant/TA")},
	"ep":     {w(1995, "educational psychologist/ed psych/EP"), w(2005, "EP/educational psychologist/ed psych")},
	"salt":   {w(1995, "speech therapy/the speech therapist/speech and language therapy"), w(2006, "SALT/speech and language therapy/SLT/SaLT")},
	"ot":     {w(1995, "occupational therapy/OT"), w(2006, "OT/occupational therapy")},
	"camhs":  {w(1995, "child guidance/child psychiatry"), w(2001, "CAMHS/CAMHS/child and adolescent mental health services")},
	"autism": {w(1995, "autism/Asperger's syndrome/autistic spectrum disorder"), w(2006, "ASD/autism/Asperger's/autistic spectrum"), w(2015, "autism/ASD/ASC/autism spectrum condition")},
	"slcn":   {w(1995, "Speech and language difficulties/Language disorder"), w(2008, "SLCN/Speech, language and communication needs"), w(2018, "SLCN/DLD/Developmental language disorder")},
	"semh": {w(1995, "EBD/emotional and behavioural difficulties/EBD"), w(2003, "BESD/EBD/behavioural, emotional and social difficulties"),
		w(2015, "SEMH/social, emotional and mental health needs/SEMH")},
	"support": {w(1995, "Stage 2/Stage 3 of the Code/Stage 2"), w(2002, "School Action/School Action Plus/SA+"), w(2015, "SEN Support/SEN support/K on the register")},
	"iep":     {w(1995, "IEPs/individual education plans"), w(2008, "IEPs/individual education plans/provision maps"), w(2015, "IEPs/learning plans/APDR cycles/support plans")},
	"provmap": {w(1995, "timetable"), w(2003, "provision map")},
	"tribunal": {w(1995, "the SEN Tribunal/the tribunal"), w(2002, "SENDIST/the tribunal"),
		w(2009, "the First-tier Tribunal/SENDIST/the SEND Tribunal")},
	"parentp":    {w(1995, "Parent Partnership"), w(2015, "SENDIASS/IASS")},
	"connexions": {w(1995, "the careers service"), w(2001, "Connexions"), w(2013, "the careers adviser")},
	"caf":        {w(2006, "CAF/Common Assessment Framework/CAF"), w(2015, "Early Help Assessment/EHA/early help form")},
	"lac":        {w(1995, "looked after child/child in care"), w(2002, "LAC/looked after child/child in public care"), w(2016, "CLA/looked after child/child in care")},
	"pru":        {w(1995, "PRU/pupil referral unit"), w(2013, "PRU/alternative provision/AP academy")},
	"refusal":    {w(2003, "School refusal/School phobia/School refuser"), w(2018, "EBSA/Emotionally based school avoidance/School refusal")},
	"gov":        {w(1995, "the DfEE"), w(2001, "the DfES"), w(2007, "the DCSF"), w(2010, "the DfE")},
	"year":       {w(1995, "1/2/3/4/5/6/7/8/9/10")},
}

// asides are mentioned in passing, in posts that are about something else.
var asides = []term{
	w(1995, "Sorry to be brief, it is the season of annual reviews./I also have a child with a statement for hearing, but that is another story./"+
		"The educational psychologist comes on Tuesday and I want to be ready./Our inspection was last week, so we are all tired./"+
		"She has a statement and is in a class of 34./He is at stage 3 and nobody knows why./My head asked me to find out before Friday./"+
		"We did not have this problem with the dyslexia lesson./This came up at the transition meeting./There is no speech therapist in our part of the county./"+
		"I wrote a policy on this once and cannot find it./He has an IEP, of course."),
	w(2003, "Sorry to be brief, JCQ deadlines./I have nine annual reviews before half term./He is on School Action Plus and has a TA in the mornings./"+
		"She has dyslexia as well, but that is not the point./Autism was mentioned and then dropped./The EP has used up our hours./"+
		"It is on the provision map already./Ofsted are due, as always./We asked CAMHS, you can guess./He has a statement for speech and language./"+
		"Behaviour is not the problem with this one./She was at the nurture group last year."),
	w(2015, "Sorry to be brief, it is annual review week and I am on my third EHCP today./He has an EHCP for something else./There was a piece on this in the SEND review./"+
		"She is at SEN Support and that is where she stays./We have no EP time left./It is on the provision map already./Autism assessment has been promised for 2027, ha./"+
		"I have to do the Form 8s first, then I come back to this./SEMH is the label, and the rest is silence./JCQ deadlines permitting, I try that next week./"+
		"Another TA leaves on Friday./It was in the transition file, as it turned out."),
}

var (
	greetings = strings.Split("Hi all,/Hello everyone,/Dear all,/Dear colleagues,/Morning all,/Hello,/Help!/Dear forum,", "/")
	closings  = strings.Split("Any ideas gratefully received./Many thanks in advance./What do you do?/Thank you./Would be glad of advice.//Grateful for anything.", "/")
	thanks    = strings.Split("That is so helpful, thank you all./Thank you, I shall try that./Brilliant, thanks./Thanks to everybody who wrote, also off list.", "/")
	lesser    = strings.Split("Same here, I would love to know./Following this with interest./Could you send it to me as well please?/We are in the same boat.", "/")
)

// of returns a name in the words of a year; the same of several words is used in a whole discussion when r is its own.
func of(all []term, year int, r *rand.Rand) string {
	found := all[0].words
	for _, t := range all {
		if t.from <= year {
			found = t.words
		}
	}
	return found[r.IntN(len(found))]
}

// inWordsOf puts the words of a year in the places of the names in braces. One discussion keeps to the first word that it
// found, three times of four: people write "EHCP" and "the plan" in one breath.
func inWordsOf(text string, year int, r *rand.Rand, said map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		word := said[name]
		if word == "" || name == "year" || r.IntN(4) == 0 {
			word = of(terms[name], year, r)
		}
		if said[name] == "" {
			said[name] = word
		}
		if name != "year" && (b.Len() == 0 || strings.HasSuffix(b.String(), ". ")) {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
		text = after
	}
}
