package web

import (
	"errors"
	"net/http"

	"sencoforum/archive"
	"sencoforum/digest"
	"sencoforum/intake"
	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/store"
)

// What may be wrong with a request.
var (
	errNoPage = errors.New("no such page")
	errLink   = errors.New("no membership is behind this link")
	errReturn = errors.New("this link brings nobody back")
	errMethod = errors.New("the page has no such method")
	errBody   = errors.New("the request broke off")
	errBroken = errors.New("the page broke off")

	errSignIn  = errors.New("only for people who are signed in")
	errForeign = errors.New("a form of another site")
	errBusy    = errors.New("too many requests from one network")
	errSearch  = errors.New("too many searches")
)

// A methodError says that a page has no such method, and which it has.
type methodError struct{ allow string }

// Error says what is wrong.
func (e *methodError) Error() string { return errMethod.Error() }

// Is reports that it is errMethod.
func (e *methodError) Is(err error) bool { return err == errMethod }

// unsent is an error of the connection: nobody is there to read a page about it.
type unsent struct{ error }

// tell marks an error of writing an answer.
func tell(err error) error {
	if err == nil {
		return nil
	}
	return unsent{err}
}

// A failure is a page about something that is wrong.
type failure struct {
	status int
	title  string
	texts  []string
	next   link // where to go instead
}

var notFound = failure{status: http.StatusNotFound, title: "Page not found", texts: []string{
	"There is no page at this address. If you typed it, please check it. If you followed a link from an email, the link may have been cut: try to copy all of it."},
	next: link{Path: "/", Text: "To the first page"}}

// failures say what people read, in the order in which an error is looked up. An error that is not here is a fault of
// ours, whose cause is for the log only.
var failures = []struct {
	err  error
	page failure
}{
	{errNoPage, notFound},
	{errLink, failure{status: http.StatusNotFound, title: "This link does not work", texts: []string{
		"Nothing was changed. The link may have been cut: try to copy all of it.",
		"The end of each email from the forum says how to leave by email."}}},
	{errReturn, failure{status: http.StatusNotFound, title: "This link does not work", texts: []string{
		"Nothing was changed. The link may have been cut, it may be too old, or it was used already.",
		"You can ask to join at any time."}, next: link{Path: "/join", Text: "Ask to join"}}},
	{archive.ErrNoPost, notFound}, {archive.ErrNoThread, notFound}, {archive.ErrNoTopic, notFound}, {archive.ErrNoCollection, notFound}, {list.ErrNoMember, notFound}, {intake.ErrNoMessage, notFound}, {moderate.ErrGone, notFound}, {digest.ErrNoIssue, notFound},
	{archive.ErrRemoved, failure{status: http.StatusGone, title: "This message was removed", texts: []string{"The moderators removed it. Nobody can read it any more."}}},
	{errForeign, failure{status: http.StatusForbidden, title: "That does not work from another site", texts: []string{"Nothing was changed. Please open the page here and try again."}}},
	{errBusy, failure{status: http.StatusTooManyRequests, title: "Please wait a moment", texts: []string{
		"Very many pages were opened from your network in a short time. Please try again in a minute."}}},
	{errSearch, failure{status: http.StatusTooManyRequests, title: "Please wait a moment", texts: []string{
		"The search has very much to do just now. Please try again in a minute."}}},
	{errMethod, failure{status: http.StatusMethodNotAllowed, title: "That does not work here", texts: []string{"Please open the page in a web browser."}}},
	{errBody, failure{status: http.StatusBadRequest, title: "Your request did not arrive whole", texts: []string{"Nothing was changed. Please try again."}}},
	{membership.ErrNobody, failure{status: http.StatusServiceUnavailable, title: "Nobody could be asked", texts: []string{
		"You left more than 30 days ago, so a moderator has to decide, and there is none at present. Nothing was changed. Please reply to the email with the word join."}}},
	{store.ErrFull, failure{status: http.StatusServiceUnavailable, title: "Please try again later", texts: []string{
		"We have no room on disk just now. Nothing was changed."}}},
}

// broken is the page about a fault of ours.
var broken = failure{status: http.StatusInternalServerError, title: "Something is wrong on our side", texts: []string{"Please try again in a few minutes."}}

// failureOf returns the page about an error, and whether an operator has to look at it.
func failureOf(err error) (f failure, ours bool) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return failure{status: http.StatusRequestEntityTooLarge, title: "That is too much", texts: []string{"Nothing was changed."}}, false
	}
	for _, row := range failures {
		if errors.Is(err, row.err) {
			return row.page, errors.Is(err, store.ErrFull)
		}
	}
	return broken, true
}

// fail answers with the page about an error. Neither the page nor the log names the address, which may hold a token.
func (v *visit) fail(err error) {
	s := v.s
	if gone := (unsent{}); errors.As(err, &gone) {
		s.log.Debug("a page was not read to its end", "cause", err)
		return
	}
	if errors.Is(err, errSignIn) {
		if err = v.askToSignIn(); err == nil {
			return
		}
	}
	f, ours := failureOf(err)
	if ours && !errors.Is(err, errBroken) { // a panic was logged where it was caught
		s.log.Error("a page could not be shown", "method", v.r.Method, "cause", err)
	}
	var method *methodError
	var removed *archive.RemovedError
	switch {
	case errors.As(err, &method):
		v.w.Header().Set("Allow", method.allow)
		if method.allow == http.MethodPost {
			f.texts = []string{"Nothing was changed. This address takes only what a button on a page of ours sends, and somebody opened it as a page.",
				"Go back to the page with the button, or to your settings, and press it there."}
		}
	case errors.As(err, &removed):
		f.texts = []string{"This message was removed by the moderators on " + day(removed.At) + "."}
	case f.status == http.StatusServiceUnavailable:
		v.w.Header().Set("Retry-After", "300")
	case f.status == http.StatusTooManyRequests:
		v.w.Header().Set("Retry-After", "60")
	}
	v.w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	v.rt.index = false
	if err := v.show(f.status, "page.html", v.around(f), page{Title: f.title, Texts: f.texts, Next: f.next}); err != nil {
		s.log.Debug("a page was not read to its end", "cause", err)
	}
}

// around is what is around the page about an error: for whoever is signed in the menu, as around every page. A link of a mail is
// answered alike for everybody.
func (v *visit) around(f failure) shell {
	if !v.known && (f.status == http.StatusNotFound || f.status == http.StatusMethodNotAllowed) {
		if err := v.who(); err != nil { // then they are nobody
			v.reader, v.known = list.Reader{}, false
		}
	}
	if !v.rt.tokened() {
		return v.shell(f.title)
	}
	plain := &visit{s: v.s, r: v.r, now: v.now, rt: v.rt, site: list.List{Title: v.site.Title}}
	return plain.shell(f.title)
}
