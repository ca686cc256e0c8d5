package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"sencoforum/internal/corpora"
)

// canary is what attacks call. Whatever else they call is heard by the browser itself.
const canary = `window.canary(location.href)`

// vectors run a script when a browser takes them for HTML; CALL stands for the call. Some need a click or a pointer, which the
// test supplies.
var vectors = []string{
	`<script>CALL</script>`, `<SCRIPT >CALL</SCRIPT>`, `<script src="data:text/javascript,CALL"></script>`, `<script src="//evil.example/x.js"></script>`,
	`<img src=x onerror="CALL">`, `<img src=x onerror=CALL>`, `<IMG/SRC=x/ONERROR=CALL>`, `<img src=x:x onerror&#61;"CALL">`, `<image src=x onerror=CALL>`,
	`<svg onload=CALL>`, `<svg/onload=CALL>`, `<svg><script>CALL</script></svg>`, `<svg><animate onbegin=CALL attributeName=x dur=1s>`,
	`<svg><a xlink:href="javascript:CALL"><text y=20>click</text></a></svg>`, `<svg><set attributeName=href to="javascript:CALL"></svg>`,
	`<math><maction actiontype="statusline#" xlink:href="javascript:CALL">click</maction></math>`, `<math href="javascript:CALL">click</math>`,
	`<body onload=CALL>`, `<body onpageshow=CALL>`, `<iframe src="javascript:CALL"></iframe>`, `<iframe srcdoc="<script>parent.CALL</script>"></iframe>`,
	`<object data="javascript:CALL"></object>`, `<embed src="javascript:CALL">`, `<a href="javascript:CALL">click</a>`, `<a href="JaVaScRiPt:CALL">click</a>`,
	"<a href=\"java\tscript:CALL\">click</a>", `<a href="&#106;avascript:CALL">click</a>`, `<a href="javascript&colon;CALL">click</a>`,
	`<a href="data:text/html,<script>CALL</script>">click</a>`, `<a href=vbscript:CALL>click</a>`, `<form action="javascript:CALL"><button>click</button></form>`,
	`<button formaction="javascript:CALL" form=f>click</button><form id=f></form>`, `<input autofocus onfocus=CALL>`, `<input onblur=CALL autofocus><input autofocus>`,
	`<details open ontoggle=CALL>`, `<video src=x onerror=CALL></video>`, `<video><source onerror=CALL></video>`, `<audio src=x onerror=CALL>`,
	`<marquee onstart=CALL>x</marquee>`, `<div onmouseover="CALL">hover</div>`, `<div onclick=CALL>click</div>`, `<p style="animation:x 1s" onanimationstart=CALL>x</p>`,
	`<style>@import "//evil.example/x.css";</style>`, `<p style="background:url(//evil.example/p.png)">x</p>`, `<link rel=stylesheet href="//evil.example/x.css">`,
	`<meta http-equiv=refresh content="0;url=//evil.example/">`, `<base href="//evil.example/">`, `<img src="//evil.example/pixel.gif">`, `<img srcset="//evil.example/a.png 1x">`,
	`<table background="//evil.example/t.png"><tr><td>x</table>`, `<template><script>CALL</script></template><svg onload=CALL>`, `<noscript><p title="</noscript><img src=x onerror=CALL>">`,
}

// contexts are ways in which a page may let words through to where they are not words any more; X stands for a vector.
var contexts = []string{
	`X`, `"X`, `">X`, `'>X`, `</title>X`, `</textarea>X`, `--!>X`, `]]>X`, `</summary></details>X`, `&lt;&gt;X`,
}

// An attack is a text that runs a script where a page lets it.
type attack struct{ name, text string }

// attacks are those of the table, every one in every context.
func attacks() (all []attack) {
	for i, v := range vectors {
		for j, c := range contexts {
			text := strings.ReplaceAll(strings.ReplaceAll(c, "X", v), "CALL", canary)
			all = append(all, attack{fmt.Sprintf("table %d/%d", i, j), text})
		}
	}
	return all
}

// known are those of the corpus.
func known(t *testing.T) (all []attack) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(corpora.Dir(t, "html-xss"), "dompurify.json"))
	if err != nil {
		t.Fatal(err)
	}
	var some []struct{ Title, Payload string }
	if err := json.Unmarshal(text, &some); err != nil {
		t.Fatal(err)
	}
	for i, s := range some {
		all = append(all, attack{fmt.Sprintf("corpus %d", i), s.Payload})
	}
	return all
}

