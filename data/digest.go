package data

import "crypto/sha256"

// A Digest tells sets of articles apart: all bits of the articles' hashes
// (Article.Hash) added without carry. That of no article is zero. As an article
// comes, changes or goes the digest follows in constant time.
type Digest [sha256.Size]byte

// Toggle takes the article with that hash into the set, or out of it if it is there.
func (d *Digest) Toggle(hash [sha256.Size]byte) {
	for i, b := range hash {
		d[i] ^= b
	}
}
