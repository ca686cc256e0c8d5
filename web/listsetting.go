package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"sencoforum/list"
)

// A listField is one setting of a list on its page. What is typed is checked here where people's words differ from what is stored,
// and by list.List.Validate where they do not.
type listField struct {
	Key         string // as the command line and the record have it
	Label, Hint string
	Choices     []option // none: it is typed, or a box to tick
	Box         bool     // on or off
	Long        bool     // words, and not a number
	Secret      bool     // the owner's words, which the record must not hold

	read  func(l *list.List, typed string) (wrong string)
	show  func(l list.List) string // as it is typed
	warns func(before, after list.List) string
}

// Value is a setting in words.
func (f listField) value(l list.List) string {
	is := f.show(l)
	for _, o := range f.Choices {
		if o.Value == is {
			return o.Text
		}
	}
	if f.Box {
		return map[bool]string{true: "yes", false: "no"}[is != ""]
	}
	if is == "" {
		if _, empty, ok := strings.Cut(f.Hint, "Empty: "); ok {
			return strings.TrimSuffix(empty, ".")
		}
	}
	return cmp.Or(is, "none")
}

// A listPart is the settings that are saved together.
type listPart struct {
	ID, Title string
	Fields    []listField
}

func oneOf[T ~string](of func(*list.List) *T, is func(list.List) T) (func(*list.List, string) string, func(list.List) string) {
	return func(l *list.List, typed string) string { *of(l) = T(typed); return "" }, func(l list.List) string { return string(is(l)) }
}

func box(of func(*list.List) *bool) (func(*list.List, string) string, func(list.List) string) {
	return func(l *list.List, typed string) string { *of(l) = typed != ""; return "" },
		func(l list.List) string { return map[bool]string{true: "1"}[*of(&l)] }
}

func written(of func(*list.List) *string) (func(*list.List, string) string, func(list.List) string) {
	return func(l *list.List, typed string) string { *of(l) = strings.TrimSpace(typed); return "" }, func(l list.List) string { return *of(&l) }
}

// limited is a number of posts; empty is no limit.
func limited(of func(*list.List) *list.Limit, is func(list.List) int) (func(*list.List, string) string, func(list.List) string) {
	read := func(l *list.List, typed string) string {
		n, wrong := number0(typed, int(list.MaxLimit))
		switch {
		case wrong != "":
			return wrong
		case n == 0:
			*of(l) = list.Off
		default:
			*of(l) = list.Limit(n)
		}
		return ""
	}
	return read, func(l list.List) string { return unlessZero(is(l)) }
}

// number0 reads a whole number; empty is 0.
func number0(typed string, most int) (n int, wrong string) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, ""
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Sprintf("Write a whole number from 0 to %s, or leave it empty.", thousands(most))
	}
	return n, ""
}

func unlessZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// megabytes is a size in MB; zero stands for nothing where it may.
func megabytes(of func(*list.List) *int64, least float64) (func(*list.List, string) string, func(list.List) string) {
	read := func(l *list.List, typed string) string {
		typed = strings.TrimSpace(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(typed)), "MB"))
		n, err := strconv.ParseFloat(cmp.Or(typed, "0"), 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > 50 || n > 0 && n < least {
			return "Write a number of megabytes up to 50, such as 2 or 0.5."
		}
		*of(l) = int64(math.Round(n * 1e6))
		return ""
	}
	return read, func(l list.List) string {
		if *of(&l) == 0 {
			return ""
		}
		if n := *of(&l); n%(1<<20) == 0 { // as list.Megabytes has it
			return strconv.FormatInt(n>>20, 10)
		}
		return strconv.FormatFloat(math.Round(float64(*of(&l))/1e4)/100, 'f', -1, 64)
	}
}

// field puts the two halves of a setting with the rest.
func (f listField) with(read func(*list.List, string) string, show func(list.List) string) listField {
	f.read, f.show = read, show
	return f
}

func readDelay(l *list.List, typed string) string {
	n, wrong := number0(typed, 15)
	if wrong != "" {
		return "Write the minutes, from 0 to 15."
	}
	l.SendDelay = time.Duration(n) * time.Minute
	return ""
}

func showDelay(l list.List) string {
	return strconv.Itoa(int(l.SendDelay.Round(time.Minute) / time.Minute))
}

func readKeep(l *list.List, typed string) string {
	n, wrong := number0(typed, list.MaxKeepPosts)
	if wrong != "" {
		return wrong
	}
	l.KeepPosts = n
	return ""
}

// warnKeep says what a shorter time erases.
func warnKeep(before, after list.List) string {
	if after.KeepPosts == 0 || before.KeepPosts != 0 && after.KeepPosts >= before.KeepPosts {
		return ""
	}
	return "Posts that are older than " + plural(after.KeepPosts, "month", "months") + " are erased for ever, from tonight on. Nobody can bring them back."
}

