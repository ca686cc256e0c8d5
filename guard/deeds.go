package guard

// Words of what a child does, or is done for a child, beside a whole name.
var (
	hurts       = set("threw", "throws", "bit", "bites", "kicked", "kicks", "punched", "punches", "spat", "spits", "scratched", "scratches", "absconded", "absconds", "headbutted", "slapped", "slaps", "pinched", "pinches", "smeared", "smears", "wets", "soils")
	victims     = set("pupil", "child", "boy", "girl", "children", "pupils", "boys", "girls", "ta", "tas", "teacher", "staff", "me", "adult", "adults", "peer", "peers")
	turns       = set("nail", "head", "bullet", "party", "open", "themselves", "himself", "herself", "light", "towel", "together", "out", "in", "off") // "bit the bullet"
	attacks     = set("seizure", "seizures", "meltdown", "meltdowns", "tantrum", "tantrums", "nosebleed")
	baby        = set("nappies", "nappy", "wets", "soils")
	recent      = set("yesterday", "today", "monday", "tuesday", "wednesday", "thursday", "friday", "week", "term", "finally")
	conditions  = set("asd", "asc", "adhd", "autism", "dyslexia", "dyspraxia", "epilepsy", "fasd", "pda")
	onLists     = set("register", "roll", "statement", "ehcp")
	documents   = set("plan", "ehcp", "statement", "paperwork", "iep")
	givenFor    = set("tribunal", "carer", "diet", "taxi", "escort", "placement", "scribe", "keyworker", "wheelchair", "hoist", "respite", "medication", "epipen")
	worn        = set("paediatrician", "medication", "wheelchair", "seizures", "caseworker", "keyworker", "placement", "epipen", "taxi", "reintegration", "social", "foster", "hearing")
	lifeOfChild = set("adopted", "fostered", "nonverbal", "excluded", "suspended", "statemented")
	refused     = set("down", "again")
	deciders    = set("panel", "la", "lea", "authority", "camhs", "salt", "school", "college")
)

// deeds reports a name with what only a child does beside it, or what is only arranged for one.
func (d *doc) deeds(n name) bool {
	return d.misbehaves(n.to) || d.cannot(n.to) || d.fares(n.to) || d.arrangedFor(n) || d.ownedThings(n) || d.whoIs(n) || d.isHereCalled(n) || d.referred(n)
}

// soon reports one of some words from token i on, in the same sentence.
func (d *doc) soon(i, reach int, words map[string]bool) bool {
	for k := i; k < i+reach; k++ {
		k = d.soft(k)
		t := d.at(k)
		if t.form == end || t.sign == '.' || t.sign == '?' || t.sign == '!' {
			return false
		}
		if words[d.lower(k)] {
			return true
		}
	}
	return false
}

// misbehaves reads "threw a chair", "bit two children", "had three seizures", "is still in nappies", "sees the counsellor and self-harms".
func (d *doc) misbehaves(i int) bool {
	switch w := d.lower(i); {
	case hurts[w]:
		return !d.soon(i+1, 2, turns)
	case w == "hit" || w == "hits" || w == "pushed" || w == "hurt":
		return d.soon(i+1, 3, victims)
	case w == "had" || w == "has":
		return d.soon(i+1, 4, attacks) && !d.soon(i+1, 4, taught)
	case w == "is" || w == "in" || w == "still":
		return d.soon(i, 7, baby)
	}
	for k := i; k < i+9; k++ {
		t := d.at(k)
		if t.form == end && d.soft(k) == k || t.sign == '.' || t.sign == '?' || t.sign == ',' {
			return false
		}
		if w := d.lower(k + 2); d.lower(k) == "self" && d.sign(k+1) == '-' && (w == "harms" || w == "harmed") {
			return true
		}
	}
	return false
}

// cannot reads "can't access the curriculum", "cannot sit still", "won't come through the gate".
func (d *doc) cannot(i int) bool {
	switch w := d.lower(i); {
	case w == "cannot":
		i++
	case (w == "can" || w == "won" || w == "doesn" || w == "couldn") && d.sign(i+1) == '\'':
		i += 3
	case (w == "will" || w == "does" || w == "could") && d.lower(i+1) == "not":
		i += 2
	case w == "refuses" && d.lower(i+1) == "to":
		i += 2
	default:
		return false
	}
	switch what := d.lower(i + 1); d.lower(i) {
	case "sit":
		return what == "still"
	case "access":
		return d.soon(i+1, 3, set("curriculum", "lessons", "learning", "classroom"))
	case "come", "get":
		return d.soon(i+1, 4, set("gate", "gates"))
	}
	return false
}

// fares reads what happens to a child in school: "was diagnosed with ASD on Friday", "is working at pre-key stage 2", "has been in school for
// nine days", "was moved up from stage two of the register", "joins us from a PRU with no plan".
func (d *doc) fares(i int) bool {
	switch {
	case d.lower(i) == "was" && d.lower(i+1) == "diagnosed":
		return d.soon(i+2, 4, conditions) && d.soon(i+3, 7, recent)
	case d.lower(i) == "is" && d.lower(i+1) == "working":
		at := d.lower(i + 2)
		if at != "at" && at != "towards" && at != "below" {
			return false
		}
		_, ok := d.schoolYear(i + 3)
		return ok || d.lower(i+3) == "pre" || d.lower(i+3) == "age" || at == "below"
	case d.lower(i) == "has" && d.lower(i+1) == "been":
		return d.lower(i+2) == "in" && d.lower(i+3) == "school" || d.lower(i+2) == "on" && d.lower(i+3) == "roll"
	case d.lower(i) == "was" && (d.lower(i+1) == "moved" || d.lower(i+1) == "put" || d.lower(i+1) == "placed" || d.lower(i+1) == "taken"):
		return d.soon(i+2, 9, onLists)
	case (d.lower(i) == "joins" || d.lower(i) == "joined") && d.lower(i+1) == "us":
		return d.soon(i+2, 4, set("pru")) || d.soon(i+2, 9, documents) && d.soon(i+2, 9, set("no", "without"))
	}
	return false
}

