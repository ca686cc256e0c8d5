package main

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sencoforum/config"
	"sencoforum/list"
	"sencoforum/message"
)

// answers are what init is told, by flags or by a person at a terminal.
type answers struct {
	send     string // "directly", or a mail service as HOST or HOST:PORT
	user     string // log-in at the mail service
	address  string // of the first list
	title    string
	operator string
	data     string
	webURL   string // of the archive, or none
	cert     string // where the certificate comes from: letsencrypt, files, proxy or later

	hostname string // only by flags, as are those below
	owner    string // user who will run the server
}

// Where a certificate comes from. With certLater the pages are not served yet.
const (
	certLetsEncrypt = "letsencrypt"
	certFiles       = "files"
	certProxy       = "proxy"
	certLater       = "later"
)

// noPages is the answer where there is no archive on the web yet.
const noPages = "none"

// directly is the answer for mail that goes to each member's mail host.
const directly = "directly"

func initCommand(o *rootOptions) *cobra.Command {
	c := &cobra.Command{
		Use:   "init",
		Short: "Set up a new server: settings, data directory, keys and the first list",
		Long: "Set up a new server. It asks how mail leaves, for the first list and for the person who\n" +
			"looks after the server, says what it will do, and never overwrites anything.",
		Example: "  sencoforum init\n" +
			"  sencoforum init --send directly --address senco-forum@lists.example.org \\\n" +
			"    --title \"SENCO Forum\" --operator jane@school.example --data /var/lib/sencoforum",
		Args: exactly(0),
	}
	var a answers
	f := c.Flags()
	f.StringVar(&a.send, "send", "", "how mail leaves: directly, or the HOST of a mail service")
	f.StringVar(&a.user, "send-user", "", "`USER` name at the mail service")
	f.StringVar(&a.address, "address", "", "`ADDRESS` of the first list")
	f.StringVar(&a.title, "title", "", "`NAME` of the first list")
	f.StringVar(&a.operator, "operator", "", "`ADDRESS` of the person who looks after the server")
	f.StringVar(&a.webURL, "web-url", "", "`URL` of the web archive, or none")
	f.StringVar(&a.cert, "certificate", "", "`WHERE` its certificate comes from: letsencrypt, files, proxy or later")
	f.StringVar(&a.hostname, "hostname", "", "`NAME` of this machine (default: the domain of the list)")
	f.StringVar(&a.owner, "user", "", "`USER` who will run the server; for root only")
	c.RunE = func(*cobra.Command, []string) error {
		a.data = o.data
		if err := o.askAll(&a); err != nil {
			return err
		}
		s, err := a.setup(o)
		if err != nil {
			return err
		}
		return o.setUp(s)
	}
	return c
}

// askAll asks for what the flags left open, or names the flags when there is nobody to ask.
func (o *rootOptions) askAll(a *answers) error {
	var missing []string
	for _, q := range a.questions() {
		if *q.to != "" || !q.when() {
			continue
		}
		if !o.terminal {
			if q.usual == "" {
				missing = append(missing, q.flag)
			}
			*q.to = q.usual
			continue
		}
		if err := o.askOne(q); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return usage("nobody is there to be asked; give %s, as in: sencoforum init --help", strings.Join(missing, ", "))
	}
	return nil
}

// askOne asks one question until the answer can be right, so that nobody types the others again.
func (o *rootOptions) askOne(q question) error {
	words := q.words
	if q.usual != "" {
		words += " [" + q.usual + "]"
	}
	for {
		line, err := o.prompt(words + ": ")
		if err != nil {
			return err
		}
		*q.to = cmp.Or(line, q.usual)
		if q.check == nil {
			return nil
		}
		if err = q.check(*q.to); err == nil {
			return nil
		}
		fmt.Fprintf(o.errOut, "%v\n", err)
	}
}

// question is one thing that init asks.
type question struct {
	flag, words, usual string
	to                 *string
	when               func() bool
	check              func(answer string) error // nil: anything will do
}

// wayOut checks the answer to how mail leaves.
func wayOut(answer string) error {
	if answer == directly || strings.Contains(answer, ".") && !strings.ContainsAny(answer, "@ ") {
		return nil
	}
	return fmt.Errorf("%q is neither %q nor the name of a mail service, such as smtp.school.example", answer, directly)
}

func listAddress(answer string) error {
	a, err := parseAddress(answer)
	if err != nil {
		return err
	}
	return list.CheckName(strings.ToLower(a.Local))
}

func ownAddress(answer string) error {
	_, err := parseAddress(answer)
	return err
}

func someTitle(answer string) error {
	if strings.TrimSpace(answer) == "" {
		return errors.New("the list needs a name that people know it by")
	}
	return nil
}

// someURL checks the address of the archive.
func someURL(answer string) error {
	if answer == noPages || strings.HasPrefix(answer, "https://") && strings.Contains(answer, ".") {
		return nil
	}
	return fmt.Errorf("%q is neither %q nor an address such as https://forum.example.org", answer, noPages)
}

// someCertificate checks the answer to where the certificate comes from.
func someCertificate(answer string) error {
	switch answer {
	case certLetsEncrypt, certFiles, certProxy, certLater:
		return nil
	}
	return fmt.Errorf("%q is none of letsencrypt, files, proxy and later", answer)
}

