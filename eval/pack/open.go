package pack

import (
	"errors"
	"fmt"
	"math"
	"os"
)

// Open reads the pack at path whole and verifies it. The hash identifies its
// content. Of a file that is no sound pack the error is ErrNotPack, ErrNewer,
// ErrTruncated or ErrDamaged, with path and reason.
func Open(path string) (p *Pack, hash string, err error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	if p, hash, err = Decode(file); err != nil {
		return nil, "", fmt.Errorf("%s %w", path, err)
	}
	return p, hash, nil
}

// Decode is Open for a file that is in memory. What it takes is in proportion to
// the length of file, whatever file says.
func Decode(file []byte) (p *Pack, hash string, err error) {
	blocks, hash, err := Blocks(file)
	if err != nil {
		return nil, "", err
	}
	d := decoding{raw: make(map[string][]byte, len(blocks)), p: &Pack{}}
	for _, b := range blocks {
		d.raw[b.Name] = b.Raw
	}
	if err = d.decode(); err == nil {
		err = d.p.Validate()
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return d.p, hash, nil
}

// A decoding turns blocks into a pack.
type decoding struct {
	raw map[string][]byte
	p   *Pack

	impressions, items, reads int     // numbers of them
	pKind                     []uint8 // of the items
	p8                        []float64
}

// A field is a block to be read.
type field struct {
	name string
	read func(raw []byte) error
}

// decode reads the blocks, each after those that say how long it is.
func (d *decoding) decode() error {
	im, r := &d.p.Impressions, &d.p.Reads
	for _, fields := range [][]field{
		{{"head", d.head}},
		{{"articles", d.articles}},
		{
			{"vectors", d.vectors},
			{"policies", d.policies},
			{"overrides", d.overrides},
			{"snapshot_length", d.snapshotLengths},
			// These three are never less than a byte a value, and so bound the others.
			{"source", ints(&im.Source, &d.impressions, 8)},
			{"item", ints(&im.Item, &d.items, 8)},
			{"read_item", ints(&r.Item, &d.reads, 8)},
		},
		{
			{"snapshot_item", d.snapshotItems},
			{"snapshot_score", d.snapshotScores},

			{"hour", ints(&im.Hour, &d.impressions, 0)},
			{"moment", ints(&im.Moment, &d.impressions, 0)},
			{"variant", ints(&im.Variant, &d.impressions, 0)},
			{"snapshot", ints(&im.Snapshot, &d.impressions, 0)},
			{"policy", ints(&im.Policy, &d.impressions, 0)},
			{"reader", ints(&im.Reader, &d.impressions, 0)},
			{"session", ints(&im.Session, &d.impressions, 0)},
			{"widget", ints(&im.Widget, &d.impressions, 0)},
			{"device", ints(&im.Device, &d.impressions, 0)},
			{"referrer", ints(&im.Referrer, &d.impressions, 0)},
			{"lang", ints(&im.Lang, &d.impressions, 0)},
			{"seen", d.seen},
			{"length", d.lengths},

			{"p_kind", ints(&d.pKind, &d.items, 0)},
			{"p", func(raw []byte) (err error) {
				d.p8, err = unpackFloats(raw)
				return err
			}},
			{"flags", ints(&im.Flags, &d.items, 0)},

			{"read_reader", ints(&r.Reader, &d.reads, 0)},
			{"read_session", ints(&r.Session, &d.reads, 0)},
			{"read_hour", ints(&r.Hour, &d.reads, 0)},
			{"read_moment", ints(&r.Moment, &d.reads, 0)},
			{"read_from", ints(&r.From, &d.reads, 0)},
		},
		{{"dwell", d.dwell}},
	} {
		err := inParallel(len(fields), 0, func(i int) error {
			raw, ok := d.raw[fields[i].name]
			if !ok {
				return fmt.Errorf("it has no %s", fields[i].name)
			}
			if err := fields[i].read(raw); err != nil {
				return fmt.Errorf("%s %w", fields[i].name, err)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return d.probabilities()
}

// ints reads a column of n numbers.
func ints[T integer](to *[]T, n *int, least int) func([]byte) error {
	return func(raw []byte) (err error) {
		*to, err = unpackInts[T](raw, *n, least)
		return err
	}
}

func (d *decoding) head(raw []byte) error {
	r := reader{b: raw}
	p := d.p
	p.Simulated = r.string()
	p.Unordered = r.bool()
	for _, n := range []*int{&d.impressions, &d.items, &d.reads} {
		*n = r.number(math.MaxInt32)
	}
	names := r.strings()
	if len(names) > math.MaxInt16+1 {
		return errors.New("has too many snapshots")
	}
	for _, name := range names {
		p.Snapshots = append(p.Snapshots, Snapshot{Name: name})
	}
	for _, list := range []*[]string{&p.Variants, &p.Widgets, &p.Devices, &p.Referrers, &p.Languages} {
		*list = r.strings()
	}
	for n := r.count(2); n > 0; n-- {
		if p.Checks == nil {
			p.Checks = make(map[string]int, n)
		}
		name := r.string()
		p.Checks[name] = int(r.varint())
	}
	return r.end()
}

func (d *decoding) articles(raw []byte) error {
	const least = 14 // bytes of an article
	r := reader{b: raw}
	d.p.Articles = make([]Article, r.count(least))
	for i := range d.p.Articles {
		a := &d.p.Articles[i]
		for _, s := range []*string{&a.ID, &a.Title, &a.URL, &a.Section, &a.Author, &a.Lang, &a.Group} {
			*s = r.string()
		}
		a.Tags = r.strings()
		a.Published, a.Unpublished = r.time(), r.time()
		a.Born, a.Died = r.int32(), r.int32()
	}
	return r.end()
}

func (d *decoding) vectors(raw []byte) error {
	r := reader{b: raw}
	for i := range d.p.Articles {
		b := r.bytes()
		if len(b) == 0 {
			continue
		}
		v := make([]int8, len(b))
		for j := range v {
			v[j] = int8(b[j])
		}
		d.p.Articles[i].Vector = v
	}
	return r.end()
}

func (d *decoding) policies(raw []byte) error {
	const least = 4 // bytes of a policy
	r := reader{b: raw}
	d.p.Policies = make([]Policy, r.count(least))
	for i := range d.p.Policies {
		p := &d.p.Policies[i]
		p.Kind = r.string()
		p.Keep = r.number(math.MaxInt32)
		if n := r.count(1); n > 0 {
			p.Pool = make([]int32, n)
		}
		for j := range p.Pool {
			p.Pool[j] = int32(r.number(math.MaxInt32))
		}
		if n := r.count(8); n > 0 {
			p.Logits = make([]float64, n)
		}
		for j := range p.Logits {
			p.Logits[j] = r.float()
		}
	}
	return r.end()
}

func (d *decoding) overrides(raw []byte) error {
	const least = 8 // bytes of an override
	r := reader{b: raw}
	d.p.Overrides = make([]Override, r.count(least))
	for i := range d.p.Overrides {
		d.p.Overrides[i] = Override{
			Op: r.string(), Section: r.string(),
			Source: r.int32(), Item: r.int32(), Position: int(r.int32()), Moment: r.int32(), Hour: r.int32(), Until: r.int32(),
		}
	}
	return r.end()
}

func (d *decoding) snapshotLengths(raw []byte) error {
	n := len(d.p.Articles)
	lengths, err := unpackInts[int32](raw, n*len(d.p.Snapshots), 8)
	if err != nil {
		return err
	}
	for i := range d.p.Snapshots {
		if d.p.Snapshots[i].Start, err = starts(lengths[i*n : (i+1)*n]); err != nil {
			return err
		}
	}
	return nil
}

// starts is where runs of those lengths start, and where the last one ends.
func starts(lengths []int32) ([]int32, error) {
	start := make([]int32, len(lengths)+1)
	sum := int64(0)
	for i, n := range lengths {
		sum += int64(n)
		if n < 0 || sum > math.MaxInt32 {
			return nil, errors.New("has lengths that cannot be")
		}
		start[i+1] = int32(sum)
	}
	return start, nil
}

func (d *decoding) snapshotItems(raw []byte) error {
	items, err := unpackInts[int32](raw, d.linked(), 8)
	for i := range d.p.Snapshots {
		if err == nil {
			s := &d.p.Snapshots[i]
			s.Item, items = cut(items, s.Start)
		}
	}
	return err
}

func (d *decoding) snapshotScores(raw []byte) error {
	scores, err := unpackFloats(raw)
	if err == nil && len(scores) != d.linked() {
		err = errColumnLength
	}
	for i := range d.p.Snapshots {
		if err == nil {
			s := &d.p.Snapshots[i]
			s.Score, scores = cut(scores, s.Start)
		}
	}
	return err
}

// linked is how many links all snapshots have.
func (d *decoding) linked() (n int) {
	for i := range d.p.Snapshots { // not by value: others set its fields meanwhile
		start := d.p.Snapshots[i].Start
		n += int(start[len(start)-1])
	}
	return n
}

// cut cuts off the front of all what start splits.
func cut[T any](all []T, start []int32) (front, rest []T) {
	n := start[len(start)-1]
	return all[:n:n], all[n:]
}

func (d *decoding) seen(raw []byte) error {
	codes, err := unpackInts[uint8](raw, d.impressions, 0)
	if err != nil {
		return err
	}
	seen := make([]bool, len(codes))
	for i, code := range codes {
		if code > 1 {
			return errors.New("has a yes or no that is neither")
		}
		seen[i] = code == 1
	}
	d.p.Impressions.Seen = seen
	return nil
}

func (d *decoding) lengths(raw []byte) error {
	lengths, err := unpackInts[int32](raw, d.impressions, 0)
	if err != nil {
		return err
	}
	d.p.Impressions.Start, err = starts(lengths)
	return err
}

// dwell reads the seconds of the items clicked.
func (d *decoding) dwell(raw []byte) error {
	if len(raw) == 0 {
		return nil
	}
	im := &d.p.Impressions
	clicks := 0
	for _, flags := range im.Flags {
		if flags&Clicked != 0 {
			clicks++
		}
	}
	seconds, err := unpackInts[uint16](raw, clicks, 0)
	if err != nil {
		return err
	}
	im.Dwell = make([]uint16, len(im.Flags))
	for at, flags := range im.Flags {
		if flags&Clicked != 0 {
			im.Dwell[at], seconds = seconds[0], seconds[1:]
		}
	}
	return nil
}

// probabilities puts together the kinds of probabilities and those that are
// stored in full.
func (d *decoding) probabilities() error {
	p := make([]float64, len(d.pKind))
	rest := d.p8
	for i, kind := range d.pKind {
		switch {
		case kind == isOne:
			p[i] = 1
		case kind == isUnknown:
			p[i] = math.NaN()
		case kind == isOther && len(rest) > 0:
			p[i], rest = rest[0], rest[1:]
		default:
			return errors.New("p_kind does not fit to p")
		}
	}
	if len(rest) > 0 {
		return errors.New("p_kind does not fit to p")
	}
	d.p.Impressions.P = p
	return nil
}
