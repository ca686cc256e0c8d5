package search

import "strings"

// smallTalk are words that people put around what they ask, as to a colleague: they say that somebody asks, and hardly ever what.
// The vocabulary's names may hold them ("now and next board"); such a name is looked for as a whole.
var smallTalk = phrasesOf(`
	what is it called | what was it called | what are they called | what is it now | is it called | it is called | is called | are called | are they called
	called now | called today | called these days | called nowadays | used to be called | used to be | used to call | formerly called | formerly known as | known as
	these days | nowadays | at the moment | right now | at present | currently | any more | anymore | still used | still a thing | now
	what does it mean | what does | mean | meaning of | the meaning of | stand for | stands for | short for | what is the difference between | difference between
	does anyone have | does anybody have | has anyone got | has anybody got | has anyone | has anybody | have you got | anyone got | anybody got | anyone know
	anybody know | does anyone know | does anybody know | do you know | i need to know | need to know | want to know | anyone else | anybody else | everyone else
	can anyone help | can anybody help | can someone help | please help | help please | help needed | help wanted | need help with | help with | help me with
	any advice on | any advice | advice on | advice about | advice please | advice needed | any ideas for | any ideas | ideas for | any tips | tips for | tips on
	any suggestions | suggestions for | any thoughts | thoughts on | any experience of | any experience with | experience of | experiences of | can anyone recommend
	can anybody recommend | recommendations for | looking for | look for | searching for | trying to find | where can i find | where do i find | where can i get
	where do i get | tell me about | tell me | i want to | i need to | i need a | i need | we need to | we need a | we need | i am looking for
	what do others do | what do others | how do others | what do other schools do | what do other schools | how do other schools | what do people do | how do people
	what do you do | what do you all do | how do you all | how do you | what happens when | what happens if | what happens to | what to do when | what to do if
	what to do with | what to do about | what else can we | what else can i | best way to | the best way to | how best to | how to
	is there a | is there an | is there any | are there any | do we have to | do i have to | do we need to | do i need to | who else | someone | somebody | thank you | thanks
`)

// longestTalk is how many words of them are looked at together.
const longestTalk = 6

func phrasesOf(text string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(text) {
		for phrase := range strings.SplitSeq(line, "|") {
			if phrase = strings.TrimSpace(phrase); phrase != "" {
				set[phrase] = true
			}
		}
	}
	return set
}

// quieten makes words of small talk common ones. Where there is nothing else they count (parser.uncommon).
func quieten(all []Clause) {
	for i := 0; i < len(all); {
		words, ends := run(all[i:], longestTalk)
		n := len(ends)
		for ; n > 0 && !smallTalk[strings.Join(words[:ends[n-1]], " ")]; n-- {
		}
		for _, c := range all[i : i+n] {
			c.Terms[0].Common = true
		}
		i += max(n, 1)
	}
}
