package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sencoforum/list"
	"sencoforum/membership"
	"sencoforum/moderate"
	"sencoforum/store"
)

// memberRoutes are the pages about members. Whose address they show moderates the list.
var memberRoutes = []route{
	{"GET", "/mod/members", moderates, membersPage, false},
	{"POST", "/mod/members", moderates, exportMembers, false},
	{"GET", "/mod/members/{person}", moderates, memberPage, false},
	{"POST", "/mod/members/{person}", moderates, actOnMember, false},
}

const membersPerPage = 50

// memberStates are what the page can be narrowed to.
var memberStates = []option{
	{Value: "", Text: "All members"}, {Value: "moderated", Text: "Whose messages all wait"}, {Value: "new", Text: "New: the first message waits"},
	{Value: "bouncing", Text: "Whose address refuses our email"}, {Value: "paused", Text: "Who have paused"}, {Value: "moderators", Text: "Moderators, owners and auditors"},
}

type membersData struct {
	Query, List, Title string
	States             []option
	Lists              []link
	Count, Done        string
	Members            []memberData
	Pages              pager
}

// memberData is a member as moderators see them.
type memberData struct {
	Path, Name, Address, Role, Since, Mode string
	Tags                                   []string
	Moderated, Staff, Held, Suspended      bool

	role list.Role
}

func (v *visit) memberData(l list.List, m membership.Member) memberData {
	s := m.Membership
	d := memberData{
		Path: fmt.Sprintf("%s/mod/members/%d?list=%s", v.s.cfg.Path, m.Person.ID, url.QueryEscape(l.Name)), Name: list.CleanName(m.Person.Name), Address: m.Person.Address.String(),
		Moderated: s.Moderated, Staff: s.Role.Moderates(), Held: s.Holds > 0, Suspended: s.Suspended, role: s.Role,
	}
	if d.Name == "" {
		d.Name = d.Address
	}
	if s.Role != list.RoleMember {
		d.Role = capital(string(s.Role))
		d.Tags = append(d.Tags, d.Role)
	}
	if !s.Joined.IsZero() {
		d.Since = date(s.Joined)
	}
	for _, o := range modes {
		if o.Value == string(s.Mode) {
			d.Mode = o.Text
		}
	}
	for _, t := range []struct {
		is   bool
		text string
	}{
		{s.Moderated, "all messages wait"}, {s.Holds > 0 && !s.Moderated, "the first message waits"}, {s.Suspended, "address refuses email"},
		{s.Paused(v.now), "paused until " + s.PausedUntil.In(london).Format("2 January 2006")}, {s.NoPosting, "reads only"},
	} {
		if t.is {
			d.Tags = append(d.Tags, t.text)
		}
	}
	return d
}

// oneModerated is the list of which a page about members is: that of ?list=NAME, or the first that whoever reads moderates.
func (v *visit) oneModerated() (list.List, error) {
	for _, l := range v.moderatedLists() {
		if name := v.query("list"); name == "" || l.Name == name {
			return l, nil
		}
	}
	return list.List{}, errNoPage
}

func membersPage(v *visit) error {
	page, err := v.page()
	if err != nil {
		return err
	}
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	s := membership.Search{Words: v.query("q"), State: v.query("state")}
	if s.State != "" && !slices.Contains(membership.States, s.State) {
		return errNoPage
	}
	var all []membership.Member
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		all, err = membership.Look(tx, v.reader, l.ID, s, v.now)
		return err
	})
	if err != nil {
		return err
	}
	d := membersData{Query: s.Words, List: l.Name, Title: l.Title, Count: plural(len(all), "person", "people"), Done: memberDone[v.query("done")]}
	for _, o := range memberStates {
		o.Chosen = o.Value == s.State
		d.States = append(d.States, o)
	}
	if lists := v.moderatedLists(); len(lists) > 1 {
		for _, o := range lists {
			d.Lists = append(d.Lists, link{Path: v.s.cfg.Path + "/mod/members?list=" + o.Name, Text: o.Title, Here: o.ID == l.ID})
		}
	}
	first := (page - 1) * membersPerPage
	if first > 0 && first >= len(all) {
		return errNoPage
	}
	for _, m := range all[first:min(first+membersPerPage, len(all))] {
		d.Members = append(d.Members, v.memberData(l, m))
	}
	d.Pages = pagerOf(page, membersPerPage, len(all), func(p int) string {
		return "/mod/members?" + url.Values{"page": {fmt.Sprint(p)}, "q": {s.Words}, "state": {s.State}, "list": {l.Name}}.Encode()
	})
	return v.show(http.StatusOK, "modmembers.html", v.shell("Members of "+l.Title, link{Path: "/mod", Text: "To moderate"}, link{Path: "/mod/members", Text: "Members"}), d)
}

// memberDone say what was just done.
var memberDone = map[string]string{
	"moderate": "Done: everything that they write waits for a moderator.", "unmoderate": "Done: what they write goes out as that of any member.",
	"trust": "Done: what they write goes out as that of any member.", "suspend": "Done: no email goes to them.", "resume": "Done: email goes to them again.",
	"role":   "Done: they have another role. Who moderates from now on gets a practice message to answer.",
	"remove": "Done: they are no member any more.", "ban": "Done: they are no member any more, and can neither write nor join.",
}

func memberPage(v *visit) error { return v.member(http.StatusOK, "") }

