package command

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Outcome is what a mail comes to.
type Outcome int

// The outcomes.
const (
	Ask       Outcome = iota // nothing is done, and the writer is asked
	Done                     // the word is to be done
	Pass                     // mail to the list: an ordinary post
	Automatic                // a machine wrote it: no answer at all
)

// String returns "ask", "done", "pass" or "automatic".
func (o Outcome) String() string { return [...]string{"ask", "done", "pass", "automatic"}[o] }

// Why says why somebody is asked.
type Why string

// The reasons.
const (
	WhyEmpty    Why = "empty"    // no words of the writer's own
	WhyUnknown  Why = "unknown"  // the first line begins with no word of this place
	WhyLeftOver Why = "left"     // there is a word, and more behind it
	WhyHedge    Why = "hedge"    // "if", "but", "?" and the like
	WhySecond   Why = "second"   // a later line takes it back or asks for more
	WhyTwo      Why = "two"      // two words that contradict one another
	WhyNear     Why = "near"     // a wrong letter, and two words are equally near
	WhyNo       Why = "no"       // a bare no: reject or discard?
	WhyMissing  Why = "missing"  // what the word needs is not there
	WhyDate     Why = "date"     // no day that can be read
	WhyWords    Why = "words"    // wants words taken out, and does not say which
	WhyPlace    Why = "place"    // a word that does not fit here
	WhyOtherWho Why = "other"    // the list or the person named is another one
	WhyCommand  Why = "command"  // a command sent to the list that is not done from there
	WhyMachine  Why = "machine"  // automatic
	WhyNumber   Why = "number"   // which of the numbered items
	WhyPassword Why = "password" // there are no passwords
)

// Reading is what Read made of a mail.
type Reading struct {
	Outcome Outcome
	Word    Word   // what is to be done; where somebody is asked, the word that was found, if any
	Args    Args   // what stands behind the word
	Read    string // the line that was read, as it was written, for "I read: …"

	Why     Why      // with Ask and Automatic
	Because string   // the hedge, the words left over, the date: what to quote back
	Near    []string // the nearest words, where the word is unknown
	Offer   []string // the lines to offer, where one reason has its own
	Unread  []string // further lines that are commands and were not read, at most 10

	HandOver bool     // more than 8 words and no command: people should read it
	Steps    []string // each step in a sentence
}

// Args is what stands behind a word. Only what the word takes is set.
type Args struct {
	Numbers []int     // of the items in a batch
	Number  int       // of an item in a list of results
	Post    int       // number of a post or a discussion
	Link    string    // of a discussion
	Address string    // as it was written
	Name    string    // beside an address
	Text    string    // a reason, a question, words to look for, a topic, or what somebody says about themselves
	Words   []string  // to take out
	Until   time.Time // midnight at the beginning of that day in the time zone of Request.Today; zero: no day was given
	Mode    string    // a delivery mode
}

// Line is the command as it would be written: `pause 2027-09-02`, `redact "Oliver Marsh"`, `approve 1 3`.
func (r Reading) Line() string {
	parts := []string{r.Word.Name}
	a := r.Args
	for _, n := range a.Numbers {
		parts = append(parts, strconv.Itoa(n))
	}
	if a.Number > 0 {
		parts = append(parts, strconv.Itoa(a.Number))
	}
	if a.Post > 0 {
		parts = append(parts, "#"+strconv.Itoa(a.Post))
	}
	parts = append(parts, a.Link, a.Address, a.Name, a.Mode)
	for _, w := range a.Words {
		parts = append(parts, `"`+w+`"`)
	}
	if !a.Until.IsZero() {
		parts = append(parts, a.Until.Format(time.DateOnly))
	}
	if r.Word.Name == "start" && a.Text != "" {
		a.Text = `"` + a.Text + `"`
	}
	parts = append(parts, strings.Join(strings.Fields(a.Text), " "))
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// String is the outcome with the command: "done: weekly", "ask (hedge): approve".
func (r Reading) String() string {
	switch {
	case r.Outcome == Done:
		return "done: " + r.Line()
	case r.Why != "" && r.Word.Name != "":
		return fmt.Sprintf("%s (%s): %s", r.Outcome, r.Why, r.Word.Name)
	case r.Why != "":
		return fmt.Sprintf("%s (%s)", r.Outcome, r.Why)
	}
	return r.Outcome.String()
}

// Sentence says why somebody is asked, in the words of the robot; "" for what is done.
func (r Reading) Sentence() string {
	switch r.Why {
	case WhyEmpty:
		return "I found no words of yours above the email that you answered."
	case WhyUnknown:
		if len(r.Near) == 0 {
			return fmt.Sprintf("I do not know the word %q.", r.Because)
		}
		return fmt.Sprintf("I do not know the word %q. Near it are: %s.", r.Because, strings.Join(r.Near, ", "))
	case WhyLeftOver:
		return fmt.Sprintf("I was not sure, so I did nothing. I know %q, but not %q.", r.Word.Name, r.Because)
	case WhyHedge, WhySecond:
		return fmt.Sprintf("I was not sure because of %q, so I did nothing.", r.Because)
	case WhyTwo, WhyNear:
		return fmt.Sprintf("I read %s, and do not know which you mean.", r.Because)
	case WhyNo:
		return "No can mean reject (it goes back with a reason) or discard (it is thrown away)."
	case WhyDate:
		return fmt.Sprintf("I could not read the date %q. Write it like 12 April.", r.Because)
	case WhyWords:
		return `I can take words out. Reply: redact "Oliver Marsh" and I show you the result first.`
	case WhyMissing:
		return fmt.Sprintf("The word %q needs more. Write it like: %s", r.Word.Name, r.Word.example())
	case WhyPlace, WhyCommand:
		return fmt.Sprintf("The word %q does nothing here.", r.Because)
	case WhyOtherWho:
		return fmt.Sprintf("I do not know %q here.", r.Because)
	case WhyNumber:
		return fmt.Sprintf("Which one? Write it like: %s 1 3", r.Word.Name)
	case WhyPassword:
		return "There are no passwords."
	}
	return ""
}

// example is how a word is written that needs more than its name.
func (w Word) example() string {
	if w.Takes == PerhapsPost {
		return w.Name + " #48213"
	}
	return w.form()
}

func (w Word) form() string {
	if w.Form != "" {
		return w.Form
	}
	return w.Name
}
