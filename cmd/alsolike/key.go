package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
)

func newKeyCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Keys for programs, such as a CMS that pushes articles to the server",
		Long: `A key lets a program into a running server by HTTP. With the scope articles:write it
puts articles there:

  PUT    /v1/articles/{id}   one article, a JSON object as in JSON lines
  DELETE /v1/articles/{id}   takes it off the site
  POST   /v1/articles        many, as JSON lines, answered line by line

with editor:read it asks /v1/editor what a viewer may see, and with editor:write it
also changes there what an editor may. It sends the header "Authorization: Bearer KEY".
The key is shown when it is made and never again: the store keeps its hash.`,
		Example: `  alsolike key add "the CMS"
  alsolike key add "the dashboard" --scope editor:read
  alsolike key list
  alsolike key revoke 1`,
	}
	cmd.AddCommand(newKeyAddCommand(e), newKeyListCommand(e), newKeyRevokeCommand(e))
	return cmd
}

func newKeyAddCommand(e *env) *cobra.Command {
	var scopes []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a key and show it, this once",
		Example: `  alsolike key add "the CMS"
  alsolike key add newsroom --scope articles:write --json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			k := data.Key{Name: args[0]}
			for _, scope := range scopes {
				k.Scopes = append(k.Scopes, data.Scope(scope))
			}
			if err := k.Validate(); err != nil {
				return usagef("%v", err)
			}
			if err := e.makeDataDir(); err != nil { // a site whose articles all come by push starts here
				return err
			}
			store, err := e.openStore(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			k, secret, err := store.AddKey(e.by(cmd.Context(), ""), k.Name, k.Scopes...)
			if err != nil {
				return err
			}
			if asJSON {
				row := newKeyRow(k)
				row.Key = secret
				return e.writeJSON(row)
			}
			fmt.Fprintf(e.stderr, "Key %d for %s (%s). Keep it where only that program can read it; it is not shown again.\n", k.ID, k.Name, joinScopes(k))
			_, err = fmt.Fprintln(e.stdout, secret)
			return err
		},
	}
	cmd.Flags().StringSliceVar(&scopes, "scope", []string{string(data.WriteArticles)}, "what the key may do: `articles:write|editor:read|editor:write`, one or several")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the key as JSON")
	return cmd
}

// A keyRow is a key as key list prints it.
type keyRow struct {
	ID       int64        `json:"id"`
	Name     string       `json:"name"`
	Scopes   []data.Scope `json:"scopes"`
	Key      string       `json:"key,omitempty"` // of key add alone
	Created  time.Time    `json:"created"`
	LastUsed *time.Time   `json:"last_used,omitempty"`
	Revoked  *time.Time   `json:"revoked,omitempty"`
}

func newKeyRow(k data.Key) keyRow {
	return keyRow{
		ID: k.ID, Name: k.Name, Scopes: k.Scopes, Created: k.Created,
		LastUsed: timeOrNil(k.LastUsed), Revoked: timeOrNil(k.Revoked),
	}
}

func joinScopes(k data.Key) string {
	var names []string
	for _, s := range k.Scopes {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func newKeyListCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the keys, without their secrets",
		Example: "  alsolike key list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.needDataDir(); err != nil {
				return err
			}
			store, err := e.openStore(cmd.Context(), true)
			if err != nil {
				return err
			}
			defer store.Close()
			keys, err := store.Keys(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				rows := []keyRow{}
				for _, k := range keys {
					rows = append(rows, newKeyRow(k))
				}
				return e.writeJSON(rows)
			}
			if len(keys) == 0 {
				fmt.Fprintln(e.stderr, "There are no keys; alsolike key add makes one.")
				return nil
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "ID\tNAME\tSCOPES\tCREATED\tLAST USED\tSTATE")
			for _, k := range keys {
				used, state := "never", "active"
				if !k.LastUsed.IsZero() {
					used = k.LastUsed.Format(time.RFC3339)
				}
				if !k.Revoked.IsZero() {
					state = "revoked " + k.Revoked.Format(time.DateOnly)
				}
				fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, joinScopes(k), k.Created.Format(time.DateOnly), used, state)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newKeyRevokeCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke ID",
		Short:   "Make a key worthless from now on",
		Example: "  alsolike key revoke 1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usagef("%q is not the number of a key; alsolike key list shows them", args[0])
			}
			if err := e.needDataDir(); err != nil {
				return err
			}
			store, err := e.openStore(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			k, err := store.RevokeKey(e.by(cmd.Context(), ""), id)
			if errors.Is(err, data.ErrNotFound) {
				return fmt.Errorf("there is no key %d; alsolike key list shows them all", id)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.stdout, "Key %d for %s is revoked.\n", k.ID, k.Name)
			return err
		},
	}
}
