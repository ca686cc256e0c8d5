package guard

import "strings"

// A plan's name, its words in small letters; "-" between two of them does not matter.
//
// ceiling: flat table
var planNames = strings.Split(strings.TrimSpace(`
ehcp|ehcps|ehpc|echp|ehp|ehc plan|ehc plans|ehc assessment|ehc needs assessment|ehc|ehcna|ehcnas|ehcar|ehcpna|iep|ieps|ilp|ilps|idp|idps|isp|isps|psp|psps|pep|peps|peep|peeps|pcp|ihp|ihcp|ibp|bsp|asp|apdr|mdt|cin|eha|tac|caf
education health and care plan|education health care plan|education health and care needs assessment|education plan|education health and care|education , health and care plan|education , health and care|education , health and care needs assessment
one page profile|one page profiles|pupil passport|pupil passports|pupil profile|pupil profiles|pupil plan|student passport|student profile|passport|passports|profile
annual review|annual reviews|interim review|emergency review|early review|early annual review|interim annual review|emergency annual review|transition review|transition plan|review meeting|my plan
referral|referrals|camhs referral|salt referral|mash referral|safeguarding referral|safeguarding plan|chronology
support plan|support plans|behaviour plan|behaviour support plan|care plan|care plans|healthcare plan|health care plan|health plan|provision map|provision plan|needs assessment|statutory assessment|statement|statements|risk assessment|individual support plan|individual education plan|individual healthcare plan|individual health plan|individual provision map|individual behaviour plan|individual development plan|individual plan|individual risk assessment|personal plan|personal support plan|personal emergency evacuation plan|personal education plan|early help|early help assessment|early support plan|learning plan|learning passport|learning support plan|plan|plans|casework
cynllun datblygu unigol|cynllun|section f|section b|section i|section e|social story|social stories|reduced timetable|part time timetable|form 8|access arrangements|ep report|salt report|ot report|dyslexia report|autism assessment|adhd assessment|dyslexia assessment|sensory profile|boxall profile|targets|transition passport|transition profile|support passport
`), "\n")

// plansBy holds the names by their first word, the longest first.
var plansBy = func() map[string][][]string {
	by := make(map[string][][]string)
	for _, line := range planNames {
		for s := range strings.SplitSeq(line, "|") {
			w := strings.Fields(s)
			by[w[0]] = append(by[w[0]], w)
		}
	}
	for _, all := range by {
		for i := range all {
			for k := i + 1; k < len(all); k++ {
				if len(all[k]) > len(all[i]) {
					all[i], all[k] = all[k], all[i]
				}
			}
		}
	}
	return by
}()

// loosePlans are words of everyday, which count only beside a name that is sure.
var loosePlans = map[string]bool{"plan": true, "plans": true, "passport": true, "passports": true, "profile": true, "statement": true, "statements": true, "asp": true, "cin": true, "tac": true, "caf": true, "mdt": true, "casework": true, "targets": true, "risk assessment": true, "review meeting": true, "chronology": true, "ehp": true, "education": true, "section": true, "cynllun": true}

const (
	planWhyOf  = "a child's name may stand in it, beside a plan, a review or a referral"
	planWhyHas = "it may say whose plan, review or referral it is"
)

// plan is the name of a plan in a text.
type plan struct {
	from, to int
	loose    bool
}

// planAt reads the name of a plan at token i.
func (d *doc) planAt(i int) (plan, bool) {
	if !d.is(i, word, planStart) {
		return plan{}, false
	}
	for _, words := range plansBy[d.lower(i)] {
		j, ok := i+1, true
		for _, w := range words[1:] {
			if d.sign(j) == '-' || d.sign(j) == ',' && w != "," || d.sign(j) == '&' {
				j++
			}
			if j = d.soft(j); d.lower(j) != w && !(w == "and" && d.sign(j-1) == '&') {
				ok = false
				break
			}
			if !(w == "and" && d.lower(j) != "and") {
				j++
			}
		}
		if ok {
			return plan{i, j, loosePlans[strings.Join(words, " ")]}, true
		}
	}
	return plan{}, false
}

// plans finds plans, reviews and referrals with a child's name.
func (d *doc) plans() {
	for i := 0; i < len(d.tokens); i++ {
		if p, ok := d.planAt(i); ok {
			d.planOf(p)
			i = p.to - 1
		}
	}
	for _, n := range d.names {
		d.nameAndPlan(n)
	}
}

