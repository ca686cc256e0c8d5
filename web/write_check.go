package web

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sencoforum/archive"
	"sencoforum/message"
	"sencoforum/token"
)

// previewData is a message as it will look, before it is sent.
type previewData struct {
	writeData
	Name   string // of its writer, as others see it
	Pieces []piece
	Fate   string
	Why    []string
	Hints  []string
	Delay  string // how long it can be taken back
}

// checkPost shows what was written as it will look, and sends it when it comes a second time. What was typed is kept whatever is
// wrong, and so are files.
func checkPost(v *visit) error {
	form, came, err := v.written()
	if err != nil {
		return err
	}
	if v.s.cfg.Desk.Write == nil {
		return errNoPage
	}
	d := writeData{Form: form.Get("form"), Subject: form.Get("subject"), Text: form.Get("text")}
	if _, err := token.Hash(d.Form); err != nil {
		d.Form = token.Random()
	}
	a, err := v.aimOf(form.Get)
	if err != nil {
		return v.answersNothing(err, d, form, came)
	}
	if err := v.aimed(a, &d); err != nil {
		return err
	}
	do := form.Get("do")
	if do == "cancel" {
		return v.takeBack(a, d, form.Get("number"))
	}
	if err := v.files(a.list, &d); err != nil {
		return err
	}
	lost := missing(form, d)
	wrong, err := v.takeFiles(a.list, &d, form, came)
	if err != nil {
		return err
	}
	if do == "drop" {
		return v.giveUp(d)
	}
	if do != "edit" {
		d.Wrong, d.Error = d.wrongWith()
	}
	if wrong != "" {
		d.Wrong, d.Error = cmp.Or(d.Wrong, "files"), strings.TrimSpace(d.Error+" "+wrong)
	}
	switch {
	case d.Error == "" && do == "edit":
		return v.askForText(http.StatusOK, a, d)
	case d.Error != "":
		return v.askForText(http.StatusUnprocessableEntity, a, d)
	}
	if err := v.files(a.list, &d); err != nil {
		return err
	}
	w := Written{To: v.addressOf(a), Person: v.reader.Person(), Fresh: v.session.IsFresh(v.now), Subject: d.Subject, Text: d.Text, Form: d.Form}
	if d.Post != 0 {
		w.Subject = replySubject(a.post)
	}
	if do != "send" || lost {
		return v.preview(a, d, w, lost)
	}
	return v.send(a, d, w)
}

// written reads the form of something written, with the files that came with it.
func (v *visit) written() (form url.Values, came brought, err error) {
	if bringsFiles(v.r) {
		return v.parts()
	}
	form, err = v.form()
	return form, came, err
}

// send hands in what was written.
func (v *visit) send(a aim, d writeData, w Written) error {
	o, err := v.s.cfg.Desk.Write(v.r.Context(), w)
	switch {
	case err != nil:
		return err
	case o.Fate == fateRefused:
		d.Error = strings.Join(o.Why, " ")
		return v.askForText(http.StatusUnprocessableEntity, a, d)
	case d.Single && o.Fate == fateAsked && !o.Again: // they see here what they were mailed, and may send it after all
		d.Form = token.Random()
		if err := v.endFiles(w.Form, d.Form); err != nil {
			return err
		}
		w.Form = d.Form
		return v.preview(a, d, w, false)
	}
	return v.sent(a, d, o)
}

// giveUp forgets the files of a message that is not sent.
func (v *visit) giveUp(d writeData) error {
	if err := v.endFiles(d.Form, ""); err != nil {
		return err
	}
	back := d.Back
	if back == "" {
		back = "/"
	}
	return v.to(http.StatusSeeOther, back)
}

// answersNothing keeps what was typed in answer to a post that cannot be seen any more.
func (v *visit) answersNothing(err error, d writeData, form url.Values, came brought) error {
	if !errors.Is(err, archive.ErrNoPost) && !errors.Is(err, archive.ErrRemoved) && !errors.Is(err, errNoPage) {
		return err
	}
	a, err := v.aimOf(func(string) string { return "" })
	if err != nil {
		return err
	}
	if err := v.files(a.list, &d); err != nil {
		return err
	}
	wrong, err := v.takeFiles(a.list, &d, form, came)
	if err != nil {
		return err
	}
	d.Error = strings.TrimSpace("The message that you answer is not here any more. You can still send your text as a new discussion. " + wrong)
	d.Wrong = "subject"
	return v.askForText(http.StatusUnprocessableEntity, a, d)
}