// sampled are all attacks, or a part of them where not everything is asked for.
func sampled(t *testing.T) []attack {
	t.Helper()
	all := append(attacks(), known(t)...)
	if *full {
		return all
	}
	var some []attack
	const part = 23
	for i := time.Now().YearDay() % part; i < len(all); i += part { // others on another day
		some = append(some, all[i])
	}
	return some
}

// prod moves the pointer over everything, clicks and opens what does not leave the page, and returns what no page of ours may
// hold.
const prod = `(() => {
  const faults = [];
  for (const e of document.querySelectorAll('*')) {
    const tag = e.tagName.toLowerCase();
    if (['script', 'iframe', 'object', 'embed', 'base', 'style', 'math', 'template', 'video', 'audio', 'frame', 'applet'].includes(tag)) faults.push('holds ' + tag);
    if (tag === 'meta' && e.httpEquiv) faults.push('holds meta ' + e.httpEquiv);
    if (tag === 'link' && new URL(e.href).origin !== location.origin) faults.push('holds link ' + e.href);
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) || a.name === 'style' || a.name === 'srcdoc' || a.name === 'formaction') faults.push('holds ' + a.name);
      if (/^(href|src|action|xlink:href|data|poster|background|srcset)$/i.test(a.name) && !/^(https?:|mailto:|[/?#]|$)/i.test(a.value.trim())) faults.push(a.name + ' leads to ' + a.value.slice(0, 60));
    }
    for (const type of ['mouseover', 'mouseenter', 'focus', 'blur', 'toggle', 'animationstart'])
      e.dispatchEvent(new Event(type, { bubbles: true }));
    if (tag === 'details') e.open = true;
    if (e.href && /^(javascript|data|vbscript):/i.test(e.href.baseVal ?? e.href) || e.hasAttribute('onclick')) e.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  }
  return JSON.stringify(faults);
})()`

// hunted prepares a tab that hears every script, with the pages' own policy or without.
func hunted(t *testing.T, base string, bare bool) *tab {
	t.Helper()
	w := newTab(t, base)
	w.do()
	tell(w, runtime.AddBinding, runtime.AddBindingParams{Name: "canary"})
	tell(w, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: bare})
	return w
}

// TestBrowserHearsAttacks shows that the tests below would hear a script: a page that lets everything through.
func TestBrowserHearsAttacks(t *testing.T) {
	all := attacks()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{n}", func(rw http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscan(r.PathValue("n"), &n); err != nil || n >= len(all) {
			http.NotFound(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(rw, "<!doctype html><title>x</title><p>%s", all[n].text)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	w := hunted(t, s.URL, true)
	heard, ran := 0, 0
	const some = 3
	for n := 0; n < len(all); n += len(contexts) * some {
		w.taken()
		w.open(fmt.Sprintf("/%d", n))
		held := w.ask(prod)
		faults, _ := w.taken()
		if len(held)+len(faults) > 0 {
			heard++
		} else {
			t.Errorf("nothing was heard of %s", all[n].text)
		}
		if strings.Contains(strings.Join(faults, " "), "a script ran") {
			ran++
		}
	}
	t.Logf("%d of %d heard, %d ran a script", heard, (len(vectors)+some-1)/some, ran)
	if ran == 0 {
		t.Error("no script ran: the test hears nothing")
	}
}

// attacking is a message with an attack wherever words go. Ten of them are a discussion.
func attacking(a attack, n int, from, to string) []byte {
	var b bytes.Buffer
	parts := multipart.NewWriter(&b)
	fmt.Fprintf(&b, "From: %s <%s>\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <attack-%d@browser.example>\r\nReferences: <attack-%d@browser.example>\r\nDate: %s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=%s\r\n\r\n",
		encoded(a.text), from, to, encoded(fmt.Sprintf("%d %s", n, a.text)), n, n-n%10, time.Now().Format(time.RFC1123Z), parts.Boundary())
	part := func(kind, more, text string) {
		p, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {kind}, "Content-Disposition": {more}, "Content-Transfer-Encoding": {"base64"}})
		if err != nil {
			panic(err) // it writes to memory
		}
		fmt.Fprint(p, folded(base64.StdEncoding.EncodeToString([]byte(text))))
	}
	inner := fmt.Sprintf("alternative-%d", n)
	alternative := fmt.Sprintf("--%s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--%s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--%s--\r\n",
		inner, lines(a.text+"\n\n> "+a.text+"\n\n-- \n"+a.text), inner, lines("<p>Words.</p>"+a.text), inner)
	p, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"multipart/alternative; boundary=" + inner}})
	if err != nil {
		panic(err)
	}
	fmt.Fprint(p, alternative)
	name := mime.FormatMediaType("attachment", map[string]string{"filename": a.text + ".html"})
	part("text/html; charset=utf-8", name, a.text)
	part("image/svg+xml", mime.FormatMediaType("attachment", map[string]string{"filename": a.text + ".svg"}), `<svg xmlns="http://www.w3.org/2000/svg" onload="`+canary+`"/>`)
	if err := parts.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// lines is base64 in lines that mail allows.
