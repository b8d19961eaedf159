package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/alsolike/alsolike/data"
	"github.com/alsolike/alsolike/data/ingest"
	"github.com/alsolike/alsolike/data/sqlite"
	"github.com/alsolike/alsolike/data/zipf"
	"github.com/alsolike/alsolike/recommend/refresh"
	"github.com/alsolike/alsolike/recommend/refresh/bench"
	"github.com/alsolike/alsolike/recommend/refresh/peers"
)

const benchHelp = `Bench refreshes a corpus in a temporary folder and prints, for every stage, how long it
took, how many articles and words a second it did, how many floating-point operations
a second and which share of the machine's peak that is, and the most memory it held.

The articles are those of --from, which may be anything that import reads, or else
made up from a seed: --articles of 200 to 400 words, as many different words as
natural language has, on subjects that share words.

With --growth, corpora of several sizes are made up and refreshed one after the other;
--csv and --svg write down how every stage grows. With --peers, the programs that do
the same and are installed (scikit-learn, gensim, FAISS, hnswlib, PyNNDescent, for
the Python of Debian or Ubuntu) are given the same articles and vectors in the same
run, and their times are set beside those of alsolike: "3.0×" says that alsolike is
three times as fast, and a memory of 0.33 that it takes a third.

Operations are those that the work needs: of neighbours 2 for each number of each
pair of vectors, once. CPU is the processor time of all threads, which suffers least
where other programs run meanwhile.`

// A benchCommand is what the flags of bench say.
type benchCommand struct {
	articles, runs, rank, k int
	method                  string
	seed                    uint64
	from                    []string
	growth                  []int
	csv, svg, export        string
	peers                   []string // allPeers alone, or names
	python                  string
	asJSON                  bool
}

// allPeers is what --peers without names means.
const allPeers = "all"

// A benchReport is what bench --json prints.
type benchReport struct {
	Results []bench.Result     `json:"results"`          // one a size
	Growth  []bench.Factor     `json:"growth,omitempty"` // from each size to the next
	Peers   []bench.Comparison `json:"peers,omitempty"`
}

func newBenchCommand(e *env) *cobra.Command {
	var c benchCommand
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how long every stage of a refresh takes, and how much memory",
		Long:  benchHelp,
		Example: `  alsolike bench --articles 10000
  alsolike bench --from articles.jsonl.gz --rank 256 --runs 5 --peers
  alsolike bench --articles 100000 --method exact --peers=sgemm,faiss
  alsolike bench --growth 10000,100000 --csv growth.csv --svg growth.svg
  alsolike bench --articles 1000 --export ./for-others`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.check(cmd.Flag("articles").Changed); err != nil {
				return err
			}
			report, err := e.bench(cmd.Context(), &c)
			if err != nil {
				return err
			}
			if c.asJSON {
				return e.writeJSON(report)
			}
			return report.write(e.stdout)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.articles, "articles", 10_000, "make up `n` articles")
	flags.Uint64Var(&c.seed, "seed", 1, "of the articles made up: another `number`, other articles")
	flags.StringSliceVar(&c.from, "from", nil, "refresh the articles of these `sources` instead, files or folders; may be repeated")
	flags.IntVar(&c.rank, "rank", 0, "`dimensions` of the vectors (default: lsa.rank)")
	flags.IntVar(&c.k, "neighbours", 0, "neighbours of every article, `n` (default: neighbours.k)")
	flags.StringVar(&c.method, "method", "", "how neighbours are searched for: `auto|exact|approximate` (default: neighbours.method)")
	flags.IntVar(&c.runs, "runs", 1, "refresh `n` times and print the medians")
	flags.IntSliceVar(&c.growth, "growth", nil, "one corpus after the other of these `sizes`, such as 10000,100000")
	flags.StringVar(&c.csv, "csv", "", "write the figures into this `file`")
	flags.StringVar(&c.svg, "svg", "", "draw the growth into this `file`")
	flags.StringSliceVar(&c.peers, "peers", nil, "measure other programs too, as far as they are installed: all, or with = those of these `names`: "+strings.Join(bench.PeerNames, ", "))
	flags.Lookup("peers").NoOptDefVal = allPeers
	flags.StringVar(&c.python, "python", "", "the Python that has the peers' `program` (default: /usr/bin/python3, or python3)")
	flags.StringVar(&c.export, "export", "", "write articles, weighted matrix, vectors and neighbours into this `folder`, for others to measure with")
	flags.BoolVar(&c.asJSON, "json", false, "print the figures as JSON")
	return cmd
}

