package guard

// Words beside a whole name that say by themselves that it is a child's.
var (
	kin         = set("mum", "mam", "mom", "dad", "mother", "father", "parent", "parents", "stepmum", "stepdad", "stepfather", "stepmother", "carer", "carers", "guardian", "nan", "nana", "gran", "grandma", "grandmother", "grandad", "grandparents")
	ofParents   = set("tongue", "evening", "evenings", "meeting", "forum", "group", "guide") // "NAME's parents' evening leaflet"
	ofChildren  = set("diagnosis", "placement", "exclusion", "exclusions", "suspension", "suspensions", "meltdowns", "seizures", "tantrums", "pastoral")
	caredFor    = set("mum", "mam", "dad", "mother", "father", "grandmother", "nan", "behaviour", "ehcp", "iep", "paediatrician")
	shutOut     = set("excluded", "suspended", "restrained", "admitted", "readmitted", "excluding", "restraining")
	lookedAt    = set("saw", "seen", "assessed", "observed", "discharged", "diagnosed", "refused")
	clinicians  = set("ep", "eps", "paediatrician", "psychologist", "psychiatrist", "camhs", "salt", "ot", "gp", "doctor", "consultant", "therapist", "physio")
	taught      = set("read", "reads", "reading", "study", "studies", "studying", "doing", "do", "does", "topic", "teaching", "cover", "on", "about", "text", "like", "as")
	spokenTo    = set("with", "to", "from", "by", "ask", "asked", "contact", "email", "emailed", "see", "thanks", "thank", "and", "colleague", "colleagues", "friend", "dear", "hi", "hello", "via", "cc")
	yearNouns   = set("class", "classes", "team", "phase", "leader", "lead", "group", "groups", "children", "pupils", "boys", "girls", "staff", "maths", "english", "phonics", "parents", "assembly", "cohort", "set", "form", "tutor", "topic", "production", "play", "work", "project", "text", "trip", "lessons", "curriculum")
	comesTo     = set("joins", "joined", "starts", "started", "moves", "moved", "is", "was", "came", "will", "left")
	separate    = set("base", "unit", "pru", "ap", "arp", "provision", "special", "nurture")
	needs       = set("adhd", "autism", "autistic", "asd", "asc", "dyslexia", "dyslexic", "dyspraxia", "syndrome", "epilepsy", "pda", "semh", "mutism", "cerebral", "diagnosis", "seizures", "ehcp", "deaf", "blind")
	whose       = set("his", "her", "their")
	onStage     = set("speaker", "speakers", "presenter", "host", "organiser", "poet", "actor", "actress", "singer", "comedian", "campaigner", "footballer", "illustrator", "musician", "colleague", "friend", "volunteer", "parent", "facilitator", "contact", "supervisor", "broadcaster", "youtuber", "influencer", "activist", "athlete")
	leading     = set("advice", "help", "thoughts", "ideas", "suggestions")
	startsAt    = set("start", "starts", "join", "joins", "move", "moves", "transfer", "transfers", "transferring", "starting", "joining", "moving")
	lettered    = set("squared", "levels", "level", "scales", "scale", "safety", "tech", "shirts", "shirt", "learning", "books", "cards", "numbers", "sports", "groups", "pupils", "pens") // T Levels, E Safety
	determiners = set("a", "an", "the", "this", "that", "one", "two", "three", "another", "our", "my")
)

// signed reports a name that words beside it make a child's, also without a word such as "pupil": "mum of NAME", "NAME (Y9)".
func (d *doc) signed(n name) bool {
	if d.kinOf(n) || shutOut[d.lower(n.from-1)] && d.dealtWith(n) {
		return true // "we excluded NAME and I"
	}
	if d.grownBefore(n) || d.saidNext(n.to) {
		return false
	}
	return d.yearBehind(n) || d.yearAhead(n) || d.ageBehind(n) || d.apposed(n) || d.dealtWith(n) || d.spokenOf(n) ||
		d.withTheirs(n) || d.calledHere(n) || d.deeds(n)
}

// grownBefore reports a grown-up's role right before a name: "our EP, Janet Fielding".
func (d *doc) grownBefore(n name) bool {
	i := n.from - 1
	if s := d.sign(i); s == ',' || s == ':' || s == '(' || s == '-' {
		i--
	}
	return d.is(i, word, role|title) || onStage[d.lower(i)]
}