func lines(text string) string { return folded(base64.StdEncoding.EncodeToString([]byte(text))) }

// encoded is a text as the words of a field, whatever is in it (RFC 2047).
func encoded(text string) string {
	var words []string
	for some := range slices.Chunk([]rune(text), 10) {
		words = append(words, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(string(some)))+"?=")
	}
	return strings.Join(words, "\r\n ")
}

// folded breaks a long text without spaces.
func folded(text string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	return b.String() + text
}

// TestBrowserAttacks posts attacks, and opens every sort of page on which their words may stand.
func TestBrowserAttacks(t *testing.T) {
	chromium(t)
	all := sampled(t)
	h := open(t, "--posts", "10", "--members", "12")
	h.calm(t)
	for i, a := range all {
		m := h.members[i%len(h.members)]
		h.post(t, m.Address, h.list, attacking(a, i, m.Address, h.list))
		if i%10 == 0 { // a stranger waits for moderators
			stranger := fmt.Sprintf("stranger%d@elsewhere.example", i)
			h.post(t, stranger, h.list, attacking(a, i+100_000, stranger, h.list))
			join := strings.Replace(h.list, "@", "-join@", 1)
			h.post(t, stranger, join, attacking(a, i+200_000, stranger, join))
		}
	}
	h.settled(t)
	h.rename(t, all)
	readers, most, again := []string{"moderator", ""}, 3, 1
	if *full {
		readers, most, again = roles, len(all), 40
	}
	opened := 0
	for _, role := range readers {
		var who member
		if role != "" {
			who = h.role(t, role)
		}
		c := h.client(t, who.Name)
		met := h.crawl(t, c, who.Address)
		opened += h.hunt(t, c, true, chosen(met, most)) + h.hunt(t, c, false, chosen(met, again))
		most = min(most, 40) // who sees most has seen everything
	}
	t.Logf("%d attacks on %d pages", len(all), opened)
}

// calm lets one writer post much, without mail about each, and strangers wait for moderators.
func (h *house) calm(t *testing.T) {
	t.Helper()
	name := strings.Split(h.list, "@")[0]
	for _, s := range [][2]string{{"posts_hour", "off"}, {"posts_day", "off"}, {"ack", "off"}, {"non_member", "hold"}} {
		h.command(t, "list", "set", name, s[0], s[1])
	}
}

// rename gives members names that attack.
func (h *house) rename(t *testing.T, all []attack) {
	t.Helper()
	offered := h.fetch(t, http.DefaultClient, "/demo").body
	for i, m := range h.members {
		if !strings.Contains(offered, `value="`+m.Name+`"`) {
			continue
		}
		answer, err := h.client(t, m.Name).PostForm(h.base+"/settings", map[string][]string{"name": {cut(all[i%len(all)].text, 80)}})
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
}

func cut(text string, most int) string { return text[:min(most, len(text))] }

// hunt opens pages as whoever the client is, with their own policy or without, and returns how many.
func (h *house) hunt(t *testing.T, c *http.Client, bare bool, pages []found) int {
	t.Helper()
	w := hunted(t, h.base, bare)
	w.as(c)
	for _, f := range pages {
		w.taken()
		w.open(f.path)
		held := w.ask(prod)
		faults, _ := w.taken()
		for _, fault := range append(held, faults...) {
			t.Errorf("%s, without its policy %v: %s", f.path, bare, fault)
		}
	}
	return len(pages)
}