func (v *visit) member(status int, wrong string) error {
	l, m, err := v.memberAt()
	if err != nil {
		return err
	}
	type data struct {
		Member            memberData
		Fresh             bool
		Roles             []option // that an owner may give; none: whoever reads is no owner
		Was               string
		Again, Back       string
		Done, Error, List string
	}
	d := data{Member: v.memberData(l, m), Fresh: v.session.IsFresh(v.now), Done: memberDone[v.query("done")], Error: wrong, List: l.Title}
	if v.reader.Role(l.ID) == list.RoleOwner {
		d.Roles, d.Was = rolesFor(m.Membership.Role), string(m.Membership.Role)
	}
	d.Back = fmt.Sprintf("/mod/members/%d?list=%s", m.Person.ID, url.QueryEscape(l.Name))
	d.Again = "/in?" + url.Values{"again": {"1"}, "to": {d.Back}}.Encode()
	sh := v.shell(d.Member.Name, link{Path: "/mod", Text: "To moderate"}, link{Path: "/mod/members?list=" + url.QueryEscape(l.Name), Text: "Members"}, link{Path: d.Back, Text: d.Member.Name})
	sh.Error = wrong
	return v.show(status, "modmember.html", sh, d)
}

// rolesFor are the roles that an owner may give, with the one that somebody has.
func rolesFor(is list.Role) []option {
	all := []option{{Value: string(list.RoleMember), Text: "Member"}, {Value: string(list.RoleModerator), Text: "Moderator"}, {Value: string(list.RoleOwner), Text: "Owner"},
		{Value: string(list.RoleAuditor), Text: "Auditor: reads the record"}}
	for i := range all {
		all[i].Chosen = all[i].Value == string(is)
	}
	return all
}

// memberAt reads the member of the address.
func (v *visit) memberAt() (l list.List, m membership.Member, err error) {
	p, err := v.person()
	if err != nil {
		return l, m, err
	}
	if l, err = v.oneModerated(); err != nil {
		return l, m, err
	}
	err = v.s.db.View(func(tx *store.Tx) (err error) {
		m, err = membership.LookAt(tx, v.reader, l.ID, p)
		return err
	})
	if errors.Is(err, list.ErrNoMember) || errors.Is(err, list.ErrNoPerson) {
		err = errNoPage
	}
	return l, m, err
}

// actOnMember asks once more about an act on a member, or does it with the yes.
func actOnMember(v *visit) error {
	l, m, err := v.memberAt()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	act := moderate.Act{Kind: moderate.ActKind(form.Get("do")), List: l.ID, Person: m.Person.ID}
	back := fmt.Sprintf("/mod/members/%d?list=%s", m.Person.ID, url.QueryEscape(l.Name))
	yes := form.Get("yes") != ""
	switch act.Kind {
	case "":
		return v.to(http.StatusSeeOther, back)
	case moderate.ActModerate, moderate.ActUnmoderate, moderate.ActTrust, moderate.ActSuspend, moderate.ActResume:
	case moderate.ActRole:
		act.Role, act.Was = list.Role(form.Get("role")), list.Role(form.Get("was"))
	case moderate.ActBan:
		act.Person, act.Address, act.Name = 0, m.Person.Address, m.Person.Name
		fallthrough
	case moderate.ActRemove:
		if yes { // then they have no page any more
			back = "/mod/members?list=" + url.QueryEscape(l.Name)
		}
	default:
		return errNoPage
	}
	why, err := v.ask2(act, asked{Back: back, Yes: yes, Hidden: [][2]string{{"do", string(act.Kind)}, {"role", string(act.Role)}, {"was", string(act.Was)}}})
	if err == nil && why != "" {
		return v.member(http.StatusUnprocessableEntity, why)
	}
	return err
}

// exportMembers asks once more, then gives out the members as a file. That is in the record.
func exportMembers(v *visit) error {
	l, err := v.oneModerated()
	if err != nil {
		return err
	}
	form, err := v.form()
	if err != nil {
		return err
	}
	back := "/mod/members?list=" + url.QueryEscape(l.Name)
	switch {
	case form.Get("do") != "csv":
		return v.to(http.StatusSeeOther, back)
	case !v.session.IsFresh(v.now):
		return v.signInAgain(back)
	case form.Get("yes") == "":
		a := asked{Back: back, Hidden: [][2]string{{"do", "csv"}}, What: "All members of " + l.Title + " as a file", Button: "Yes, get the file", Quiet: true,
			Then: proseOf("It holds the name and address of every member. Keep it as carefully as the forum itself, and delete it when you have used it.\n\nThat you took it is in the record.")}
		return v.show(http.StatusOK, "confirm.html", v.shell("Please confirm", link{Path: "/mod", Text: "To moderate"}, link{Path: "/mod/members", Text: "Members"}), a)
	}
	var b bytes.Buffer
	err = v.s.db.Update(func(tx *store.Tx) error {
		b.Reset()
		h := v.hand()
		return membership.Export(tx, membership.By{Actor: h.Actor, Now: h.Now}, h.Person, l.ID, string(h.Proof), &b)
	})
	if errors.Is(err, list.ErrNoMember) {
		return errNoPage
	}
	if err != nil {
		return err
	}
	v.s.log.Info("a moderator took the members as a file", "list", l.Name, "person", v.reader.Person())
	return v.give("text/csv; charset=utf-8", "attachment", strings.ReplaceAll(l.Name, "\"", "")+"-members.csv", b.Bytes())
}
