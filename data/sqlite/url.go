package sqlite

import (
	"database/sql/driver"

	"modernc.org/sqlite"

	"github.com/alsolike/alsolike/data"
)

// Migrations call canonical_url(); nothing in the tables does, so that other
// programs can read them.
func init() {
	sqlite.MustRegisterDeterministicScalarFunction("canonical_url", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		url, _ := args[0].(string)
		return data.CanonicalURL(url), nil
	})
}
