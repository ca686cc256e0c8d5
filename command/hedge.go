package command

import (
	"slices"
	"strings"
)

// hedges are words after which nobody can be sure what is meant. The first lines are the ones that the documentation names; the
// others have been found to say the same.
var hedges = wordSet(`not don't dont never cannot unless unsure maybe perhaps wait if but except instead rather or
	can't cant won't wont isn't wasn't didn't doesn't shouldn't wouldn't couldn't hasn't haven't nor neither either whether
	otherwise although though however provided providing assuming until till once without minus probably possibly hmm actually
	when before after later yet`)

// hedgePhrases are the same in several words.
var hedgePhrases = phrases("hang on", "hold on", "before you", "after you", "apart from", "as soon as", "as long as", "not sure",
	"on second thoughts", "on condition", "in case")

// reversals are what takes a command back in a later paragraph, where other hedges are about other things.
var reversals = wordSet(`wait actually don't dont unless instead ignore scrap hmm unsure maybe perhaps if unless until rather mistake wrong`)

// changes are what people ask for beside a decision, and what no decision does.
var changes = wordSet(`remove delete redact edit change alter amend without name names surname attachment attachments attached file
	first reject approve discard hold stop trust anonymise replace correct take cut hide`)

func wordSet(s string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// hedgeIn returns the first hedge among words, or "". A question mark is one.
func hedgeIn(ts []token) string {
	for i, t := range ts {
		for _, p := range hedgePhrases {
			if phraseAt(ts[i:], p) {
				return strings.Join(p, " ")
			}
		}
		if hedges[t.low] || strings.HasSuffix(t.low, "n't") {
			return t.raw
		}
		if strings.Contains(t.after, "?") || strings.Contains(t.before, "?") {
			return "?"
		}
	}
	return ""
}

// notSolved is the one word that begins with what is a hedge elsewhere.
const notSolved = "not solved"

// hedgeBeside is hedgeIn for the line of a command, without the words that belong to it.
func hedgeBeside(command string, ts []token) string {
	if command != notSolved {
		return hedgeIn(ts)
	}
	return hedgeIn(slices.DeleteFunc(slices.Clone(ts), func(t token) bool {
		return (t.low == "not" || t.low == "yet") && t.after == ""
	}))
}

// timeWords are hedges that also tell when something was: "I have retired after 31 years."
var timeWords = wordSet("before after when till until once later yet")

// coreHedge reports a hedge that is no mere time.
func coreHedge(ts []token) bool {
	for i := range ts {
		if !timeWords[ts[i].low] && hedgeIn(ts[i:i+1]) != "" {
			return true
		}
		for _, p := range hedgePhrases {
			if phraseAt(ts[i:], p) {
				return true
			}
		}
	}
	return false
}

// wordIn returns the first of some words among those of ts, or "".
func wordIn(ts []token, words map[string]bool) string {
	for _, t := range ts {
		if words[t.low] {
			return t.raw
		}
	}
	return ""
}
