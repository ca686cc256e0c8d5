package web

import (
	"errors"
	"net/http"
	"strings"

	"sencoforum/message"
	"sencoforum/signin"
	"sencoforum/store"
)

// Names of cookies. With HTTPS they get a prefix by which browsers take them from this host alone.
const (
	sessionCookie = "session"
	codeCookie    = "code"
)

func (s *Server) cookieName(name string) string {
	if s.cfg.HTTPS {
		return "__Host-" + name
	}
	return name
}

// setCookie gives the browser a cookie for some seconds; 0 is until it is closed, and -1 takes it away.
func (v *visit) setCookie(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: v.s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: v.s.cfg.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

func (v *visit) cookie(name string) string {
	if c, err := v.r.Cookie(v.s.cookieName(name)); err == nil {
		return c.Value
	}
	return ""
}

// signInData is the page on which somebody asks for a code.
type signInData struct {
	Email, Error, To string
	Join             string
	Forbidden        bool // they wanted to read something
	Again            bool // they are signed in, but not since a moment ago
}

func signInPage(v *visit) error {
	again := v.query("again") != "" // some acts of moderators need a code that was typed a moment ago
	if !v.visiting() && !again {
		return v.to(http.StatusSeeOther, "/")
	}
	return v.askForAddress(http.StatusOK, signInData{To: v.s.local(v.query("to")), Again: again && !v.visiting()})
}

// askToSignIn is what a visitor gets for every page that is for members, whether or not there is such a thing.
func (v *visit) askToSignIn() error {
	if d, ok := v.typed(); ok {
		return v.keep(d)
	}
	d := signInData{Forbidden: true}
	if shows(v.r) {
		d.To = v.s.local(v.s.pathOf(v.r))
		if q := v.r.URL.RawQuery; d.To != "" && q != "" && len(q) < 200 {
			d.To = v.s.local(v.s.pathOf(v.r) + "?" + q)
		}
	}
	return v.askForAddress(http.StatusForbidden, d)
}

func (v *visit) askForAddress(status int, d signInData) error {
	if v.site.ID != 0 {
		d.Join = v.site.Service("join").String()
	}
	sh := v.shell("Sign in")
	sh.Error = d.Error
	return v.show(status, "in.html", sh, d)
}

// askForCode lets a code be mailed. What it answers is the same for every address.
func askForCode(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	d := signInData{Email: strings.TrimSpace(form.Get("email")), To: v.s.local(form.Get("to"))}
	a, err := message.ParseAddress(d.Email)
	if err != nil {
		d.Error = "Enter your email address, like name@school.example."
		if len(d.Email) > 254 {
			d.Email = ""
		}
		return v.askForAddress(http.StatusUnprocessableEntity, d)
	}
	var cookie string
	err = v.s.db.Update(func(tx *store.Tx) (err error) {
		cookie, err = signin.Ask(tx, v.now, signin.Asking{Address: a, From: v.s.counted(v.r), To: d.To})
		return err
	})
	var often *signin.TooOftenError
	switch {
	case errors.As(err, &often) && often.Network:
		d.Error = "Many codes were asked for from your network. Please try again after " + often.Until.In(london).Format("15:04") + "."
	case errors.As(err, &often):
		d.Error = "We have sent several codes to that address. Use the newest email, or ask again after " + stampOf(often.Until, v.now).Text + "."
	case errors.Is(err, signin.ErrCrowded):
		d.Error = "Very many people are signing in just now. Please try again in half an hour."
	case err != nil:
		return err
	}
	if d.Error != "" {
		return v.askForAddress(http.StatusTooManyRequests, d)
	}
	v.setCookie(codeCookie, cookie, int(signin.CodeLife.Seconds()))
	return v.to(http.StatusSeeOther, "/code")
}

// codeData is the page on which somebody types a code.
type codeData struct {
	Address, Error string
	Typed          string
	Keep           bool
}

func codePage(v *visit) error {
	var d codeData
	err := v.s.db.View(func(tx *store.Tx) error {
		w, err := signin.Waits(tx, v.now, v.cookie(codeCookie))
		d.Address = w.Address.String()
		return err
	})
	if errors.Is(err, signin.ErrNoCode) {
		return v.to(http.StatusSeeOther, "/in")
	}
	if err != nil {
		return err
	}
	return v.askForDigits(http.StatusOK, d)
}

func (v *visit) askForDigits(status int, d codeData) error {
	sh := v.shell("Enter your code")
	sh.Error = d.Error
	return v.show(status, "code.html", sh, d)
}

// enterCode signs in whoever types the right code.
func enterCode(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	typed, kept := form.Get("code"), form.Get("keep") != ""
	var e signin.Entered
	var cookie string
	err = v.s.db.Update(func(tx *store.Tx) (err error) {
		if e, err = signin.Enter(tx, v.now, v.cookie(codeCookie), typed); err != nil || !e.Right {
			return err
		}
		cookie, err = v.s.cfg.Signin.SignIn(tx, e.Person, kept, device(v.r), v.cookie(sessionCookie))
		return err
	})
	switch {
	case errors.Is(err, signin.ErrNoCode):
		return v.askForAddress(http.StatusUnprocessableEntity, signInData{Error: "Your code is too old, or it was used. Ask for a new one."})
	case err != nil:
		return err
	case !e.Right && e.Left == 0:
		return v.askForAddress(http.StatusUnprocessableEntity, signInData{
			Email: e.Address.String(), To: e.To, Error: "That code was not right, and it was the last try. Ask for a new one."})
	case !e.Right:
		return v.askForDigits(http.StatusUnprocessableEntity, codeData{Address: e.Address.String(), Keep: kept,
			Error: "That code is not right. Check the newest email, or ask for a new code. You have " + plural(e.Left, "try", "tries") + " left."})
	}
	return v.signedIn(e, cookie, kept)
}

// signedIn gives the browser its session, and sends it where it was going.
func (v *visit) signedIn(e signin.Entered, cookie string, kept bool) error {
	v.s.log.Info("signed in", "person", e.Person, "kept", kept)
	v.setCookie(codeCookie, "", -1)
	seconds := 0
	if kept {
		seconds = int(signin.KeptLife.Seconds())
	}
	v.setCookie(sessionCookie, cookie, seconds)
	to := v.s.local(e.To)
	if to == "" {
		to = "/"
	}
	return v.to(http.StatusSeeOther, to)
}

// linkPage is behind the link in the mail with a code: it shows a button, and the button does it.
func linkPage(v *visit) error {
	return v.show(http.StatusOK, "link.html", v.shell("Sign in"), nil)
}

func followLink(v *visit) error {
	if err := drain(v.r); err != nil {
		return err
	}
	var e signin.Entered
	var cookie string
	err := v.s.db.Update(func(tx *store.Tx) (err error) {
		if e, err = signin.Follow(tx, v.now, v.cookie(codeCookie), v.args["token"]); err != nil || !e.Right {
			return err
		}
		cookie, err = v.s.cfg.Signin.SignIn(tx, e.Person, false, device(v.r), v.cookie(sessionCookie))
		return err
	})
	if errors.Is(err, signin.ErrNoCode) || err == nil && !e.Right {
		return v.tell(http.StatusUnprocessableEntity, page{Brand: v.site.Title, Title: "This link works only where you asked for it", Texts: []string{
			"Type the code from the email in the browser where you asked for it. A code works for 30 minutes, and only once."}})
	}
	if err != nil {
		return err
	}
	return v.signedIn(e, cookie, false)
}

// signOut ends the session of this browser.
func signOut(v *visit) error {
	err := v.s.db.Update(func(tx *store.Tx) error { return v.s.cfg.Signin.SignOut(tx, v.cookie(sessionCookie)) })
	if err != nil {
		return err
	}
	v.setCookie(sessionCookie, "", -1)
	return v.to(http.StatusSeeOther, "/")
}
