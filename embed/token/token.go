// Package token cuts texts into tokens, by script and language.
package token

import "github.com/james-bowman/nlp"

// A Tokeniser cuts texts of one language into tokens.
type Tokeniser struct{}

var _ nlp.Tokeniser = (*Tokeniser)(nil)

// For returns the tokeniser of a language.
func For(lang string) *Tokeniser { return &Tokeniser{} }

// ForEachIn calls f with every token of text, in order.
func (t *Tokeniser) ForEachIn(text string, f func(token string)) { panic("token: not built yet") }

// Tokenise returns the tokens of text, in order.
func (t *Tokeniser) Tokenise(text string) []string { panic("token: not built yet") }