// Between a plan and its link at most so many words may stand: "the referral we made to CAMHS in June for".
const planReach = 7

// planOf looks behind a plan for whose it is: "EHCP for Oliver Marsh", "IEP - Oliver Marsh".
func (d *doc) planOf(p plan) {
	words := 0
	for i := p.to; i < p.to+planReach+2; i++ {
		i = d.soft(i)
		t := d.at(i)
		switch {
		case t.form == end, t.form == sign && strings.IndexByte(":-(,/\"'.\t", t.sign) < 0, t.form == sign && t.sign == '.' && d.part != FileName:
			return
		case t.form == sign:
			if t.sign == ',' || t.sign == '\'' || t.sign == '"' || t.sign == '\t' || t.sign == '/' {
				if d.part != FileName && t.sign != '\t' {
					if t.sign != '"' {
						words = max(words, 2)
					}
					continue
				}
			}
			if n, ok := d.nameAfter(i + 1); ok && words == 0 && d.enough(n) && !n.small && d.planNamed(p, n) {
				d.find(Plan, n.from, n.to, planWhyOf)
				return
			}
		case t.class&link != 0:
			if n, ok := d.nameAfter(i + 1); ok && d.linked(p, n, words) {
				d.find(Plan, n.from, n.to, planWhyOf)
				return
			}
			if d.lower(i) == "of" || d.lower(i) == "for" || d.lower(i) == "about" || d.lower(i) == "re" {
				words++
			}
		case t.class&paper != 0 && words == 0:
			words = 5 // a model, unless a whole name follows
		case (d.part == FileName || d.part == Subject) && words <= 1 && t.form == word:
			if n, ok := d.nameAt(i); ok && d.planNamed(p, n) && d.enough(n) {
				d.find(Plan, n.from, n.to, planWhyOf)
				return
			}
			words++
		default:
			words++
		}
		if words > planReach {
			return
		}
	}
}

// nameAfter reads a name after a link and at most five words such as "our", "a pupil called", "Year 4".
func (d *doc) nameAfter(i int) (name, bool) {
	for n := 0; n <= 6; n++ {
		i = d.soft(i)
		t := d.at(i)
		if t.form == word && (t.class&filler == 0 || t.class&first != 0 && t.capital) {
			if found, ok := d.nameAt(i); ok {
				return found, true
			}
			if found, ok := d.surnameFirst(i); ok {
				return found, true
			}
			return d.initialFirst(i)
		}
		if t.form == end || t.form == number && d.at(i-1).class&yearWord == 0 || t.form == sign && strings.IndexByte(":-(\"'*", t.sign) < 0 {
			return name{}, false
		}
		i++
	}
	return name{}, false
}

// linked judges a name behind "for", "of" or "about".
func (d *doc) linked(p plan, n name, words int) bool {
	if n.titled || n.place || n.allowed || d.isModel(n.to) {
		return false
	}
	switch n.strength {
	case whole:
		return true
	case alone:
		if d.is(n.to, word, institution|role) || d.sign(n.to) == '\'' || p.loose && d.lower(n.to) == "to" || n.unsure && (p.loose || words > 1) {
			return false
		}
		return words <= 4 && !p.loose || words == 0
	}
	return words <= 3 && !p.loose
}

// planNamed judges a name that stands right beside a plan.
func (d *doc) planNamed(p plan, n name) bool {
	return !n.titled && !n.place && !n.allowed && !d.isModel(p.to) && !d.isModel(n.to) && !p.loose
}

// enough reports a name that needs no link beside a plan: a whole one, or in the name of a file one that is nothing else.
func (d *doc) enough(n name) bool {
	return n.strength == whole || d.part == FileName && n.strength == alone && !n.unsure
}

// isModel reports that what stands at i makes a model of a plan, of which anybody may be the author: "'s checklist".
func (d *doc) isModel(i int) bool {
	if d.sign(i) == '\'' {
		i++
		if d.lower(i) == "s" {
			i++
		}
	}
	for k := i; k < i+3; k++ {
		t := d.at(k)
		if t.form != word {
			return false
		}
		if t.class&paper != 0 {
			return true
		}
	}
	return false
}

