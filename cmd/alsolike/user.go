package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sqlite"
)

func newUserCommand(e *env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Editors' accounts",
		Long: `A user signs in to the editors' pages, at /editor of a running server, and has a role:

  viewer   sees everything and changes nothing
  editor   changes links
  admin    also manages users and keys

What is done to a user holds at once, in his open browsers too. Every change to links
carries the name of who made it.`,
		Example: `  alsolike user add mei --role admin
  alsolike user list
  alsolike user role tomas editor
  alsolike user passwd mei
  alsolike user remove tomas`,
	}
	cmd.AddCommand(newUserAddCommand(e), newUserListCommand(e), newUserRoleCommand(e), newUserPasswdCommand(e), newUserRemoveCommand(e))
	return cmd
}

func newUserAddCommand(e *env) *cobra.Command {
	var role, passwordFile string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make an account and show its password, this once",
		Long: `Add makes an account with a random password, which it prints and which is not shown
again: the store keeps its hash. The user may choose another at /editor/settings.`,
		Example: `  alsolike user add mei --role admin
  alsolike user add tomas --role viewer --json
  alsolike user add ines --password-file - < password.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u := account.User{Name: args[0], Role: account.Role(role)}
			if err := u.Validate(); err != nil {
				return usagef("%v", err)
			}
			password, hash, err := choosePassword(u.Name, passwordFile)
			if err != nil {
				return err
			}
			if err := e.makeDataDir(); err != nil { // accounts may come before the first article
				return err
			}
			store, err := e.openStore(cmd.Context(), false)
			if err != nil {
				return err
			}
			defer store.Close()
			u, err = store.AddUser(e.by(cmd.Context(), ""), u, hash)
			if errors.Is(err, account.ErrTaken) {
				return fmt.Errorf("there is a user %s already; alsolike user passwd gives him another password, alsolike user role another role", args[0])
			}
			if err != nil {
				return err
			}
			if asJSON {
				row := newUserRow(u)
				row.Password = password
				return e.writeJSON(row)
			}
			fmt.Fprintf(e.stderr, "%s may sign in at /editor as %s.%s\n", u.Name, u.Role, passwordHint(password))
			return e.printPassword(password)
		},
	}
	cmd.Flags().StringVar(&role, "role", string(account.Editor), "what the user may do: `viewer|editor|admin`")
	passwordFlag(cmd, &passwordFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the account as JSON")
	return cmd
}

func passwordFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "password-file", "", "take the password from the first line of this `file` (-: standard input) and print none")
}

// choosePassword is a new random password, or nothing where a file holds the one to
// use, and the hash of it.
func choosePassword(name, file string) (random, hash string, err error) {
	password := account.NewPassword()
	random = password
	if file != "" {
		if password, err = readPassword(file); err != nil {
			return "", "", err
		}
		if err := account.ValidatePassword(name, password); err != nil {
			return "", "", usagef("the %v", err)
		}
		random = ""
	}
	hash, err = account.Hasher{}.Hash(password)
	return random, hash, err
}

// readPassword is the first line of a file, or of standard input.
func readPassword(file string) (string, error) {
	var in io.Reader = os.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", usagef("cannot read the password from %s: %v", file, pathReason(err))
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, 4096))
	if err != nil {
		return "", fmt.Errorf("cannot read the password: %w", pathReason(err))
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

func passwordHint(password string) string {
	if password == "" {
		return ""
	}
	return " This is the password; it is not shown again."
}

func (e *env) printPassword(password string) error {
	if password == "" {
		return nil
	}
	_, err := fmt.Fprintln(e.stdout, password)
	return err
}

// A userRow is a user as user list prints it.
type userRow struct {
	Name     string       `json:"name"`
	Role     account.Role `json:"role"`
	Password string       `json:"password,omitempty"` // of user add alone
	Created  time.Time    `json:"created"`
	LastSeen *time.Time   `json:"last_seen,omitempty"`
}

func newUserRow(u account.User) userRow {
	return userRow{Name: u.Name, Role: u.Role, Created: u.Created, LastSeen: timeOrNil(u.LastSeen)}
}

func newUserListCommand(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the users",
		Example: "  alsolike user list",
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
			users, err := store.Users(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				rows := []userRow{}
				for _, u := range users {
					rows = append(rows, newUserRow(u))
				}
				return e.writeJSON(rows)
			}
			if len(users) == 0 {
				fmt.Fprintln(e.stderr, "There are no users; alsolike user add makes one.")
				return nil
			}
			w := tabwriter.NewWriter(e.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tROLE\tCREATED\tLAST SEEN")
			for _, u := range users {
				seen := "never"
				if !u.LastSeen.IsZero() {
					seen = u.LastSeen.Format(time.RFC3339)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Role, u.Created.Format(time.DateOnly), seen)
			}
			return w.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// changeUser calls change with the store, and explains that there is no such user.
func (e *env) changeUser(cmd *cobra.Command, name string, change func(*sqlite.Store) error) error {
	if err := e.needDataDir(); err != nil {
		return err
	}
	store, err := e.openStore(cmd.Context(), false)
	if err != nil {
		return err
	}
	defer store.Close()
	err = change(store)
	if errors.Is(err, data.ErrNotFound) {
		return fmt.Errorf("there is no user %s; alsolike user list shows them all", data.Quote(name))
	}
	return err
}

func newUserRoleCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "role NAME viewer|editor|admin",
		Short:   "Give a user another role",
		Example: "  alsolike user role tomas editor",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			role, err := account.ParseRole(args[1])
			if err != nil {
				return usagef("the %v", err)
			}
			return e.changeUser(cmd, args[0], func(store *sqlite.Store) error {
				u, err := store.SetRole(e.by(cmd.Context(), ""), args[0], role)
				if err == nil {
					_, err = fmt.Fprintf(e.stdout, "%s is %s from now on.\n", u.Name, u.Role)
				}
				return err
			})
		},
	}
}

func newUserPasswdCommand(e *env) *cobra.Command {
	var passwordFile string
	cmd := &cobra.Command{
		Use:   "passwd NAME",
		Short: "Give a user a new password and show it, this once",
		Long: `Passwd gives a user a new password. He is signed out everywhere, and may sign in at
once even if he was locked out after too many attempts.`,
		Example: `  alsolike user passwd mei
  alsolike user passwd mei --password-file - < password.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, hash, err := choosePassword(args[0], passwordFile)
			if err != nil {
				return err
			}
			return e.changeUser(cmd, args[0], func(store *sqlite.Store) error {
				u, err := store.SetPassword(e.by(cmd.Context(), ""), args[0], hash, 0)
				if err != nil {
					return err
				}
				fmt.Fprintf(e.stderr, "%s has a new password and is signed out everywhere.%s\n", u.Name, passwordHint(password))
				return e.printPassword(password)
			})
		},
	}
	passwordFlag(cmd, &passwordFile)
	return cmd
}

func newUserRemoveCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:     "remove NAME",
		Short:   "Remove a user; what he changed stays, with his name",
		Example: "  alsolike user remove tomas",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return e.changeUser(cmd, args[0], func(store *sqlite.Store) error {
				u, err := store.RemoveUser(e.by(cmd.Context(), ""), args[0])
				if err == nil {
					_, err = fmt.Fprintf(e.stdout, "%s is removed and signed out everywhere.\n", u.Name)
				}
				return err
			})
		},
	}
}
