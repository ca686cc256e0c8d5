package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/message"
	"sencoforum/moderate"
	"sencoforum/store"
)

// listSettingRoutes are the page of what may be set about a list. Moderators read it, and owners change it.
var listSettingRoutes = []route{
	{"GET", "/mod/settings", moderates, listSettingsPage, false},
	{"POST", "/mod/settings", moderates, changeList, false},
}

// A HostSetting is something that whoever runs the server has set in the settings file, with the key by which it stands there.
type HostSetting struct{ Name, Value, Key string }

type listSettingsData struct {
	List, Title, Seen string
	Lists             []link
	Owner, Fresh      bool
	Again             string
	Done, Error       string
	Parts             []listPartData
	Emergency         bool
	Bans              []string
	Ban, BanWrong     string // what was typed to be banned
	Names, NamesPath  string // that are no child's: how many, and their page
	Host              []HostSetting
	Back              string
	Wrong             []link // the faults, to jump to
}

type listPartData struct {
	ID, Title string
	Fields    []listFieldData
	Open      bool
}

type listFieldData struct {
	listField
	ID, Typed, Value, Wrong string
	Options                 []option
}

var listDone = map[string]string{
	"hold list": "Done: everything new waits for a moderator.",
	"saved":     "Saved. All moderators get an email about it.", "same": "Nothing was changed: all is set like that already.",
	"release list": "Done: new messages go out again. What waits still waits for you.",
	"ban":          "Done: they can neither write nor join.", "unban": "Done: they may ask to join again.", "add": "Done: they are a member now.",
}

func listSettingsPage(v *visit) error {
	return v.listSettings(http.StatusOK, "", nil, listSettingsData{})
}

// listSettings shows the page. Of one part, where one is named, it shows what was typed, with what is wrong.
func (v *visit) listSettings(status int, part string, form url.Values, d listSettingsData) error {
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	wrong := map[string]string{}
	if part != "" {
		_, wrong = readPart(part, l, form)
	}
	d.List, d.Title, d.Fresh, d.Owner = l.Name, l.Title, v.session.IsFresh(v.now), v.reader.Role(l.ID) == list.RoleOwner
	d.Seen, d.Emergency, d.Host, d.Done = moderate.Edition(l), l.Emergency, v.s.cfg.HostSettings, listDone[v.query("done")]
	d.Names, d.NamesPath = namesLine(len(l.Allow.All())), namesPath+"?list="+url.QueryEscape(l.Name)
	d.Back = "/mod/settings?list=" + url.QueryEscape(l.Name)
	d.Again = "/in?" + url.Values{"again": {"1"}, "to": {d.Back}}.Encode()
	for _, p := range listParts() {
		of := listPartData{ID: p.ID, Title: p.Title, Open: p.ID == part}
		for _, f := range p.Fields {
			x := listFieldData{listField: f, ID: strings.ReplaceAll(f.Key, "_", "-"), Typed: f.show(l), Value: f.value(l)}
			if p.ID == part {
				x.Typed, x.Wrong = form.Get(f.Key), wrong[f.Key]
			}
			for _, o := range f.Choices {
				o.Chosen = o.Value == x.Typed
				x.Options = append(x.Options, o)
			}
			if x.Wrong != "" {
				d.Wrong = append(d.Wrong, link{Path: "#" + x.ID, Text: f.Label + ": " + x.Wrong})
			}
			of.Fields = append(of.Fields, x)
		}
		d.Parts = append(d.Parts, of)
	}
	for _, o := range v.moderatedLists() {
		d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/mod/settings?list=" + url.QueryEscape(o.Name), Text: o.Title, Here: o.ID == l.ID})
	}
	if len(d.Lists) == 1 {
		d.Lists = nil
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		d.Bans, err = membership.LookAtBans(tx, v.reader, l.ID)
		return err
	})
	if err != nil {
		return err
	}
	sh := v.shell("Settings of "+l.Title, link{Path: "/mod", Text: "To moderate"}, link{Path: d.Back, Text: "Settings of the list"})
	if sh.Error = d.Error; sh.Error == "" && len(d.Wrong) > 0 {
		sh.Error = d.Wrong[0].Text
	}
	return v.show(status, "listsettings.html", sh, d)
}

// readPart reads one part of the page into a list, with what is wrong by key.
func readPart(part string, l list.List, form url.Values) (after list.List, wrong map[string]string) {
	wrong = map[string]string{}
	for _, p := range listParts() {
		for _, f := range p.Fields {
			if p.ID != part {
				continue
			}
			if why := f.change(&l, form.Get(f.Key)); why != "" {
				wrong[f.Key] = why
			}
		}
	}
	return l, wrong
}

// changed are the settings of one part that differ.
func changed(part string, before, after list.List) (all []moderate.Setting, warnings []string) {
	for _, p := range listParts() {
		for _, f := range p.Fields {
			if p.ID != part || f.show(before) == f.show(after) {
				continue
			}
			all = append(all, moderate.Setting{Key: f.Key, Value: f.show(after), Secret: f.Secret, Words: f.Label + ": " + f.value(after)})
			if f.warns == nil {
				continue
			}
			if w := f.warns(before, after); w != "" {
				warnings = append(warnings, w)
			}
		}
	}
	return all, warnings
}