// check refuses flags that do not go together; articles says that --articles was given.
func (c *benchCommand) check(articles bool) error {
	for _, n := range []struct {
		flag         string
		value, least int
	}{{"articles", c.articles, 1}, {"runs", c.runs, 1}, {"rank", c.rank, 0}, {"neighbours", c.k, 0}} {
		if n.value < n.least {
			return usagef("--%s is %d; it must be at least %d", n.flag, n.value, n.least)
		}
	}
	switch refresh.Method(c.method) {
	case "", refresh.Auto, refresh.Exact, refresh.Approximate:
	default:
		return usagef("--method is %q; it may be auto, exact or approximate", c.method)
	}
	for _, name := range c.peers {
		if name != allPeers && !slices.Contains(bench.PeerNames, name) {
			return usagef("--peers does not know %q%s; it may be all, %s", name, didYouMean(name, bench.PeerNames), strings.Join(bench.PeerNames, ", "))
		}
	}
	for i, n := range c.growth {
		if n < 1 || i > 0 && n <= c.growth[i-1] {
			return usagef("--growth takes sizes that grow, such as 10000,100000")
		}
	}
	switch growth, from := c.growth != nil, c.from != nil; {
	case growth && (from || articles):
		return usagef("--growth makes up articles of its own sizes; leave out --from and --articles")
	case articles && from:
		return usagef("--articles makes up articles, --from reads them; leave out one of them")
	case growth && (c.peers != nil || c.export != ""):
		return usagef("--peers and --export go with one corpus; leave out --growth")
	case !growth && c.svg != "":
		return usagef("--svg draws how stages grow, for which --growth names the sizes")
	}
	return nil
}

// bench measures all that c asks for.
func (e *env) bench(ctx context.Context, c *benchCommand) (*benchReport, error) {
	sizes := c.growth
	if sizes == nil {
		sizes = []int{c.articles}
	}
	if c.export != "" {
		if err := os.MkdirAll(c.export, 0o755); err != nil {
			return nil, fmt.Errorf("cannot make the folder %s: %w; name another with --export", c.export, pathReason(err))
		}
	}
	for _, path := range []string{c.csv, c.svg} { // rather now than after an hour
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return nil, fmt.Errorf("cannot write %s: %w", path, pathReason(err))
		}
	}
	export := c.export
	if c.peers != nil && export == "" {
		folder, err := os.MkdirTemp("", "alsolike-bench-export-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		export = folder
	}
	report := new(benchReport)
	for _, n := range sizes {
		r, err := e.benchCorpus(ctx, c, n, export)
		if err != nil {
			return nil, err
		}
		report.Results = append(report.Results, r)
	}
	if len(report.Results) > 1 {
		report.Growth = bench.Growth(report.Results).Factors()
	}
	if err := c.writeGrowth(report.Results); err != nil {
		return nil, err
	}
	var err error
	if c.peers != nil {
		report.Peers, err = e.benchPeers(ctx, c, export, &report.Results[0])
	}
	return report, err
}

// benchCorpus measures one corpus, in a data folder that it makes and removes.
func (e *env) benchCorpus(ctx context.Context, c *benchCommand, n int, export string) (bench.Result, error) {
	folder, err := os.MkdirTemp("", "alsolike-bench-")
	if err != nil {
		return bench.Result{}, err
	}
	defer os.RemoveAll(folder)
	site := *e
	site.dataDir = folder
	conf, err := site.loadConfig()
	if err != nil {
		return bench.Result{}, err
	}
	conf.Rank, conf.K, conf.Method = cmp.Or(c.rank, conf.Rank), cmp.Or(c.k, conf.K), cmp.Or(refresh.Method(c.method), conf.Method)
	if c.from != nil {
		_, err = site.importSources(ctx, c.from, importOptions{}, ingest.Options{})
	} else {
		err = site.makeUp(ctx, zipf.Options{Seed: c.seed, Articles: n})
	}
	if err != nil {
		return bench.Result{}, err
	}
	store, err := site.openStore(ctx, false)
	if err != nil {
		return bench.Result{}, err
	}
	defer store.Close()
	p, err := e.newProgress()
	if err != nil {
		return bench.Result{}, err
	}
	defer p.close()
	watch := p.stages(refreshUnits)
	words, err := readWords(ctx, store, export, func(n int64) { watch.report("read", n, 0, n) })
	if err != nil {
		watch.end(err)
		return bench.Result{}, err
	}
	opts := bench.Options{Refresh: site.refreshOptions(conf), Runs: c.runs, Words: words, Export: export}
	opts.Refresh.Progress = func(stage string, done, total int64) { watch.report(stage, done, total, done) }
	r, err := bench.Run(ctx, store, opts)
	watch.end(err)
	return r, err
}

