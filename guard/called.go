package guard

// calledWhy is the reason of a finding of kind Child.
const calledWhy = "it may be the full name of a pupil: a word beside it says so"

// set makes a set of words.
func set(words ...string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, w := range words {
		all[w] = true
	}
	return all
}

// Words around the name of a pupil.
var (
	childNouns  = set("pupil", "student", "child", "learner", "boy", "girl", "lad", "lass", "son", "daughter", "youngster", "toddler")
	childrenOf  = set("pupils", "students", "children", "learners", "boys", "girls", "lads", "youngsters")
	ours        = set("our", "my", "this", "another")
	theirs      = set("her", "his", "their", "your") // of sons and daughters
	grownUps    = set("former", "ex", "old", "past", "phd", "doctoral", "ma", "msc", "med", "trainee", "postgraduate", "undergraduate", "university", "research", "masters", "placement", "every", "each", "any")
	saidBy      = set("says", "said", "wrote", "writes", "thinks", "think", "thought", "supports", "mentors", "sees", "teaches", "describes", "described", "knows", "works", "worked", "met", "tells", "told", "leads")
	behindNoun  = set("in", "at", "with", "who", "whose", "that", "on", "aged", "here", "from", "and", "but", "has", "needs")
	toldOf      = set("book", "books", "novel", "novels", "film", "films", "character", "characters", "author", "poem", "fictional", "imaginary", "imagines", "invented", "journal", "thesis", "statue", "inquest", "death", "biography", "autobiography", "documentary", "jokes", "judgment", "example", "study", "series", "tale", "tales")
	childAges   = set("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
	sentenceFar = 30 // tokens of a sentence that are looked at on either side
)

// called finds whole names beside a word that says that a pupil has them: "our pupil NAME", "a boy called NAME", "Pupil: NAME",
// "NAME is a pupil in my class". Who is told of in a book is nobody here.
func (d *doc) called() {
	if d.part == FileName {
		return
	}
	before := -2 // where the name ended that was found last
	for _, n := range d.names {
		if !n.isChild() {
			continue
		}
		listed := before == n.from-1 && (d.lower(n.from-1) == "and" || d.sign(n.from-1) == ',')
		if !listed && !d.calledBefore(n) && !d.calledAfter(n) && !d.signed(n) || d.isTold(n) {
			continue
		}
		before = n.to
		if !d.covered(n) {
			d.find(Child, n.from, n.to, calledWhy)
		}
	}
}

// calledBefore looks at what leads to a name.
func (d *doc) calledBefore(n name) bool {
	i := n.from - 1
	if d.sign(i) == '"' || d.sign(i) == '\'' {
		i--
	}
	switch {
	case d.saysCalled(i):
		if w := d.lower(n.to); d.lower(i) == "called" && (w == "a" || w == "an") {
			return false // "called Jane Holt a liar"
		}
		if i--; d.lower(i) == "is" {
			i--
		}
		return d.isPupil(i, false)
	case d.lower(i) == "is" && d.lower(i-1) == "name":
		return d.hasName(i-2) || d.saysAge(n.to)
	case d.lower(i) == "is":
		return d.inQuestion(i-1) && !d.saidNext(n.to)
	}
	if s := d.sign(i); s == ':' || s == '\t' || s == '-' {
		if d.isLabel(i - 1) {
			return true
		}
	}
	if s := d.sign(i); s == ',' || s == '(' || s == '-' || s == ':' {
		i--
	}
	return (d.isPupil(i, true) || d.inQuestion(i)) && !d.saidNext(n.to)
}

// isPupil reports a word for a child that ends at token i, with what makes it one of somebody's here where owned is set: "our Year 5
// pupil", "one of our pupils". A grown-up's words in between end that.
func (d *doc) isPupil(i int, owned bool) bool {
	noun := d.lower(i)
	young := (noun == "lady" || noun == "man") && d.lower(i-1) == "young"
	many := childrenOf[noun]
	if !childNouns[noun] && !many && !young {
		return false
	}
	family := noun == "son" || noun == "daughter" || noun == "child" || noun == "boy" || noun == "girl"
	for k := i - 1; k >= 0 && k >= i-6; k-- {
		w, t := d.lower(k), d.at(k)
		switch {
		case grownUps[w]:
			return false
		case t.form == end, t.form == sign && t.sign != '-':
			return !owned && !many
		case ours[w] || theirs[w] && family:
			return !many || d.lower(k-1) == "of" && d.lower(k-2) == "one" || owned && noun != "students"
		case w == "the" && owned && k < i-1:
			return noun == "boy" || noun == "girl" || noun == "lad"
		case w == "a" || w == "an" || w == "the":
			return !owned && !many && !grownUps[d.lower(i-1)]
		}
	}
	return !owned && !many
}

// inQuestion reports "the child in question", "the pupil concerned".
func (d *doc) inQuestion(i int) bool {
	switch {
	case d.lower(i) == "question" && d.lower(i-1) == "in":
		return childNouns[d.lower(i-2)]
	case d.lower(i) == "concerned":
		return childNouns[d.lower(i-1)]
	}
	return false
}

// hasName reports "the child's" at token i, whose name follows.
func (d *doc) hasName(i int) bool {
	return d.lower(i) == "s" && d.sign(i-1) == '\'' && childNouns[d.lower(i-2)]
}

// saysAge reports what is said of children behind a name: "and she is six", ", he is in Year 3".
func (d *doc) saysAge(i int) bool {
	for k := i; k < i+3; k++ {
		if w := d.lower(k); (w == "he" || w == "she") && d.lower(k+1) == "is" {
			if d.lower(k+2) == "in" {
				_, ok := d.schoolYear(k + 3)
				return ok
			}
			v := d.value(k + 2)
			return childAges[d.lower(k+2)] || v >= 2 && v <= 17
		}
	}
	return false
}

// isLabel reports the words of a form, at the beginning of a line: "Pupil", "Pupil name", "Child's name", "Name of child".
func (d *doc) isLabel(i int) bool {
	switch w := d.lower(i); {
	case w == "name" && d.hasName(i-1):
		i -= 3
	case w == "name" && childNouns[d.lower(i-1)]:
		i--
	case childNouns[w] && d.lower(i-1) == "of" && d.lower(i-2) == "name":
		i -= 2
	case !childNouns[w]:
		return false
	}
	return i == 0 || d.at(i-1).form == end || d.sign(i-1) == '\f' || d.sign(i-1) == '\t'
}

// calledAfter looks at what follows a name: "is a pupil in", ", one of our pupils", "(pupil)".
func (d *doc) calledAfter(n name) bool {
	i := n.to
	bracket := d.sign(i) == '('
	switch {
	case d.sign(i) == ',' || bracket:
		i++
	case d.lower(i) == "is":
		i++
	default:
		return false
	}
	if bracket && childNouns[d.lower(i)] && d.sign(i+1) == ')' {
		return true
	}
	one := d.lower(i) == "one" && d.lower(i+1) == "of" && ours[d.lower(i+2)]
	switch {
	case one:
		i += 3
	case d.lower(i) == "a" || d.lower(i) == "an" || ours[d.lower(i)]:
		i++
	default:
		return false
	}
	for k := i; k < i+4; k++ {
		w := d.lower(k)
		if grownUps[w] || w == "of" {
			return false
		}
		if (one && childrenOf[w] || !one && childNouns[w] && w != "student") && d.endsThere(k+1) {
			return true
		}
		if d.at(k).form != word && d.at(k).form != number && d.sign(k) != '-' {
			return false
		}
	}
	return false
}

// endsThere reports that a word for a child has nothing behind it that makes it another word, as in "child psychologist".
func (d *doc) endsThere(i int) bool {
	t := d.at(i)
	if d.lower(i) == "and" && (d.lower(i+1) == "adolescent" || d.lower(i+1) == "family") {
		return false
	}
	return t.form == end || t.form == sign && t.sign != '\'' && t.sign != '-' || behindNoun[d.lower(i)]
}

// saidNext reports that a name is of somebody who does something with the child: "the pupil, Jane Holt says,", "Jane Holt and I".
func (d *doc) saidNext(i int) bool {
	if saidBy[d.lower(i)] || d.lower(i) == "and" && d.lower(i+1) == "i" {
		return true
	}
	return (d.lower(i) == "was" || d.lower(i) == "is") && saidBy[d.lower(i+1)]
}

// isTold reports that the sentence of a name tells of somebody in a book, a film or the news.
func (d *doc) isTold(n name) bool {
	told := func(i int) bool {
		w := d.lower(i)
		switch w {
		case "story", "stories":
			return d.lower(i-1) != "social"
		case "play":
			return d.lower(i-1) == "a" || d.lower(i-1) == "the"
		case "up":
			return d.lower(i-1) == "made" || d.sign(i-1) == '-' && d.lower(i-2) == "made"
		}
		return toldOf[w]
	}
	stop := func(i int) bool {
		return d.sign(i) == '.' || d.sign(i) == '?' || d.sign(i) == '!' || d.at(i).form == end && (i == 0 || d.at(i-1).form == end)
	}
	for i := n.from - 1; i >= 0 && i > n.from-sentenceFar && !stop(i); i-- {
		if told(i) {
			return true
		}
	}
	for i := n.to; i < len(d.tokens) && i < n.to+sentenceFar && !stop(i); i++ {
		if told(i) {
			return true
		}
	}
	return false
}
