package incoming

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"sencoforum/document"
	"sencoforum/guard"
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
	guard.ClassList: "a list of children",
	guard.Place:     "a photo that says where it was taken",
}

// PupilData returns where a message may name a child, as Config.Pupil has it: "a birth date, line 2". No characters of it are
// repeated, there or in the log.
func PupilData(log *slog.Logger, now func() time.Time) func(m *message.Message) []string {
	allow := guard.DefaultAllow()
	return func(m *message.Message) (notes []string) {
		ctx, stop := context.WithTimeout(context.Background(), guardTime)
		defer stop()
		in, _ := Guarded(ctx, m)
		in.Today = now()
		for _, f := range guard.Look(in, allow) {
			if f.Hold {
				notes = append(notes, kinds[f.Kind]+", "+f.Where.String())
			}
		}
		if len(notes) > 0 {
			log.Info("may name a child", "places", len(notes))
		}
		return notes
	}
}

// HideNumbers takes numbers of children out of a text that moderators are shown.
func HideNumbers(text string) string {
	return guard.Mask(text, guard.Look(guard.Input{Own: text}, guard.DefaultAllow()))
}
