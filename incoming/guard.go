package incoming

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"sencoforum/document"
	"sencoforum/guard"
	"sencoforum/list"
	"sencoforum/message"
)

// A session waits at most so long for the text of files, and for that of so many. What was not read then is said to be so.
const (
	guardTime  = 20 * time.Second
	guardFiles = 20
)

// Guarded makes of a message what the guard reads, with a reason for each file that was not read. The words of others are
// quotes; all else, with signature and footer, is the writer's.
func Guarded(ctx context.Context, m *message.Message) (in guard.Input, unread []string) {
	v := m.View()
	in.Subject = m.Subject()
	var own, quoted strings.Builder
	for _, s := range v.Words.Segments {
		if s.Kind == message.Quoted || s.Kind == message.Forwarded {
			quoted.WriteString(s.Text)
		} else {
			own.WriteString(s.Text)
		}
	}
	in.Own, in.Quoted = own.String(), quoted.String()
	for i, f := range v.Files {
		file, reason := guard.File{Name: f.Name}, "there are too many files"
		if i < guardFiles {
			file, reason = guardedFile(ctx, m, f)
		}
		in.Files, unread = append(in.Files, file), append(unread, reason)
	}
	return in, unread
}

func guardedFile(ctx context.Context, m *message.Message, f message.File) (file guard.File, unread string) {
	content, _ := m.FileContent(f.Part, f.Inner)
	file = guard.File{Name: f.Name, Read: true}
	if strings.HasPrefix(f.Type, "image/") {
		file.Place = message.HasPlace(content)
		return file, ""
	}
	text, err := document.Extract(ctx, f.Name, content)
	file.Text = text.String()
	switch {
	case errors.Is(err, document.ErrNotRead):
		file.Read, unread = false, strings.TrimPrefix(err.Error(), document.ErrNotRead.Error()+": ")
	case err != nil:
		file.Read, unread = false, "reading it took too long, or there was no room for it"
	case text.Cut:
		file.Read, unread = false, "it is so long that only its beginning was read"
	}
	return file, unread
}

// kinds name in a notice what was found.
var kinds = map[guard.Kind]string{
	guard.UPN:       "a Unique Pupil Number",
	guard.NHS:       "an NHS number",
	guard.ULN:       "a Unique Learner Number",
	guard.NINO:      "a National Insurance number",
	guard.Birth:     "a birth date",
	guard.Plan:      "a child's name beside a plan",
	guard.Child:     "a pupil's full name",
	guard.ClassList: "a list of children",
	guard.Place:     "a photo that says where it was taken",
}

// numbers are the kinds that are a number of one person.
var numbers = map[guard.Kind]bool{guard.UPN: true, guard.NHS: true, guard.ULN: true, guard.NINO: true}

// hintKinds name what is only a hint.
var hintKinds = map[guard.Kind]string{
	guard.FirstName: "a first name beside a school year",
	guard.FullName:  "a full name that may be a pupil's",
	guard.NHS:       "ten digits like an NHS number",
	guard.ULN:       "ten digits like a Unique Learner Number",
	guard.Unread:    "something that I could not read",
}

// Pupils says where a message to a list may name a child, in words for its author and for moderators.
type Pupils struct {
	Places  []string // what has to be asked about: "a birth date, line 2"
	Numbers []string // of these the numbers of people: "an NHS number, line 2"
	Hints   []string // what the author may want to look at, and holds nothing
}

// PupilData looks for what may name a child, as Config.Pupil has it. No characters of it are repeated, there or in the log.
func PupilData(log *slog.Logger, now func() time.Time) func(l list.List, m *message.Message) Pupils {
	return func(l list.List, m *message.Message) (p Pupils) {
		allow, err := Allowed(l)
		if err != nil {
			log.Error("the allow-list of a list cannot be read and counts for nothing", "list", l.Name, "cause", err)
		}
		ctx, stop := context.WithTimeout(context.Background(), guardTime)
		defer stop()
		in, _ := Guarded(ctx, m)
		in.Today = now()
		for _, f := range guard.Look(in, allow) {
			place := kinds[f.Kind] + ", " + f.Where.String()
			switch {
			case f.Hold && numbers[f.Kind]:
				p.Numbers = append(p.Numbers, place)
				fallthrough
			case f.Hold:
				p.Places = append(p.Places, place)
			default:
				p.Hints = append(p.Hints, hintKinds[f.Kind]+" ("+f.Where.String()+")")
			}
		}
		if len(p.Places) > 0 {
			log.Info("may name a child", "list", l.Name, "places", len(p.Places))
		}
		return p
	}
}

// Allowed are the phrases that may stand anywhere in a post to a list: those that ship with the program, and the list's own.
func Allowed(l list.List) (guard.Allow, error) { return guard.DefaultAllow().With(l.Allow.All()...) }

// HideNumbers takes numbers of children out of a text that moderators are shown.
func HideNumbers(text string) string {
	return guard.Mask(text, guard.Look(guard.Input{Own: text}, guard.DefaultAllow()))
}
