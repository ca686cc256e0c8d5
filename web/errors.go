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
}

var notFound = failure{http.StatusNotFound, "Page not found", []string{
	"There is no page at this address. If you typed it, please check it. If you followed a link from an email, the link may have been cut: try to copy all of it."}}

// failures say what people read, in the order in which an error is looked up. An error that is not here is a fault of
// ours, whose cause is for the log only.
var failures = []struct {
	err  error
	page failure
}{
	{errNoPage, notFound},
	{errLink, failure{http.StatusNotFound, "This link does not work", []string{
		"Nothing was changed. The link may have been cut: try to copy all of it.",
		"The end of each email from the forum says how to leave by email."}}},
	{errReturn, failure{http.StatusNotFound, "This link does not work", []string{
		"Nothing was changed. The link may have been cut, it may be too old, or it was used already.",
		"To become a member again, write to the address of the forum with -join before the @ sign."}}},
	{archive.ErrNoPost, notFound}, {archive.ErrNoThread, notFound}, {archive.ErrNoTopic, notFound}, {archive.ErrNoCollection, notFound}, {list.ErrNoMember, notFound}, {intake.ErrNoMessage, notFound}, {moderate.ErrGone, notFound}, {digest.ErrNoIssue, notFound},
	{archive.ErrRemoved, failure{http.StatusGone, "This message was removed", []string{"The moderators removed it. Nobody can read it any more."}}},
	{errForeign, failure{http.StatusForbidden, "That does not work from another site", []string{"Nothing was changed. Please open the page here and try again."}}},
	{errBusy, failure{http.StatusTooManyRequests, "Please wait a moment", []string{
		"Very many pages were opened from your network in a short time. Please try again in a minute."}}},
	{errSearch, failure{http.StatusTooManyRequests, "Please wait a moment", []string{
		"The search has very much to do just now. Please try again in a minute."}}},
	{errMethod, failure{http.StatusMethodNotAllowed, "That does not work here", []string{"Please open the page in a web browser."}}},
	{errBody, failure{http.StatusBadRequest, "Your request did not arrive whole", []string{"Nothing was changed. Please try again."}}},
	{membership.ErrNobody, failure{http.StatusServiceUnavailable, "Nobody could be asked", []string{
		"You left more than 30 days ago, so a moderator has to decide, and there is none at present. Nothing was changed. Please reply to the email with the word join."}}},
	{store.ErrFull, failure{http.StatusServiceUnavailable, "Please try again later", []string{
		"We have no room on disk just now. Nothing was changed."}}},
}

// broken is the page about a fault of ours.
var broken = failure{http.StatusInternalServerError, "Something is wrong on our side", []string{"Please try again in a few minutes."}}

// failureOf returns the page about an error, and whether an operator has to look at it.
func failureOf(err error) (f failure, ours bool) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return failure{http.StatusRequestEntityTooLarge, "That is too much", []string{"Nothing was changed."}}, false
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
	if err := v.tell(f.status, page{Title: f.title, Texts: f.texts}); err != nil {
		s.log.Debug("a page was not read to its end", "cause", err)
	}
}