// kinOf reads "mum of NAME" and "NAME's mum".
func (d *doc) kinOf(n name) bool {
	if d.lower(n.from-1) == "of" && kin[d.lower(n.from-2)] {
		return true
	}
	if d.sign(n.to) != '\'' || !d.at(n.to).glued {
		return false
	}
	i := n.to + 1
	if d.lower(i) == "s" && d.at(i).glued {
		i++
	}
	i = d.soft(i)
	w := d.lower(i)
	return (kin[w] || ofChildren[w]) && !ofParents[d.lower(i+1)] && !(d.sign(i+1) == '\'' && ofParents[d.lower(i+2)]) && !d.isModel(i) && !d.is(i+1, word, institution|paper)
}

// yearBehind reads "NAME (Y9)", "NAME, Year 2," and "NAME in Year 8". A line of its own is how a teacher signs.
func (d *doc) yearBehind(n name) bool {
	i, apart := n.to, true
	switch s := d.sign(i); {
	case s == ',' || s == '(' || s == '-':
		i++
	default:
		apart = false
	}
	inside := d.lower(i) == "in" || d.lower(i) == "from"
	if inside {
		i++
	}
	i = d.soft(i)
	to, ok := d.schoolYear(i)
	if !ok && inside {
		to, ok = d.formGroup(i)
	}
	before := d.lower(n.from - 1)
	led := before == "with" && d.lower(n.from-2) == "end" || before == "on" && leading[d.lower(n.from-2)] || before == "about" && d.lower(n.from-2) == "do"
	if !ok || (spokenTo[before] || taught[before]) && !led || !apart && !inside && d.is(i, word, stage) {
		return false
	}
	if inside && d.is(i, word, stage) && before != "teach" && before != "have" {
		return false // who sits in Reception may be its teacher
	}
	next := to
	if d.sign(next) == ')' || d.sign(next) == ',' {
		next++
	}
	begins := n.from == 0 || d.at(n.from-1).form == end
	if begins && d.at(next).form == end && d.part != Subject {
		return false
	}
	joined := d.lower(to) == "and" && d.at(to+1).form == number || d.sign(to) == '/' || d.sign(to) == '&'
	return !joined && !d.roleSoon(next) && !d.is(to, word, institution|role) && !yearNouns[d.lower(to)] && !d.saidNext(to) && (apart || inside || d.at(to).form != word || !d.at(to).capital)
}

// formGroup reads "3B", which is no 3D.
func (d *doc) formGroup(i int) (to int, ok bool) {
	v, t := d.value(i), d.at(i+1)
	l := d.lower(i + 1)
	return i + 2, v >= 1 && v <= 13 && t.glued && t.capital && len(l) == 1 && l != "d" && l != "g" && l != "k"
}

// yearAhead reads "our Y11 NAME", "a Year 1 boy, NAME", "one of our year 7s, NAME", "tutor group 9C: NAME".
func (d *doc) yearAhead(n name) bool {
	i := n.from - 1
	mark := d.sign(i)
	if mark == ',' || mark == '(' || mark == ':' || mark == '-' {
		i--
	}
	if _, ok := d.formGroup(i - 1); ok && mark == ':' && (d.lower(i-2) == "group" || d.lower(i-2) == "form" || d.lower(i-2) == "class") {
		return true
	}
	if d.lower(i) == "s" && d.at(i).glued || childNouns[d.lower(i)] {
		i--
	}
	if to, ok := d.schoolYear(i - 1); !ok || to != i+1 || !determiners[d.lower(i-2)] {
		return false
	}
	next := d.lower(n.to)
	return !yearNouns[next] && !toldOf[next] && !d.is(n.to, word, institution|paper|role)
}

