package acmeca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"
)

// asked is a request whose signature was checked (RFC 8555 §6.2).
type asked struct {
	path    string
	account string // its address; empty where the key itself is sent
	key     *ecdsa.PublicKey
	thumb   string
	payload []byte
}

// key is a public key as JSON (RFC 7517); its fields stand in the order of RFC 7638.
type key struct {
	Curve string `json:"crv"`
	Kind  string `json:"kty"`
	X     string `json:"x"`
	Y     string `json:"y"`
}

func (k key) public() (*ecdsa.PublicKey, string, error) {
	x, err := base64.RawURLEncoding.DecodeString(k.X)
	if err != nil {
		return nil, "", err
	}
	y, err := base64.RawURLEncoding.DecodeString(k.Y)
	if err != nil {
		return nil, "", err
	}
	p, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil || k.Curve != "P-256" {
		return nil, "", fmt.Errorf("no key of P-256: %w", err)
	}
	text, err := json.Marshal(k)
	sum := sha256.Sum256(text)
	return p, base64.RawURLEncoding.EncodeToString(sum[:]), err
}

// read checks the signature of a request, its nonce and its address.
func (c *CA) read(r *http.Request) (a asked, _ *problem) {
	var body struct{ Protected, Payload, Signature string }
	var head struct {
		Alg, Nonce, URL, Kid string
		JWK                  *key
	}
	err := json.NewDecoder(r.Body).Decode(&body)
	text, err2 := base64.RawURLEncoding.DecodeString(body.Protected)
	if err != nil || err2 != nil || json.Unmarshal(text, &head) != nil || head.Alg != "ES256" {
		return a, wrong(http.StatusBadRequest, "malformed", "no signed request")
	}
	if !c.nonces[head.Nonce] {
		return a, wrong(http.StatusBadRequest, "badNonce", "the nonce is not known")
	}
	delete(c.nonces, head.Nonce)
	if head.URL != c.server.URL+r.URL.Path {
		return a, wrong(http.StatusUnauthorized, "unauthorized", "signed for %s", head.URL)
	}
	a.path = r.URL.Path
	if head.JWK != nil {
		if a.key, a.thumb, err = head.JWK.public(); err != nil {
			return a, wrong(http.StatusBadRequest, "badPublicKey", "%v", err)
		}
	} else {
		known, ok := c.accounts[head.Kid]
		if !ok {
			return a, wrong(http.StatusBadRequest, "accountDoesNotExist", "no account %s", head.Kid)
		}
		a.account, a.key, a.thumb = head.Kid, known.key, known.thumb
	}
	sign, err := base64.RawURLEncoding.DecodeString(body.Signature)
	sum := sha256.Sum256([]byte(body.Protected + "." + body.Payload))
	if err != nil || len(sign) != 64 || !ecdsa.Verify(a.key, sum[:], new(big.Int).SetBytes(sign[:32]), new(big.Int).SetBytes(sign[32:])) {
		return a, wrong(http.StatusUnauthorized, "unauthorized", "the signature is wrong")
	}
	a.payload, err = base64.RawURLEncoding.DecodeString(body.Payload)
	if err != nil {
		return a, wrong(http.StatusBadRequest, "malformed", "%v", err)
	}
	return a, nil
}

// register makes an account, or finds the one of the key (RFC 8555 §7.3).
func (c *CA) register(w http.ResponseWriter, a asked) *problem {
	var in struct {
		Contact []string `json:"contact"`
		Agreed  bool     `json:"termsOfServiceAgreed"`
		Only    bool     `json:"onlyReturnExisting"`
	}
	if err := json.Unmarshal(a.payload, &in); err != nil {
		return wrong(http.StatusBadRequest, "malformed", "%v", err)
	}
	at := c.server.URL + "/account/" + a.thumb
	w.Header().Set("Location", at)
	status := http.StatusOK
	if _, known := c.accounts[at]; !known {
		switch {
		case in.Only:
			return wrong(http.StatusBadRequest, "accountDoesNotExist", "no account with this key")
		case !in.Agreed:
			return wrong(http.StatusForbidden, "userActionRequired", "the terms were not agreed to")
		}
		for _, to := range in.Contact {
			if !strings.Contains(to, "@") || strings.HasSuffix(to, ".test") {
				return wrong(http.StatusBadRequest, "invalidContact", "%s cannot get mail", to)
			}
		}
		c.accounts[at], status = account{a.key, a.thumb, in.Contact}, http.StatusCreated
	}
	c.say(w, status, map[string]any{"status": "valid", "contact": in.Contact})
	return nil
}
