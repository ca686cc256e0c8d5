package doctor

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each case changes a world in which all is well.
//
// ceiling: flat table
func TestPlantedFaultsOfTheHost(t *testing.T) {
	const (
		helo, address = "(HELO)", "Address of"
		ptr, spf      = "(PTR)", "Who may send as lists"
		keys          = "(DKIM)"
		cert, clock   = "Certificate", "Clock"
		store, disk   = "Store", "Room on disk"
		data, files   = "Who may read", "Files that"
		sts           = "(MTA-STS)"
	)
	home := netip.MustParseAddr("192.168.1.5")
	tests := []struct {
		name   string
		change func(t *testing.T, w *world)
		check  string
		want   Level
		says   string
	}{
		{"no backup", func(_ *testing.T, w *world) { w.setup.Store.Backup = time.Time{} }, "Backup", Warning, "None was ever made"},
		{"an old backup", func(_ *testing.T, w *world) { w.setup.Store.Backup = noon.AddDate(0, 0, -9) }, "Backup", Warning, "made on"},
		{"one a week is enough", func(_ *testing.T, w *world) { w.setup.Store.Backup = noon.AddDate(0, 0, -7) }, "Backup", OK, "made on"},
		{"nobody knows of a backup", func(_ *testing.T, w *world) { w.setup.Store.BackupErr = errors.New("odd") }, "Backup", NotChecked, "(odd)"},

		{"localhost", func(_ *testing.T, w *world) { w.setup.Hostname = "localhost" }, helo, Fault, "not a full name"},
		{"a name of the local network", func(_ *testing.T, w *world) { w.setup.Hostname = "forum.lan" }, helo, Fault, ".lan"},
		{"an address as a name", func(_ *testing.T, w *world) { w.setup.Hostname = "192.0.2.10" }, helo, Fault, "an address and no name"},
		{"a name that a provider gives", func(_ *testing.T, w *world) { w.setup.Hostname = "static-192-0-2-10.example.net" }, helo, Warning, "gives to each of its customers"},

		{"behind a router", func(_ *testing.T, w *world) { w.addresses = []netip.Addr{home} }, address, NotChecked, "itself has 192.168.1.5 only"},
		{"no address at all", func(_ *testing.T, w *world) { w.addresses = nil }, address, NotChecked, "knows no public address"},
		{"behind a router the name's address is what may send", func(_ *testing.T, w *world) { w.addresses = []netip.Addr{home} }, spf, OK, "allows 192.0.2.10"},
		{"/etc/hosts hides the DNS", func(_ *testing.T, w *world) { w.hosts = "127.0.1.1 mail.example.org mail # Debian" }, address, NotChecked, "/etc/hosts of this machine says 127.0.1.1"},
		{"a comment of /etc/hosts hides nothing", func(_ *testing.T, w *world) { w.hosts = "127.0.0.1 localhost # mail.example.org" }, address, OK, ""},
		{"/etc/hosts hides the name of an address", func(_ *testing.T, w *world) { w.hosts = "192.0.2.10 mail.example.org" }, ptr, NotChecked, "/etc/hosts"},
		{"/etc/hosts hides what SPF names", func(_ *testing.T, w *world) {
			w.hosts, w.zone = "127.0.1.1 mail.example.org", w.zone+"mail.example.org. 60 IN A 127.0.1.1\n"
			w.addresses = append(w.addresses, netip.MustParseAddr("192.0.2.11"))
		}, spf, NotChecked, "/etc/hosts"},
		{"an address from which no mail leaves has no name", func(_ *testing.T, w *world) {
			w.sources = w.addresses
			w.addresses = append(slices.Clone(w.addresses), netip.MustParseAddr("192.0.2.11"))
		}, "192.0.2.11 (PTR)", Warning, "Publish the address for mail.example.org too"},
		{"no mail leaves from it, so SPF needs not allow it", func(_ *testing.T, w *world) {
			w.sources = w.addresses
			w.addresses = append(slices.Clone(w.addresses), netip.MustParseAddr("192.0.2.11"))
		}, spf, OK, "allows 192.0.2.10."},
		{"no name for the address matters little where a service sends", func(t *testing.T, w *world) {
			w.setup.Service = &Service{Host: "s.example", Port: 587}
			w.replace(t, "10.2.0.192.in-addr.arpa. 60 IN PTR mail.example.org.\n", "")
		}, ptr, Warning, "It has none"},
		{"SPF does not name the service", func(_ *testing.T, w *world) { w.setup.Service = &Service{Host: "s.example", Port: 587} }, spf, Warning, "mail leaves through s.example"},
		{"SPF names a service", func(t *testing.T, w *world) {
			w.setup.Service = &Service{Host: "s.example", Port: 587}
			w.replace(t, `"v=spf1 mx -all"`, `"v=spf1 mx ip4:198.51.100.0/24 -all"`)
		}, spf, OK, "Compare it with the help pages of s.example"},

		{"SPF names a service, and the lists have the machine's name", func(_ *testing.T, w *world) {
			w.setup.Service, w.setup.Domains = &Service{Host: "s.example", Port: 587}, []string{"mail.example.org"}
			w.zone += "h.example. 60 IN TXT \"v=spf1 ip4:198.51.100.1 -all\"\n"
			w.zone = strings.Replace(w.zone, "v=spf1 a -all", "v=spf1 include:h.example -all", 1)
		}, "Who may send as mail", OK, "Compare it"},
		{"a mail server in front has the MX", func(t *testing.T, w *world) {
			w.setup.Front = true
			w.replace(t, "MX 10 mail.example.org.", "MX 10 mx.example.org.\nmx.example.org. 60 IN A 192.0.2.77")
		}, "(MX)", OK, "in front of this one"},

		{"mail is not signed", func(_ *testing.T, w *world) { w.setup.Sign = false }, keys, Warning, "sign = false"},
		{"a prepared key is missing", func(_ *testing.T, w *world) {
			w.setup.Keys = []Key{{Selector: "s2", State: Prepared, Record: "p=x"}}
		}, keys, Warning, "sencoforum dkim use s2"},
		{"a retired key is missing too early", func(_ *testing.T, w *world) {
			w.setup.Keys = []Key{{Selector: "s0", State: Retired, Record: "p=x", Needed: true}}
		}, keys, Warning, "may still be under way"},
		{"a retired key may be gone", func(_ *testing.T, w *world) {
			w.setup.Keys = []Key{{Selector: "s0", State: Retired, Record: "p=x"}}
		}, keys, OK, "its record may go"},

		{"the policy is not there", func(_ *testing.T, w *world) { w.policyCode = 404 }, sts, Fault, "status 404"},
		{"no answer about the policy", func(_ *testing.T, w *world) { w.policyError = errors.New("connection refused") }, sts, Fault, "connection refused"},
		{"the policy is a web page", func(_ *testing.T, w *world) { w.policy = "<html>" }, sts, Fault, "no valid policy"},
		{"the policy is switched off", func(_ *testing.T, w *world) { w.policy = "version: STSv1\nmode: none\nmax_age: 1\n" }, sts, Warning, "switches it off"},
		{"the policy is served as a page", func(_ *testing.T, w *world) { w.policyType = "text/html" }, sts, Warning, "text/plain"},
		{"the policy has a star", func(_ *testing.T, w *world) {
			w.policy = "version: STSv1\nmode: enforce\nmx: *.example.org\nmax_age: 1\n"
		}, sts, OK, "enforce"},
		{"the policy is on trial", func(_ *testing.T, w *world) { w.policy = policy("mail.example.org") }, sts, OK, "write mode: enforce"},
		{"the policy on trial forgets the MX", func(_ *testing.T, w *world) { w.policy = policy("mx.example.org") }, sts, Warning, "mx: mail.example.org"},
		{"the policy promises what the server has not", func(_ *testing.T, w *world) { w.setup.TLSCert = "" }, sts, Fault, "no certificate"},

		{"no certificate", func(_ *testing.T, w *world) { w.setup.TLSCert = "" }, cert, Warning, "clear text"},
		{"a certificate for another name", func(t *testing.T, w *world) {
			w.setup.TLSCert, w.setup.TLSKey = writeCert(t, "www.example.org", noon.AddDate(1, 0, 0))
		}, cert, Fault, "It is for www.example.org"},
		{"a certificate that ended", func(t *testing.T, w *world) {
			w.setup.TLSCert, w.setup.TLSKey = writeCert(t, "mail.example.org", noon.AddDate(0, 0, -1))
		}, cert, Fault, "It ended on 21 November 2026"},
		{"a certificate that ends soon", func(t *testing.T, w *world) {
			w.setup.TLSCert, w.setup.TLSKey = writeCert(t, "mail.example.org", noon.AddDate(0, 0, 13))
		}, cert, Warning, "less than 14 days"},
		{"a certificate that is not there", func(_ *testing.T, w *world) { w.setup.TLSCert += ".old" }, cert, Fault, "no such file"},

		{"the clock is a little off", func(_ *testing.T, w *world) { w.policyDate = noon.Add(5 * time.Minute) }, clock, Warning, "5m0s"},
		{"the clock is wrong", func(_ *testing.T, w *world) { w.policyDate = noon.AddDate(0, 0, 2) }, clock, Fault, "timedatectl set-ntp true"},
		{"nothing to compare the clock with", func(t *testing.T, w *world) { w.replace(t, `"v=STSv1; id=1"`, `"x"`) }, clock, NotChecked, "22 November 2026 12:00 UTC"},

		{"the store is damaged", func(_ *testing.T, w *world) { w.setup.Store.Err = errors.New("store is damaged") }, store, Fault, "restore the last backup"},
		{"no room", func(_ *testing.T, w *world) { w.setup.Store.Free = 1 << 20 }, disk, Fault, "1 MiB are free"},
		{"little room", func(_ *testing.T, w *world) { w.setup.Store.Free = 1200 << 20 }, disk, Warning, "Make room"},
		{"room that is not known", func(_ *testing.T, w *world) { w.setup.Store.FreeErr = errors.New("not permitted") }, disk, NotChecked, "df -h"},
		{"few files", func(_ *testing.T, w *world) { w.setup.Store.Files = 256 }, files, Warning, "LimitNOFILE"},
		{"others can read a key", func(t *testing.T, w *world) {
			if err := os.WriteFile(filepath.Join(w.setup.Paths.Data, "k.pem"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(filepath.Join(w.setup.Paths.Data, "k.pem"), 0o640); err != nil {
				t.Fatal(err)
			}
		}, data, Fault, "k.pem"},
		{"data that are not there", func(_ *testing.T, w *world) { w.setup.Paths.Data += "/x" }, data, NotChecked, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			test.change(t, w)
			demand(t, find(t, w.examine(t), test.check), test.want, test.says)
		})
	}
}

// Debian writes the machine's name into /etc/hosts with 127.0.1.1, and so the resolver says that in place of the DNS.
func TestTheHostsFileOfDebianMakesNoFault(t *testing.T) {
	w := newWorld(t)
	w.hosts = "127.0.0.1 localhost\n127.0.1.1 mail.example.org mail\n"
	w.replace(t, "IN A 192.0.2.10", "IN A 127.0.1.1")
	all := w.examine(t)
	for _, f := range all {
		if f.Level == Fault || f.Level == Warning {
			t.Errorf("taken for wrong: %+v", f)
		}
	}
	demand(t, find(t, all, "(PTR)"), NotChecked, "Take the name out of that line")
}

func TestTheWayOutIsOneOfOurAddresses(t *testing.T) {
	all := machineAddresses()
	for _, a := range outgoing() {
		if !slices.Contains(all, a) {
			t.Errorf("got %s, want one of %s", a, all)
		}
	}
}

func TestWhoMayReadThePassword(t *testing.T) {
	tests := []struct {
		name string
		mode os.FileMode
		want Level
		says string
	}{
		{"its owner alone", 0o600, OK, "its owner alone"},
		{"everybody", 0o644, Fault, "chmod 600"},
		{"it is not there", 0, Fault, "is not there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.setup.Service = &Service{Host: "s.example", Port: 587}
			w.setup.Paths.Password = filepath.Join(t.TempDir(), "password")
			if test.mode != 0 {
				if err := os.WriteFile(w.setup.Paths.Password, []byte("x"), test.mode); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(w.setup.Paths.Password, test.mode); err != nil {
					t.Fatal(err)
				}
			}
			demand(t, find(t, w.examine(t), "Password"), test.want, test.says)
		})
	}
}
