// Package browser looks at the server as people do: the binary as it ships runs its demonstration, and Chromium opens its pages.
//
// What there is to open comes from the server itself: each sort of person follows every link from the first page on and from
// the mails of the demonstration, and every address of the table in web must have been met. So a new page is looked at without
// a word here.
//
// It needs Chromium, and axe-core as .cache/axe.min.js, which "make browser" fetches and no server ships. Without them the
// tests are skipped, and say so. A plain "go test" is the quick form; -full is all of it.
package browser
