package guard

// What is taken for a pupil's age, in years. A date beside a name alone has to be further back, since meetings have names
// beside them too.
const (
	oldestPupil      = 25
	youngestByName   = 3
	oldestByName     = 19
	cueReach         = 9 // tokens between a label and its date
	birthWhyLabelled = "it is labelled as a birth date"
	birthWhyNamed    = "it may be the birth date of the person whose name stands beside it"
)

// births finds birth dates: days with a label, and days of a pupil's age beside a name.
func (d *doc) births() {
	for n, day := range d.dates {
		age := d.age(day)
		if age < 0 || age > oldestPupil {
			continue
		}
		if !d.isRange(n) && (d.birthLabelBefore(day) || d.birthLabelAfter(day)) {
			d.find(Birth, day.from, day.to, birthWhyLabelled)
			continue
		}
		if !day.loose && age >= youngestByName && age <= oldestByName && !d.isAttribution(day) && d.nameBeside(day) {
			d.find(Birth, day.from, day.to, birthWhyNamed)
		}
	}
}

// isRange reports that a day is the beginning or the end of a time: "born between 1 April and 31 August 2022".
func (d *doc) isRange(n int) bool {
	day := d.dates[n]
	if n+1 < len(d.dates) && d.dates[n+1].from == day.to+1 && d.joins(day.to) {
		return true
	}
	if n > 0 && d.dates[n-1].to == day.from-1 && d.joins(day.from-1) {
		return true
	}
	return d.lower(day.to) == "onwards"
}

// joins reports a token that makes one time of two days.
func (d *doc) joins(i int) bool {
	switch d.lower(i) {
	case "and", "to", "until", "till", "or", "-":
		return true
	}
	return false
}

// birthLabelBefore looks back from a day for "born", "DOB", "d.o.b." and "date of birth", in the same paragraph and not
// beyond another day. Words that make it a time or a form of writing end the search.
func (d *doc) birthLabelBefore(day date) bool {
	words := 0
	for i := day.from - 1; i >= 0 && i >= day.from-cueReach && words <= 4; i-- {
		t := d.tokens[i]
		switch {
		case t.form == number:
			return false
		case t.form == end:
			if i == 0 || d.tokens[i-1].form == end {
				return false
			}
		case t.form == word && t.class&birthWord != 0:
			return !d.manyBorn(i)
		case d.isDOB(i):
			return true
		case t.form == word && t.class&rangeWord != 0:
			return false
		case t.form == word:
			words++
			if w := d.lower(i); w == "b" && i == day.from-1 || w == "b" && d.sign(i+1) == '.' && i == day.from-2 {
				return d.ends[i] > 0 || d.sign(i-1) == '(' && d.ends[i-1] > 0
			}
		}
	}
	return false
}

// manyBorn reports "children born", "those born".
func (d *doc) manyBorn(i int) bool {
	switch d.lower(i - 1) {
	case "children", "those", "pupils", "babies", "anyone", "everyone", "all", "students", "summer", "learners":
		return true
	}
	return false
}

// isDOB reports the last letter of "d.o.b.".
func (d *doc) isDOB(i int) bool {
	if d.lower(i) != "b" {
		return false
	}
	j := i - 1
	if d.sign(j) == '.' || d.sign(j) == '/' {
		j--
	}
	if d.lower(j) != "o" {
		return false
	}
	j--
	if d.sign(j) == '.' || d.sign(j) == '/' {
		j--
	}
	return d.lower(j) == "d"
}

func (d *doc) birthLabelAfter(day date) bool {
	for i := day.to; i < day.to+3; i++ {
		t := d.at(i)
		if t.form == end || t.form == sign && t.sign != '(' && t.sign != '-' {
			return false
		}
		if t.form == word {
			return t.class&birthWord != 0 && d.lower(i) != "born"
		}
	}
	return false
}

// isAttribution reports the head of a quoted mail: "On 12 March 2019 at 10:14, Jane Holt wrote:", "Sent: 12 March 2019".
func (d *doc) isAttribution(day date) bool {
	from, to := day.from, day.to
	for from > max(0, day.from-12) && d.tokens[from-1].form != end {
		from--
	}
	for to < day.to+24 && d.at(to).form != end {
		to++
	}
	for i := from; i < to; i++ {
		switch d.lower(i) {
		case "wrote", "sent", "from", "date", "subject", "ecrit", "schrieb", "via", "training", "expires", "appointed", "review", "meeting", "updated", "report":
			return true
		}
		if s := d.sign(i); s == '<' || s == '@' {
			return true // "2009/7/3 Jane Holt <jane@school.example>:"
		}
		if d.sign(i) == ':' && d.width(i+1) == 2 && d.at(i+1).glued && d.width(i-1) > 0 {
			return true // a time of day
		}
	}
	return false
}

// nameBeside reports a whole name right before or after a day, with at most a few signs between them.
func (d *doc) nameBeside(day date) bool {
	i := day.from
	signs := 0
	for i > 0 && signs < 3 && d.tokens[i-1].form == sign && d.tokens[i-1].sign != '.' && d.tokens[i-1].sign != '\f' {
		i--
		signs++
	}
	if n := d.ends[i]; n > 0 && (d.names[n-1].isChild() || d.isCalled(d.names[n-1])) {
		return true
	}
	i, signs = day.to, 0
	for signs < 2 && d.at(i).form == sign && d.at(i).sign != '.' {
		i++
		signs++
	}
	if d.saysCalled(i) {
		n, ok := d.nameAt(i + 1)
		return ok && (n.isChild() || d.isCalled(n))
	}
	n, ok := d.nameAt(i)
	return ok && n.isChild() && d.at(i).form == word
}

// called are words before what somebody is called: a first name alone is a name then.
var called = map[string]bool{"called": true, "named": true}

func (d *doc) saysCalled(i int) bool { return d.at(i).form == word && called[d.lower(i)] }

// isCalled reports a first name right behind "called", "named".
func (d *doc) isCalled(n name) bool {
	return n.strength >= alone && !n.small && !n.titled && !n.place && !n.allowed && d.saysCalled(n.from-1)
}
