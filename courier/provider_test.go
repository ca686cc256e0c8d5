package courier

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sencoforum/queue"
)

func TestProviderNames(t *testing.T) {
	own, err := ParseProviders([]byte("[Our trust]\nmx = outlook.com\n[Sky]\ndomain = sky.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	ours := own.Before(ShippedProviders())
	for _, tc := range []struct {
		name, domain, hosts string
		table               *Providers
		want                string
	}{
		{"a school at Microsoft 365", "school.sch.uk", "school-sch-uk.mail.protection.outlook.com", nil, "Microsoft 365"},
		{"Microsoft's newer names", "school.sch.uk", "school-sch-uk.p-v1.mx.microsoft", nil, "Microsoft 365"},
		{"the longest end counts", "hotmail.co.uk", "eur.olc.protection.outlook.com", nil, "Outlook.com"},
		{"a school at Google", "school.sch.uk", "aspmx.l.google.com alt1.aspmx.l.google.com", nil, "Google"},
		{"the hosts count before the domain", "sky.com", "mx-eu.mail.am0.yahoodns.net", nil, "Yahoo and AOL"},
		{"any of the best hosts may tell", "school.sch.uk", "a.school.sch.uk eu-smtp-inbound-1.mimecast.com", nil, "Mimecast"},
		{"BT by its hosts", "btinternet.com", "mx.bt.lon5.cpcloud.co.uk", nil, "BT"},
		{"BT by its domain", "btopenworld.com", "mx1.newcloud.example", nil, "BT"},
		{"Virgin by its hosts", "ntlworld.com", "mx.mnd.ukmail.iss.as9143.net", nil, "Virgin Media"},
		{"below a domain", "ann.plus.com", "mx.elsewhere.example", nil, "Plusnet"},
		{"not below a domain that stands alone", "ann.sky.com", "mx.elsewhere.example", nil, "elsewhere.example"},
		{"a brand under any country", "yahoo.co.uk", "", nil, "Yahoo and AOL"},
		{"a brand in one country", "hotmail.fr", "", nil, "Outlook.com"},
		{"a brand's word elsewhere is another's", "outlook.school", "", nil, ""},
		{"nor below somebody's name", "live.school.uk", "mx.school.uk", nil, "school.uk"},
		{"an end is a whole label", "school.sch.uk", "mx.notgoogle.com", nil, "notgoogle.com"},
		{"those who are not known are themselves", "school.sch.uk", "mx1.school.sch.uk", nil, "school.sch.uk"},
		{"nothing is known", "school.sch.uk", "", nil, ""},
		{"the own file comes first, also with a shorter end", "school.sch.uk", "x.mail.protection.outlook.com", ours, "Our trust"},
		{"the own file adds", "sky.example", "", ours, "Sky"},
		{"what the own file does not know stays", "sky.com", "", ours, "Sky"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			table := tc.table
			if table == nil {
				table = ShippedProviders()
			}
			if got := table.Name(tc.domain, strings.Fields(tc.hosts)); got != tc.want {
				t.Errorf("%s at %s is with %q, want %q", tc.domain, tc.hosts, got, tc.want)
			}
		})
	}
}

func TestProviderLimits(t *testing.T) {
	own, err := ParseProviders([]byte("[BT]\nper_minute = 30\n[Orange France]\nconnections = 9\n[New]\nconnections = 7\nper_connection = 4\nmx = a.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	table := own.Before(ShippedProviders())
	for _, tc := range []struct {
		name string
		most int
		want ProviderLimits
	}{
		{"BT", 5, ProviderLimits{Connections: 3, PerMinute: 30}},
		{"BT", 2, ProviderLimits{Connections: 2, PerMinute: 30}},
		{"Orange France", 5, ProviderLimits{Connections: 9}},
		{"New", 5, ProviderLimits{Connections: 7, PerConnection: 4}},
		{"school.sch.uk", 5, ProviderLimits{Connections: 5}},
	} {
		if got := table.Limits(tc.name, tc.most); got != tc.want {
			t.Errorf("%s with at most %d: %+v, want %+v", tc.name, tc.most, got, tc.want)
		}
	}
	if names := table.Names(); !slices.Contains(names, "New") || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("names %q", names)
	}
}

func TestProviderFileFaults(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"comments, blanks and dots are nothing", "\ufeff# all\n\n [ Our  school ] # ours\nmx = MX.School.example., b.example\ndomain=*.school.example school.* \n", ""},
		{"a line that is neither", "[A]\nmx mail.example\n", `line 2: "mx mail.example" is neither`},
		{"nothing above", "mx = mail.example\n", `line 1: "mx" stands before the first provider`},
		{"no value", "[A]\n\nmx =\n", `line 3: "mx" has no value`},
		{"no key", "[A]\nMX = a.example\n", `line 2: "MX" is no key`},
		{"head without end", "[A\nmx = a.example\n", "line 1: the name does not stand alone in brackets"},
		{"head with more", "[A] x\n", "line 1: the name does not stand alone"},
		{"no name", "[ ]\nconnections = 1\n", "line 1: the name is no name"},
		{"name of controls", "[a\u200bb]\n", "line 1: the name is no name"},
		{"name too long", "[" + strings.Repeat("a", 41) + "]\n", "line 1: the name is no name"},
		{"twice", "[A]\n[B]\n[A]\nmx = a.example\n", `line 3: "A" is there twice`},
		{"one host for two", "[A]\nmx = a.example\n[B]\nmx = a.example\n", `line 4: "a.example" belongs to A already`},
		{"a host is not a whole country", "[A]\nmx = uk\n", `line 2: "uk" is no end`},
		{"a host has no star", "[A]\nmx = *.a.example\n", `line 2: "*.a.example" is no end`},
		{"no domain", "[A]\ndomain = *.* a.*.example *.uk é.example\n", `line 2: "*.*" is no domain`},
		{"limits are numbers", "[A]\nper_minute = 0\n", `line 2: per_minute is "0"; choose from 1 to 100000`},
		{"limits have bounds", "[A]\nconnections = 100001\n", `line 2: connections is "100001"`},
		{"bytes", "[A]\xff\n", "line 0: the file is not UTF-8"},
		{"too long", strings.Repeat("#", MaxProvidersFile+1), "line 0: the file is longer than 256 KiB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ParseProviders([]byte(tc.text))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if tc.want == "" && got != "" || !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	if _, err := ParseProviders([]byte("[A]\nx = 1\ny = 2\n")); len(err.(ProviderFaults)) != 2 {
		t.Errorf("%v: not all faults at once", err)
	}
}

func FuzzParseProviders(f *testing.F) {
	f.Add(shippedProviders)
	f.Add([]byte("[A]\nmx = a.example\ndomain = *.b.example c.*\nconnections = 3\n"))
	f.Add([]byte("\ufeff[A\n]=\n*.=.*"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParseProviders(text)
		if err != nil {
			if len(err.(ProviderFaults)) == 0 {
				t.Error("an error without a fault")
			}
			return
		}
		names := p.Names()
		if len(names) > maxProviders {
			t.Errorf("%d providers", len(names))
		}
		for _, table := range p.tables {
			for end, name := range table.hosts {
				if got := p.Name("x.invalid", []string{"mx." + end}); got != name && table.hosts["mx."+end] == "" || !slices.Contains(names, got) {
					t.Errorf("a host of %q is with %q", name, got)
				}
			}
		}
		for _, name := range names {
			if l := p.Limits(name, 5); l.Connections < 1 || l.PerMinute < 0 || l.PerConnection < 0 {
				t.Errorf("limits of %q: %+v", name, l)
			}
		}
		p.Name("a.b.c", []string{"", ".", "x..y"})
	})
}

func TestRoutesNameTheProvider(t *testing.T) {
	own, err := ParseProviders([]byte("[Partner]\ndomain = school.sch.uk broken.example\nper_minute = 60\nper_connection = 10\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := New(discard(), Config{Hostname: "forum.example", Resolver: testZone(), Providers: own.Before(ShippedProviders())})
	hop, err := c.Route(t.Context(), "school.sch.uk")
	if err != nil || hop.Provider != "Partner" || hop.Operator != "Partner" || hop.PerMinute != 60 || hop.PerConnection != 10 {
		t.Errorf("%+v, %v", hop, err)
	}
	other, err := c.Route(t.Context(), "numbers.sch.uk") // the same hosts
	if err != nil || other.Provider != "provider.co.uk" || other.Operator != "provider.co.uk" || other.PerMinute != 0 || other.Key == hop.Key {
		t.Errorf("%+v beside %+v, %v", other, hop, err)
	}
	first, err1 := c.way(hop.Key)
	second, err2 := c.way(other.Key)
	if err1 != nil || err2 != nil || formatHosts(first.hosts) != formatHosts(second.hosts) {
		t.Errorf("ways %+v, %v and %+v, %v", first, err1, second, err2)
	}
	if hop, err := c.Route(t.Context(), "broken.example"); err == nil || hop.Provider != "Partner" || hop.Key != "" {
		t.Errorf("without an answer of the DNS: %+v, %v", hop, err)
	}
	for domain, want := range map[string]string{
		"School.sch.uk.": "Partner", "numbers.sch.uk": "provider.co.uk", "sky.com": "Sky", "mail.never-seen.sch.uk": "never-seen.sch.uk",
	} {
		if got := c.ProviderOf(domain); got != want {
			t.Errorf("provider of %s is %q, want %q", domain, got, want)
		}
	}
}

// slowZone is a DNS that takes its time.
type slowZone struct {
	Resolver
	takes atomic.Int64 // nanoseconds
	asked atomic.Int32
}

func (z *slowZone) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	z.asked.Add(1)
	select {
	case <-time.After(time.Duration(z.takes.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch {
	case strings.HasPrefix(name, "null."):
		return []*net.MX{{Host: "."}}, nil
	case strings.HasPrefix(name, "broken."):
		return nil, errors.New("server misbehaving")
	}
	return []*net.MX{{Host: "x.mail.protection.outlook.com.", Pref: 5}}, nil
}

func (*slowZone) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, errors.New("nobody needs an address")
}

func TestProvidersBehindASmarthost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &slowZone{}
		z.takes.Store(int64(100 * time.Millisecond))
		c := New(discard(), Config{Resolver: z, AskProviders: true, Smarthost: &Smarthost{Host: "mail.example", PerMinute: 30}})
		route := func(domain, want string, within time.Duration) {
			t.Helper()
			began := time.Now()
			hop, err := c.Route(t.Context(), domain)
			if err != nil || hop.Provider != want || hop.Operator != "smarthost:mail.example:587" || hop.PerMinute != 30 {
				t.Errorf("%s: %+v, %v; want provider %q", domain, hop, err, want)
			}
			if took := time.Since(began); took > within {
				t.Errorf("%s took %v, want at most %v", domain, took, within)
			}
		}
		route("btinternet.com", "BT", 0)
		if z.asked.Load() != 0 {
			t.Error("the DNS was asked for a domain in the table")
		}
		route("school.sch.uk", "Microsoft 365", 100*time.Millisecond)
		route("school.sch.uk", "Microsoft 365", 0)
		route("null.sch.uk", "null.sch.uk", 100*time.Millisecond)
		route("broken.sch.uk", "broken.sch.uk", 100*time.Millisecond)

		z.takes.Store(int64(2 * time.Second))
		route("slow.sch.uk", "slow.sch.uk", patience)
		for _, domain := range []string{"b.sch.uk", "c.sch.uk", "d.sch.uk"} {
			route(domain, domain, 0) // no other route waits
		}
		time.Sleep(3 * time.Second)
		route("slow.sch.uk", "Microsoft 365", 0) // the answer that came late
		if got := c.ProviderOf("b.sch.uk"); got != "Microsoft 365" {
			t.Errorf("provider of b.sch.uk is %q", got)
		}

		z.takes.Store(int64(time.Hour))
		z.asked.Store(0)
		for i := range 3 * askingMax {
			route(string(rune('a'+i%26))+string(rune('a'+i/26))+".lost.sch.uk", "lost.sch.uk", 0)
		}
		synctest.Wait()
		if z.asked.Load() > askingMax {
			t.Errorf("%d questions at once, want at most %d", z.asked.Load(), askingMax)
		}
		time.Sleep(askingTime)

		z.asked.Store(0)
		c = New(discard(), Config{Resolver: z, Smarthost: &Smarthost{Host: "mail.example", PerMinute: 30}})
		route("school.sch.uk", "school.sch.uk", 0)
		synctest.Wait()
		if z.asked.Load() != 0 {
			t.Error("the DNS was asked against the settings")
		}
	})
}

// A host that greets with words about our pace tells the queue so; any other trouble does not.
func TestAGreetingAboutOurPaceIsKnownAsOne(t *testing.T) {
	for greeting, want := range map[string]bool{
		"421 4.7.0 Too many connections, slow down": true,
		"421 mx.example closing for maintenance":    false,
		"554 5.7.1 You are blocked":                 false,
	} {
		t.Run(greeting, func(t *testing.T) {
			c := New(discard(), Config{Hostname: "forum.example", TLS: Opportunistic,
				Resolver: &zone{addrs: map[string][]netip.Addr{"mail.example.": addresses("203.0.113.1", "203.0.113.2")}},
				Dial: func(context.Context, string, string) (net.Conn, error) {
					ours, theirs := net.Pipe()
					go func() {
						defer theirs.Close()
						_, _ = theirs.Write([]byte(greeting + "\r\n"))
						_, _ = theirs.Read(make([]byte, 100)) // QUIT
					}()
					return ours, nil
				}})
			err := deliverAll(t, c, "mail.example", newRows(queue.Outgoing{Row: 1, To: addr(t, "a@mail.example")}), 1)
			if err == nil || errors.Is(err, queue.ErrThrottled) != want {
				t.Errorf("%v: about our pace: %v, want %v", err, !want, want)
			}
		})
	}
}
