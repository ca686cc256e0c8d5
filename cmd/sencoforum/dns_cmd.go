package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/courier"
	"sencoforum/doctor"
)

func dnsCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "dns",
		Short: "Print the DNS records to publish",
		Long: "Print every DNS record that the forum needs, with the reason for each. This asks\n" +
			"nobody and changes nothing: enter them at your DNS provider; \"sencoforum doctor\" looks whether they are there.",
		Example:     "  sencoforum dns\n  sencoforum dns --zone >> lists.example.org.zone",
		Args:        exactly(0),
		Annotations: map[string]string{minor: "yes"},
	}
	zone := c.Flags().Bool("zone", false, "print them as lines of a zone file")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *zone && o.json {
			return usage("choose one of --zone and --json")
		}
		return o.reach(cmd, func(_ context.Context, a *admin) error { return a.dns(*zone) })
	}
	return c
}

// forum describes the forum for the doctor.
func (a *admin) forum() (doctor.Setup, error) {
	c := a.cfg
	s := doctor.Setup{
		Hostname: c.Hostname, Sign: c.DKIM.Sign,
		Listen: c.SMTP.Listen, Front: len(c.LMTP.Listen)+len(c.SMTP.ProxyFrom) > 0,
		TLSCert: c.SMTP.TLSCert, TLSKey: c.SMTP.TLSKey,
		Issued:     doctor.Issued{Config: fromAuthority(c), Mail: c.SMTP.ACME},
		ServerRuns: a.queue != nil,
		Paths:      doctor.Paths{Data: c.Data},
	}
	if c.Delivery.Through == config.ThroughSmarthost {
		s.Service = &doctor.Service{
			Host: c.Smarthost.Host, Port: c.Smarthost.Port, TLS: doctor.Security(c.Smarthost.TLS), Login: c.Smarthost.User != "",
		}
		s.Paths.Password = c.Smarthost.PasswordFile
		s.PasswordEnv = c.Smarthost.PasswordFile == "" && c.Smarthost.PasswordEnv != ""
	}
	var err error
	if a.db != nil {
		if s.Domains, err = a.domains(); err != nil {
			return s, err
		}
	}
	if len(s.Domains) == 0 && c.Domain != config.Local {
		s.Domains = []string{c.Domain}
	}
	if s.Sign {
		s.Keys, err = a.forumKeys()
	}
	return s, err
}

// forumKeys are the keys that sign, as the doctor knows them.
func (a *admin) forumKeys() (all []doctor.Key, err error) {
	keys, err := a.dkimKeys()
	if err != nil {
		return nil, err
	}
	for _, k := range keys.All() {
		all = append(all, doctor.Key{
			Selector: k.Selector, State: keyStates[k.State], Record: k.Record(), Needed: !k.Removable(a.now()),
		})
	}
	return all, nil
}

var keyStates = map[courier.DKIMState]doctor.KeyState{
	courier.Prepared: doctor.Prepared, courier.InUse: doctor.InUse, courier.Retired: doctor.Retired,
}

// dnsView is what to publish, as JSON.
type dnsView struct {
	Records  []doctor.Record     `json:"records"`
	Policies []doctor.PolicyFile `json:"policy_files"`
}

func (a *admin) dns(zone bool) error {
	if a.cfg.Hostname == config.Local {
		return usage("the settings do not name this machine yet; set hostname and domain in the settings file first")
	}
	s, err := a.forum()
	if err != nil {
		return err
	}
	v := dnsView{Records: doctor.Records(s, doctor.PublicAddresses(a.outside)), Policies: doctor.Policies(s)}
	return a.show(v, func(t *text) {
		if zone {
			t.to.WriteString(doctor.Zone(v.Records, v.Policies))
			return
		}
		v.tell(t)
	})
}

// recordGroups are the groups in which records are told, each with what stands above it.
var recordGroups = []struct {
	heading string
	places  []doctor.Place
}{
	{"Enter these where the DNS of your domain is looked after. Some providers want the name without the domain at its end, " +
		"and @ where nothing is left of it.", []doctor.Place{doctor.InZone, doctor.Undecided}},
	{"These are not entered there. Whoever provides this machine and its address sets them:", []doctor.Place{doctor.AtHost}},
	{"This one can come later:", []doctor.Place{doctor.Later}},
}

// tell says what to type into the form of a DNS provider.
func (v dnsView) tell(t *text) {
	n := 0
	for _, g := range recordGroups {
		heading := g.heading
		for _, r := range v.Records {
			if !slices.Contains(g.places, r.Place) {
				continue
			}
			if heading != "" {
				t.paragraph("", heading)
				t.say("")
				heading = ""
			}
			n++
			t.dnsRecord(n, r)
		}
	}
	for _, p := range v.Policies {
		t.paragraph("", "With it a web server that has a certificate for mta-sts."+p.Domain+" serves this file as text/plain at "+p.URL+":")
		t.say("")
		for line := range strings.Lines(p.Text) {
			t.say("   %s", strings.TrimSpace(line))
		}
		t.say("")
	}
	t.paragraph("", "A change may take some hours until it is seen everywhere. Then: sencoforum doctor")
}

func (t *text) dnsRecord(n int, r doctor.Record) {
	t.say("%d. %s", n, r.Title)
	t.say("   name      %s", r.Name)
	t.say("   type      %s", r.Type)
	if r.Type == "MX" {
		t.say("   priority  %d", r.Priority)
	}
	t.say("   value     %s", r.Value)
	t.paragraph("   why       ", r.Why)
	t.say("")
}
