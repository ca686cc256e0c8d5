package web

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"sencoforum/archive"
	"sencoforum/list"
	"sencoforum/moderate"
	"sencoforum/store"
)

// reportRoutes are the pages of members' reports of posts. What they do is what the words stop, close, ask and keep do by mail.
var reportRoutes = []route{
	{"GET", "/mod/report/{report}", moderates, reportCasePage, false},
	{"POST", "/mod/report/{report}", moderates, actOnReport, false},
}

// mostReports is how many reports stand above what waits; the others follow when these are done.
const mostReports = 20

// reportCaseData is a report as pages show it.
type reportCaseData struct {
	ID      string
	Title   string // the subject of the post
	Path    string // with the base address
	Post    string // the page of what may be done to the post
	Thread  string
	List    string // where there is more than one
	Writer  string
	By      string // who reported it
	Called  string // the same in a sentence
	Since   string
	Said    template.HTML
	First   string // the beginning of the post
	Text    template.HTML
	Asked   string
	End     string // how it ended, a sentence; empty while it is open
	Stopped bool
	Whole   bool // it is the page of this alone

	Question, Error string
}

// reportData gathers what pages show of a report.
func (v *visit) reportData(tx *store.Tx, id moderate.ReportID) (d reportCaseData, err error) {
	c, err := v.s.cfg.Acts.ReportCaseOf(tx, v.reader, v.hand(), id)
	if errors.Is(err, moderate.ErrNoReport) {
		err = errNoPage
	}
	if err != nil {
		return d, err
	}
	d = reportCaseData{
		ID: strconv.FormatUint(uint64(id), 10), Title: subjectOf(c.About), By: visible(c.Name), Writer: nameOf(c.About),
		Post: fmt.Sprintf("%s/mod/post/%d", v.s.cfg.Path, c.Post), Thread: fmt.Sprintf("%s/m/%d", v.s.cfg.Path, c.Post),
		Since: lasting(v.now.Sub(c.At)), End: c.End, Stopped: c.About.State == archive.Hidden,
	}
	d.Path = v.s.cfg.Path + "/mod/report/" + d.ID
	d.Called, _, _ = strings.Cut(d.By, " ")
	d.First, d.Text, _ = shownText(c.Text, 0)
	if c.Said != "" {
		d.Said = proseOf(c.Said)
	}
	if c.Asker != "" {
		d.Asked = fmt.Sprintf("%s asked %s on %s.", c.Asker, d.Called, day(c.Reported.Asked.At))
	}
	if len(v.moderatedLists()) > 1 {
		d.List = c.On.Title
	}
	return d, nil
}

// addReports puts the open reports of some lists above what waits, on its first page.
func (v *visit) addReports(tx *store.Tx, d *queueData, page int, lists []list.ID) error {
	all, err := moderate.ReportCases(tx, v.reader, v.now, lists...)
	if err != nil {
		return err
	}
	if d.Kept, err = v.keptReport(tx); err != nil {
		return err
	}
	d.Reported = len(all)
	if page > 1 {
		return nil
	}
	for _, id := range all[:min(len(all), mostReports)] {
		c, err := v.reportData(tx, id)
		if err != nil {
			return err
		}
		d.Reports = append(d.Reports, c)
	}
	return nil
}

// queueTitle says how much there is to do.
func queueTitle(reports, waiting int) string {
	title := plural(waiting, "message", "messages") + " to moderate"
	switch {
	case reports > 0 && waiting > 0:
		return plural(reports, "report", "reports") + " and " + title
	case reports > 0:
		return plural(reports, "report", "reports") + " to look at"
	case waiting == 0:
		return "Nothing waits"
	}
	return title
}

func (v *visit) reportID() (moderate.ReportID, error) {
	n, err := strconv.ParseUint(v.args["report"], 10, 64)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != v.args["report"] {
		return 0, errNoPage
	}
	return moderate.ReportID(n), nil
}

func reportCasePage(v *visit) error { return v.reportCase(http.StatusOK, "", "") }

// reportDone says on the page of a report what was just done.
var reportDone = map[string]string{
	"ask": "Your question is on its way. The answer comes to all moderators by email.", "close": "The discussion is closed.",
}

