package guard

// Signs in the sentences around a whole name of who it is. No word of these says it alone: they are counted.
var (
	hasNeed   = set("autistic", "autism", "adhd", "asd", "asc", "dyslexic", "dyslexia", "dyspraxic", "dyspraxia", "epilepsy", "epileptic", "pda", "mute", "mutism", "cerebral", "syndrome", "diagnosis", "diagnosed", "ehcp", "statement", "deaf", "blind", "verbal", "mld", "sld", "pmld", "slcn", "dld", "diabetes", "diabetic", "anxious", "anxiety", "stammer", "stammers", "adopted", "fostered", "fasd", "dcd", "ebsa", "wheelchair", "meltdown", "meltdowns", "seizure", "seizures", "medication", "undiagnosed", "tics", "tourettes", "selectively", "hypermobility", "incontinent", "eal", "statemented", "nonverbal", "melatonin", "overlay", "ritalin", "colostomy", "hydrocephalus", "downs", "tube", "nappies", "nappy")
	childActs = set("refuses", "refused", "refusing", "cries", "cried", "crying", "screams", "screamed", "screaming", "hit", "hits", "hitting", "kicks", "kicked", "kicking", "bites", "bit", "biting", "threw", "throws", "throwing", "ran", "runs", "hides", "hid", "hiding", "absconds", "absconded", "sleeps", "wets", "soils", "struggles", "struggling", "struggled", "attends", "attended", "swears", "swore", "bolted", "bolts", "climbs", "climbed", "spits", "spat", "punched", "punches", "scratches", "shouts", "truants", "masks", "fidgets", "rocks", "flaps", "cannot", "joined", "joins", "transfers", "transferred", "broke", "hurt", "ripped", "smashed", "lashes", "lashed", "melts", "pushed", "copes", "coped", "coping", "disappeared", "misses", "missed", "fell", "barely", "hardly", "rarely", "throws", "throwing", "swearing", "slept", "sleeping", "asleep", "outgrown", "hitting", "chews", "chewed", "tires", "fasted", "wears", "toes", "falls", "walked", "eats", "refuse", "hate", "hates", "wanders", "bolting", "vomits", "shakes", "reads", "spells", "copies", "self", "settles", "settled", "sits", "sat")
	shutAway  = set("excluded", "suspended", "expelled", "bullied", "restrained", "isolated", "assessed", "screened", "diagnosed", "statemented", "admitted", "readmitted", "referred", "collected", "reintegrated", "discharged", "placed", "fostered", "adopted", "observed", "hospitalised")
	parentOf  = set("mum", "mam", "dad", "mother", "father", "nan", "gran", "grandma", "grandmother", "grandad", "stepdad", "stepmum", "sister", "brother", "foster", "siblings", "twin", "parents", "carers", "carer", "family")
	inSchool  = set("class", "lesson", "lessons", "playground", "corridor", "lunch", "lunchtime", "lunchtimes", "homework", "phonics", "timetable", "assembly", "carpet", "toilet", "toilets", "attendance", "classroom", "break", "breaktime", "breaktimes", "taxi", "gate", "uniform", "school", "ta", "tas", "teacher", "friends", "peers", "adult", "adults", "form", "set", "gcse", "gcses", "sats", "home", "term", "nursery", "reception", "exam", "exams", "paper", "spelling", "handwriting", "reading", "maths", "behaviour", "detention", "detentions", "isolation", "mocks", "pencil", "desk", "table", "stairs", "hospital", "tests", "mock", "pe", "lunchbox", "bus", "science", "french", "toileting", "hoist", "frame", "dinosaurs", "lego", "coat", "shoes", "english", "gcses", "days", "peg", "bag", "spell")
	givenOne  = set("extra", "breaks", "plan", "hours", "placement", "place", "review", "referral", "passport", "reader", "scribe", "laptop", "support", "intervention", "exclusion", "suspension", "reintegration", "prompter", "transition", "iep", "funding", "targets", "panel", "caseworker", "tribunal", "assessment", "camhs", "paediatrician", "ep", "salt", "ot", "physio", "register", "overlay", "medicine", "inhaler", "epipen", "dinners")
	measured  = set("age", "score", "scores", "scored", "percentile", "standardised", "decode", "words", "level", "levels", "wpm")
	atWork    = set("ecrit", "training", "course", "courses", "webinar", "webinars", "blog", "podcast", "research", "conference", "recommend", "recommends", "recommended", "delivers", "delivered", "delivering", "presented", "speaking", "speaks", "published", "author", "authors", "talk", "talks", "colleague", "colleagues", "retired", "retires", "retiring", "consultant", "appointed", "covering", "covers", "leads", "email", "emailed", "contact", "phone", "thanks", "thank", "advice", "advises", "advised", "advise", "wrote", "written", "writing", "says", "said", "argues", "suggests", "suggested", "suggestion", "explains", "explained", "shared", "shares", "shows", "showed", "chaired", "taught", "teaches", "teach", "teaching", "supports", "works", "worked", "working", "website", "service", "university", "college", "charity", "workshop", "workshops", "keynote", "slides", "handout", "resources", "resource", "books", "book", "chapter", "theory", "model", "approach", "framework", "programme", "screener", "assessor", "interview", "interviewed", "elected", "award", "manager", "deputy", "trust", "foundation", "minister", "mp", "lawyer", "judge", "solicitor", "retirement", "maternity", "leave", "replaced", "successor", "interim", "volunteer", "governor", "governors", "runs", "ran", "trained", "qualified", "job", "visited", "visits", "clinic", "trainer", "inset", "team", "nurse", "therapist", "psychologist", "inspector", "inspected", "colouring", "song", "songs", "episode", "series", "film", "programmes", "campaign", "petition", "tweet", "twitter", "actor", "singer", "comedian", "player", "footballer", "coach", "posted", "replied", "asked", "answered", "agrees", "agreed", "argued", "invented", "designed", "developed", "devised", "founded", "sells", "publishes", "edited", "translated", "quoted", "quotes", "cited", "died", "born", "memorial", "house", "street", "road", "hall", "building", "agency", "cover", "takes", "minutes", "rota", "contract", "news", "council", "posters", "senco", "sendco", "sencos", "tongue", "papers", "opened", "union", "barrister", "physio", "leaflet", "teaching", "retire", "predecessor", "office", "hospitals", "cakes", "copied", "network", "list", "chronology", "ofsted", "dfe", "government", "cluster", "year's", "meeting", "role", "site", "snag")
	manyOf    = set("pupils", "children", "students", "boys", "girls", "kids", "learners", "youngsters", "teenagers", "teachers", "sencos", "schools", "people", "families")
	hesheThey = set("he", "she", "him", "her", "his", "hers", "himself", "herself")
	notChild  = set("come", "make", "attend", "take", "say", "tell", "answer", "know", "do", "be", "want", "fund", "help", "see", "find", "pay", "send", "give", "let", "sign", "like", "help", "support", "believe", "fill", "meeting", "meetings", "conference", "email", "reply", "agree", "think", "recommend", "remember", "webinar", "training", "advise")
	writesTo  = set("dear", "hi", "hello", "hey", "thanks", "thank", "regards", "wishes", "cheers", "am", "m", "from", "by", "cc", "via", "ask", "contact", "email", "with", "to", "colleague", "mr", "mrs", "see")
)

