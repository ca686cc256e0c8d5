package guard

// namedWhy is the reason of a finding of kind FullName.
const namedWhy = "a full name stands there; nothing says whether it is a pupil's"

// Words around the name of somebody who helps, writes or teaches.
var (
	meets    = set("contact", "email", "emailed", "ring", "rang", "phone", "dear", "hi", "hello", "hey", "thanks", "thank", "colleague", "colleagues", "friend", "via", "cc", "by", "regards", "wishes", "cheers", "best", "met", "heard", "follow", "google", "recommend", "author", "authors", "interpreter", "speaker", "inspector", "trainer", "present", "apologies", "confirmed", "attended", "attending", "chair")
	spoken   = set("spoke", "speak", "speaking", "spoken", "talk", "talked", "talking", "thanks", "write", "wrote", "reply", "ask", "email", "emails", "session", "training", "course", "webinar", "work", "research")
	lectures = set("runs", "ran", "trains", "trained", "presents", "presented", "recommends", "recommended", "suggests", "suggested", "explains", "explained", "replied", "emailed", "kindly", "teach", "offers", "offered", "retires", "retired", "delivers", "delivered", "chairs", "chaired", "shared", "posted", "mentioned", "manages", "advises", "advised", "argues", "argued", "organises", "organised")
)

// named gives a hint at whole names in the writer's own words of which nothing says that they are a grown-up's. Most pupils who are named in
// full have no word beside them that says so; who wrote the name knows.
func (d *doc) named() {
	if d.part != Own && d.part != Subject {
		return
	}
	grown := -2 // where a grown-up's name ended
	for _, n := range d.names {
		listed := grown >= n.from-2 && (d.lower(n.from-1) == "and" || d.sign(n.from-1) == ',' || d.sign(n.from-1) == '&')
		switch {
		case !n.isChild() || listed || d.grownUp(n) || d.isTold(n):
			grown = n.to
		case !d.covered(n):
			d.find(FullName, n.from, n.to, namedWhy)
		}
	}
}

// grownUp reports a name that stands where a colleague, a signature, an author or a building does.
func (d *doc) grownUp(n name) bool {
	return d.grownBefore(n) || d.saidNext(n.to) || lectures[d.lower(n.to)] || d.signsOff(n) || d.ledTo(n) || d.workBehind(n) || d.wholeOfPlace(n)
}

// signsOff reports a name that has a line of its own, perhaps with a word in brackets: a signature.
func (d *doc) signsOff(n name) bool {
	to := n.to
	if d.sign(to) == '(' {
		for k := to + 1; k < to+6; k++ {
			if d.sign(k) == ')' {
				to = k + 1
				break
			}
		}
	}
	begins := n.from == 0 || d.at(n.from-1).form == end
	return begins && d.at(to).form == end && d.part != Subject
}

// ledTo reads what leads to somebody who helps or teaches: "the trainer was NAME", "spoke to NAME", "our head, NAME", "Present: NAME".
func (d *doc) ledTo(n name) bool {
	for k, i := 0, n.from-1; k < 5 && i >= 0; k, i = k+1, i-1 {
		t, w := d.at(i), d.lower(i)
		if t.form == sign && (t.sign == '.' || t.sign == '?' || t.sign == '!') || t.form == end && d.soft(i) == i {
			return false
		}
		if d.is(i, word, role) || meets[w] || onStage[w] || spoken[w] && k < 2 {
			return true
		}
	}
	return false
}

// workBehind reads where somebody works: "NAME at the LA", "NAME from RNIB", "NAME is our regional coordinator", "NAME, 07700 900123".
func (d *doc) workBehind(n name) bool {
	if d.sign(n.to) == '\'' {
		return false
	}
	from := d.lower(n.to) == "at" || d.lower(n.to) == "from"
	for k, i := 0, n.to; k < 6; k, i = k+1, i+1 {
		i = d.soft(i)
		t := d.at(i)
		switch {
		case t.form == sign && (t.sign == '.' || t.sign == '?' || t.sign == '!') || t.form == end:
			return false
		case t.form == sign && t.sign == '@', t.form == number && d.width(i) >= 5, d.is(i, word, role), t.form == word && onStage[d.lower(i)]:
			return true
		case from && k < 4 && k > 0 && (d.is(i, word, institution) || t.form == word && t.capital && t.upper && t.end-t.start > 1):
			return true
		}
	}
	return false
}

// wholeOfPlace reads "Queen Elizabeth's High School".
func (d *doc) wholeOfPlace(n name) bool {
	i := n.to
	if d.sign(i) == '\'' && d.at(i).glued && d.lower(i+1) == "s" {
		i += 2
	}
	for k := i; k < i+3 && d.at(k).form == word && d.at(k).capital; k++ {
		if d.is(k, word, institution) {
			return true
		}
	}
	return false
}
