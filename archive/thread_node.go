package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"

	"sencoforum/list"
	"sencoforum/store"
)

// Via says by what a post found its place.
type Via uint8

// The ways, in the order in which they are tried; a moderator's act stands above all.
const (
	ViaNothing   Via = iota // it founded its thread
	ViaToken                // it was sent to the reply address of its parent
	ViaReference            // References or In-Reply-To, or Outlook's Thread-Index
	ViaSubject              // the same subject with a reply mark, and evidence
	ViaModerator            // a moderator put it there
)

// String names the way for people.
func (v Via) String() string {
	switch v {
	case ViaToken:
		return "reply address"
	case ViaReference:
		return "reference"
	case ViaSubject:
		return "subject"
	case ViaModerator:
		return "moderator"
	}
	return "none"
}

// node is what the tree of a thread needs of a post. The keys are hashes (keyHash).
type node struct {
	via    Via
	parent Number   // by token, subject or moderator; 0: none
	token  Number   // the post to whose reply address it was sent; 0: none
	own    []uint64 // keys under which others can name this post, at most two
	links  []uint64 // keys that it names, nearest first; at most linksMost
}

// linksMost bounds the keys of one post: namesMost of References and of In-Reply-To each, 33 of Thread-Index.
const (
	namesMost = 100
	linksMost = 2*namesMost + 33
)

const nodeVersion = 1

func appendNode(b []byte, n node) ([]byte, error) {
	if len(n.own) > 2 || len(n.links) > linksMost {
		return nil, errors.New("too many keys")
	}
	b = append(b, nodeVersion, byte(n.via))
	b = binary.AppendUvarint(b, uint64(n.parent))
	b = binary.AppendUvarint(b, uint64(n.token))
	b = append(b, byte(len(n.own)))
	for _, k := range append(n.own[:len(n.own):len(n.own)], n.links...) {
		b = binary.BigEndian.AppendUint64(b, k)
	}
	return b, nil
}

// parseNode reads a node. The empty one is that of a post from before there were any.
func parseNode(b []byte) (n node, err error) {
	if len(b) == 0 {
		return node{}, nil
	}
	f := store.ReadFields(b, nodeVersion)
	n.via = Via(f.Octet())
	n.parent, n.token = Number(f.Number()), Number(f.Number())
	own := int(f.Octet())
	rest := f.Rest()
	if err := f.Err(); err != nil {
		return node{}, err
	}
	if len(rest)%8 != 0 || own > len(rest)/8 || len(rest)/8 > linksMost+2 {
		return node{}, errors.New("keys have no right length")
	}
	if len(rest) == 0 {
		return n, nil
	}
	keys := make([]uint64, len(rest)/8)
	for i := range keys {
		keys[i] = binary.BigEndian.Uint64(rest[8*i:])
	}
	n.own, n.links = keys[:own:own], keys[own:]
	return n, nil
}

func (n node) equal(m node) bool {
	return n.via == m.via && n.parent == m.parent && n.token == m.token &&
		slices.Equal(n.own, m.own) && slices.Equal(n.links, m.links)
}

// keyHash is 64 bits of SHA-256 over list and key. Whoever makes two keys collide only misplaces posts of one thread.
func keyHash(l list.ID, key string) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatUint(uint64(l), 10) + " " + key))
	return binary.BigEndian.Uint64(sum[:])
}

func keyHashes(l list.ID, keys []string) []uint64 {
	hashes := make([]uint64, len(keys))
	for i, k := range keys {
		hashes[i] = keyHash(l, k)
	}
	return hashes
}

func numberValue() store.ValueCodec[Number] {
	return store.ValueCodec[Number]{
		Append: func(b []byte, n Number) ([]byte, error) { return binary.BigEndian.AppendUint32(b, uint32(n)), nil },
		Parse: func(b []byte) (Number, error) {
			if len(b) != 4 {
				return 0, errors.New("a number has four bytes")
			}
			return Number(binary.BigEndian.Uint32(b)), nil
		},
	}
}

func appendSeq(b []byte, s Seq) ([]byte, error) {
	return binary.BigEndian.AppendUint64(b, uint64(s)), nil
}

func parseSeq(b []byte) (Seq, error) {
	if len(b) != 8 {
		return 0, errors.New("a sequence number has eight bytes")
	}
	return Seq(binary.BigEndian.Uint64(b)), nil
}