// More signs.
var (
	saysOfOne = set("has", "had", "needs", "is", "was", "got", "gets", "keeps", "kept", "goes", "went", "comes", "came", "wants", "likes", "hates", "loves", "will", "eats", "ate", "finds", "tries", "wears", "uses", "walked", "stays", "turned", "returned", "scored", "stopped", "spends", "sees", "slept", "only", "still", "falls", "thinks", "doesn", "won", "can")
	leadsTo   = set("for", "on", "of", "about", "re", "with", "like")
	helped    = set("stop", "settle", "keep", "include", "calm", "manage", "support", "help", "get", "move", "moved", "place", "admitted", "admit", "persuade", "encourage", "collect", "assess", "refer", "suspend", "exclude", "remove", "that")
)

// enoughOf is how many signs make a name a child's.
const enoughOf = 3

// portrayed reports that what is said around a whole name is what is said of a child in school: what they do, cannot do, need or get, who
// their family are. One word does not make a child; words of a grown-up's work undo them.
func (d *doc) portrayed(n name) bool {
	before := d.lower(n.from - 1)
	switch {
	case d.part == FileName, d.part == FileText, !d.is(n.from, word, first), d.is(n.from, word, month), d.alone(n):
		return false
	case writesTo[before] && !d.troubledBy(n), d.sign(n.from-1) == ':' && writesTo[d.lower(n.from-2)], taught[before] && !leadsTo[before]:
		return false
	case d.ownsPlace(n), d.isGrown(n.to), d.grownLeads(n):
		return false
	}
	from, to := d.sentence(n)
	score, strong := 0, false
	add := func(points int) {
		score += points
		strong = strong || points > 1
	}
	if saysOfOne[d.lower(n.to)] || helped[before] {
		add(1)
	}
	if what := d.lower(n.from - 2); leadsTo[before] && (givenOne[what] || childNouns[what] || what == "notes" || what == "ideas" || what == "options" || what == "hope" || what == "loss" || what == "log") && d.lower(n.to) != "to" {
		add(2)
	}
	for i := from; i < to; i++ {
		if i >= n.from && i < n.to {
			continue
		}
		d.signAt(n, i, add)
	}
	if next := d.lower(d.soft(to + 1)); to > n.to && (hesheThey[next] || next == "mum" || next == "dad") {
		end := d.sentenceEnd(to + 1)
		for i := to + 1; i < end; i++ {
			d.signAt(n, i, add)
		}
	}
	return score >= enoughOf && (strong || score > enoughOf+1)
}

// troubledBy reads "at a loss with NAME", "What would you try with NAME".
func (d *doc) troubledBy(n name) bool {
	if d.lower(n.from-1) != "with" {
		return false
	}
	switch d.lower(n.from - 2) {
	case "loss", "try", "do", "struggling", "end", "day", "trouble", "problems", "morning", "afternoon", "lesson":
		return true
	}
	return false
}

