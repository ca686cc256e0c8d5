package command

import (
	"slices"
	"strings"
	"sync"
)

// minFuzzy is how many letters a word must have for one wrong letter to be forgiven.
const minFuzzy = 5

// realWords are words of the language that are one letter away from a command. They are not forgiven.
var realWords = wordSet(`weakly fellow hollow crust trusty leaves leaver weave heave lease leased reports reporter resort retort
	cause causes pauses dairy daisy lever fever sever statue react reacts eject ejects except clothe cloth clone chose loose shared shape shard
	spare stare score urban discord writing searches statues refuge reuse mails never every causes dailies scores
	stoops strop pulse passe rejoins refused allows allow follows closer closet posted cancels trusts stats
	resumed paused released closed searched erased recalled redacts`)

// oneOff reports that two words differ by one letter: one too many, one too few, another one, or two that changed places.
func oneOff(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) < len(y) {
		return slices.Equal(x[i:], y[i+1:])
	}
	if slices.Equal(x[i+1:], y[i+1:]) {
		return true
	}
	return i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
}

// nearly reports that ts begins with a phrase in which one letter of one word of at least five is wrong.
func nearly(ts []token, phrase []string) bool {
	if len(ts) < len(phrase) {
		return false
	}
	off := 0
	for i, w := range phrase {
		if ts[i].low == w {
			continue
		}
		if off++; off > 1 || len(w) < minFuzzy || len(ts[i].low) < minFuzzy-1 || realWords[ts[i].low] || !oneOff(ts[i].low, w) {
			return false
		}
		if len(ts[i].low) < minFuzzy {
			return false
		}
	}
	return off == 1
}

// spelling is a phrase by which a word is known, and where.
type spelling struct {
	phrase []string
	word   *Word
	odd    bool // not in mail to the list
	lone   bool // not from moderators
}

// spellings holds every phrase by its first word, and all of them in order.
var spellings = sync.OnceValues(func() (map[string][]spelling, []spelling) {
	byFirst := make(map[string][]spelling)
	var all []spelling
	for i := range table {
		w := &table[i]
		add := func(phrases []string, odd, lone bool) {
			for _, p := range phrases {
				s := spelling{strings.Fields(p), w, odd, lone}
				byFirst[s.phrase[0]] = append(byFirst[s.phrase[0]], s)
				all = append(all, s)
			}
		}
		add([]string{w.Name}, false, false)
		add(w.Also, false, false)
		add(w.Odd, true, false)
		add(w.Lone, false, true)
	}
	return byFirst, all
})

// isCommandWord reports a word with which some command begins, anywhere.
func isCommandWord(low string) bool {
	byFirst, _ := spellings()
	return len(byFirst[low]) > 0
}

// nearest returns the names of the three words that are most like what somebody wrote, out of those of the place.
func (r *reader) nearest(low string) []string {
	type near struct {
		name string
		far  int
	}
	var found []near
	_, all := spellings()
	for _, s := range all {
		if !r.reads(s) || s.word.Name == "help" {
			continue
		}
		d := distance(low, strings.Join(s.phrase, " "))
		i := slices.IndexFunc(found, func(n near) bool { return n.name == s.word.Name })
		if i < 0 {
			found = append(found, near{s.word.Name, d})
		} else {
			found[i].far = min(found[i].far, d)
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.far - b.far })
	var names []string
	for _, n := range found[:min(3, len(found))] {
		names = append(names, n.name)
	}
	return names
}

// distance counts the letters to change, add or leave out (Levenshtein), of at most 40.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 40)], y[:min(len(y), 40)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(y)]
}
