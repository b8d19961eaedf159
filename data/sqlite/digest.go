package sqlite

import (
	"database/sql/driver"
	"fmt"

	"modernc.org/sqlite"

	"github.com/alsolike/alsolike/data"
)

// A migration calls article_digest(); nothing in the tables does.
func init() {
	sqlite.MustRegisterFunction("article_digest", &sqlite.FunctionImpl{
		NArgs:         1,
		Deterministic: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) { return new(digestOf), nil },
	})
}

// digestOf is a digest that SQLite calls with one hash after another.
type digestOf struct{ data.Digest }

func (d *digestOf) Step(_ *sqlite.FunctionContext, args []driver.Value) error {
	hash, ok := args[0].([]byte)
	if !ok || len(hash) != len(d.Digest) {
		return fmt.Errorf("article_digest: %v is no hash", args[0])
	}
	d.Toggle([len(d.Digest)]byte(hash))
	return nil
}

// WindowInverse is Step: what is taken in twice is out.
func (d *digestOf) WindowInverse(ctx *sqlite.FunctionContext, args []driver.Value) error {
	return d.Step(ctx, args)
}

func (d *digestOf) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	return d.Digest[:], nil
}

func (d *digestOf) Final(*sqlite.FunctionContext) {}
