package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

func judgeHost(f Facts) []Finding {
	all := []Finding{judgeName(f), judgeAddress(f)}
	for _, r := range f.Host.Reverse {
		all = append(all, judgeReverse(f, r))
	}
	if f.direct() && !contains(f.Setup.Domains, f.Setup.Hostname) {
		all = append(all, judgeHostSPF(f))
	}
	return all
}

// localEndings are those of names that mean something only on one network (RFC 6761, RFC 6762, RFC 8375).
var localEndings = []string{".local", ".localhost", ".localdomain", ".lan", ".internal", ".home", ".home.arpa", ".corp", ".invalid", ".test"}

func judgeName(f Facts) Finding {
	const check = "Name said to other mail servers (HELO)"
	const set = "Set hostname in the settings to the full name of this machine, such as mail.example.org, and restart the server."
	name := canonical(f.Setup.Hostname)
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return flaw(Fault, check, name+".", "That is an address and no name. Many mail hosts refuse it.", set)
	}
	if !strings.Contains(name, ".") {
		return flaw(Fault, check, name+".", "That is not a full name. Other mail hosts cannot find it and refuse mail.", set)
	}
	for _, ending := range localEndings {
		if strings.HasSuffix(name, ending) {
			return flaw(Fault, check, name+".", "Names that end in "+ending+" exist only inside one network. Other mail hosts refuse them.", set)
		}
	}
	for _, a := range f.ours() {
		if looksGiven(name, a) {
			return flaw(Warning, check, name+".", "It looks like a name that a provider gives to each of its customers. Many spam filters trust such names less.", set)
		}
	}
	return good(check, "%s.", name)
}

// looksGiven reports a name with the numbers of an address in it.
func looksGiven(name string, a netip.Addr) bool {
	if !a.Is4() {
		return false
	}
	q := a.As4()
	digits := strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
	n := 0
	for _, part := range q {
		if slices.Contains(digits, fmt.Sprint(part)) || slices.Contains(digits, fmt.Sprintf("%03d", part)) {
			n++
		}
	}
	return n == len(q)
}

func judgeAddress(f Facts) Finding {
	h, name := f.Host, f.Setup.Hostname
	check := "Address of " + name
	switch public, private := splitAddresses(h.Addrs.Values); {
	case len(h.Static) > 0:
		return hidden(check, f)
	case h.Addrs.Err != nil:
		return unasked(check, h.Addrs.Err)
	case len(h.Addrs.Values) == 0:
		return flaw(Fault, check, "There is none in the DNS.", "Other mail servers cannot find this machine, and do not believe its name.",
			"Publish an A record with this machine's address: sencoforum dns")
	case len(public) == 0:
		return flaw(Fault, check, names(h.Addrs.Values)+".", "Nobody outside your own network can reach that.",
			"Publish the public address of this machine. Your hosting provider or your router shows it.")
	case len(private) > 0:
		return flaw(Warning, check, names(h.Addrs.Values)+".", "Nobody outside your own network can reach "+names(private)+".",
			"Remove the records with that address from the public DNS.")
	case len(h.Own) == 0:
		itself := "This machine knows no public address of its own"
		if len(h.Private) > 0 {
			itself = "This machine itself has " + names(h.Private) + " only"
		}
		return flaw(NotChecked, check, fmt.Sprintf("%s. %s, so it cannot be seen from here whether that leads to it.", names(public), itself), "",
			"Compare it with the address that your hosting provider or your router shows, and see that port 25 is passed on to this machine.")
	}
	return judgeOwn(f, check)
}