func warnOpen(_, after list.List) string {
	if after.Joins() != list.JoinOpen {
		return ""
	}
	return "Whoever asks to join becomes a member at once, and can read all posts. Nobody looks at who they are."
}

func warnClosed(before, after list.List) string {
	if !after.Closed || before.Closed {
		return ""
	}
	return "Nobody can write to the list any more. All can still read."
}

func warnProof(_, after list.List) string {
	if after.ProofOf() != list.ProofDKIM {
		return ""
	}
	return "A moderator whose mail system signs nothing can then decide on these pages alone, and not by email. Ask each of them to answer a practice message first."
}

var weekdays = []option{{Value: "monday", Text: "Monday"}, {Value: "tuesday", Text: "Tuesday"}, {Value: "wednesday", Text: "Wednesday"}, {Value: "thursday", Text: "Thursday"},
	{Value: "friday", Text: "Friday"}, {Value: "saturday", Text: "Saturday"}, {Value: "sunday", Text: "Sunday"}}

// listParts returns every setting of a list but the emergency hold, which is an act of moderators.
func listParts() []listPart {
	return []listPart{
		{"posts", "Messages that go out", postFields()},
		{"holds", "What waits for moderators", holdFields()},
		{"moderators", "Moderators", moderatorFields()},
		{"joining", "Joining", joiningFields()},
		{"digests", "Digests and other emails", digestFields()},
	}
}

// ceiling: flat table
func postFields() []listField {
	return []listField{
		listField{Key: "title", Label: "What the list is called", Hint: "At most 60 letters.", Long: true, Secret: true}.with(written(func(l *list.List) *string { return &l.Title })),
		listField{Key: "subject_tag", Label: "Words in front of each subject", Hint: "Such as [SENCO]. Members sort their mail by it. Empty: nothing.", Long: true, Secret: true}.with(written(func(l *list.List) *string { return &l.SubjectTag })),
		listField{Key: "reply_to", Label: "Where an answer goes", Choices: []option{{Value: "list", Text: "to everyone"}, {Value: "author", Text: "to the writer alone"}}}.with(
			oneOf(func(l *list.List) *list.ReplyTo { return &l.ReplyTo }, func(l list.List) list.ReplyTo { return l.ReplyTo })),
		listField{Key: "send_delay", Label: "How many minutes a message waits before it goes out", Hint: "So long its writer can take it back, and a moderator undo a decision. From 0 to 15."}.with(readDelay, showDelay),
		listField{Key: "footer", Label: "Each message ends with lines on how to reply and how to leave", Box: true}.with(box(func(l *list.List) *bool { return &l.Footer })),
		listField{Key: "attach_total", Label: "Files that go along with a message, in megabytes", Hint: "What is above that stays here, and members get a link."}.with(megabytes(func(l *list.List) *int64 { return &l.AttachTotal }, 0)),
		listField{Key: "max_message", Label: "The largest message, in megabytes", Hint: "Empty: the limit of the server."}.with(megabytes(func(l *list.List) *int64 { return &l.MaxMessage }, 0.01)),
		listField{Key: "keep_posts", Label: "After how many months messages are erased", Hint: "Empty: they are kept.", warns: warnKeep}.with(readKeep, func(l list.List) string { return unlessZero(l.KeepPosts) }),
		listField{Key: "closed", Label: "The list is closed: nobody can write to it", Box: true, warns: warnClosed}.with(box(func(l *list.List) *bool { return &l.Closed })),
	}
}

func holdFields() []listField {
	return []listField{
		listField{Key: "non_member", Label: "A message of somebody who is no member", Choices: []option{{Value: "ask", Text: "they are asked which address we know"}, {Value: "hold", Text: "waits for the moderators"}, {Value: "refuse", Text: "is refused at once"}}}.with(
			oneOf(func(l *list.List) *list.NonMember { return &l.NonMember }, func(l list.List) list.NonMember { return l.Strangers() })),
		listField{Key: "new_member_holds", Label: "How many first messages of a new member wait", Hint: "Empty: none."}.with(
			limited(func(l *list.List) *list.Limit { return &l.FirstHolds }, func(l list.List) int { return l.NewMemberHolds() })),
		listField{Key: "posts_hour", Label: "How many messages a member may write in an hour", Hint: "Those above wait. Empty: no limit."}.with(
			limited(func(l *list.List) *list.Limit { return &l.HourMost }, func(l list.List) int { return l.PostsAnHour() })),
		listField{Key: "posts_day", Label: "How many messages a member may write in a day", Hint: "Those above wait. Empty: no limit."}.with(
			limited(func(l *list.List) *list.Limit { return &l.DayMost }, func(l list.List) int { return l.PostsADay() })),
	}
}