// nameAndPlan looks behind a name: "Oliver's EHCP", "Oliver Marsh annual review", "Oliver Marsh has an EHCP".
func (d *doc) nameAndPlan(n name) {
	if n.titled || n.place || n.allowed {
		return
	}
	i, reach, verb := n.to, 3, false
	switch {
	case d.sign(i) == '\'' && d.at(i).glued:
		if i++; d.lower(i) == "s" && d.at(i).glued {
			i++
		}
	case !d.enough(n):
		return
	case d.is(i, word, having), d.lower(i) == "was" && d.is(i+1, word, having):
		i, reach, verb = i+1, 3, true
	case d.sign(i) == '(' || d.sign(i) == ',':
		i, reach = d.yearsAfter(i+1), 0
	case d.sign(i) == '-' || d.sign(i) == ':' || d.sign(i) == '_' || d.sign(i) == '\t':
		i, reach = i+1, 0
	default:
		reach = 0
	}
	if d.part == FileName {
		reach = 2
	}
	for k := i; k <= i+reach; k++ {
		k = d.soft(k)
		if p, ok := d.planAt(k); ok {
			if d.isModel(p.to) || p.loose && (n.strength != whole || verb) || verb && (n.strength == alone || d.isWork(p.to)) {
				return
			}
			if n.strength == alone && n.unsure && d.lower(n.to) != "" && d.sign(n.to) != '\'' {
				return
			}
			d.find(Plan, n.from, n.to, planWhyHas)
			return
		}
		if d.at(k).form != word && !(d.part == FileName && d.sign(k) == '-') {
			return
		}
	}
}

// isWork reports what a grown-up has to do with plans: "an EHCP meeting".
func (d *doc) isWork(i int) bool {
	switch d.lower(i) {
	case "meeting", "meetings", "deadline", "panel", "to", "question", "questions", "role", "job":
		return true
	}
	return false
}

// yearsAfter passes over a school year and commas: "Oliver Marsh, Y4, EHCP".
func (d *doc) yearsAfter(i int) int {
	for range 3 {
		if to, ok := d.schoolYear(i); ok {
			i = to
		}
		if d.sign(i) == ',' {
			i++
		}
	}
	return i
}

// hints finds a first name beside a school year.
func (d *doc) hints() {
	if d.part == FileName || d.part == FileText {
		return
	}
	for i := range d.tokens {
		if !d.is(i, word, first) || !d.at(i).capital || d.at(i).class&(common|month|title) != 0 {
			continue
		}
		n, ok := d.nameAt(i)
		if !ok || n.titled || n.allowed || n.place || d.covered(n) {
			continue
		}
		if d.yearBeside(n) {
			d.find(FirstName, n.from, n.to, "a first name stands beside a school year")
		}
	}
}

// covered reports that a name is a part of something that holds.
func (d *doc) covered(n name) bool {
	for _, f := range d.found {
		if f.kind != FirstName && f.start < int(d.tokens[n.to-1].end) && int(d.tokens[n.from].start) < f.end {
			return true
		}
	}
	return false
}

// yearBeside reports a school year within four words of a name, in the same sentence.
func (d *doc) yearBeside(n name) bool {
	for i := n.to; i < n.to+5; i++ {
		i = d.soft(i)
		if t := d.at(i); t.form == end || t.form == sign && t.sign != '(' && t.sign != ',' && t.sign != '-' && t.sign != '\'' {
			break
		}
		if to, ok := d.schoolYear(i); ok {
			return !d.roleSoon(to) && !d.is(to, word, institution)
		}
	}
	for i := n.from - 1; i >= n.from-6 && i >= 0; i-- {
		if t := d.tokens[i]; t.form == end && d.soft(i) == i || t.form == sign && t.sign != ')' && t.sign != ',' && t.sign != '-' {
			break
		}
		if to, ok := d.schoolYear(i); ok && to <= n.from {
			return !d.roleSoon(to)
		}
	}
	return false
}

// schoolYear reads "Year 4", "Y4", "yr 10" or "Reception" at token i.
func (d *doc) schoolYear(i int) (to int, ok bool) {
	t := d.at(i)
	if t.form != word {
		return 0, false
	}
	if t.class&stage != 0 && t.capital && d.lower(i) != "foundation" {
		return i + 1, true
	}
	if v := d.value(i + 1); t.class&yearWord != 0 && d.lower(i) != "years" && v >= 1 && v <= 13 && d.width(i+1) <= 2 {
		return i + 2, true
	}
	return 0, false
}
