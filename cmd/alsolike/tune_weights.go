package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/alsolike/alsolike/recommend/rank"
	"github.com/alsolike/alsolike/recommend/tune"
)

// weightsFile is what tune writes into the data folder.
const weightsFile = "weights.json"

// tunedWeights is what weightsFile holds.
type tunedWeights struct {
	Weights *rank.Weights `json:"weights"`
	Fitted  fittedTo      `json:"fitted"`
}

// fittedTo says how weights came about.
type fittedTo struct {
	Time     time.Time `json:"time"`
	Snapshot string    `json:"snapshot"` // by whose articles
	Log      string    `json:"log"`      // "events", or the name of a log of reads
	tune.Report
}

// rankingWeights is the weights that tune has fitted; nil: those that ship.
func (e *env) rankingWeights() (*rank.Weights, error) {
	t, err := e.tunedWeights()
	if t == nil || err != nil {
		return nil, err
	}
	return t.Weights, nil
}

// tunedWeights is what weightsFile holds; nil without the file.
func (e *env) tunedWeights() (*tunedWeights, error) {
	path := e.path(weightsFile)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read the ranking weights %s: %w", path, pathReason(err))
	}
	weights := rank.DefaultWeights() // of features that the file does not name
	t := &tunedWeights{Weights: &weights}
	err = json.Unmarshal(text, t)
	if err == nil && t.Weights == nil {
		err = errors.New("it holds no weights")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; mend it, or go back to the weights that ship with alsolike tune --reset", path, err)
	}
	return t, nil
}

func (e *env) writeWeights(t *tunedWeights) error {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return e.withCure(writeFile(e.path(weightsFile), func(w *bufio.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	}))
}

// resetWeights removes weightsFile and says whether it was there.
func (e *env) resetWeights() (bool, error) {
	err := os.Remove(e.path(weightsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, e.withCure(err)
}