func moderatorFields() []listField {
	return []listField{
		listField{Key: "duty", Label: "Who is told of what waits", Choices: []option{{Value: "two", Text: "two moderators, in turns by the week"}, {Value: "all", Text: "all moderators"}}}.with(
			oneOf(func(l *list.List) *list.Duty { return &l.Duty }, func(l list.List) list.Duty { return l.DutyOf() })),
		listField{Key: "outcomes", Label: "How the others hear what was decided", Choices: []option{{Value: "thread", Text: "at once, in the same conversation"}, {Value: "daily", Text: "in the morning note"}}}.with(
			oneOf(func(l *list.List) *list.Outcomes { return &l.Outcomes }, func(l list.List) list.Outcomes { return l.OutcomesOf() })),
		listField{Key: "moderator_proof", Label: "What a moderator’s reply by email must prove", warns: warnProof, Choices: []option{{Value: "verified", Text: "that it comes from their mail system"}, {Value: "dkim", Text: "the same, by a signature (DKIM)"}}}.with(
			oneOf(func(l *list.List) *list.Proof { return &l.Proof }, func(l list.List) list.Proof { return l.ProofOf() })),
	}
}

func joiningFields() []listField {
	return []listField{
		listField{Key: "join", Label: "Who asks to join", warns: warnOpen, Choices: []option{{Value: "approve", Text: "says yes, then a moderator decides"}, {Value: "confirm", Text: "says yes to an email"}, {Value: "open", Text: "is a member at once"}}}.with(
			oneOf(func(l *list.List) *list.JoinPolicy { return &l.Join }, func(l list.List) list.JoinPolicy { return l.Joins() })),
		listField{Key: "terms", Label: "Version of the rules that new members accept", Hint: "Such as 2026-09. Empty: none.", Long: true}.with(written(func(l *list.List) *string { return &l.Terms })),
		listField{Key: "rules_url", Label: "Page with these rules", Hint: "A web address. Empty: the rules of this forum.", Long: true, Secret: true}.with(written(func(l *list.List) *string { return &l.RulesURL })),
		listField{Key: "rules_reminder", Label: "Members are reminded of the rules once a month in term", Box: true}.with(box(func(l *list.List) *bool { return &l.RemindRules })),
	}
}

func digestFields() []listField {
	textOnly := func(l *list.List) *bool { return &l.TextOnly }
	return []listField{
		listField{Key: "digest_day", Label: "Day of the weekly email", Choices: weekdays}.with(
			oneOf(func(l *list.List) *string { return &l.Digests.Day }, func(l list.List) string { return strings.ToLower(l.DigestDay().String()) })),
		listField{Key: "digest_time", Label: "Time of the weekly and the daily email", Hint: "Such as 06:30.", Long: true}.with(
			func(l *list.List, typed string) string { l.Digests.Time = strings.TrimSpace(typed); return "" },
			func(l list.List) string { h, m := l.DigestTime(); return fmt.Sprintf("%02d:%02d", h, m) }),
		listField{Key: "digest_welcome", Label: "They say how many members have joined", Box: true}.with(box(func(l *list.List) *bool { return &l.Digests.Welcome })),
		listField{Key: "digest_holiday", Label: "In the school holidays", Hint: "Fewer: the weekly one each fortnight, the daily one each week.", Choices: []option{{Value: "usual", Text: "they go as in term"}, {Value: "thin", Text: "fewer go"}, {Value: "pause", Text: "none goes"}}}.with(
			oneOf(func(l *list.List) *list.Holidays { return &l.Digests.Holiday }, func(l list.List) list.Holidays { return l.Digests.InHolidays() })),
		listField{Key: "ack", Label: "Writers get a short email that says who gets their message", Box: true}.with(box(func(l *list.List) *bool { return &l.Ack })),
		listField{Key: "html_mails", Label: "Emails of the robot have buttons and links", Box: true}.with(
			func(l *list.List, typed string) string { *textOnly(l) = typed == ""; return "" },
			func(l list.List) string { return map[bool]string{true: "1"}[!l.TextOnly] }),
	}
}

// faults say what is wrong with what was typed, where list.List.Validate finds it.
var faults = map[string]string{
	"title": "Write 1 to 60 letters, without quotation marks and angle brackets.", "subject_tag": "Write at most 30 letters, such as [SENCO].",
	"terms": "Write at most 20 letters, digits, dots and hyphens, such as 2026-09.", "rules_url": "Write a web address, such as https://forum.example.org/rules.",
	"digest_time": "Write a time of the day like 06:30.",
}

// change reads what was typed into a list, and says what is wrong with it. What was not touched stays to the byte.
func (f listField) change(l *list.List, typed string) (wrong string) {
	if typed == f.show(*l) {
		return ""
	}
	one := *l
	if wrong := f.read(&one, typed); wrong != "" {
		return wrong
	}
	if one.Validate() != nil {
		return cmp.Or(faults[f.Key], "Choose one of these.")
	}
	*l = one
	return ""
}

// SettingKeys are the keys of all settings that have a field.
func SettingKeys() (all []string) {
	for _, p := range listParts() {
		for _, f := range p.Fields {
			all = append(all, f.Key)
		}
	}
	slices.Sort(all)
	return all
}
