package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data/account"
	"github.com/alsolike/alsolike/data/sample"
	"github.com/alsolike/alsolike/recommend/review"
	"github.com/alsolike/alsolike/recommend/web"
)

const demoAddr = "127.0.0.1:8080"

// demoConfig is the configuration that a demo's data folder gets, and the sign
// that it is one.
const demoConfig = `# Settings of the demo of alsolike.
list:
  # Leaves out what is only somewhat alike: two or three good links look better
  # under an article than five.
  threshold: 73
placements:
  # The links under an article. Where its own language has too few, there is room
  # for other languages. Without this line there are none.
  ` + demoPlacement + `:
    languages: any
cors:
  # Pages of any site may show these links.
  origins: "*"
`

// demoPlacement names the links under the magazine's articles.
const demoPlacement = "article"

// demoArticle has links to its own language, to one in the other script of it
// alone, and to another language.
const demoArticle = "zh-Hans/cameras-in-the-pines"

func newDemoCommand(e *env) *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show alsolike at work on a small magazine in three languages",
		Long: `Demo loads a small magazine in English, 简体 and 繁體 that comes with alsolike, makes
its links and serves it, with the links under every article and a sample evaluation of
them by made-up readers (/evaluation), which the editors' pages have too. It works in a temporary
folder that it removes when it ends, unless --data names one to keep.`,
		Example: `  alsolike demo
  alsolike demo --addr :9000 --data ./demo-data`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flag("data").Changed {
				dir, err := os.MkdirTemp("", "alsolike-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				e.dataDir = dir
			}
			ln, err := demoListen(addr, cmd.Flag("addr").Changed)
			if err != nil {
				return err
			}
			return e.demo(cmd.Context(), ln)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", demoAddr, "the `address` to listen on")
	return cmd
}

// demoListen listens on addr, or on any free port when the default is taken
// and nobody asked for it.
func demoListen(addr string, asked bool) (net.Listener, error) {
	ln, err := listen(addr)
	if err != nil && !asked {
		return listen("127.0.0.1:0")
	}
	return ln, err
}

// demo makes the sample site's links and serves it on ln, which it closes.
func (e *env) demo(ctx context.Context, ln net.Listener) error {
	defer ln.Close()
	if err := e.loadSample(ctx); err != nil {
		return err
	}
	conf, err := e.loadConfig()
	if err != nil {
		return err
	}
	conf.Review = review.Policy{} // what it shows must be in service
	m, _, err := e.refresh(ctx, conf, false, false, nil)
	if err != nil {
		return err
	}
	password, err := e.demoLogin(ctx)
	if err != nil {
		return err
	}
	at := "http://" + ln.Addr().String()
	fmt.Fprintf(e.stdout, `
The Lantern, a magazine of %s (%s), with its links:

  English   %[3]s/en/
  简体      %[3]s/zh-Hans/
  繁體      %[3]s/zh-Hant/

  links to three languages at once:  %[3]s/%[4]s
  the same for a site to ask:        %[3]s/v1/related?id=%[4]s&lang=any
  a sample evaluation report:        %[3]s/evaluation
  the editors' pages:                %[3]s/editor
                                     name %[5]s, password %[6]s

Ctrl-C ends it.
`, plural(m.Counts.Articles, "article"), languageCounts(m), at, demoArticle, demoUser, password)
	placement := demoPlacement
	if _, ok := conf.Placements[placement]; !ok { // whoever keeps a demo may change its settings
		placement = ""
	}
	sampling, stop := context.WithCancel(ctx)
	evaluation, wait := e.demoEvaluation(sampling)
	defer func() { stop(); wait() }() // before the folder goes
	return e.serve(ctx, ln, conf, &web.Magazine{Articles: sample.Articles(), Pictures: sample.Pictures(), Placement: placement, Evaluation: evaluation})
}

// demoUser signs in to the editors' pages of a demo.
const demoUser = "demo"

// demoLogin gives demoUser a new password, since nobody remembers the one of a
// demo before, and returns it.
func (e *env) demoLogin(ctx context.Context) (password string, err error) {
	store, err := e.openStore(ctx, false)
	if err != nil {
		return "", err
	}
	defer store.Close()
	password = account.NewPassword()
	hash, err := account.Hasher{}.Hash(password)
	if err != nil {
		return "", err
	}
	_, err = store.AddUser(ctx, account.User{Name: demoUser, Role: account.Admin}, hash)
	if errors.Is(err, account.ErrTaken) {
		_, err = store.SetPassword(ctx, demoUser, hash, 0)
	}
	return password, err
}

// loadSample puts the sample site and its settings into the data folder, which
// must be a demo's or new.
func (e *env) loadSample(ctx context.Context) error {
	if err := e.makeDataDir(); err != nil {
		return err
	}
	present, err := os.ReadFile(e.path(configFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot read %s: %w", e.path(configFile), pathReason(err))
	}
	title, _, _ := strings.Cut(demoConfig, "\n")
	if !strings.HasPrefix(string(present), title) {
		if _, err := os.Stat(e.path(storeFile)); err == nil || len(present) > 0 {
			return fmt.Errorf("%s holds a site of its own, into which the demo would put its articles; name another folder with --data, or none", e.dataDir)
		}
		if err := writeFile(e.path(configFile), func(w *bufio.Writer) error { _, err := w.WriteString(demoConfig); return err }); err != nil {
			return err
		}
	}
	store, err := e.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = store.PutArticles(ctx, sample.Articles())
	return err
}
