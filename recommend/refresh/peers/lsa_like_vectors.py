#!/usr/bin/python3
"""Writes vectors such as latent semantic analysis gives: of length 1, in clusters, of few latent dimensions."""

import measure


def main():
    p = measure.parser(__doc__)
    p.add_argument("out", help="file to write (.npy)")
    p.add_argument("--rows", type=int, default=100_000, help="vectors")
    p.add_argument("--dim", type=int, default=256, help="dimensions")
    p.add_argument("--latent", type=int, default=32, help="dimensions in which the vectors differ most")
    p.add_argument("--clusters", type=int, default=500, help="subjects")
    p.add_argument("--seed", type=int, default=1, help="other vectors for another seed")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")

    rng = np.random.default_rng(args.seed)
    axes = np.linalg.qr(rng.standard_normal((args.dim, args.latent)))[0].T.astype(np.float32)
    centres = rng.standard_normal((args.clusters, args.latent), dtype=np.float32)
    out = np.lib.format.open_memmap(args.out, "w+", np.float32, (args.rows, args.dim))
    for start in range(0, args.rows, 10_000):
        n = min(10_000, args.rows - start)
        near = centres[rng.integers(args.clusters, size=n)] + 0.7 * rng.standard_normal((n, args.latent), dtype=np.float32)
        X = near @ axes + 0.1 * rng.standard_normal((n, args.dim), dtype=np.float32)
        out[start:start + n] = X / np.linalg.norm(X, axis=1, keepdims=True)


if __name__ == "__main__":
    main()