// makeUp stores articles made up.
func (e *env) makeUp(ctx context.Context, opts zipf.Options) error {
	store, err := e.openStore(ctx, false)
	if err != nil {
		return err
	}
	defer store.Close()
	p, err := e.newProgress()
	if err != nil {
		return err
	}
	defer p.close()
	watch := p.stages(nil)
	done := 0
	const batch = 500
	articles := make([]data.Article, 0, batch)
	put := func() error {
		_, err := store.PutArticles(ctx, articles)
		done += len(articles)
		articles = articles[:0]
		watch.report("make up", int64(done), int64(opts.Articles), int64(done))
		return err
	}
	for a := range zipf.Articles(opts) {
		if articles = append(articles, a); len(articles) == batch && err == nil {
			err = put()
		}
		if err != nil {
			break
		}
	}
	if err == nil && len(articles) > 0 {
		err = put()
	}
	watch.end(err)
	return e.withCure(err)
}

// articlesFile is the name of the articles among what bench exports.
const articlesFile = "articles.jsonl"

// readWords counts the words of all articles and, unless export is empty, writes the
// articles there. It tells progress now and then how many articles it has read.
func readWords(ctx context.Context, store *sqlite.Store, export string, progress func(n int64)) (words int64, err error) {
	each := func(write func(line []byte) error) error {
		var line []byte
		var n int64
		defer func() { progress(n) }()
		for a, err := range store.Articles(ctx) {
			if err != nil {
				return err
			}
			words += bench.CountWords(&a)
			if n++; n%1024 == 0 {
				progress(n)
			}
			line = ingest.AppendJSONL(line[:0], a)
			if err := write(line); err != nil {
				return err
			}
		}
		return nil
	}
	if export == "" {
		err = each(func([]byte) error { return nil })
		return words, err
	}
	err = writeFile(filepath.Join(export, articlesFile), func(w *bufio.Writer) error {
		return each(func(line []byte) error { _, err := w.Write(line); return err })
	})
	return words, err
}

// writeGrowth writes the files that --csv and --svg name.
func (c *benchCommand) writeGrowth(results []bench.Result) error {
	growth := bench.Growth(results)
	if c.csv != "" {
		if err := writeFile(c.csv, func(w *bufio.Writer) error { return growth.WriteCSV(w) }); err != nil {
			return err
		}
	}
	if c.svg != "" {
		return writeFile(c.svg, func(w *bufio.Writer) error { return growth.WriteSVG(w) })
	}
	return nil
}