// ageBehind reads "NAME, aged five", "NAME, who is eight", "NAME, 12, who", "NAME is three and", "NAME? He is six", "NAME, who joins Year 5".
func (d *doc) ageBehind(n name) bool {
	i := d.soft(n.to)
	if s := d.sign(i); s == '?' || s == '.' {
		return d.saysAge(d.soft(i + 1))
	}
	apart := d.sign(i) == ',' || d.sign(i) == '('
	if apart {
		i = d.soft(i + 1)
	}
	switch {
	case d.lower(i) == "aged":
		return d.isAge(i + 1)
	case apart && d.at(i).form == number:
		return d.isAge(i) && (d.sign(i+1) == ')' || d.sign(i+1) == ',' && !d.at(d.soft(i+2)).capital)
	case apart && d.lower(i) == "who" && comesTo[d.lower(d.soft(i+1))]:
		for k := i + 2; k < i+6; k++ {
			if to, ok := d.schoolYear(d.soft(k)); ok {
				return !d.roleSoon(to)
			}
		}
		return d.lower(i+1) == "is" && d.isAge(i+2) && d.ageEnds(i+3)
	}
	return d.lower(i) == "is" && d.isAge(i+1) && d.ageEnds(i+2) || !apart && d.startsHere(i)
}

// startsHere reads "will start with you in Year 7" and "joins Year 5".
func (d *doc) startsHere(i int) bool {
	if d.lower(i) == "will" || d.lower(i) == "is" {
		i++
	}
	if !startsAt[d.lower(i)] {
		return false
	}
	for k := i + 1; k < i+7; k++ {
		if d.lower(k) == "as" || d.is(k, word, role) {
			return false
		}
		if to, ok := d.schoolYear(d.soft(k)); ok && !d.is(k, word, stage) {
			return !d.roleSoon(to) && d.lower(to) != "as" && !yearNouns[d.lower(to)]
		}
	}
	return false
}

func (d *doc) isAge(i int) bool {
	v := d.value(i)
	return childAges[d.lower(i)] || v >= 2 && v <= 18
}

// ageEnds reports that a number is the whole of what is counted: not "four days a week".
func (d *doc) ageEnds(i int) bool {
	t := d.at(i)
	return t.form == end || t.form == sign && t.sign != '%' || d.lower(i) == "and" || d.lower(i) == "years"
}

// apposed reads "I have a student, NAME, with epilepsy", "a child in my form, NAME, told me", "the twins NAME". Words such as "in my form"
// may stand between.
func (d *doc) apposed(n name) bool {
	if w := d.lower(n.from - 1); w == "twins" || w == "siblings" {
		return determiners[d.lower(n.from-2)]
	}
	if w := d.lower(n.from - 1); w == "pupil" || w == "student" {
		return n.from == 1 || d.sign(n.from-2) == '.' || d.at(n.from-2).form == end && d.soft(n.from-2) == n.from-2
	}
	next := d.at(n.to)
	if d.sign(n.from-1) != ',' || next.form == word && d.lower(n.to) != "and" || next.form == sign && next.sign == '\'' {
		return false
	}
	for k := n.from - 2; k >= 0 && k > n.from-9; k-- {
		w := d.lower(k)
		if childNouns[w] || childrenOf[w] {
			return d.isHere(k, n.from-1)
		}
		if t := d.at(k); t.form == sign || t.form == end && d.soft(k) == k || t.class&role != 0 || kin[w] {
			return false
		}
	}
	return false
}

// isHere reports that the word for a child at token k is one of somebody's here, when a comma at token comma ends what is said of it.
func (d *doc) isHere(k, comma int) bool {
	with := d.lower(k + 1)
	if k+1 < comma && with != "in" && with != "from" && with != "of" {
		return false
	}
	for i := k - 1; i >= 0 && i > k-5; i-- {
		w := d.lower(i)
		if grownUps[w] || d.at(i).form != word && d.at(i).form != number {
			return false
		}
		if !determiners[w] {
			continue
		}
		before := d.lower(i - 1)
		if before == "of" || before == "like" {
			return false
		}
		have := before == "have" || before == "got"
		if d.lower(k) == "student" || d.lower(k) == "students" {
			return have || ours[w]
		}
		return k+1 == comma || w != "the"
	}
	return false
}

// dealtWith reads "we excluded NAME", "the EP saw NAME", "move NAME to the base".
func (d *doc) dealtWith(n name) bool {
	i := n.from - 1
	verb := d.lower(i)
	switch {
	case shutOut[verb]:
		return d.sign(i-1) != ',' && d.sign(i-1) != '"' && d.sign(i-1) != '\''
	case lookedAt[verb]:
		for k := i - 1; k > i-4; k-- {
			if clinicians[d.lower(k)] {
				return true
			}
		}
	case verb == "move" || verb == "moved" || verb == "moving" || verb == "transfer":
		for k := n.to + 1; d.lower(n.to) == "to" && k < n.to+6; k++ {
			if separate[d.lower(k)] {
				return true
			}
		}
	}
	return false
}

