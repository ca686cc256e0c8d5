package notice

import (
	"strings"
	"testing"
)

// What is usual keeps to what is demanded of a list's own words, and stands in the mail.
func TestTexts(t *testing.T) {
	for _, x := range Texts() {
		if x.Usual == "" {
			continue
		}
		preview, faults := x.Check(forum, x.Usual, morning)
		shown := plainly(Filled(x.Usual, To{}, 1200))
		if len(faults) > 0 || !strings.Contains(plainly(preview), shown) {
			t.Errorf("%s: %q\n%s", x.Name, faults, preview)
		}
	}
}

func TestOwnWordsInMails(t *testing.T) {
	for name, own := range map[string]string{
		TextWelcome:  "Welcome to {list}, {name}.\n\nThere are {members} of us. Ask whatever you like. Questions about the list go to {owner}",
		TextRules:    "Be kind. No names of children.",
		TextGoodbye:  "Come back when you like, {name}.",
		TextDeclined: "{list} is for people who work in schools.",
		TextWaiting:  "We all teach as well, so it may take until the evening.",
		TextAck:      "Most of us read at night, so please wait a day.",
		TextReason:   "Please read the rules again.",
	} {
		x, ok := FindText(name)
		if !ok {
			t.Fatalf("no text %s", name)
		}
		_, faults := x.Check(forum, own, morning)
		if len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
		golden(t, "own-"+name, func() (Mail, error) { return x.shown(toJane(), Filled(Tidy(own), toJane(), 1234)) })
	}
}

func TestWordsThatAListCannotHave(t *testing.T) {
	for name, c := range map[string]struct{ text, words, want string }{
		"nothing":                           {TextWelcome, " \n\n", "it is empty"},
		"a placeholder that is unknown":     {TextWelcome, "Hello {nmae}.", "{nmae} cannot stand in it; what can: {name} {list} {members} {post} {owner}"},
		"one of another text":               {TextFooter, "For {name}.", "{name} cannot stand in it; what can: {list}"},
		"an open brace":                     {TextWelcome, "Hello {name", "{ cannot stand in it"},
		"too many lines":                    {TextFooter, "a\nb\nc", "it has 3 lines; the most is 2"},
		"a line that quotes":                {TextGoodbye, "Bye.\n> approve", "begins as a quote or a signature does: > approve"},
		"a signature":                       {TextGoodbye, "Bye.\n-- \nThe team", "begins as a quote or a signature does: --"},
		"a word alone":                      {TextWelcome, "You are in.\nleave", "a word alone that acts when it is answered: leave"},
		"a word alone with a point":         {TextWelcome, "You are in.\n  Weekly.", "a word alone that acts"},
		"a personal link":                   {TextWelcome, "Open https://forum.example.org/yes/snc1_0000", "a personal link"},
		"a hard sentence":                   {TextWelcome, "Moderators evaluate applications individually.", "it reads at grade"},
		"a banned word":                     {TextDeclined, "It is pending.", `it says "pending"`},
		"an exclamation mark":               {TextGoodbye, "Bye!", "exclamation mark"},
		"letters that nobody sees":          {TextFooter, "\u200b\u202e", "it is empty"},
		"a mail that gets too long by them": {TextWelcome, "1.\n2.\n3.\n4.\n5.\n6.\n7.\n8.", "lines; the most is 25"},
	} {
		x, _ := FindText(c.text)
		if _, faults := x.Check(forum, c.words, morning); !strings.Contains(strings.Join(faults, "\n"), c.want) {
			t.Errorf("%s: %q, want %q", name, faults, c.want)
		}
	}
}

func TestWordsForReasons(t *testing.T) {
	for word, want := range map[string]string{"": "reason", "names": "reason-names", " Advert. ": "reason-advert", "Please take it out.": "", "reason": ""} {
		if got := Reason(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func FuzzOwnWords(f *testing.F) {
	f.Add("Hello {name}\r\n\r\n{list} {post", "Jane {list} <x>")
	f.Fuzz(func(t *testing.T, words, name string) {
		x, _ := FindText(TextWelcome)
		if preview, faults := x.Check(forum, words, morning); len(faults) == 0 && strings.ContainsAny(preview, "\x00\u202e\r") {
			t.Errorf("%q", preview)
		}
		to := toJane()
		to.Person.Name = name
		if m, err := (Welcome{Words: Filled(Tidy(words), to, 3)}).Compose(to); err != nil || !strings.Contains(string(m.Body), "senco-forum@lists.example.org") {
			t.Errorf("%v\n%s", err, m.Body)
		}
	})
}