func (a *answers) questions() []question {
	always := func() bool { return true }
	service := func() bool { return a.send != directly }
	pages := func() bool { return a.webURL != "" && a.webURL != noPages }
	return []question{
		{"--send", "Send mail directly, or through a mail service? Type directly, or its name such as smtp.school.example", directly, &a.send, always, wayOut},
		{"--send-user", "Your user name at the mail service, or none", "none", &a.user, service, nil},
		{"--address", "Address of the list, such as senco-forum@lists.example.org", "", &a.address, always, listAddress},
		{"--title", "Name of the list, such as SENCO Forum", "", &a.title, always, someTitle},
		{"--operator", "Your own email address, for mail about the server", "", &a.operator, always, ownAddress},
		{"--data", "Directory for everything the server keeps", config.Default().Data, &a.data, always, nil},
		{"--web-url", "Address of the archive on the web, such as https://forum.example.org, or none", noPages, &a.webURL, always, someURL},
		{"--certificate", certificateWords, certLater, &a.cert, pages, someCertificate},
	}
}

// setup is all that init makes.
type setup struct {
	path  string // of the settings file
	cfg   config.Config
	list  list.List
	owner string
	cert  string // where the certificate comes from
}

// setup checks the answers and works out what they mean.
func (a *answers) setup(o *rootOptions) (s setup, err error) {
	at, err := parseAddress(a.address)
	if err != nil {
		return s, err
	}
	if s.path, err = filepath.Abs(o.configPath()); err != nil {
		return s, err
	}
	s.owner, s.cert = a.owner, a.cert
	if s.cfg, err = a.config(at, s.path); err != nil {
		return s, err
	}
	s.list = newList(at.Local, at.Domain, a.title, s.cfg.Lists, o.now())
	faults := errors.Join(s.cfg.Validate(), s.list.Validate())
	if faults != nil {
		return s, usage("%w", faults)
	}
	return s, nil
}

func (a *answers) config(at message.Address, path string) (cfg config.Config, err error) {
	cfg = config.Default()
	if cfg.Data, err = filepath.Abs(a.data); err != nil {
		return cfg, err
	}
	cfg.Domain = at.Domain
	cfg.Hostname = cmp.Or(a.hostname, at.Domain)
	cfg.Operator = a.operator
	if err := a.pages(&cfg); err != nil {
		return cfg, err
	}
	if a.send == directly {
		return cfg, nil
	}
	cfg.Delivery.Through = config.ThroughSmarthost
	cfg.Smarthost.Host = a.send
	if host, port, err := net.SplitHostPort(a.send); err == nil {
		cfg.Smarthost.Host = host
		if cfg.Smarthost.Port, err = strconv.Atoi(port); err != nil {
			return cfg, usage("--send %s: %q is no port", a.send, port)
		}
	}
	if cfg.Smarthost.Port == 465 {
		cfg.Smarthost.TLS = config.ImplicitTLS
	}
	if a.user != "" && a.user != "none" {
		cfg.Smarthost.User = a.user
		cfg.Smarthost.PasswordFile = filepath.Join(filepath.Dir(path), "smarthost.password")
	}
	return cfg, nil
}

// certificateWords is the question about the certificate.
const certificateWords = "Its certificate: type letsencrypt (fetched and renewed by itself, free of charge; you agree to the terms of\n" +
	"Let's Encrypt), files (you have it), proxy (a web server in front has it), or later"

// pages sets how the pages are served, and with which certificate. That of Let's Encrypt is for mail as well.
func (a *answers) pages(cfg *config.Config) error {
	if a.webURL == noPages {
		a.webURL = ""
	}
	cfg.WebURL = a.webURL
	if a.cert == "" || a.cert == certLater {
		return nil
	}
	if err := someCertificate(a.cert); err != nil {
		return usage("--certificate: %w", err)
	}
	if a.webURL == "" {
		return usage("--certificate %s is for the pages; give their address with --web-url", a.cert)
	}
	switch a.cert {
	case certProxy:
		cfg.Web.Listen = []string{"127.0.0.1:8080"}
	case certLetsEncrypt:
		cfg.Web.Listen, cfg.Web.Redirect, cfg.Web.ACME, cfg.SMTP.ACME = []string{":443"}, []string{":80"}, true, true
	}
	return nil
}

// file is the settings file: the commented example with the values of cfg where they are not the usual ones.
func (s setup) file() string {
	values := map[string]string{}
	was := settingsJSON(config.Default().Show())
	for key, value := range settingsJSON(s.cfg.Show()) {
		if string(was[key]) != string(value) {
			values[key] = string(value)
		}
	}
	var b strings.Builder
	section := ""
	for line := range strings.Lines(config.Example()) {
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]\n") + "."
		}
		name, _, isKey := strings.Cut(strings.TrimPrefix(line, "#"), " = ")
		if value, changed := values[section+name]; isKey && changed {
			line = fmt.Sprintf("%s = %s\n", name, value)
		}
		b.WriteString(line)
	}
	return b.String()
}
