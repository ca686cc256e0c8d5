package main

import (
	"log/slog"
	"math"
	"syscall"

	"sencoforum/config"
	"sencoforum/smtpd"
)

// places are the connections that there may be at once. Each takes a descriptor, and a look-up two: it asks the DNS for
// IPv4 and IPv6 together.
type places struct {
	in      int // from other mail servers
	headers int // from proxies, until they have said who the client is; 0 without proxies
	out     int // to mail hosts
	lookups int // of mail hosts; 0 where the smarthost is the only one
}

// lookupFiles is what one look-up takes.
const lookupFiles = 2

// maxLookups is how many mail hosts are looked up at once where descriptors are plenty.
const maxLookups = 64

// asked is what the settings ask for.
func asked(cfg config.Config) places {
	p := places{in: cfg.SMTP.Connections, out: cfg.Delivery.ConnectionsTotal, lookups: maxLookups}
	if len(cfg.SMTP.ProxyFrom) > 0 {
		p.headers = smtpd.DefaultLimits().Headers
	}
	if cfg.Delivery.Through == config.ThroughSmarthost {
		p.out, p.lookups = min(p.out, cfg.Smarthost.Connections), 0
	}
	return p
}

// files is the smallest number of descriptors within which the places remain as they are.
func (p places) files() uint64 {
	return 2 * uint64(p.in+p.headers+p.out+lookupFiles*p.lookups+1)
}

// within returns as many of the places as take less than half of a number of descriptors; the other half is for the
// store, the commands and the rest of the house. Mail that goes out gets a third of them at least, and so do, within each
// direction, headers and look-ups. With hardly any descriptors one of each is left, whatever it takes.
func (p places) within(nofile uint64) places {
	half := int(min(nofile/2, math.MaxInt32)) - 1
	leastLookup := min(1, p.lookups) * lookupFiles
	inside, outside := split(half, p.in+p.headers, p.out+lookupFiles*p.lookups, 1+leastLookup)
	in, headers := split(inside, p.in, p.headers, 1)
	out, lookups := split(outside, p.out, lookupFiles*p.lookups, leastLookup)
	return places{in: max(1, in), headers: headers, out: max(1, out), lookups: lookups / lookupFiles}
}

// split divides n between two that want a part. The second gets what the first leaves, but a third of all and least if it
// wants so many.
func split(n, first, second, least int) (int, int) {
	second = min(second, max(n-first, n/3, least))
	return min(first, n-second), second
}

// fit returns the places of this process, and tells the operator if they are fewer than the settings say.
func fit(log *slog.Logger, cfg config.Config, nofile uint64) places {
	want := asked(cfg)
	p := want.within(nofile)
	if p != want {
		log.Warn("this process may open few files, so there are fewer connections at once than the settings say; raise LimitNOFILE or ulimit -n",
			"files", nofile, "in", p.in, "out", p.out)
	}
	return p
}

// descriptors returns the soft limit on open files, or no limit where the system will not say.
func descriptors() uint64 {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return math.MaxInt32
	}
	return r.Cur
}