// spokenOf reads "worried about NAME", "at our wits' end with NAME", "the case on NAME", "who taught NAME at the infants", "GP letter about NAME".
func (d *doc) spokenOf(n name) bool {
	what := d.lower(n.from - 2)
	switch d.lower(n.from - 1) {
	case "about":
		return what == "do" || what == "worried" || what == "concerned" || what == "concerns" || what == "letter"
	case "with":
		return what == "end"
	case "on":
		return what == "case"
	case "taught":
		if what == "i" && d.lower(n.to) == "in" {
			_, ok := d.schoolYear(n.to + 1)
			return ok || d.is(n.to+1, word, stage)
		}
		return what == "who" && (d.lower(n.to) == "at" || d.lower(n.to) == "in")
	}
	return false
}

// withTheirs reads "his dad", "her class teacher" behind a name, in the same sentence and with nobody else between.
func (d *doc) withTheirs(n name) bool {
	for i := n.from - 1; i >= 0 && i > n.from-8; i-- {
		if t := d.at(i); t.form == sign && (t.sign == '.' || t.sign == '?' || t.sign == '!') {
			break
		}
		if d.is(i, word, role) || onStage[d.lower(i)] {
			return false
		}
	}
	for i := n.to; i < n.to+16; i++ {
		i = d.soft(i)
		t, w := d.at(i), d.lower(i)
		if t.form == end || t.sign == '.' || t.sign == '?' || t.sign == '!' || childNouns[w] || childrenOf[w] || saidBy[w] || w == "people" {
			return false
		}
		if whose[w] {
			k := d.soft(i + 1)
			return (caredFor[d.lower(k)] || d.lower(k) == "class" && d.lower(k+1) == "teacher") && !d.isModel(k+1) && !d.is(k+1, word, institution|paper)
		}
	}
	return false
}

// calledHere reads "He is called NAME" after a sentence on a child, and "Her name is NAME and she has Rett syndrome".
func (d *doc) calledHere(n name) bool {
	i := n.from - 1
	switch {
	case d.lower(i) == "called" && d.lower(i-1) == "is" && (d.lower(i-2) == "he" || d.lower(i-2) == "she"):
		i -= 2
	case d.lower(i) == "is" && d.lower(i-1) == "name" && (d.lower(i-2) == "his" || d.lower(i-2) == "her"):
		i -= 2
	default:
		return false
	}
	if (d.lower(n.to+1) == "he" || d.lower(n.to+1) == "she") && d.is(n.to+2, word, having) {
		for k := n.to + 3; k < n.to+8 && !d.is(k, word, paper); k++ {
			if needs[d.lower(k)] {
				return true
			}
		}
	}
	if d.sign(i-1) != '.' {
		return false
	}
	for k := i - 2; k >= 0 && k > i-20; k-- {
		if d.is(k, word, role) || toldOf[d.lower(k)] || d.at(k).form == end && d.soft(k) == k {
			return false
		}
		if childNouns[d.lower(k)] {
			return d.isHere(k, k+1)
		}
	}
	return false
}

// initialed finds an initial and a surname that a school year or a plan makes a child's: "R. Kandasamy in Year 8". Letters that are words
// need a dot, and the T of "T Levels" is none.
func (d *doc) initialed() {
	if d.part == FileName || d.part == FileText {
		return
	}
	for i := range d.tokens {
		n, ok := d.initialFirst(i)
		if !ok || n.titled || n.place || n.allowed || d.covered(n) || d.at(i-1).capital && d.at(i).glued || d.is(i-1, word, first|title) {
			continue
		}
		switch l := d.lower(i); {
		case d.sign(i+1) == '.':
		case l == "a" || l == "i" || l == "x" || l == "y" || l == "z", lettered[d.lower(i+1)]:
			continue
		}
		if !d.grownBefore(n) && !d.saidNext(n.to) && !d.isTold(n) && (d.kinOf(n) || d.yearBehind(n) || d.spokenOf(n)) {
			d.find(Child, n.from, n.to, calledWhy)
		} else if d.sign(n.to) == '\'' {
			d.nameAndPlan(n)
		}
	}
}
