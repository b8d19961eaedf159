package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/embed/token"
	"github.com/alsolike/alsolike/recommend"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/web/widget"
)

// A config holds the settings of a site. The zero value of a number means that
// the default of the package that uses it holds.
type config struct {
	Rank         int
	Seed         uint64
	MinDocFreq   int
	MaxDocFreq   float64
	Rules        token.Rules
	K            int
	Method       refresh.Method
	MinRecall    float64
	Threshold    int
	Ranking      refresh.Ranking
	RefreshEvery time.Duration
	FullEvery    time.Duration
	MemoryLimit  int64
	FetchDelay   time.Duration
	FetchAgent   string
	Sources      []watchedSource
	Languages    ingest.LanguageOptions
	Placements   map[string]recommend.Placement
	Policy       recommend.Policy
	Headings     widget.Headings
	Events       eventSettings
	Service      service
	Explore      recommend.Explore
	Review       review.Policy
	Keep         int            // snapshots kept whole; 0: defaultKeep, below: all
	Zone         *time.Location // nil: UTC

	given map[string]string // what the keys were set to, as it was written; see note
}

// A configKey is one setting: its name in the file, and how its value is read.
type configKey struct {
	name string
	doc  string
	set  func(*config, string) error
}

// configKeys are all settings there are. Each is also an environment variable,
// see variable.
var configKeys = slices.Concat(siteKeys, rankingKeys, policyKeys, languageKeys, newsroomKeys, serviceKeys, exploreKeys, eventKeys, reviewKeys)

var siteKeys = []configKey{
	{"lsa.rank", "dimensions of the vectors (default min(256, articles/8))", func(c *config, v string) (err error) {
		c.Rank, err = parseInt(v, 1, 4096)
		return err
	}},
	{"lsa.seed", "seed of the decomposition (default 1)", func(c *config, v string) error {
		n, err := parseInt(v, 1, 1<<53)
		c.Seed = uint64(n)
		return err
	}},
	{"lsa.min_df", "a term must stand in at least so many articles (default 2)", func(c *config, v string) (err error) {
		c.MinDocFreq, err = parseInt(v, 1, 1<<30)
		return err
	}},
	{"lsa.max_df", "and in at most this share of them (default 0.5)", func(c *config, v string) (err error) {
		c.MaxDocFreq, err = strconv.ParseFloat(v, 64)
		if err != nil || !(c.MaxDocFreq > 0 && c.MaxDocFreq <= 1) {
			return errors.New("must be a number above 0 and at most 1")
		}
		return nil
	}},
	{"analysis.stop_words", "leave out a language's commonest words (default true)", func(c *config, v string) error {
		leave, err := parseBool(v)
		c.Rules.KeepStopWords = !leave
		return err
	}},
	{"analysis.stemming", "count a word's endings as one word (default true)", func(c *config, v string) error {
		stem, err := parseBool(v)
		c.Rules.KeepEndings = !stem
		return err
	}},
	{"neighbours.k", "neighbours kept for every article (default 64)", func(c *config, v string) (err error) {
		c.K, err = parseInt(v, 1, 1000)
		return err
	}},
	{"neighbours.method", "exact, approximate, or auto: exact up to some hundred thousand articles (default auto)", func(c *config, v string) error {
		c.Method = refresh.Method(v)
		if !slices.Contains([]refresh.Method{refresh.Auto, refresh.Exact, refresh.Approximate}, c.Method) {
			return errors.New("must be auto, exact or approximate")
		}
		return nil
	}},
	{"neighbours.min_recall", "publish no snapshot whose lists hold a smaller share of the nearest articles (default 0.95)", func(c *config, v string) (err error) {
		c.MinRecall, err = strconv.ParseFloat(v, 64)
		if err != nil || !(c.MinRecall > 0 && c.MinRecall <= 1) {
			return errors.New("must be a number above 0 and at most 1")
		}
		return nil
	}},
	{"list.threshold", "lowest score, 0 to 100, that a link may have (default 0)", func(c *config, v string) (err error) {
		c.Threshold, err = parseInt(v, 0, 100)
		return err
	}},
	{"refresh.every", "serve makes a new snapshot this often, such as 15m (default off)", func(c *config, v string) (err error) {
		c.RefreshEvery, err = parseEveryOrOff(v)
		return err
	}},
	{"refresh.full_every", "and fits the model anew this often, such as 168h (default off: only when it is due)", func(c *config, v string) (err error) {
		c.FullEvery, err = parseEveryOrOff(v)
		return err
	}},
	{"refresh.memory_limit", "a refresh holds no more memory than this, such as 2GB (default off)", func(c *config, v string) (err error) {
		if isOff(v) {
			c.MemoryLimit = 0
			return nil
		}
		c.MemoryLimit, err = parseBytes(v)
		return err
	}},
	{"fetch.delay", "pause between two requests to one host (default 1s)", func(c *config, v string) (err error) {
		c.FetchDelay, err = time.ParseDuration(v)
		if err != nil || c.FetchDelay <= 0 {
			return errors.New("must be a duration above 0, such as 500ms or 2s")
		}
		return nil
	}},
	{"fetch.user_agent", "what alsolike calls itself when it fetches pages", func(c *config, v string) error {
		c.FetchAgent = v
		return nil
	}},
}

