package sqlite_test

import (
	"context"
	"strings"
	"testing"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/account"
)

// What is done to users and keys is in the history, and nothing that could open a door.
func TestHistoryOfAccounts(t *testing.T) {
	ctx := data.WithAuthor(context.Background(), "admin")
	s := newStore(t)
	try := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.AddUser(ctx, account.User{Name: "mei", Role: account.Editor}, "$hash")
	try(err)
	token, err := s.StartSession(ctx, "mei", "Firefox")
	try(err)
	for range 2 {
		_, err = s.SetRole(ctx, "Mei", account.Viewer)
		try(err)
	}
	_, err = s.SetPassword(ctx, "mei", "$other", 0)
	try(err)
	_, err = s.RemoveUser(ctx, "mei")
	try(err)
	k, secret, err := s.AddKey(ctx, "the CMS", data.WriteArticles)
	try(err)
	for range 2 {
		_, err = s.RevokeKey(ctx, k.ID)
		try(err)
	}
	if _, err := s.AddUser(ctx, account.User{Name: "m i", Role: account.Editor}, "$hash"); err == nil {
		t.Fatal("a name with a space is taken")
	}
	var got []string
	for _, e := range history(t, s, data.HistoryFilter{Author: "admin"}) {
		got = append(got, string(e.Kind)+" "+e.Subject+" "+e.Action+": "+e.Summary)
		states := string(e.Before) + string(e.After)
		if strings.Contains(states, "$") || strings.Contains(states, token) || strings.Contains(states, secret) {
			t.Errorf("the history tells %s", states)
		}
	}
	want := `key 1 revoke: key for the CMS, articles:write
key 1 add: key for the CMS, articles:write
user mei remove: mei, role viewer
user mei password: mei, role viewer
user mei change: mei, role viewer
user mei add: mei, role editor`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if rest := history(t, s, data.HistoryFilter{Without: []data.Kind{data.KindUser, data.KindKey}}); len(rest) != 0 {
		t.Errorf("got %+v", rest)
	}
	_, err = s.Revert(ctx, 1)
	checkError(t, err, "is of a user, which cannot be reverted here")
}
