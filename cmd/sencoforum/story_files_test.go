package main

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sencoforum/draft"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// asksWithFile sends a form of a page with one file.
func (p *paged) asksWithFile(cookie, name string, content []byte, fields ...string) (int, string) {
	p.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		p.must(w.WriteField(fields[i], fields[i+1]))
	}
	f, err := w.CreateFormFile("file", name)
	p.must(err)
	_, err = f.Write(content)
	p.must(err)
	p.must(w.Close())
	r := httptest.NewRequest("POST", "/post/check", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.RemoteAddr = "127.0.0.1:4711"
	r.AddCookie(&http.Cookie{Name: "session", Value: cookie})
	rec := httptest.NewRecorder()
	p.pages.Handler().ServeHTTP(rec, r)
	p.wait(time.Second)
	return rec.Code, html.UnescapeString(rec.Body.String())
}

// unsent are the files that are kept for somebody's forms.
func (p *paged) unsent() (names []string) {
	p.must(p.house.db.View(func(tx *store.Tx) error {
		for who := range 10 {
			all, err := draft.Of(tx, list.PersonID(who))
			if err != nil {
				return err
			}
			for _, f := range all {
				names = append(names, f.Name)
			}
		}
		return nil
	}))
	return names
}

// A file that was chosen on a page is in everybody's email and on the page of the discussion, with the name and the bytes that it
// had, and nothing of it is kept beside the message.
func TestStoryAFileFromAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom, asha := p.signedInAs("tom"), p.signedInAs("asha")
		_, page := p.ask(tom, "GET", "/post")
		fields := []string{"form", pageForm.FindStringSubmatch(page)[1], "subject", "Sheets", "text", "Has anyone a better sheet than mine?"}
		sheet := workbook(t, "Timetable", "Monday")
		status, preview := p.asksWithFile(tom, "Überblick 4.xlsx", sheet, fields...)
		if status != http.StatusOK || !strings.Contains(preview, "Überblick 4.xlsx (Excel, ") {
			t.Fatalf("%d\n%s", status, preview)
		}
		for range 2 { // a double click
			_, preview = p.ask(tom, "POST", "/post/check", append(fields, "files", "1", "do", "send")...)
		}
		if !strings.Contains(preview, "message number 1.") || len(p.unsent()) > 0 {
			t.Fatalf("%q is kept\n%s", p.unsent(), preview)
		}
		p.wait(6 * time.Minute)
		mails := p.mails("asha@garden.example", "Sheets")
		if len(mails) != 1 {
			t.Fatalf("Asha got %d", len(mails))
		}
		m := message.Parse([]byte(mails[0].text))
		files := m.View().Files
		if len(files) != 1 || files[0].Name != "Überblick 4.xlsx" {
			t.Fatalf("in the email: %+v", files)
		}
		if b, _ := m.FileContent(files[0].Part, files[0].Inner); !bytes.Equal(b, sheet) {
			t.Errorf("%d bytes, want %d", len(b), len(sheet))
		}
		if _, thread := p.ask(asha, "GET", "/t/1"); !strings.Contains(thread, "Überblick 4.xlsx (Excel, ") {
			t.Errorf("the page of the discussion:\n%s", thread)
		}
		if status, _ := p.ask(asha, "GET", "/a/1/%C3%9Cberblick%204.xlsx"); status != http.StatusOK {
			t.Errorf("the file itself: %d", status)
		}
	})
}

// A pupil's number in a spreadsheet from a page: its writer is warned on the page and asked by email, and nobody else gets it. Taken
// out, the rest goes.
func TestStoryAPupilNumberInAFileFromAPage(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom := p.signedInAs("tom")
		_, page := p.ask(tom, "GET", "/post")
		fields := []string{"form", pageForm.FindStringSubmatch(page)[1], "subject", "Sheets", "text", "Has anyone a better sheet than mine?"}
		_, preview := p.asksWithFile(tom, "sheet.xlsx", workbook(t, "Timetable", "B801200005001"), fields...)
		if !strings.Contains(preview, "a Unique Pupil Number, file 1") || !strings.Contains(preview, "we ask you by email first") {
			t.Errorf("the preview does not warn:\n%s", preview)
		}
		_, sent := p.ask(tom, "POST", "/post/check", append(fields, "files", "1", "do", "send")...)
		if !strings.Contains(sent, "We have a question first") || len(p.unsent()) > 0 {
			t.Errorf("%q is kept\n%s", p.unsent(), sent)
		}
		p.wait(10 * time.Minute)
		if asked, _ := p.got("tom", "Before we send it"); !strings.Contains(strings.Join(strings.Fields(asked), " "), "a Unique Pupil Number, file 1") || strings.Contains(asked, "B801200005001") {
			t.Errorf("Tom reads:\n%s", asked)
		}
		if n := p.count("asha", "Sheets") + p.count("sam", "Sheets"); n != 0 {
			t.Errorf("others have %d mails about it", n)
		}
	})
}

// A message with a file is taken back with its file, and sent once more with it.
func TestStoryAFileThatIsTakenBack(t *testing.T) {
	bubble(t, func(t *testing.T, dir string) {
		p := newPaged(t, dir)
		tom := p.signedInAs("tom")
		_, page := p.ask(tom, "GET", "/post")
		fields := []string{"form", pageForm.FindStringSubmatch(page)[1], "subject", "Notes", "text", "Here they are."}
		p.asksWithFile(tom, "notes.txt", []byte("Monday"), fields...)
		p.ask(tom, "POST", "/post/check", append(fields, "files", "1", "do", "send")...)
		_, page = p.ask(tom, "POST", "/post/check", "subject", "Notes", "text", "Here they are.", "number", "1", "do", "cancel")
		if !strings.Contains(page, "We have taken it back") || !strings.Contains(page, "Take out notes.txt") {
			t.Fatalf("taken back:\n%s", page)
		}
		fields[1] = pageForm.FindStringSubmatch(page)[1]
		_, page = p.ask(tom, "POST", "/post/check", append(fields, "files", "1", "do", "send")...)
		p.wait(6 * time.Minute)
		if mails := p.mails("asha@garden.example", "Notes"); len(mails) != 1 || !strings.Contains(mails[0].text, "notes.txt") || len(p.unsent()) > 0 {
			t.Errorf("%d mails, %q is kept\n%s", len(mails), p.unsent(), page)
		}
		p.asksWithFile(tom, "more.txt", []byte("Tuesday"), "form", fields[1], "subject", "More", "text", "And more.")
		if len(p.unsent()) != 1 {
			t.Fatalf("kept: %q", p.unsent())
		}
		p.wait(26 * time.Hour)
		if len(p.unsent()) != 0 {
			t.Errorf("two days later %q is kept", p.unsent())
		}
	})
}