// sourcesKey is the setting that is a list; see readSources.
const sourcesKey = "sources"

// isOff reports whether v turns something off; YAML knows off as false.
func isOff(v string) bool { return v == "off" || v == "0" || v == "false" }

func parseEveryOrOff(v string) (time.Duration, error) {
	if isOff(v) {
		return 0, nil
	}
	d, err := parseEvery(v)
	if err != nil {
		return 0, errors.New("must be off or a duration of at least 1s, such as 15m or 2h")
	}
	return d, nil
}

// parseBytes reads an amount of memory: a number and its unit.
func parseBytes(v string) (int64, error) {
	number := strings.TrimRight(v, "kKmMgGtTiIbB ")
	n, err := strconv.ParseFloat(number, 64)
	factor, known := map[string]float64{
		"b": 1, "": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12,
		"kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
	}[strings.ToLower(strings.TrimSpace(v[len(number):]))]
	if err != nil || !known || !(n*factor >= 1) || n*factor > 1<<60 {
		return 0, errors.New("must be an amount of memory, such as 800MB or 2GB")
	}
	return int64(n * factor), nil
}

// parseEvery reads the time between two runs of something.
func parseEvery(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < time.Second {
		return 0, errors.New("must be a duration of at least 1s, such as 15m or 2h")
	}
	return d, nil
}

func parseInt(v string, least, most int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("must be a whole number from %d to %d", least, most)
	}
	return n, nil
}

// variable is the environment variable of a key: lsa.min_df is
// ALSOLIKE_LSA_MIN_DF.
func variable(key string) string {
	return "ALSOLIKE_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// configFile is the configuration within the data folder.
const configFile = "alsolike.yaml"

// loadConfig reads the configuration file, then the environment over it.
func (e *env) loadConfig() (*config, error) {
	c := &config{}
	path := e.configFile
	if path == "" {
		path = e.path(configFile)
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && e.configFile == "":
	case err != nil:
		return nil, usagef("cannot read the configuration file %s: %v", path, pathReason(err))
	default:
		if err := c.readYAML(path, filepath.Dir(path), text); err != nil {
			return nil, err
		}
	}
	if err := c.readEnvironment(e.environ); err != nil {
		return nil, err
	}
	if err := c.checkExplore(); err != nil {
		return nil, err
	}
	return c, c.readSourceLanguages()
}

// readYAML sets what the YAML text says; keys may be nested or dotted. The
// paths in it are taken from folder.
func (c *config) readYAML(path, folder string, text []byte) error {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return usagef("%s: %s", path, strings.TrimSpace(yaml.FormatError(err, false, false)))
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if err := c.readNode(path, folder, "", doc.Body); err != nil {
			return err
		}
	}
	return nil
}

