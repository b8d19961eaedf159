package data

import "context"

type authorKey struct{}

// WithAuthor is ctx for changes that the person or program of that name makes: a
// store writes the name into its history.
func WithAuthor(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, authorKey{}, name)
}

// AuthorOf is the name that WithAuthor has put into ctx, or "".
func AuthorOf(ctx context.Context) string {
	name, _ := ctx.Value(authorKey{}).(string)
	return name
}