// signAt counts what one word says of a name.
func (d *doc) signAt(n name, i int, add func(points int)) {
	w, behind := d.lower(i), i >= n.to
	if d.at(i).form != word {
		return
	}
	switch {
	case !behind && (saidBy[w] || w == "asked"): // "Mum says that NAME"
	case atWork[w]:
		add(-3)
	case manyOf[w]:
		add(-2)
	case childNouns[w] && i == n.from-2 && d.lower(i+1) == "like": // "a child like NAME"
	case childNouns[w] && !d.isAnyChild(n, i):
		add(-4) // another child
	case w == "as" && behind && (d.is(i+2, word, role) || d.is(i+3, word, role) || d.lower(i+2) == "mentor" || d.lower(i+3) == "mentor"):
		add(-4) // "as a TA"
	case hasNeed[w]:
		add(2)
	case parentOf[w]:
		add(2)
	case behind && childActs[w] && (i < n.to+4 || hesheThey[d.lower(i-1)] || hesheThey[d.lower(i-2)] || d.lower(i-1) == "and"):
		if hurts[w] || w == "hit" {
			if d.soon(i+1, 2, turns) {
				return
			}
		}
		add(2)
	case w == "home" && d.lower(i-1) == "sent", (w == "aid" || w == "aids") && d.lower(i-1) == "hearing":
		add(2)
	case behind && shutAway[w] && i < n.to+6:
		add(2)
	case behind && (w == "can" || w == "won" || w == "doesn" || w == "isn" || w == "hasn" || w == "couldn" || w == "wouldn" || w == "didn") && d.sign(i+1) == '\'':
		if !d.soon(i+3, 2, notChild) {
			add(2)
		}
	case behind && (w == "not") && i < n.to+4:
		add(1)
	case measured[w]:
		add(1)
	case hesheThey[w] && behind:
		add(1)
	case inSchool[w], givenOne[w]:
		add(1)
	default:
		if _, ok := d.schoolYear(i); ok && !yearNouns[d.lower(i+2)] && !d.is(i+2, word, role) {
			add(2)
		} else if w == "aged" || w == "old" && d.lower(i-1) == "years" {
			add(2)
		}
	}
}

// isAnyChild reports a word for a child at token i that does not say who somebody else is: "another child", "a child".
func (d *doc) isAnyChild(n name, i int) bool {
	before := d.lower(i - 1)
	return i > n.to && (before == "another" || before == "other" || before == "a" && d.lower(i+1) != "who" && d.lower(i+1) != "in" && d.lower(i+1) != "with")
}

// grownLeads reads "The teacher of the deaf, NAME, gets" and "a tutor named NAME".
func (d *doc) grownLeads(n name) bool {
	from := n.from
	if d.sign(n.from-1) == ',' {
		from, _ = d.sentence(n)
	} else if w := d.lower(n.from - 1); w == "named" || w == "called" {
		from = n.from - 3
	}
	for i := from; i < n.from; i++ {
		if d.is(i, word, role) {
			return true
		}
	}
	return false
}

// isGrown reads "is our new physio" and "has been a SENCO", at the word behind a name.
func (d *doc) isGrown(i int) bool {
	switch d.lower(i) {
	case "is", "was", "has", "became", "as":
	default:
		return false
	}
	for k := i + 1; k < i+6 && d.at(k).form == word; k++ {
		if w := d.lower(k); d.is(k, word, role) || clinicians[w] || w == "barrister" {
			return !hesheThey[d.lower(k-1)] // "is with her EP"
		}
	}
	return false
}

// ownsPlace reads "NAME's riding school".
func (d *doc) ownsPlace(n name) bool {
	if d.sign(n.to) != '\'' {
		return false
	}
	for k := n.to + 1; k < n.to+5; k++ {
		if d.is(k, word, institution|paper) || atWork[d.lower(k)] {
			return true
		}
	}
	return false
}

// alone reports a name on a line of its own, as a signature has it.
func (d *doc) alone(n name) bool {
	begins := n.from == 0 || d.at(n.from-1).form == end
	next := d.at(n.to)
	return d.part != Subject && begins && (next.form == end || next.form == sign && (next.sign == '|' || next.sign == ',') && d.at(n.to+1).form == end)
}

// sentence is where the sentence of a name begins and ends.
func (d *doc) sentence(n name) (from, to int) {
	from = n.from
	for from > 0 && from > n.from-sentenceFar && !d.sentenceStops(from-1) {
		from--
	}
	return from, d.sentenceEnd(n.to)
}

func (d *doc) sentenceEnd(i int) int {
	for k := i; k < i+sentenceFar; k++ {
		if k >= len(d.tokens) || d.sentenceStops(k) {
			return k
		}
	}
	return i + sentenceFar
}

func (d *doc) sentenceStops(i int) bool {
	s := d.sign(i)
	return s == '.' || s == '?' || s == '!' || d.at(i).form == end && d.soft(i) == i
}