func (c *config) readNode(path, folder, prefix string, node ast.Node) error {
	at := fmt.Sprintf("%s:%d", path, node.GetToken().Position.Line)
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if err := c.readNode(path, folder, prefix, v); err != nil {
				return err
			}
		}
		return nil
	case *ast.MappingValueNode:
		at = fmt.Sprintf("%s:%d", path, n.Key.GetToken().Position.Line)
		name := prefix + n.Key.GetToken().Value
		if name == sourcesKey {
			c.noteNode(name, n.Value)
			return c.readSources(path, at, n.Value, folder)
		}
		if name == placementsKey || strings.HasPrefix(name, placementsKey+".") {
			c.noteNode(name, n.Value)
			return c.readPlacements(path, at, name, n.Value)
		}
		if name == apartKey {
			c.noteNode(name, n.Value)
			return c.readApart(at, n.Value)
		}
		if name == denyKey {
			c.noteNode(name, n.Value)
			return c.readDenials(path, at, n.Value)
		}
		if isSectionFreshness(name) {
			c.noteNode(name, n.Value)
			return c.readSectionFreshness(path, at, name, n.Value)
		}
		if isHeading(name) {
			c.noteNode(name, n.Value)
			return c.readHeadings(path, at, name, n.Value)
		}
		if key, value, ok := languageNode(name, n.Value); ok {
			return c.set(at, key, value)
		}
		switch n.Value.(type) {
		case *ast.MappingNode, *ast.MappingValueNode:
			if !isSection(name) {
				return usagef("%s: unknown key %s%s", at, name, didYouMean(name, configNames()))
			}
			return c.readNode(path, folder, name+".", n.Value)
		}
		if list := listText(n.Value); list != "" {
			return c.set(at, name, list)
		}
		return c.set(at, name, n.Value.GetToken().Value)
	case *ast.CommentGroupNode, *ast.NullNode:
		return nil
	}
	return usagef("%s: a configuration is a list of keys and values, such as\nlsa:\n  rank: 128", at)
}

func isSection(name string) bool {
	return slices.ContainsFunc(configNames(), func(key string) bool { return strings.HasPrefix(key, name+".") })
}

func configNames() []string {
	names := slices.Clone(yamlKeys)
	for _, k := range configKeys {
		names = append(names, k.name)
	}
	return names
}

// set gives the key its value; at says where it comes from.
func (c *config) set(at, name, value string) error {
	for _, k := range configKeys {
		if k.name != name {
			continue
		}
		if err := k.set(c, value); err != nil {
			return usagef("%s: %s is %q; it %v", at, name, value, err)
		}
		c.note(name, value)
		return nil
	}
	if isSection(name) {
		return usagef("%s: %s holds other keys, such as\nlsa:\n  rank: 128", at, name)
	}
	return usagef("%s: unknown key %s%s", at, name, didYouMean(name, configNames()))
}

// yamlKeys are the settings whose variables are in YAML, of which JSON is a part.
var yamlKeys = []string{sourcesKey, placementsKey, headingKey, sectionsKey, denyKey, apartKey}

// readEnvironment sets what the variables ALSOLIKE_… say.
func (c *config) readEnvironment(environ []string) error {
	known := map[string]string{}
	names := []string{"ALSOLIKE_DATA"}
	for _, key := range yamlKeys {
		names = append(names, variable(key))
	}
	for _, k := range configKeys {
		known[variable(k.name)] = k.name
		names = append(names, variable(k.name))
	}
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "ALSOLIKE_") || name == "ALSOLIKE_DATA" || value == "" {
			continue
		}
		if i := slices.IndexFunc(yamlKeys, func(key string) bool { return name == variable(key) }); i >= 0 {
			if err := c.readYAML(name, ".", []byte(yamlKeys[i]+": "+value)); err != nil {
				return err
			}
			continue
		}
		key, ok := known[name]
		if !ok {
			return usagef("unknown environment variable %s%s", name, didYouMean(name, names))
		}
		if err := c.set(name, key, value); err != nil {
			return err
		}
	}
	return nil
}
