package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A tab is a window of the browser with cookies of its own, which notes what a page does that none of ours may.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string // guarded by mu
	asked  []string // addresses that the page asked for; guarded by mu
}

// newTab opens a window on the pages of a base address. It ends with the test.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(chromium(t), chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	w := &tab{t: t, ctx: ctx, base: base}
	if err := chromedp.Listen(ctx, w.note); err != nil {
		t.Fatal(err)
	}
	return w
}

// note takes what the browser tells.
func (w *tab) note(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if ev.RedirectResponse == nil {
			w.asked = append(w.asked, ev.Request.URL)
		}
		if !strings.HasPrefix(ev.Request.URL, w.base+"/") && !strings.HasPrefix(ev.Request.URL, "about:") {
			w.faults = append(w.faults, "it asks elsewhere: "+ev.Request.URL)
		}
	case *runtime.EventExceptionThrown:
		w.faults = append(w.faults, "a script ran and broke: "+ev.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		w.faults = append(w.faults, fmt.Sprintf("a script ran: console.%s", ev.Type))
	case *runtime.EventBindingCalled:
		w.faults = append(w.faults, "a script ran: "+ev.Payload)
	case *page.EventJavascriptDialogOpening:
		w.faults = append(w.faults, "a script ran: "+ev.Type.String()+" "+ev.Message)
		go chromedp.Do(w.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: false})
			return err
		}))
	case *log.EventEntryAdded:
		// That a page is not there is told by its status.
		if ev.Entry.Level == log.EntryLevelError && !strings.HasPrefix(ev.Entry.Text, "Failed to load resource: the server responded") {
			w.faults = append(w.faults, "the console says: "+ev.Entry.Text)
		}
	}
}

// taken returns what was wrong since it was last asked, and the addresses that were asked for.
func (w *tab) taken() (faults, asked []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	faults, asked, w.faults, w.asked = w.faults, w.asked, nil, nil
	return faults, asked
}

// do runs steps and ends the test when one fails.
func (w *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, end := context.WithTimeout(w.ctx, patience)
	defer end()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatalf("at %s: %v", w.at(), err)
	}
}

// at is the address of the page, below the base.
func (w *tab) at() string {
	at, err := chromedp.Run(w.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, w.base)
}

// open opens a page.
func (w *tab) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.base + path))
}

// tell runs a command of the browser's own language.
func tell[P, R any](w *tab, command cdp.Command[P, R], params P) {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, command, params)
		return err
	}))
}

// as takes over the cookies of a client.
func (w *tab) as(c *http.Client) {
	w.t.Helper()
	at, err := url.Parse(w.base + "/")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, cookie := range c.Jar.Cookies(at) {
		tell(w, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: w.base + "/"})
	}
}

// A light is how wide a screen is, and whether it is dark.
type light struct {
	width int64
	dark  bool
}

var lights = []light{{390, false}, {390, true}, {1280, false}, {1280, true}}

func (l light) String() string {
	if l.dark {
		return fmt.Sprintf("%d-dark", l.width)
	}
	return fmt.Sprintf("%d-light", l.width)
}

// in changes the screen.
func (w *tab) in(l light) {
	w.t.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	height := int64(900)
	if l.width < 600 {
		height = 844
	}
	w.do(chromedp.EmulateViewport(l.width, height))
	tell(w, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// ask runs a script of ours in the page, which returns a list of faults.
func (w *tab) ask(script string) (faults []string) {
	w.t.Helper()
	ctx, end := context.WithTimeout(w.ctx, patience)
	defer end()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("at %s: %v", w.at(), err)
	}
	if err := json.Unmarshal([]byte(text), &faults); err != nil {
		w.t.Fatalf("at %s: %v", w.at(), err)
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}
