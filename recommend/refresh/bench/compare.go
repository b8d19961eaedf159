package bench

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/alsolike/alsolike/recommend/refresh/peers"
)

// A Comparison is a peer's work beside the stages of a refresh that do the same.
type Comparison struct {
	Peer string `json:"peer"` // with its version
	Work string `json:"work"`

	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	PeakBytes  int64   `json:"peak_bytes"`

	Ours           float64 `json:"our_seconds"`
	OurCPUSeconds  float64 `json:"our_cpu_seconds"`
	OurPeakBytes   int64   `json:"our_peak_bytes"`
	Faster         float64 `json:"faster"`     // Seconds / Ours
	FasterCPU      float64 `json:"faster_cpu"` // CPUSeconds / OurCPUSeconds
	ShareOfMemory  float64 `json:"share_of_memory"`
	Recall         float64 `json:"recall,omitempty"`           // the peer's
	Captured       float64 `json:"captured,omitempty"`         // of the matrix's sum of squares, by the peer
	OurCaptured    float64 `json:"our_captured,omitempty"`     // of the same matrix
	Same           float64 `json:"same,omitempty"`             // share of the peer's neighbours that are in our lists, or tie with those
	BLAS           string  `json:"blas,omitempty"`             // the peer's
	ProductGFLOPs  float64 `json:"product_gflops,omitempty"`   // 10⁹ operations a second of a float32 matrix product
	ShareOfProduct float64 `json:"share_of_product,omitempty"` // of it, what exact neighbours reach
}

// Peers say where peers are found and what they read.
type Peers struct {
	Python   string   // the interpreter
	Scripts  string   // folder, see peers.Extract
	Articles string   // JSON lines
	Exported string   // folder, see Options.Export
	Only     []string // of PeerNames; nil: all
}

// PeerNames are the peers, in the order in which they run.
var PeerNames = []string{"sgemm", "scikit-learn", "gensim", "faiss", "hnswlib", "pynndescent"}

// A trial is what one script is asked and how its figures are read.
type trial struct {
	peer   string // of PeerNames
	script string
	args   []string
	read   func([]peers.Figure) []Comparison
}

// Compare runs the peers that are installed at what r was measured at. Before each it
// tells doing which one that is, and after one that did not run, why.
func Compare(ctx context.Context, p Peers, r *Result, doing func(script string), failed func(error)) ([]Comparison, error) {
	var all []Comparison
	for _, t := range trials(p, r) {
		if p.Only != nil && !slices.Contains(p.Only, t.peer) {
			continue
		}
		doing(t.script)
		figures, err := t.run(ctx, p, r)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			failed(err)
			continue
		}
		all = append(all, slices.DeleteFunc(t.read(figures), func(c Comparison) bool { return c.Peer == "" })...) // of no figures
	}
	return all, nil
}

// repeatUnder is how long a script may take and still be run as often as a refresh.
const repeatUnder = time.Minute

// run runs the script as often as r's refreshes, unless it takes too long for that,
// and returns the medians of its figures.
func (t *trial) run(ctx context.Context, p Peers, r *Result) ([]peers.Figure, error) {
	args := append(t.args, "--threads", strconv.Itoa(r.Workers))
	var runs [][]peers.Figure
	for range max(r.Runs, 1) {
		began := time.Now()
		figures, err := peers.Run(ctx, p.Python, p.Scripts, t.script, args...)
		if err != nil {
			return nil, err
		}
		runs = append(runs, figures)
		if time.Since(began) > repeatUnder {
			break
		}
	}
	return medianFigures(runs), nil
}

// medianFigures are those of the first run, with the medians of the times of all runs
// that print as many figures.
func medianFigures(runs [][]peers.Figure) []peers.Figure {
	all := slices.Clone(runs[0])
	for i := range all {
		var seconds, cpu []float64
		for _, run := range runs {
			if len(run) == len(all) {
				seconds, cpu = append(seconds, run[i].Seconds), append(cpu, run[i].CPUSeconds)
			}
		}
		all[i].Seconds, all[i].CPUSeconds = median(seconds), median(cpu)
	}
	return all
}

func trials(p Peers, r *Result) []trial {
	vectors := filepath.Join(p.Exported, "vectors.npy")
	rank, k := strconv.Itoa(r.Rank), strconv.Itoa(r.Neighbours)
	return []trial{
		{"sgemm", peers.Product, nil, r.readProduct},
		{"scikit-learn", peers.ScikitLearn, []string{p.Articles, "--rank", rank, "--neighbours", k}, r.readScikitLearn},
		{"scikit-learn", peers.ScikitLearn, []string{"--matrix", p.Exported, "--rank", rank}, r.readDecomposition},
		{"gensim", peers.Gensim, []string{p.Articles, "--rank", rank}, r.readGensim},
		{"faiss", peers.FAISS, []string{vectors, "--neighbours", k, "--compare", filepath.Join(p.Exported, "neighbours.npy")}, r.readNeighbours("exact neighbours")},
		{"hnswlib", peers.HNSW, []string{vectors, "--neighbours", k}, r.readNeighbours("approximate neighbours")},
		{"pynndescent", peers.PyNNDescent, []string{vectors, "--neighbours", k}, r.readNeighbours("approximate neighbours")},
	}
}

