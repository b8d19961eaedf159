package data

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Kind is what an entry of the history is about.
type Kind string

// The kinds of entries.
const (
	KindOverride Kind = "override"
	KindRule     Kind = "rule"
	KindSnapshot Kind = "snapshot" // which one is in service
	KindUser     Kind = "user"
	KindKey      Kind = "key"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{KindOverride, KindRule, KindSnapshot, KindUser, KindKey} }

// The actions of entries that change what a store holds. Other kinds may have others,
// such as "publish" of a snapshot.
const (
	ActionAdd    = "add"
	ActionChange = "change"
	ActionPause  = "pause"
	ActionResume = "resume"
	ActionRemove = "remove"
)

// ActionMove is the action of entries about the order of rules.
const ActionMove = "move"

// The actions of entries about users and keys, beside these.
const (
	ActionPassword = "password" // a user has a new one
	ActionRevoke   = "revoke"   // a key
)

// ActionPublishItself is the action of entries about snapshots that nobody has published:
// a policy let them into service.
const ActionPublishItself = "publish-itself"

// A HistoryEntry is one change that somebody made: what was there before, and what is
// there after it. A history only grows; to revert a change is one more.
type HistoryEntry struct {
	ID     int64 // given by the store, counting from 1
	Time   time.Time
	Author string // who; "" where nobody said
	Kind   Kind
	// Subject names what was changed among those of its kind, such as the number of
	// an override.
	Subject         string
	Article, Target ArticleID // of an override, for whoever looks for an article; "" for others
	Action          string    // such as ActionAdd
	Summary         string    // what was changed, in a sentence without its end
	// Before and After are the subject as JSON; nil where there was none.
	Before, After json.RawMessage
	Reverts       int64 // the ID of the entry that this one reverts; 0: none
	// Batch is the same number in all entries that were made at once, such as those of an
	// import: the ID of the first of them. 0: the entry stands alone.
	Batch int64

	// Last reports, in an entry that was read, that the subject is as the entry has
	// left it, as far as the history goes: that it can be reverted.
	Last bool
	// BatchSize is how many entries of its Batch there are, in one that was read with
	// HistoryFilter.Heads.
	BatchSize int
}

// The longest texts of an entry, in bytes.
const (
	longestSubject = 512
	longestSummary = 20_000
)

// Validate reports the first reason to refuse e, as an *InvalidError, or nil.
func (e *HistoryEntry) Validate() error {
	switch {
	case !slices.Contains(Kinds(), e.Kind):
		return &InvalidError{"kind", kindHint(string(e.Kind))}
	case e.Subject == "":
		return &InvalidError{"subject", "is missing"}
	case e.Action == "":
		return &InvalidError{"action", "is missing"}
	}
	for _, text := range []struct {
		field, text string
		most        int
	}{{"author", e.Author, longestAuthor}, {"subject", e.Subject, longestSubject}, {"action", e.Action, longestSubject}, {"summary", e.Summary, longestSummary}} {
		if err := validateText(text.field, text.text, text.most); err != nil {
			return err
		}
	}
	if e.Before != nil && !json.Valid(e.Before) {
		return &InvalidError{"before", "is not valid JSON"}
	}
	if e.After != nil && !json.Valid(e.After) {
		return &InvalidError{"after", "is not valid JSON"}
	}
	return validateTime("time", e.Time)
}

// ParseKind reads the name of a kind; an empty one is every kind.
func ParseKind(s string) (Kind, error) {
	if kind := Kind(strings.ToLower(strings.TrimSpace(s))); kind == "" || slices.Contains(Kinds(), kind) {
		return kind, nil
	}
	return "", &InvalidError{"kind", kindHint(s)}
}

func kindHint(s string) string {
	names := make([]string, len(Kinds()))
	for i, kind := range Kinds() {
		names[i] = string(kind)
	}
	return "is " + Quote(s) + "; it may be " + strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// A HistoryFilter says which entries are asked for. The zero value is all of them.
type HistoryFilter struct {
	Author  string
	Kind    Kind
	Without []Kind // entries of any other kind than these
	People  bool   // of what people did: without ActionPublishItself
	Subject string
	Article ArticleID // entries about it, as an override's article or target
	Since   time.Time // made then or later
	Until   time.Time // made before
	Batch   int64     // those of one batch
	Heads   bool      // of every batch only the first entry
	Before  int64     // older than the entry of that ID
	Limit   int       // so many at most; 0: any number
}

// A ConflictError tells that something is no longer as a change expects it to be.
type ConflictError struct {
	Subject string        // such as "override 3"
	Later   *HistoryEntry // the change that came in between; nil where that is not known
}

func (e *ConflictError) Error() string {
	if e.Later == nil {
		return e.Subject + " has been changed meanwhile"
	}
	by := ""
	if e.Later.Author != "" {
		by = " by " + e.Later.Author
	}
	return fmt.Sprintf("%s has been changed again since, on %s%s (change %d)", e.Subject, e.Later.Time.Format("2006-01-02 15:04 MST"), by, e.Later.ID)
}

// Reverted is what has become of a batch that was to be reverted.
type Reverted struct {
	Made []HistoryEntry   // the changes that revert those of the batch, the newest first
	Left []*ConflictError // why the others were left alone: what they changed is another by now
}