// reportCase shows a report; wrong is why something could not be done, and question what was typed.
func (v *visit) reportCase(status int, wrong, question string) error {
	id, err := v.reportID()
	if err != nil {
		return err
	}
	var data struct {
		Report reportCaseData
		Done   string
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) { data.Report, err = v.reportData(tx, id); return err })
	if err != nil {
		return err
	}
	data.Done = reportDone[v.query("done")]
	data.Report.Whole, data.Report.Error, data.Report.Question = true, wrong, question
	sh := v.shell("Reported: "+data.Report.Title, link{Path: "/mod", Text: "To moderate"}, link{Path: v.s.pathOf(v.r), Text: "Report"})
	sh.Error = wrong
	return v.show(status, "reported.html", sh, data)
}

// actOnReport does what a moderator says about a report. Stop is done at once, closing the discussion is asked about once more, and of
// several who say keep the first counts.
func actOnReport(v *visit) error {
	id, err := v.reportID()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	var c moderate.ReportCase
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		c, err = v.s.cfg.Acts.ReportCaseOf(tx, v.reader, v.hand(), id)
		return err
	})
	if errors.Is(err, moderate.ErrNoReport) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	back := fmt.Sprintf("/mod/report/%d", id)
	switch form.Get("do") {
	case "":
		return v.to(http.StatusSeeOther, back)
	case "stop":
		if c.How == moderate.EndedStopped && c.About.State == archive.Hidden {
			return v.reportCase(http.StatusConflict, c.End+" Nothing was changed.", "")
		}
		return v.stopPost(c.Post)
	case "keep":
		return v.keepReport(id)
	case "ask":
		return v.askReporter(id, strings.TrimSpace(form.Get("question")))
	case "close":
		if c.How == moderate.EndedClosed {
			return v.reportCase(http.StatusConflict, c.End+" Nothing was changed.", "")
		}
		act := moderate.Act{Kind: moderate.ActClose, Post: c.Post, List: c.List}
		why, err := v.ask2(act, asked{Back: back, Yes: form.Get("yes") != "", Hidden: [][2]string{{"do", "close"}}})
		if err == nil && why != "" {
			return v.reportCase(http.StatusUnprocessableEntity, why, "")
		}
		return err
	}
	return errNoPage
}

// keepReport ends a report, unless somebody else was first.
func (v *visit) keepReport(id moderate.ReportID) error {
	var how string
	err := v.s.db.Update(func(tx *store.Tx) error {
		r, err := v.s.cfg.Acts.KeepReport(tx, v.hand(), id)
		if errors.Is(err, moderate.ErrReportEnded) {
			how, _ = moderate.HowEnded(tx, r)
		}
		return err
	})
	switch {
	case errors.Is(err, moderate.ErrReportEnded):
		return v.reportCase(http.StatusConflict, how+" Nothing was changed.", "")
	case errors.Is(err, moderate.ErrNotModerator):
		return errNoPage
	case err != nil:
		return err
	}
	v.s.log.Info("a moderator ended a report on a page", "person", v.reader.Person(), "report", id)
	return v.to(http.StatusSeeOther, fmt.Sprintf("/mod?kept=%d", id))
}

func (v *visit) askReporter(id moderate.ReportID, question string) error {
	if question == "" {
		return v.reportCase(http.StatusUnprocessableEntity, "Write your question first.", "")
	}
	err := v.s.db.Update(func(tx *store.Tx) error { return v.s.cfg.Acts.AskReporter(tx, v.hand(), id, question) })
	switch {
	case errors.Is(err, moderate.ErrNotModerator):
		return errNoPage
	case errors.Is(err, moderate.ErrGoneMail), errors.Is(err, moderate.ErrSpentStep), errors.Is(err, moderate.ErrEmpty):
		return v.reportCase(http.StatusUnprocessableEntity, "Nothing was sent: the report is not kept any more, or has had as many questions as it may get.", question)
	case err != nil:
		return err
	}
	v.s.log.Info("a moderator asked about a report on a page", "person", v.reader.Person(), "report", id)
	return v.to(http.StatusSeeOther, fmt.Sprintf("/mod/report/%d?done=ask", id))
}

// keptReport says that a report was just ended in this browser.
func (v *visit) keptReport(tx *store.Tx) (string, error) {
	n, err := strconv.ParseUint(v.query("kept"), 10, 64)
	if err != nil {
		return "", nil
	}
	c, err := v.s.cfg.Acts.ReportCaseOf(tx, v.reader, v.hand(), moderate.ReportID(n))
	if errors.Is(err, moderate.ErrNoReport) || err == nil && c.Open() {
		return "", nil
	}
	return c.End, err
}
