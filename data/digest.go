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

// A TextSize is how much there is to read of the articles on a site.
type TextSize struct {
	Articles     int
	Translations int   // of these, articles that name the one they translate
	Bytes        int64 // of titles, summaries and bodies, as they are stored
}