func (r *Result) readProduct(figures []peers.Figure) []Comparison {
	var all []Comparison
	for _, f := range figures {
		all = append(all, Comparison{
			Peer: f.Peer, Work: "a matrix product", Seconds: f.Seconds, CPUSeconds: f.CPUSeconds, BLAS: f.BLAS, ProductGFLOPs: f.GFLOPs,
			ShareOfProduct: rate(r.Stage("neighbours").GFLOPs, f.GFLOPs),
		})
	}
	return all
}

// analysis are the stages of a refresh that turn texts into a weighted matrix.
var analysis = []string{"boilerplate", "count"}

func (r *Result) readScikitLearn(figures []peers.Figure) []Comparison {
	return []Comparison{
		compare("all of it", only(figures, "read", "tfidf", "svd", "normalise", "neighbours"), r.Total),
		compare("all of it, by distance", only(figures, "read", "tfidf", "svd", "normalise", "neighbours_by_distance"), r.Total),
		compare("analysis", only(figures, "read", "tfidf"), r.stages(analysis...)),
		compare("SVD of its own matrix", only(figures, "svd"), r.Stage("decompose")),
		compare("exact neighbours", only(figures, "neighbours"), r.Stage("neighbours")),
		compare("the same by distance", only(figures, "neighbours_by_distance"), r.Stage("neighbours")),
	}
}

func (r *Result) readDecomposition(figures []peers.Figure) []Comparison {
	c := compare("SVD of the same matrix", only(figures, "svd"), r.Stage("decompose"))
	for _, f := range figures {
		c.Captured = cmp.Or(f.Captured, c.Captured)
	}
	c.OurCaptured = r.Captured
	return []Comparison{c}
}

func (r *Result) readGensim(figures []peers.Figure) []Comparison {
	return []Comparison{
		compare("analysis", only(figures, "tfidf"), r.stages(analysis...)),
		compare("SVD of its own matrix", only(figures, "svd"), r.Stage("decompose")),
	}
}

// readNeighbours reads one search, which may have taken several stages. Of several
// builds with different settings the last is the one that counts.
func (r *Result) readNeighbours(work string) func([]peers.Figure) []Comparison {
	return func(figures []peers.Figure) []Comparison {
		last := map[string]peers.Figure{}
		for _, f := range figures {
			last[f.Stage] = f
		}
		var stages []peers.Figure
		for _, name := range []string{"build", "query", "neighbours"} {
			if f, ok := last[name]; ok {
				stages = append(stages, f)
			}
		}
		c := compare(work, stages, r.Stage("neighbours"))
		c.Same = last["agreement"].Same
		return []Comparison{c}
	}
}

// compare adds the stages of a peer up and sets them beside ours.
func compare(work string, stages []peers.Figure, ours Stage) Comparison {
	c := Comparison{Work: work, Ours: ours.Seconds, OurCPUSeconds: ours.CPUSeconds, OurPeakBytes: ours.PeakBytes}
	for _, f := range stages {
		c.Peer = f.Peer
		c.Seconds += f.Seconds
		c.CPUSeconds += f.CPUSeconds
		c.PeakBytes = max(c.PeakBytes, f.PeakBytes)
		c.Recall = cmp.Or(f.Recall, c.Recall)
		c.BLAS = cmp.Or(f.BLAS, c.BLAS)
	}
	c.Faster, c.FasterCPU = rate(c.Seconds, c.Ours), rate(c.CPUSeconds, c.OurCPUSeconds)
	c.ShareOfMemory = rate(float64(c.OurPeakBytes), float64(c.PeakBytes))
	return c
}

// only are the figures of those stages.
func only(figures []peers.Figure, names ...string) (some []peers.Figure) {
	for _, f := range figures {
		if slices.Contains(names, f.Stage) {
			some = append(some, f)
		}
	}
	return some
}

// stages are those stages together.
func (r *Result) stages(names ...string) (all Stage) {
	for _, name := range names {
		s := r.Stage(name)
		all.Seconds += s.Seconds
		all.CPUSeconds += s.CPUSeconds
		all.PeakBytes = max(all.PeakBytes, s.PeakBytes)
	}
	return all
}
