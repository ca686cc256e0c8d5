package web

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/message"
	"sencoforum/store"
)

// fileData is a file of a message as the page of its discussion names it.
type fileData struct{ Path, Name, About string }

// sealed is the policy for whatever somebody else wrote: it runs nothing, loads nothing and has no origin.
const sealed = "default-src 'none'; frame-ancestors 'none'; sandbox"

// fileNames gives each file of a message a name of its own, in their order: a second "photo.jpg" is "2-photo.jpg".
func fileNames(files []message.File) []string {
	var names []string
	for _, f := range files {
		name := strings.NewReplacer("/", "-", "\\", "-").Replace(f.Name)
		for i := 2; slices.Contains(names, name); i++ {
			name = strconv.Itoa(i) + "-" + f.Name
		}
		names = append(names, name)
	}
	return names
}

func filesOf(base string, n archive.Number, files []message.File) (all []fileData) {
	for i, name := range fileNames(files) {
		all = append(all, fileData{
			Path: filePath(base, n, name), Name: files[i].Name,
			About: kindOf(files[i]) + ", " + sizeOf(files[i].Size),
		})
	}
	return all
}

func filePath(base string, n archive.Number, name string) string {
	return fmt.Sprintf("%s/a/%d/%s", base, n, url.PathEscape(name))
}

// kinds are what people call a kind of file.
var kinds = map[string]string{
	"image/jpeg": "picture", "image/png": "picture", "image/gif": "picture", "application/pdf": "PDF", "text/plain": "text",
	"application/msword": "Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
	"application/vnd.ms-excel": "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
	"application/vnd.ms-powerpoint": "PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
	"application/zip": "packed files", "text/calendar": "calendar", "message/rfc822": "email",
}

func kindOf(f message.File) string {
	if k := kinds[f.Type]; k != "" {
		return k
	}
	return "file"
}

func sizeOf(n int64) string {
	if n < 1000 {
		return plural(int(n), "byte", "bytes")
	}
	return list.Megabytes(n)
}

// attachment gives out a file of a message. Pictures are shown; all else is only to be kept, whatever it says it is.
func attachment(v *visit) error {
	m, _, err := v.text()
	if err != nil {
		return err
	}
	files := m.View().Files
	i := slices.Index(fileNames(files), v.args["name"])
	if i < 0 {
		return errNoPage
	}
	content, ok := m.FileContent(files[i].Part, files[i].Inner)
	if !ok {
		return errNoPage
	}
	kind, how := "application/octet-stream", "attachment"
	if t := files[i].Type; t == "image/png" || t == "image/jpeg" {
		kind, how = t, "inline"
	}
	return v.give(kind, how, files[i].Name, content)
}

// rawPost gives out the bytes of a message to who wrote it and to moderators.
func rawPost(v *visit) error {
	m, p, err := v.text()
	if err != nil {
		return err
	}
	if !v.reader.Moderates(p.List) && (p.Author == 0 || p.Author != v.reader.Person()) {
		return errNoPage
	}
	return v.give("text/plain; charset=utf-8", "attachment", fmt.Sprintf("message-%d.eml.txt", p.Number), m.Raw())
}

// text reads the message of the address.
func (v *visit) text() (*message.Message, archive.Post, error) {
	n, err := v.number()
	if err != nil {
		return nil, archive.Post{}, err
	}
	var p archive.Post
	var raw []byte
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		p, raw, err = archive.ReadText(tx, v.reader, n)
		return err
	})
	if err != nil {
		return nil, p, err
	}
	return message.Parse(raw), p, nil
}

// give writes what somebody else wrote, so that a browser takes it for nothing but bytes.
func (v *visit) give(kind, how, name string, content []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", sealed)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": name}))
	if h.Get("Content-Disposition") == "" {
		h.Set("Content-Disposition", how)
	}
	v.w.WriteHeader(http.StatusOK)
	_, err := v.w.Write(content)
	return tell(err)
}
