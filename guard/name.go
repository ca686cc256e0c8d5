package guard

// strength is how sure it is that words are a person's name.
type strength byte

const (
	guess strength = iota // two words with capitals that are nothing else that is known
	alone                 // a first name without a surname
	whole                 // a first name and a surname
)

// name is a person's name in a text.
type name struct {
	from, to int // tokens
	strength strength
	unsure   bool // the first name is also a word, a place or a surname
	titled   bool // Mrs, Dr: a grown-up
	place    bool // goes on as the name of a school or a street, or has a grown-up's role behind it
	allowed  bool // stands in the allow-list
	small    bool // without a capital letter
}

// isChild reports that a whole name may be a child's.
func (n name) isChild() bool { return n.strength == whole && !n.titled && !n.place && !n.allowed }

// findNames finds the whole names of a text, for the rules that look from a date or a plan back to a name.
func (d *doc) findNames() {
	d.ends = make(map[int]int)
	for i := 0; i < len(d.tokens); i++ {
		t := d.tokens[i]
		if t.form != word || t.class&first == 0 && !(t.capital && d.sign(i+1) == ',') {
			continue
		}
		n, ok := d.nameAt(i)
		if !ok {
			n, ok = d.surnameFirst(i)
		}
		if !ok || n.small && d.part != FileName {
			continue
		}
		d.names = append(d.names, n)
		d.ends[n.to] = len(d.names)
		i = n.to - 1
	}
}

// nameAt reads a name that begins at token i, in the order first name, surname.
func (d *doc) nameAt(i int) (name, bool) {
	t := d.at(i)
	if t.form != word || t.class&title != 0 && t.class&first == 0 {
		return name{}, false
	}
	if t.upper && t.end-t.start <= 3 && !d.at(i+1).upper {
		return name{}, false // AL9, ED
	}
	n := name{from: i, to: i + 1, unsure: t.class&unsure != 0, small: !t.capital, strength: alone}
	switch {
	case t.class&first == 0:
		n.strength = guess
		if !d.couldBeName(i) {
			return name{}, false
		}
	case t.class&common != 0:
		n.unsure = true
	}
	if n.small && (n.unsure || n.strength == guess) && d.part != FileName {
		return name{}, false
	}
	for n.to < i+6 && d.sign(n.to) == '-' && d.at(n.to).glued && d.at(n.to+1).glued && d.at(n.to+1).form == word && d.at(n.to+1).capital == t.capital && d.part != FileName {
		n.to += 2
	}
	surname := d.surnames(n.to, n.small)
	if surname > n.to {
		n.to = surname
		if n.strength == alone {
			n.strength = whole
		}
	} else if n.strength == guess {
		return name{}, false
	}
	if n.strength == alone && t.class&common != 0 {
		return name{}, false
	}
	d.judgeName(&n)
	return n, true
}

// couldBeName reports a word with a capital letter that is not known to be anything else.
func (d *doc) couldBeName(i int) bool {
	t := d.at(i)
	const other = common | title | month | institution | yearWord | stage | role | planStart | link | paper | filler
	return t.form == word && t.capital && !(t.upper && t.end-t.start < 6) && t.class&other == 0 && t.end-t.start > 1
}

// particles stand inside surnames.
var particles = map[string]bool{"de": true, "van": true, "der": true, "den": true, "von": true, "al": true, "el": true, "bin": true, "ap": true, "ibn": true, "da": true, "dos": true, "di": true, "la": true, "le": true, "ben": true, "ul": true, "ur": true, "st": true}

// surnames passes over the surnames at token i, at most four with particles, and returns where they end.
func (d *doc) surnames(i int, small bool) int {
	end := i
	for n := 0; n < 4; n++ {
		j := i
		if d.part == FileName && d.sign(j) == '-' {
			j++
		}
		if k := d.soft(j); k != j && (d.part == Own || d.part == Quoted) {
			if d.sign(k+1) == ':' || n > 0 {
				return end // a field of a quoted head
			}
			j = k
		}
		if particles[d.lower(j)] && d.sign(j+1) == '-' {
			j += 2
		} else if particles[d.lower(j)] && d.at(j+1).form == word && d.at(j+1).capital {
			j++
		}
		if !d.isSurname(j, small) {
			return end
		}
		j++
		for k := j + 6; j < k && (d.sign(j) == '\'' && d.at(j).glued && d.at(j+1).glued && d.at(j+1).capital || // O'Connor
			d.sign(j) == '-' && d.at(j).glued && d.at(j+1).glued && d.at(j+1).form == word && d.at(j+1).capital && d.part != FileName); {
			j += 2
		}
		if d.sign(j) == '.' && d.width(j-1) == 0 && d.at(j-1).end-d.at(j-1).start == 1 && d.at(j).glued {
			j++ // an initial
		}
		i, end = j, j
	}
	return end
}