// arrangedFor reads what leads from an arrangement to a child: "social worker for NAME", "one-to-one for NAME", "25% extra time for NAME",
// "consulted us on NAME", "named us for NAME", "were sent NAME", "give NAME a place", "turned NAME down".
func (d *doc) arrangedFor(n name) bool {
	i := n.from - 1
	what := d.lower(i - 1)
	switch d.lower(i) {
	case "for":
		switch {
		case givenFor[what]:
			return true
		case what == "worker":
			return d.lower(i-2) == "social"
		case what == "time":
			return d.lower(i-2) == "extra"
		case what == "one" || d.value(i-1) == 1:
			return (d.sign(i-2) == '-' || d.sign(i-2) == ':' || d.lower(i-2) == "to") && !d.soon(n.to, 4, set("meeting", "meetings", "supervision"))
		}
		return what == "us" && d.lower(i-2) == "named"
	case "on", "about":
		return what == "us" && d.lower(i-2) == "consulted" || d.lower(i) == "about" && clinicians[what] && d.lower(i-2) != "our"
	case "sent":
		return what == "were" || what == "been"
	case "give", "given", "offer", "offered", "refuse", "refused":
		return d.lower(n.to) == "a" && d.lower(n.to+1) == "place"
	case "turned":
		return deciders[what] && refused[d.lower(n.to)]
	}
	return false
}

// ownedThings reads "NAME's paediatrician", "NAME's hearing aids", "NAME's social worker".
func (d *doc) ownedThings(n name) bool {
	if d.sign(n.to) != '\'' || !d.at(n.to).glued {
		return false
	}
	i := n.to + 1
	if d.lower(i) == "s" && d.at(i).glued {
		i++
	}
	w, next := d.lower(i), d.lower(i+1)
	switch {
	case !worn[w], w == "social" && next != "worker", w == "foster" && next != "carer" && next != "carers", w == "hearing" && next != "aids" && next != "aid":
		return false
	}
	return !d.isModel(i)
}

// whoIs reads "NAME, who is adopted", "NAME, who has a plan", "NAME, who transfers to you", "NAME? He came into care".
func (d *doc) whoIs(n name) bool {
	i := d.soft(n.to)
	if s := d.sign(i); s == '?' || s == '.' {
		i = d.soft(i + 1)
		if w := d.lower(i); w != "he" && w != "she" {
			return false
		}
		into := d.lower(i + 2)
		return (d.lower(i+1) == "came" || d.lower(i+1) == "went" || d.lower(i+1) == "is") && (into == "into" || into == "in") && d.lower(i+3) == "care"
	}
	if d.sign(i) != ',' || d.lower(d.soft(i+1)) != "who" {
		return false
	}
	i = d.soft(i+1) + 1
	switch next := d.lower(i + 1); d.lower(i) {
	case "is", "was":
		return lifeOfChild[next] || next == "in" && d.soon(i+2, 2, set("care"))
	case "has":
		w := d.lower(i + 2)
		return (next == "a" || next == "an" || next == "no") && (documents[w] || d.lower(i+3) == "plan") && !d.isWork(i+3) && d.lower(i+3) != "for"
	case "transfers", "transferred", "moves":
		return next == "to" && (d.lower(i+2) == "you" || d.lower(i+2) == "us")
	}
	return false
}

// isHereCalled reads a sentence that says which child it is: "My most worrying child is NAME", "Her name's NAME; she arrived in June".
func (d *doc) isHereCalled(n name) bool {
	i := n.from - 1
	if d.lower(i) == "s" && d.sign(i-1) == '\'' && d.lower(i-2) == "name" {
		return whose[d.lower(i-3)] && d.soon(n.to, 8, set("he", "she"))
	}
	if d.lower(i) != "is" || !childNouns[d.lower(i-1)] {
		return false
	}
	for k := i - 2; k >= i-6; k-- {
		if w := d.lower(k); w == "our" || w == "my" {
			return k == 0 || d.at(k-1).form == end || d.sign(k-1) == '.'
		}
		if d.at(k).form != word || d.is(k, word, role) {
			return false
		}
	}
	return false
}

// referred reads what a letter is about: "Re: NAME - request for early review", "EHCNA request - NAME".
func (d *doc) referred(n name) bool {
	i := n.from - 1
	if d.sign(i) == ':' && d.lower(i-1) == "re" {
		if s := d.sign(n.to); s != '-' && s != ',' {
			return false
		}
		for k := n.to + 1; k < n.to+6; k++ {
			if p, ok := d.planAt(k); ok {
				return !p.loose && !d.isWork(p.to) && !d.isModel(p.to)
			}
		}
		return false
	}
	if d.sign(i) != '-' && d.sign(i) != ':' || d.lower(i-1) != "request" || d.at(n.to).form != end {
		return false
	}
	for k := i - 2; k > i-5; k-- {
		if p, ok := d.planAt(k); ok && p.to == i-1 {
			return !p.loose
		}
	}
	return false
}
