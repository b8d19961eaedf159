// Package spelling finds the known name nearest to a misspelt one, for
// messages of the kind "unknown X; did you mean Y".
package spelling
