package rig

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

const forum = "senco-forum@lists.example.org"

// fields are those that each copy of a post must have, once.
var fields = map[string]string{
	"List-Id":        "SENCO Forum <senco-forum.lists.example.org>",
	"List-Post":      "<mailto:" + forum + ">",
	"List-Help":      "<mailto:senco-forum-request@lists.example.org?subject=help>",
	"List-Subscribe": "<mailto:senco-forum-join@lists.example.org>",
	"List-Owner":     "<mailto:senco-forum-owner@lists.example.org>",
	"Precedence":     "list",
	"X-Loop":         forum,
	"Mime-Version":   "1.0",
}

// allowed are the fields whose value is looked at elsewhere, or by nobody.
const allowed = " Archived-At List-Archive Return-Path Delivered-To Dkim-Signature Feedback-Id List-Unsubscribe From To Reply-To Subject Date Message-Id Content-Type Content-Transfer-Encoding "

// footer is what stands under a text of the demo.
var footer = regexp.MustCompile(`\n-- \nReply = everyone \(28 people\)\. Only to [A-Z][a-z]+:\nsenco-forum-author\+snc1_[0-9a-z]{32}@lists\.example\.org\n` +
	`Read, report or stop this discussion: http://127\.0\.0\.1:\d+/m/\d+\n` +
	`Fewer emails, or leave: write weekly or leave to\nsenco-forum-request@lists\.example\.org\n*$`)

// pages are the fields that lead to the demo's archive.
var pages = map[string]*regexp.Regexp{
	"Archived-At":  regexp.MustCompile(`^<http://127\.0\.0\.1:\d+/m/\d+>$`),
	"List-Archive": regexp.MustCompile(`^<http://127\.0\.0\.1:\d+/>$`),
}

// unsubscribe is how a reader leaves: the demo has no https, so the link is for people.
var unsubscribe = regexp.MustCompile(`^<http://127\.0\.0\.1:\d+/u/snc1_[0-9a-z]{32}>, <mailto:senco-forum-leave@lists\.example\.org>$`)

var returnPath = regexp.MustCompile(`^<senco-forum-bounces\+snc1_[0-9a-z]{20,}@lists\.example\.org>$`)

// checkCopies compares every member's copy with the letter it is of.
func checkCopies(t *testing.T, d *demo, l letter, copies map[string]string) {
	t.Helper()
	tokens := map[string]string{}
	for address, text := range copies {
		m, err := mail.ReadMessage(strings.NewReader(text))
		if err != nil {
			t.Errorf("copy for %s: %v", address, err)
			continue
		}
		c := oneCopy{T: t, address: address, raw: text, header: m.Header, parts: map[string]string{}}
		c.fields(d, l)
		body, err := io.ReadAll(m.Body)
		if err != nil {
			t.Error(err)
		}
		c.read(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), body)
		c.words(l)
		c.private(l)
		c.signature(d)
		token := m.Header.Get("Return-Path")
		if other, used := tokens[token]; used || !returnPath.MatchString(token) {
			t.Errorf("return path %s for %s; used for %q too", token, address, other)
		}
		tokens[token] = address
	}
}

// oneCopy is a copy as one member got it.
type oneCopy struct {
	*testing.T
	address, raw string
	header       mail.Header
	parts        map[string]string // content type -> content, decoded
}

