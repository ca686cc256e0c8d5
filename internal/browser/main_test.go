package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"sencoforum/document"
)

var (
	full  = flag.Bool("full", false, "every page as everybody in every light, and every attack, instead of a sample")
	shots = flag.String("shots", "", "a `FOLDER` to write a picture of every page to")
	built = flag.String("server", "", "a `FILE`, the server to look at, instead of one that is built now")
)

// TestMain ends what the tests share.
func TestMain(m *testing.M) {
	document.Begin()
	flag.Parse()
	code := m.Run()
	for i := len(shared.ends) - 1; i >= 0; i-- {
		shared.ends[i]()
	}
	os.Exit(code)
}

// shared is what is made once for all tests.
var shared struct {
	binary, chromium sync.Once
	ends             []func()

	path     string          // of the server
	browser  context.Context // whose first tab is empty
	failed   error           // to build
	launched error
}

// build returns the path of the server as it ships.
func build(t *testing.T) string {
	t.Helper()
	if *built != "" {
		return *built
	}
	shared.binary.Do(func() {
		dir, err := os.MkdirTemp("", "browser-binary-")
		if shared.failed = err; err != nil {
			return
		}
		shared.ends = append(shared.ends, func() { os.RemoveAll(dir) })
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", dir, "sencoforum/cmd/sencoforum") // as make does
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			shared.failed = fmt.Errorf("%w\n%s", err, out)
		}
		shared.path = filepath.Join(dir, "sencoforum")
	})
	if shared.failed != nil {
		t.Fatalf("build: %v", shared.failed)
	}
	return shared.path
}

// chromium returns the browser of all tests, or skips the test.
func chromium(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		t.Skip("NOT TESTED: needs Chromium")
	}
	shared.chromium.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:],
			chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
			chromedp.Flag("hide-scrollbars", true),
			chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), // what asks elsewhere is told at once that nobody is there
			chromedp.Flag("lang", "en-GB"))
		if os.Getuid() == 0 {
			options = append(options, chromedp.NoSandbox) // which it does not have for root
		}
		all, end := chromedp.NewExecAllocator(context.Background(), options...)
		quiet := func(string, ...any) {} // a newer browser has events that the library does not know
		first, endFirst := chromedp.NewContext(all, chromedp.WithErrorf(quiet), chromedp.WithLogf(quiet))
		shared.ends = append(shared.ends, end, endFirst)
		shared.browser, shared.launched = first, chromedp.Do(first)
	})
	if shared.launched != nil {
		t.Fatalf("start Chromium: %v", shared.launched)
	}
	return shared.browser
}

// axe returns the program that looks for what people with disabilities cannot use, or skips the test.
func axe(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(t), ".cache", "axe.min.js"))
	if err != nil {
		t.Skipf("NOT TESTED: needs axe-core; run: make .cache/axe.min.js (%v)", err)
	}
	return string(text)
}

// root is the folder of the module.
func root(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
}