// judgeOwn compares the public addresses of the name with those of the machine.
func judgeOwn(f Facts, check string) Finding {
	h := f.Host
	var strange []netip.Addr
	for _, a := range h.Addrs.Values {
		if !slices.Contains(h.Own, a) {
			strange = append(strange, a)
		}
	}
	is := fmt.Sprintf("%s. This machine has %s.", names(h.Addrs.Values), names(h.Own))
	const do = "Correct the A and AAAA records: sencoforum dns"
	switch {
	case len(strange) == 0:
		return good(check, "%s, which this machine has.", names(h.Addrs.Values))
	case f.Setup.Front:
		return flaw(Warning, check, is, "The name leads to another machine. That is right only if it is the mail server or proxy in front of this one.", do)
	case len(strange) == len(h.Addrs.Values):
		return flaw(Fault, check, is, "The name leads to another machine.", do)
	}
	return flaw(Warning, check, is, names(strange)+" is not an address of this machine, so mail that goes there is lost or late.", do)
}

// hidden is the finding where a file on this machine answers in place of the DNS.
func hidden(check string, f Facts) Finding {
	return flaw(NotChecked, check,
		fmt.Sprintf("The file /etc/hosts of this machine says %s for %s, so the DNS cannot be seen from here.", names(f.Host.Static), f.Setup.Hostname), "",
		"Take the name out of that line of /etc/hosts and run this again, or ask elsewhere: host "+f.Setup.Hostname)
}

func judgeReverse(f Facts, r Reverse) Finding {
	check := "Reverse DNS of " + r.Addr.String() + " (PTR)"
	name := f.Setup.Hostname
	do := fmt.Sprintf("Set the reverse DNS of %s to %s where you rent the machine; your hosting provider helps.", r.Addr, name)
	level := f.worse()
	listed := slices.Contains(f.Host.Addrs.Values, r.Addr)
	if !listed && !slices.Contains(f.ours(), r.Addr) {
		level = Warning
	}
	if !listed && len(f.Host.Addrs.Values) > 0 {
		do += fmt.Sprintf(" Publish the address for %s too, or take it off this machine.", name)
	}
	refused := "Big providers refuse mail from such an address, or take it for spam."
	if s := f.Setup.Service; s != nil {
		refused = "That matters little while mail leaves through " + s.Host + "."
	}
	switch {
	case slices.Contains(f.Host.Static, r.Addr):
		return hidden(check, f)
	case r.Names.Err != nil:
		return unasked(check, r.Names.Err)
	case len(r.Names.Values) == 0:
		return flaw(level, check, "It has none.", refused, do)
	case r.Forward.Err != nil:
		return unasked(check, r.Forward.Err)
	}
	is := list(trimmed(r.Names.Values)) + "."
	back := slices.Contains(r.Forward.Values, r.Addr)
	switch ours := contains(r.Names.Values, name); {
	case ours && !back && len(f.Host.Static) > 0: // it leads to where the file says
		return hidden(check, f)
	case ours && back:
		return good(check, "%s, and that name leads back to the address.", name)
	case ours:
		return flaw(level, check, is, "That name does not lead back to the address. "+refused, fmt.Sprintf("Publish %s as an address of %s, or take it off this machine.", r.Addr, name))
	case back:
		return flaw(Warning, check, is, "It is not the name that this server says of itself ("+name+"). Some mail hosts trust it less for that.", do)
	}
	return flaw(level, check, is, "It is another name and does not lead back to the address. "+refused, do)
}

func trimmed(all []string) (names []string) {
	for _, n := range all {
		names = append(names, canonical(n))
	}
	return names
}

// judgeHostSPF looks at the SPF record of the machine's name, which counts for mail without a sender (RFC 7208 §2.3).
func judgeHostSPF(f Facts) Finding {
	name := f.Setup.Hostname
	check := "Who may send as " + name + " (SPF)"
	txt := f.Host.SPF.TXT[canonical(name)]
	if txt.Err == nil && len(spfRecords(txt.Values)) == 0 {
		return flaw(Warning, check, "There is no SPF record.", "Notices of the server itself have no sender; for them mail hosts look here, and trust them less.",
			`Publish a TXT record of `+name+`: v=spf1 a -all`)
	}
	found := checkSPF(f, f.Host.SPF, check)
	if found.Level == Fault {
		found.Level = Warning // only few mails depend on it
	}
	return found
}