func (c *oneCopy) fields(d *demo, l letter) {
	for name, values := range c.header {
		if len(values) != 1 {
			c.Errorf("%s: %d fields %s", c.address, len(values), name)
		}
		if want, ok := fields[name]; ok && values[0] != want {
			c.Errorf("%s: %s is %q, want %q", c.address, name, values[0], want)
		} else if !ok && !strings.Contains(allowed, " "+name+" ") {
			c.Errorf("%s: field %s: %q should not leave", c.address, name, values[0])
		}
	}
	if got := c.header.Get("List-Unsubscribe"); !unsubscribe.MatchString(got) {
		c.Errorf("%s: List-Unsubscribe is %q", c.address, got)
	}
	for name, page := range pages {
		if got := c.header.Get(name); !page.MatchString(got) {
			c.Errorf("%s: %s is %q", c.address, name, got)
		}
	}
	for name := range fields {
		if c.header.Get(name) == "" {
			c.Errorf("%s: no %s", c.address, name)
		}
	}
	for name, want := range map[string]string{"From": d.members[l.from] + " via SENCO Forum", "To": "SENCO Forum", "Reply-To": "SENCO Forum"} {
		got, err := c.header.AddressList(name)
		if err != nil || len(got) != 1 || *got[0] != (mail.Address{Name: want, Address: forum}) {
			c.Errorf("%s: %s is %q, %v", c.address, name, c.header.Get(name), err)
		}
	}
	for name, want := range map[string]string{"Message-Id": l.id, "Date": letterDate, "Delivered-To": c.address} {
		if got := c.header.Get(name); got != want {
			c.Errorf("%s: %s is %q, want %q", c.address, name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(c.header.Get("Subject"))
	if want := "[SENCO] " + strings.TrimPrefix(l.subject, "[SENCO] "); err != nil || subject != want {
		c.Errorf("%s: the subject is %q, %v; want %q", c.address, subject, err, want)
	}
}

// read takes a part and those in it apart, with another hand than the server's.
func (c *oneCopy) read(contentType, encoding string, body []byte) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		c.Errorf("%s: content type %q: %v", c.address, contentType, err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				c.Fatalf("%s: %v", c.address, err)
			}
			content, err := io.ReadAll(p)
			if err != nil {
				c.Errorf("%s: %v", c.address, err)
			}
			c.read(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), content)
		}
	}
	var content io.Reader = bytes.NewReader(body)
	switch strings.ToLower(encoding) {
	case "base64":
		content = base64.NewDecoder(base64.StdEncoding, content)
	case "quoted-printable":
		content = quotedprintable.NewReader(content)
	}
	text, err := io.ReadAll(content)
	if err != nil {
		c.Errorf("%s: %s: %v", c.address, kind, err)
	}
	c.parts[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
}

// words looks for what the author wrote, and for the footer.
func (c *oneCopy) words(l letter) {
	text := c.parts["text/plain"]
	if at := footer.FindStringIndex(text); at == nil || text[:at[0]] != l.text {
		c.Errorf("%s: the text is\n%q, want\n%q and the footer", c.address, text, l.text)
	}
	for kind, want := range l.parts {
		if got := c.parts[kind]; !strings.Contains(got, want) {
			c.Errorf("%s: %s is %q, want one with %q", c.address, kind, got, want)
		}
	}
	if html, ok := c.parts["text/html"]; ok && strings.Count(html, "Reply = everyone (28 people).") != 1 {
		c.Errorf("%s: no footer in the HTML: %s", c.address, html)
	}
}

// signature asks another implementation whether the copy is signed by the domain that From names, as it stands.
func (c *oneCopy) signature(d *demo) {
	_, sent, _ := strings.Cut(c.raw, "\r\nDelivered-To: "+c.address+"\r\n")
	found, err := dkim.VerifyWithOptions(strings.NewReader(sent), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
		if record, ok := d.keys[name]; ok {
			return []string{record}, nil
		}
		return nil, errors.New("no record " + name)
	}})
	if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "lists.example.org" {
		c.Errorf("%s: signatures %+v, %v\n%s", c.address, found, err, c.raw)
	}
}

// private looks for what is nobody else's business. The first two lines are of
// the folder, not of the copy, and name the reader.
func (c *oneCopy) private(l letter) {
	rest, ok := strings.CutPrefix(c.raw, "Return-Path: "+c.header.Get("Return-Path")+"\r\nDelivered-To: "+c.address+"\r\n")
	if !ok {
		c.Errorf("%s: it begins otherwise:\n%s", c.address, c.raw)
	}
	for _, part := range c.parts {
		rest += part
	}
	for _, word := range []string{l.from, "private.example"} {
		if strings.Contains(strings.ToLower(rest), word) {
			c.Errorf("%s: the copy shows %s:\n%s", c.address, word, c.raw)
		}
	}
}