// isSurname reports a word that may be a surname behind a first name.
func (d *doc) isSurname(i int, small bool) bool {
	t := d.at(i)
	const other = title | month | institution | yearWord | stage | role | planStart | link | paper | having | birthWord
	if t.form != word {
		return false
	}
	if small { // in small letters only what is quite unlike a word
		return t.class&(common|other|filler|rangeWord) == 0 && t.end-t.start > 2 && !t.capital && d.part == FileName
	}
	if !t.capital {
		return false
	}
	if t.end-t.start == 1 {
		return d.sign(i+1) == '.' || d.sign(i+1) == '\'' || t.class&(common|link|yearWord) == 0
	}
	if t.upper && t.end-t.start <= 5 && !d.at(i-1).upper {
		return false // an abbreviation, unless all is in capitals
	}
	return t.class&surname != 0 || t.class&common == 0 && (t.class&other == 0 || t.class&first != 0 && t.class&month == 0)
}

// surnameFirst reads "Marsh, Oliver".
func (d *doc) surnameFirst(i int) (name, bool) {
	j := i + 1
	for j < i+6 && d.sign(j) == '-' && d.at(j).glued && d.at(j+1).glued && d.at(j+1).capital {
		j += 2
	}
	t := d.at(j + 1)
	if d.sign(j) != ',' || t.form != word || t.class&first == 0 || t.class&common != 0 || !t.capital || d.at(i).class&common != 0 || !d.isSurname(i, false) && !d.shouted(i) {
		return name{}, false
	}
	n := name{from: i, to: j + 2, strength: whole, unsure: true}
	d.judgeName(&n)
	return n, true
}

// initialFirst reads "O. Marsh".
func (d *doc) initialFirst(i int) (name, bool) {
	t := d.at(i)
	j := i + 1
	if d.sign(j) == '.' && d.at(j).glued {
		j++
	}
	if t.form != word || !t.capital || t.end-t.start != 1 || !d.couldBeName(j) {
		return name{}, false
	}
	n := name{from: i, to: j + 1, strength: guess}
	d.judgeName(&n)
	return n, true
}

// shouted reports a word in capitals that is nothing known: MARSH.
func (d *doc) shouted(i int) bool {
	t := d.at(i)
	return t.form == word && t.upper && t.end-t.start > 2 && t.class&^(first|unsure|surname) == 0
}

// judgeName looks at what stands around a name.
func (d *doc) judgeName(n *name) {
	i := n.from - 1
	if d.sign(i) == '.' {
		i--
	}
	n.titled = d.is(i, word, title)
	for i := n.from; i < n.to; i++ {
		n.allowed = n.allowed || d.tokens[i].allowed
	}
	j := n.to
	if d.is(j, word, institution) && d.at(j).class&planStart == 0 && d.at(j).capital || d.is(j, word, role) && n.strength != alone && !d.saysOfChild(j) {
		n.place = true
	}
	for range 3 { // Oliver Goldsmith Primary School, St Mary's
		if t := d.at(j); t.form != word || !t.capital {
			break
		}
		if d.is(j, word, institution) && d.at(j).class&planStart == 0 {
			n.place = true
		}
		j++
	}
	if s := d.sign(n.to); (s == ',' || s == '(' || s == '-' || s == '|') && n.strength == whole && d.roleSoon(n.to+1) {
		n.place = true
	}
}

// saysOfChild reports a role word that also begins what belongs to a child.
func (d *doc) saysOfChild(i int) bool { return d.lower(i) == "assistant" }

// roleSoon reports a grown-up's role within three words on the same line: "Jane Holt, our new SENCO".
func (d *doc) roleSoon(i int) bool {
	for k := i; k < i+3; k++ {
		t := d.at(k)
		if t.form != word {
			return false
		}
		if t.class&role != 0 {
			return true
		}
	}
	return false
}
