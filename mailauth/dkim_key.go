package mailauth

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
)

// The sizes of RSA keys that count, in bits. RFC 8301 §3.2 demands the lower one and that verifiers know keys up to the
// upper one; beyond it a stranger would choose how long we compute.
const (
	minKeyBits = 1024
	maxKeyBits = 4096
)

// key is what a key record says besides the key itself, and the answer of the look-up.
type key struct {
	refused Reason // why our policy does not accept it, or ""
	exact   bool   // t=s: only for signers whose i= is exactly d=
	txts    []string
	err     error
}

// fetch looks up the keys of some signatures, at the same time, each name once.
func (s *signer) fetch(ctx context.Context, sigs []*signature) {
	names := make([]string, 0, len(sigs))
	for _, sig := range sigs {
		names = append(names, sig.keyName())
	}
	slices.Sort(names)
	names = slices.Compact(names)
	keys := make([]key, len(names))
	var asked sync.WaitGroup
	for i, name := range names {
		asked.Go(func() { keys[i] = s.fetchOne(ctx, name) })
	}
	asked.Wait()
	for i, name := range names {
		s.keys[name] = keys[i]
	}
}

func (s *signer) fetchOne(ctx context.Context, name string) key {
	txts, err := s.lookups.LookupTXT(ctx, name)
	k := key{}
	if len(txts) == 1 {
		k = parseKey(txts[0])
	}
	k.txts, k.err = txts, err
	return k
}

// parseKey reads the flags and the size out of a key record (RFC 6376 §3.6.1). What it cannot read the library refuses.
func parseKey(txt string) key {
	tags, ok := parseTags(txt)
	if !ok {
		return key{}
	}
	flags := strings.Split(squeeze(tags["t"]), ":")
	k := key{exact: slices.Contains(flags, "s")}
	bits := rsaBits(tags)
	switch {
	case slices.Contains(flags, "y"):
		k.refused = ReasonTestKey // to be treated as unsigned
	case bits < 0:
	case bits < minKeyBits:
		k.refused = ReasonShortKey
	case bits > maxKeyBits:
		k.refused = ReasonLongKey
	}
	return k
}

// rsaBits returns the size of an RSA key, or -1 for another kind or what is no key.
func rsaBits(tags map[string]string) int {
	if kind := tags["k"]; kind != "" && kind != "rsa" {
		return -1
	}
	der, err := base64.StdEncoding.DecodeString(squeeze(tags["p"]))
	if err != nil {
		return -1
	}
	if parsed, err := x509.ParsePKIXPublicKey(der); err == nil {
		if public, ok := parsed.(*rsa.PublicKey); ok {
			return public.N.BitLen()
		}
		return -1
	}
	if public, err := x509.ParsePKCS1PublicKey(der); err == nil { // erratum 3017 of RFC 6376
		return public.N.BitLen()
	}
	return -1
}