// benchPeers measures the peers that are installed, and says of the others why not.
func (e *env) benchPeers(ctx context.Context, c *benchCommand, export string, r *bench.Result) ([]bench.Comparison, error) {
	python, err := findPython(c.python)
	if err != nil {
		return nil, err
	}
	scripts, err := os.MkdirTemp("", "alsolike-bench-peers-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scripts)
	if err := peers.Extract(scripts); err != nil {
		return nil, err
	}
	p, err := e.newProgress()
	if err != nil {
		return nil, err
	}
	defer p.close()
	where := bench.Peers{Python: python, Scripts: scripts, Articles: filepath.Join(export, articlesFile), Exported: export}
	if !slices.Contains(c.peers, allPeers) {
		where.Only = c.peers
	}
	return bench.Compare(ctx, where, r,
		func(script string) { p.println("peer         " + script) },
		func(err error) { p.println("not measured: " + strings.TrimPrefix(err.Error(), "peers: ")) })
}

// findPython is the Python to run peers with: the one asked for, else that of the
// system, whose packages they are.
func findPython(asked string) (string, error) {
	names := []string{"/usr/bin/python3", "python3"}
	if asked != "" {
		names = []string{asked}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	if asked != "" {
		return "", fmt.Errorf("there is no program %s; name a Python with --python", asked)
	}
	return "", errors.New("--peers needs python3, which is not here; on Debian and Ubuntu: apt-get install python3, and see recommend/refresh/peers")
}

// write prints the report as tables.
func (r *benchReport) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	for i := range r.Results {
		if i > 0 {
			fmt.Fprintln(out)
		}
		writeStages(out, &r.Results[i])
	}
	if len(r.Growth) > 0 {
		fmt.Fprintln(out)
		writeFactors(out, r.Growth)
	}
	if len(r.Peers) > 0 {
		fmt.Fprintln(out)
		writePeers(out, r.Peers)
	}
	return out.Flush()
}

func writeStages(out io.Writer, r *bench.Result) {
	runs := "one run"
	if r.Runs > 1 {
		runs = fmt.Sprintf("medians of %d runs", r.Runs)
	}
	fmt.Fprintf(out, "%s (%s), %s, %s, rank %d, %s; %s.\n", plural(r.Articles, "article"), byLanguage(r.Languages), plural(r.Words, "word"), plural(r.Terms, "term"),
		r.Rank, plural(r.Neighbours, "neighbour"), runs)
	recall := ""
	if r.Recall < 1 {
		recall = fmt.Sprintf(" of recall %.4f", r.Recall)
	}
	fmt.Fprintf(out, "The model captures %.5f of the matrix's sum of squares; neighbours are %s%s.\n", r.Captured, r.Method, recall)
	fmt.Fprintf(out, "Peak of this machine: %s GFLOP/s, %s, kernel %s.\n\n", count(int64(r.PeakGFLOPs)), plural(r.Workers, "worker"), r.Kernel)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "STAGE       \tSECONDS\tCPU\tARTICLES/S\tWORDS/S\tGFLOP/S\tOF PEAK\tMEMORY\t")
	for _, s := range append(r.Stages[:len(r.Stages):len(r.Stages)], r.Total) {
		fmt.Fprintf(t, "%-12s\t%.2f\t%.2f\t%s\t%s\t%s\t%s\t%s\t\n", s.Name, s.Seconds, s.CPUSeconds,
			perSecond(s.Articles, s.Seconds), perSecond(s.Words, s.Seconds), orDash(s.GFLOPs, "%.1f"), orDash(100*s.Share, "%.0f %%"), orDash(float64(s.PeakBytes)/1e6, "%.0f MB"))
	}
	t.Flush()
}

func writeFactors(out io.Writer, factors []bench.Factor) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "STAGE       \tFROM\tTO\tTIME\tCPU\tMEMORY\tPOWER\t")
	for _, f := range factors {
		fmt.Fprintf(t, "%-12s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", f.Stage, count(f.From), count(f.To), times(f.Time), times(f.CPU), times(f.Memory), orDash(f.Exponent, "%.2f"))
	}
	t.Flush()
}

func writePeers(out io.Writer, all []bench.Comparison) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PEER\tWORK\tSECONDS\tCPU\tMEMORY\tALSOLIKE\tBY CPU\tMEMORY\tREMARKS")
	for _, c := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Peer, c.Work,
			orDash(c.Seconds, "%.2f"), orDash(c.CPUSeconds, "%.2f"), orDash(float64(c.PeakBytes)/1e6, "%.0f MB"),
			times(c.Faster), times(c.FasterCPU), orDash(c.ShareOfMemory, "%.2f"), remarks(&c))
	}
	t.Flush()
}

// remarks are what a comparison has beside times.
func remarks(c *bench.Comparison) string {
	var all []string
	add := func(value float64, format string) {
		if value != 0 {
			all = append(all, fmt.Sprintf(format, value))
		}
	}
	add(c.ProductGFLOPs, "%.0f GFLOP/s")
	add(100*c.ShareOfProduct, "neighbours reach %.0f %% of it")
	add(c.Recall, "recall %.4f")
	add(100*c.Same, "%.3f %% of its neighbours in alsolike's lists")
	add(c.Captured, "captures %.5f")
	add(c.OurCaptured, "alsolike %.5f")
	if c.BLAS != "" {
		all = append(all, c.BLAS)
	}
	return strings.Join(all, ", ")
}

// orDash is v in that format, or a dash where it is zero.
func orDash(v float64, format string) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

// perSecond is a rate of what took so long, or a dash where that was too short to tell.
func perSecond(rate, seconds float64) string {
	const least = .01
	if rate == 0 || seconds < least {
		return "–"
	}
	return count(int64(rate))
}

// times is "3.1×", or a dash where it is zero.
func times(v float64) string { return orDash(v, "%.1f×") }
