package doctor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sencoforum/certificate"
)

// issue makes a world whose certificate comes from an authority, and stores one that ends in so many days.
func issue(t *testing.T, w *world, days int) {
	t.Helper()
	dir := t.TempDir()
	w.zone += "forum.example.org. 60 IN A 192.0.2.10\n"
	w.setup.Issued = Issued{Config: certificate.Config{Dir: dir, Hosts: []string{"forum.example.org"}, Directory: "https://ca.example/directory"}}
	w.issuer = 200
	if days == 0 {
		return
	}
	cert, key := writeCert(t, "forum.example.org", noon.AddDate(0, 0, days))
	var all []byte
	for _, path := range []string{key, cert} {
		part, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part...)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "ca.example"), 0o700), os.WriteFile(filepath.Join(dir, "ca.example", "forum.example.org"), all, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestCertificatesOfAnAuthority(t *testing.T) {
	const cert, leads, issuer = "Certificate for forum.example.org", "Where forum.example.org leads", "The authority"
	for _, c := range []struct {
		name   string
		days   int // until the certificate ends; 0: there is none
		change func(w *world)
		check  string
		want   Level
		says   string
	}{
		{"it lasts", 60, nil, cert, OK, "Until 21 January 2027, for 60 days more. It is renewed from 22 December 2026 on."},
		{"its renewal is late", 9, nil, cert, Warning, "in 9 days"},
		{"it ended", -1, nil, cert, Fault, "It ended on 21 November 2026"},
		{"there is none", 0, nil, cert, Fault, "systemctl reload"},
		{"there is none as the server never ran", 0, func(w *world) { w.setup.ServerRuns = false }, cert, Warning, "systemctl start"},
		{"the name leads here", 60, nil, leads, OK, "192.0.2.10, which this machine has"},
		{"the name leads elsewhere as well", 60, func(w *world) { w.zone += "forum.example.org. 60 IN AAAA 2001:db8::9\n" }, leads, Fault, "2001:db8::9 is another machine"},
		{"the name leads nowhere", 60, func(w *world) { w.setup.Issued.Hosts[0] = "www.example.org" }, "Where www.example.org leads", Fault, "Publish an A record of www.example.org"},
		{"behind a router", 60, func(w *world) { w.addresses = nil }, leads, NotChecked, "passes the ports 80 and 443"},
		{"the file of hosts hides the name", 60, func(w *world) { w.hosts = "127.0.0.1 forum.example.org" }, leads, NotChecked, "/etc/hosts"},
		{"the authority answers", 60, nil, issuer, OK, "It answers"},
		{"the authority has a fault", 60, func(w *world) { w.issuer = 503 }, issuer, Warning, "status 503"},
		{"mail has the certificate too", 60, func(w *world) { w.setup.Issued.Mail, w.setup.TLSCert = true, "" }, "Certificate", OK, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			issue(t, w, c.days)
			if c.change != nil {
				c.change(w)
			}
			all := w.examine(t)
			if c.check == "Certificate" { // that for mail
				for _, f := range all {
					if f.Part == partMail && f.Check == c.check {
						demand(t, f, c.want, "It comes from an authority")
					}
				}
				return
			}
			demand(t, find(t, all, c.check), c.want, c.says)
		})
	}
}
