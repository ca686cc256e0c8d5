package web

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sencoforum/draft"
	"sencoforum/internal/testdb"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// A picked is a file that somebody chose in a browser.
type picked struct{ name, kind, content string }

// sendsFiles sends a form as a browser does that has files in it.
func (b *browser) sendsFiles(html string, files []picked, fields ...string) (*http.Response, string) {
	b.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if m := formName.FindStringSubmatch(html); m != nil {
		fields = append([]string{"form", m[1]}, fields...)
	}
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.s.t.Fatal(err)
		}
	}
	if len(files) == 0 {
		files = []picked{{kind: "application/octet-stream"}} // as a browser says that none was chosen
	}
	for _, f := range files {
		p, err := w.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="file"; filename="` + f.name + `"`}, "Content-Type": {f.kind}})
		if err == nil {
			_, err = io.WriteString(p, f.content)
		}
		if err != nil {
			b.s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.s.t.Fatal(err)
	}
	b.head["Content-Type"] = w.FormDataContentType()
	defer delete(b.head, "Content-Type")
	return b.ask("POST", checkPath, body.String())
}

// keptFor are the names of the files that are kept for a form of a page.
func (s *site) keptFor(p list.PersonID, html string) (names []string) {
	m := formName.FindStringSubmatch(html)
	if m == nil {
		return nil
	}
	testdb.View(s.t, s.db, func(tx *store.Tx) error {
		all, err := draft.Files(tx, s.now, draft.Form{Person: p, Name: m[1]})
		for _, f := range all {
			names = append(names, f.Name)
		}
		return err
	})
	return names
}

// photo is a picture that says where it was taken.
func photo(t testing.TB) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	put := binary.BigEndian
	tiff := append([]byte("MM\x00*\x00\x00\x00\x08"), 0, 1) // one entry: where the place stands
	tiff = put.AppendUint32(append(tiff, 0x88, 0x25, 0, 4, 0, 0, 0, 1), 26)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(tiff, 0, 1, 0, 2, 0, 5, 0, 0, 0, 3) // one entry: a latitude of three fractions
	tiff = put.AppendUint32(tiff, 44)
	tiff = append(tiff, 0, 0, 0, 0)
	for range 6 {
		tiff = put.AppendUint32(tiff, 52)
	}
	exif := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte("\xff\xd8\xff\xe1"), byte((len(exif)+2)>>8), byte(len(exif)+2))
	return string(append(append(out, exif...), b.Bytes()[2:]...))
}

func TestFilesGoWithAMessage(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	page := b.get("/post?subject=Sheets")
	if !strings.Contains(page, `enctype="multipart/form-data"`) || !strings.Contains(page, `type="file"`) || !strings.Contains(page, "At most 11 MB") {
		t.Fatalf("page:\n%s", page)
	}
	text := []string{"list", "senco-forum", "subject", "Sheets", "text", "Here are two."}
	r, html := b.sendsFiles(page, []picked{{"plan.csv", "text/csv", "a,b\n"}, {"../b/notes.txt", "text/plain", "Two"}, {"IMG_1.jpg", "image/jpeg", photo(t)}}, text...)
	if r.StatusCode != 200 {
		t.Fatalf("%d\n%s", r.StatusCode, html)
	}
	for _, want := range []string{"plan.csv (", "notes.txt (text, 3 bytes)", "IMG_1.jpg (picture", "“IMG_1.jpg” said where it was taken", "Take it out", `name="files" value="3"`} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in the preview:\n%s", want, html)
		}
	}
	testdb.View(t, s.db, func(tx *store.Tx) error {
		all, err := draft.Of(tx, 2)
		if err != nil || len(all) != 3 {
			t.Fatalf("%d files, %v", len(all), err)
		}
		if b, err := draft.Content(tx, all[2]); err != nil || message.HasPlace(b) {
			t.Errorf("the photo still says where it was taken, %v", err)
		}
		return nil
	})
	_, html = b.ask("POST", checkPath, filledIn(html, append(text, "remove", number2(t, html, "notes.txt"), "files", "3")...))
	if got := s.keptFor(2, html); !slices.Equal(got, []string{"plan.csv", "IMG_1.jpg"}) || strings.Contains(html, "notes.txt") || !strings.Contains(html, "Check before") {
		t.Errorf("with one taken out: %q\n%s", got, html)
	}
	_, html = b.ask("POST", checkPath, filledIn(html, append(text, "do", "edit", "files", "2")...))
	if !strings.Contains(html, "Take out plan.csv (") || !strings.Contains(html, "Here are two.") || !strings.Contains(html, "More files") {
		t.Errorf("back in the form:\n%s", html)
	}
	_, html = b.sendsFiles(html, nil, append(text, "files", "2")...)
	if len(l.wrote) != 0 {
		t.Fatal("sent before it was said")
	}
	r, sent := b.ask("POST", checkPath, filledIn(html, append(text, "do", "send", "files", "2")...))
	if r.StatusCode != 200 || len(l.wrote) != 1 || s.keptFor(2, html) != nil {
		t.Fatalf("%d, sent %d, kept %q\n%s", r.StatusCode, len(l.wrote), s.keptFor(2, html), sent)
	}
	l.says.Again = true // the button is pressed once more: the files are not missed
	if _, again := b.ask("POST", checkPath, filledIn(html, append(text, "do", "send", "files", "2")...)); !strings.Contains(again, "You have sent this already") {
		t.Errorf("sent again:\n%s", again)
	}
}

var takesOut = regexp.MustCompile(`<li>([^<(]*) \([^)]*\) <button class="plain" form="go" name="remove" value="([0-9]+)">`)

// number2 is the number by which a file is taken out on the preview.
func number2(t *testing.T, html, name string) string {
	for _, m := range takesOut.FindAllStringSubmatch(html, -1) {
		if m[1] == name {
			return m[2]
		}
	}
	t.Fatalf("nothing takes out %s:\n%s", name, html)
	return ""
}

// Whatever is wrong with one file, the page says so, the text stands there, and the other files are kept.
func TestAFileThatIsNotTaken(t *testing.T) {
	for _, c := range []struct {
		name string
		file picked
		want string
	}{
		{"a program", picked{"photo.jpg", "image/jpeg", "MZ\x90\x00\x03" + strings.Repeat("\x00", 60)}, "“photo.jpg” is a program"},
		{"a name that runs", picked{"read me.js", "text/plain", "alert(1)"}, "“read me.js” is a program"},
		{"an empty file", picked{"plan.docx", "application/octet-stream", ""}, "“plan.docx” is empty"},
		{"a file that is too large", picked{"film.mp4", "video/mp4", strings.Repeat("x", 11e6+1)}, "“film.mp4” is too large. All files together may have 11 MB"},
		{"a file that is much too large", picked{"film.mp4", "video/mp4", strings.Repeat("x", 17<<20)}, "“film.mp4” is too large"},
		{"a file larger than anything that is read", picked{"film.mp4", "video/mp4", strings.Repeat("x", mostRead)}, "“film.mp4” is too large"},
		{"files that are too large together", picked{"film.mp4", "video/mp4", strings.Repeat("x", 11e6)}, "too large together"},
		{"markup in a name", picked{"<b>x</b>.js", "text/plain", "x"}, "“b&gt;.js” is a program"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, l := writing(t)
			b := s.as(2)
			text := []string{"list", "senco-forum", "subject", "Sheets", "text", "Here they are."}
			_, first := b.sendsFiles(b.get("/post"), []picked{{"first.txt", "text/plain", "x"}}, text...)
			r, html := b.sendsFiles(first, []picked{c.file}, append(text, "files", "1")...)
			if r.StatusCode != 422 || !strings.Contains(html, c.want) || !strings.Contains(html, "Here they are.") || !strings.Contains(html, "<title>Error") || !strings.Contains(html, `aria-invalid="true"`) {
				t.Errorf("%d\n%.3000s", r.StatusCode, html)
			}
			if got := s.keptFor(2, html); !slices.Equal(got, []string{"first.txt"}) || len(l.wrote) != 0 {
				t.Errorf("kept %q, sent %d", got, len(l.wrote))
			}
		})
	}
}

func TestMoreFilesThanAMessageMayHave(t *testing.T) {
	s, _ := writing(t)
	b := s.as(2)
	var many []picked
	for i := range draft.MostFiles + 1 {
		many = append(many, picked{fmt.Sprint(i, ".txt"), "text/plain", "x"})
	}
	r, html := b.sendsFiles(b.get("/post"), many, "list", "senco-forum", "subject", "S", "text", "T")
	if r.StatusCode != 422 || !strings.Contains(html, "A message may have 20 files") || s.keptFor(2, html) != nil {
		t.Errorf("%d, %q\n%s", r.StatusCode, s.keptFor(2, html), html)
	}
}

// Files that were kept too long are missed before anything is sent, and nobody else's form leads to them.
func TestFilesThatAreNotHereAnyMore(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	text := []string{"list", "senco-forum", "subject", "Sheets", "text", "Here they are.", "files", "1"}
	_, html := b.sendsFiles(b.get("/post"), []picked{{"first.txt", "text/plain", "x"}}, text[:6]...)
	if _, other := s.as(1).ask("POST", checkPath, filledIn(html, text[:6]...)); strings.Contains(other, "first.txt") {
		t.Errorf("somebody else sees\n%s", other)
	}
	s.now = s.now.Add(draft.Life)
	for _, do := range []string{"send", ""} {
		r, got := s.as(2).ask("POST", checkPath, filledIn(html, append(text, "do", do)...))
		if r.StatusCode != 422 || !strings.Contains(got, "Your files are not here any more") || !strings.Contains(got, "Here they are.") || len(l.wrote) != 0 {
			t.Errorf("%q: %d, sent %d\n%s", do, r.StatusCode, len(l.wrote), got)
		}
	}
}

func TestFilesOfAMessageThatIsGivenUpOrTakenBack(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	text := []string{"to", "1", "text", "Here they are."}
	_, html := b.sendsFiles(b.get("/post?to=1"), []picked{{"first.txt", "text/plain", "x"}}, text...)
	r, _ := b.ask("POST", checkPath, filledIn(html, append(text, "do", "drop", "files", "1")...))
	if r.StatusCode != 303 || r.Header.Get("Location") != "/m/1" || s.keptFor(2, html) != nil {
		t.Errorf("given up: %d to %s, kept %q", r.StatusCode, r.Header.Get("Location"), s.keptFor(2, html))
	}
	body, fields := message.TextWithFiles("Here they are.\n", []message.Enclosed{{Name: "first.txt", Type: "text/plain", Content: []byte("x")}})
	l.back = append([]byte("Subject: x\r\nMIME-Version: 1.0\r\n"+fields[0].Name+": "+fields[0].Value+"\r\n\r\n"), body...)
	_, html = b.ask("POST", checkPath, filledIn("", append(text, "do", "cancel", "number", "7")...))
	if got := s.keptFor(2, html); !slices.Equal(got, []string{"first.txt"}) || !strings.Contains(html, "We have taken it back") || !strings.Contains(html, "Take out first.txt") {
		t.Errorf("taken back: %q\n%s", got, html)
	}
}

// What a private message is asked about is shown once more, with its files, and may be sent then.
func TestFilesOfAPrivateMessageThatIsStoppedOnce(t *testing.T) {
	s, l := writing(t)
	b := s.as(2)
	text := []string{"to", "1", "private", "1", "text", "Here they are."}
	_, html := b.sendsFiles(b.get("/m/1/private"), []picked{{"first.txt", "text/plain", "x"}}, text...)
	l.says = Outlook{Fate: fateAsked, Why: []string{"It may hold a number."}}
	_, again := b.ask("POST", checkPath, filledIn(html, append(text, "do", "send", "files", "1")...))
	if got := s.keptFor(2, again); !slices.Equal(got, []string{"first.txt"}) || s.keptFor(2, html) != nil {
		t.Errorf("kept %q\n%s", got, again)
	}
}

// A visitor's files are read to their end and kept nowhere.
func TestFilesOfNobodyAreNotKept(t *testing.T) {
	s, _ := writing(t)
	page := s.as(2).get("/post")
	r, html := s.browser().sendsFiles(page, []picked{{"first.txt", "text/plain", "x"}}, "list", "senco-forum", "subject", "Sheets", "text", "Here they are.")
	if r.StatusCode != 403 || !strings.Contains(html, "Here they are.") || !strings.Contains(html, "Choose your files again") {
		t.Errorf("%d\n%s", r.StatusCode, html)
	}
	testdb.View(t, s.db, func(tx *store.Tx) error {
		for p := range list.PersonID(3) {
			if all, err := draft.Of(tx, p); err != nil || len(all) > 0 {
				t.Errorf("kept for %d: %v, %v", p, all, err)
			}
		}
		return nil
	})
}

func TestVeryManyFilesAtOnce(t *testing.T) {
	s, _ := writing(t)
	for i := range uploads {
		if !s.server.gate.enter(uint32(100 + i)) {
			t.Fatal("there is no room for the first")
		}
	}
	b := s.as(2)
	r, html := b.sendsFiles(b.get("/post"), []picked{{"first.txt", "text/plain", "x"}}, "list", "senco-forum", "subject", "S", "text", "Here they are.")
	if r.StatusCode != 422 || !strings.Contains(html, "Very many files") || !strings.Contains(html, "Here they are.") {
		t.Errorf("%d\n%s", r.StatusCode, html)
	}
	s.server.gate.leave(100)
	if !s.server.gate.enter(2) || s.server.gate.enter(2) {
		t.Error("one person brings files twice at once")
	}
	s.server.gate.leave(2)
	if r, html = b.sendsFiles(html, []picked{{"first.txt", "text/plain", "x"}}, "list", "senco-forum", "subject", "S", "text", "T"); r.StatusCode != 200 || !strings.Contains(html, "first.txt") {
		t.Errorf("afterwards: %d\n%s", r.StatusCode, html)
	}
	if len(s.server.gate.who) != uploads-1 {
		t.Errorf("%d are still inside", len(s.server.gate.who))
	}
}

func TestRoomForFiles(t *testing.T) {
	for _, c := range []struct {
		name         string
		server, list int64
		want         int64
	}{
		{"the usual message", 15 << 20, 0, 11e6}, {"a list's own limit", 15 << 20, 2 << 20, 1e6},
		{"a small limit", 600_000, 0, 328e3}, {"a list's limit above the server's", 600_000, 15 << 20, 328e3}, {"none", 0, 0, 0},
	} {
		s := &Server{cfg: Config{MaxMessage: c.server}}
		l := list.List{Settings: list.Settings{MaxMessage: c.list}}
		if got := s.roomForFiles(l); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// A request with files has more time than others, on a connection of ours.
func TestASlowPhoneHasTime(t *testing.T) {
	s, _ := writing(t)
	web := httptest.NewUnstartedServer(s.server.server.Handler)
	web.Config.ReadHeaderTimeout, web.Config.ReadTimeout, web.Config.WriteTimeout = time.Minute, 1, 1 // all of it is over at once
	web.Start()
	defer web.Close()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, f := range [][2]string{{"list", "senco-forum"}, {"subject", "S"}, {"text", "T"}} {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.CreateFormFile("file", "a.txt")
	if err == nil {
		_, err = p.Write(bytes.Repeat([]byte("x"), 40_000))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), "POST", web.URL+checkPath, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: s.as(2).cookies[sessionCookie]})
	answer, err := web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if html := text(t, answer); answer.StatusCode != 200 || !strings.Contains(html, "a.txt (text, 40 KB)") {
		t.Errorf("%d\n%s", answer.StatusCode, html)
	}
}

// inMemory lets what a fuzz test stores lie in memory, where the machine has a place for that: a commit that waits for a disk takes most of the
// time of an input.
func inMemory(f *testing.F) {
	const place = "/dev/shm"
	if dir, err := os.MkdirTemp(place, "fuzz"); err == nil {
		f.Cleanup(func() { os.RemoveAll(dir) })
		f.Setenv("TMPDIR", dir)
	}
}

func FuzzUpload(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nHello\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nx\r\n--b--\r\n"))
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../\\\"<script>\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=00"))
	f.Add([]byte("--b\r\nContent-Disposition: attachment; filename*=utf-8''%00\r\n\r\n\r\n--b"))
	inMemory(f)
	s := newSite(f, func(c *Config) { c.Desk = (&deskLog{says: Outlook{Fate: fateGoes}}).desk() })
	b := s.as(2)
	b.head["Content-Type"] = "multipart/form-data; boundary=b"
	f.Fuzz(func(t *testing.T, body []byte) {
		s.t = t
		r, html := b.ask("POST", checkPath, string(body))
		if r.StatusCode >= 500 || strings.Contains(html, "<script") {
			t.Errorf("%d\n%s", r.StatusCode, html)
		}
		testdb.Update(t, s.db, func(tx *store.Tx) error { return draft.Forget(tx, 2) })
		if len(s.server.gate.who) > 0 {
			t.Error("nobody let them out")
		}
	})
}
