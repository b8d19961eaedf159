// Package token cuts texts into tokens, by script and language.
package token