// changeList does what the page sends: one part of the settings, or an act on the list or on somebody who is banned.
func changeList(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	back := "/mod/settings?list=" + url.QueryEscape(l.Name)
	switch part := form.Get("part"); {
	case form.Get("do") != "":
		return v.actOnList(l, back, form)
	case part == "":
		return v.to(http.StatusSeeOther, back)
	case !slices.ContainsFunc(listParts(), func(p listPart) bool { return p.ID == part }):
		return errNoPage
	default:
		return v.savePart(l, back, part, form)
	}
}

// savePart saves one part of the settings. What erases posts or opens the list is asked about once more.
func (v *visit) savePart(l list.List, back, part string, form url.Values) error {
	refuse := func(status int, why string) error {
		return v.listSettings(status, part, form, listSettingsData{Error: why})
	}
	after, wrong := readPart(part, l, form)
	_, warnings := changed(part, l, after)
	switch {
	case v.reader.Role(l.ID) != list.RoleOwner:
		return refuse(http.StatusUnprocessableEntity, "Only an owner of the list can change its settings. Nothing was changed.")
	case len(wrong) > 0:
		return refuse(http.StatusUnprocessableEntity, "")
	case !v.session.IsFresh(v.now):
		return refuse(http.StatusUnprocessableEntity, "Please sign in once more in a new window, then press Save here again. Nothing was changed, and what you typed is still here.")
	case len(warnings) > 0 && form.Get("yes") == "":
		a := asked{Back: back, What: "Change the settings of " + l.Title, Then: proseOf(strings.Join(warnings, "\n\n")), Button: "Yes, change them"}
		for name := range form {
			a.Hidden = append(a.Hidden, [2]string{name, form.Get(name)})
		}
		slices.SortFunc(a.Hidden, func(x, y [2]string) int { return strings.Compare(x[0], y[0]) })
		return v.show(http.StatusOK, "confirm.html", v.shell("Please confirm", link{Path: "/mod", Text: "To moderate"}, link{Path: back, Text: "Settings of the list"}), a)
	}
	err := v.s.db.Update(func(tx *store.Tx) error {
		return v.s.cfg.Acts.SetList(tx, v.hand(), l.ID, form.Get("seen"), func(of *list.List) []moderate.Setting {
			before := *of
			*of, _ = readPart(part, *of, form)
			all, _ := changed(part, before, *of)
			return all
		})
	})
	switch {
	case errors.Is(err, moderate.ErrNotModerator), errors.Is(err, moderate.ErrNotOwner):
		return errNoPage
	case errors.Is(err, moderate.ErrSettings):
		return refuse(http.StatusConflict, "Somebody else has changed the settings since you opened this page. Nothing of yours was saved. Look at what is set now, and save once more.")
	case errors.Is(err, moderate.ErrIsSo):
		return v.to(http.StatusSeeOther, back+"&done=same")
	case err != nil:
		return err
	}
	v.s.log.Info("an owner changed settings of a list on a page", "list", l.Name, "person", v.reader.Person(), "part", part)
	return v.to(http.StatusSeeOther, back+"&done=saved")
}

// actOnList does what moderators also do by one word by email: it asks once more first.
func (v *visit) actOnList(l list.List, back string, form url.Values) error {
	act := moderate.Act{Kind: moderate.ActKind(form.Get("do")), List: l.ID}
	hidden := [][2]string{{"do", form.Get("do")}}
	switch act.Kind {
	case moderate.ActHoldList, moderate.ActReleaseList:
	case moderate.ActBan, moderate.ActUnban, moderate.ActAdd:
		typed := strings.TrimSpace(form.Get("address"))
		hidden = append(hidden, [2]string{"address", typed})
		why := ""
		if domain, ok := strings.CutPrefix(typed, "@"); ok && act.Kind != moderate.ActAdd {
			if act.Domain = "@" + strings.ToLower(domain); domain == "" {
				why = "Write an address such as jane@school.example, or a domain such as @spam.example."
			}
		} else if a, err := message.ParseAddress(typed); err != nil {
			why = "Write an address such as jane@school.example, or a domain such as @spam.example."
			if act.Kind == moderate.ActAdd {
				why = "Write an address such as jane@school.example."
			}
		} else {
			act.Address = a
		}
		if act.Kind == moderate.ActAdd {
			act.Name = form.Get("name")
			hidden = append(hidden, [2]string{"name", act.Name})
		}
		if why != "" {
			return v.listSettings(http.StatusUnprocessableEntity, "", nil, listSettingsData{Ban: typed, BanWrong: why, Error: why})
		}
	default:
		return errNoPage
	}
	why, err := v.ask2(act, asked{Back: back, Yes: form.Get("yes") != "", Hidden: hidden})
	if err == nil && why != "" {
		return v.listSettings(http.StatusUnprocessableEntity, "", nil, listSettingsData{Error: why, Ban: form.Get("address")})
	}
	return err
}
