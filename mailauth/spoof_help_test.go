package mailauth

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"

	"github.com/emersion/go-msgauth/dkim"
)

// longKey is an RSA key of 8192 bits; nobody has its private half.
func longKey() string {
	public := rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 8191, 1), E: 65537}
	return base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PublicKey(&public))
}

// verification is the library's answer for a good signature.
func verification(domain string) *dkim.Verification { return &dkim.Verification{Domain: domain} }