// preview shows a message as it will look, with what will become of it; lost says that files of it are not here any more.
func (v *visit) preview(a aim, d writeData, w Written, lost bool) error {
	o, err := v.s.cfg.Desk.Foresee(v.r.Context(), w)
	if err != nil {
		return err
	}
	switch {
	case o.Fate == fateRefused:
		d.Error = strings.Join(o.Why, " ")
		return v.askForText(http.StatusUnprocessableEntity, a, d)
	case o.Again:
		return v.sent(a, d, o)
	case lost:
		d.Wrong, d.Error = "files", lostFiles
		return v.askForText(http.StatusUnprocessableEntity, a, d)
	}
	d.Subject = w.Subject
	p := previewData{writeData: d, Fate: o.Fate, Why: o.Why, Hints: o.Hints, Pieces: piecesOf(message.Parse(o.Raw).Words(), true, v.explaining())}
	if left := o.At.Sub(v.now); o.Fate == fateGoes && left >= time.Minute {
		p.Delay = plural(int(left.Round(time.Minute)/time.Minute), "minute", "minutes")
	}
	if p.Name, err = v.ownName(); err != nil {
		return err
	}
	p.Title = "Check before it goes to " + d.People
	if d.Single {
		p.Title = "Check before it goes to " + d.To
	}
	return v.show(http.StatusOK, "preview.html", v.shell(p.Title), p)
}

// takeBack takes back a message that has not gone out, and leaves its text in the form.
func (v *visit) takeBack(a aim, d writeData, typed string) error {
	n, err := numberIn(typed)
	if err != nil || v.s.cfg.Desk.TakeBack == nil {
		return errNoPage
	}
	raw, err := v.s.cfg.Desk.TakeBack(v.r.Context(), n, v.reader.Person())
	if err != nil {
		return err
	}
	d.Form = token.Random()
	if raw == nil {
		d.Error = "It has gone out already, so it cannot be taken back. If it must not be read, write to the moderators: " + a.list.Service("owner").String()
		return v.askForText(http.StatusUnprocessableEntity, a, d)
	}
	if err := v.keepRaw(d.Form, raw); err != nil {
		return err
	}
	d.Done = "We have taken it back, and nobody has it. Your text is still here, in case you want to change it."
	return v.askForText(http.StatusOK, a, d)
}

// sentData says what became of a message.
type sentData struct {
	Title string
	Texts []string
	Back  string
	Undo  archive.Number // the message can still be taken back; 0: it cannot
	New   string         // another form for what was typed, where a form came again
	writeData
}

// sent is the page after something was sent. It is made after all of it is stored.
func (v *visit) sent(a aim, d writeData, o Outlook) error {
	s := sentData{writeData: d, Back: "/"}
	crumb := link{Path: "/post", Text: "Ask everyone"}
	if d.Post != 0 {
		s.Back, crumb = d.Back, link{Path: d.Back, Text: subjectOf(a.post)}
	}
	s.Title, s.Texts = sentWords(d, o, v.now)
	if o.Fate == fateGoes && o.At.After(v.now) && v.s.cfg.Desk.TakeBack != nil {
		s.Undo = o.Post
	}
	if o.Again {
		s.Title = "You have sent this already"
		s.Texts = append([]string{"Nothing was sent a second time."}, s.Texts...)
		s.New = token.Random()
	}
	if err := v.endFiles(d.Form, s.New); err != nil {
		return err
	}
	sh := v.shell(s.Title, crumb)
	return v.show(http.StatusOK, "sent.html", sh, s)
}

// sentWords say what became of a message.
func sentWords(d writeData, o Outlook, now time.Time) (title string, texts []string) {
	switch o.Fate {
	case fateGoes:
		if d.Single {
			return "Your message goes to " + d.To, []string{"Only " + d.To + " gets it. The answer comes to you by email."}
		}
		texts = []string{"It is message number " + number(o.Post) + "."}
		if o.At.After(now) {
			texts = append(texts, "It goes to "+d.People+" at "+o.At.In(london).Format("15:04")+". Until then you can take it back.")
		} else {
			texts = append(texts, "It goes to "+d.People+".")
		}
		return "We have your message", texts
	case fateAsked:
		return "We have a question first", append([]string{"Nobody has your message yet. We have sent you an email with the question. Please answer it with one word."}, o.Why...)
	case fateWaits:
		return "Your message is waiting", append(o.Why, "You need not do anything. We tell you by email what is decided.")
	case fateOrdered:
		return "Done, and not sent on", []string{"Your text was a word for the forum's robot. Nobody else gets it. The answer comes by email."}
	}
	return "We have your message", []string{"Nothing more is to be done."}
}

// ownName is how others see the reader.
func (v *visit) ownName() (string, error) {
	name, err := v.nameAs()
	if name == "" {
		name = "A member"
	}
	return name, err
}

func replySubject(p archive.Post) string { return "Re: " + subjectOf(p) }

func number(n archive.Number) string { return strconv.FormatUint(uint64(n), 10) }

// numberIn is a number of a post in a form; 0 where there is none.
func numberIn(s string) (archive.Number, error) {
	if s == "" {
		return 0, nil
	}
	return numberOf[archive.Number](s)
}
