package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
)

// The signatures are of a header's digest, as DKIM makes them (RFC 6376 §3.7, RFC 8463).

func signRSA(b bench, workers int) (rate, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return rate{}, err
	}
	digest := sha256.Sum256([]byte("canonical headers"))
	return b.repeat(workers, func(int) error {
		_, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
		return err
	})
}

func signEd25519(b bench, workers int) (rate, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return rate{}, err
	}
	digest := sha256.Sum256([]byte("canonical headers"))
	return b.repeat(workers, func(int) error {
		ed25519.Sign(key, digest[:])
		return nil
	})
}

func hashBody(b bench, workers int) (rate, error) {
	body := make([]byte, 5120)
	return b.repeat(workers, func(int) error {
		sha256.Sum256(body)
		return nil
	})
}
