#!/usr/bin/python3
"""FAISS's exact search: the vectors nearest to each by inner product."""

import measure

TIE = 1e-5  # neighbours whose inner products differ by less may take each other's place


def agreement(np, X, ours, ids, scores):
    """The share of the neighbours found here that are in ours, or as near there.

    ours: rows × k numbers of rows, -1 for none; ids and scores: rows × (k+1), the row
    itself among them but where others are its equals.
    """
    rows, k = ours.shape
    wanted = found = 0
    for start in range(0, rows, 4096):
        at = np.arange(start, min(start + 4096, rows))
        itself = (ids[at] == at[:, None]).any(axis=1)
        least = np.where(itself, scores[at, k], scores[at, k - 1])
        wanted += int(np.minimum(((ids[at] != at[:, None]) & (scores[at] > TIE)).sum(axis=1), k).sum())
        products = np.einsum("id,ijd->ij", X[at], X[np.maximum(ours[at], 0)])
        found += int(((ours[at] >= 0) & (products > TIE) & (products >= least[:, None] - TIE)).sum())
    return found / wanted if wanted else 1.0


def main():
    p = measure.parser(__doc__)
    p.add_argument("vectors", help="file of float32 vectors of length 1 (.npy)")
    p.add_argument("--neighbours", type=int, default=20, help="neighbours of each vector, itself not counted")
    p.add_argument("--compare", metavar="FILE", help="lists to compare with (.npy), as alsolike bench --export writes them")
    p.add_argument("--out", metavar="PREFIX", help="write PREFIX.ids.npy and PREFIX.scores.npy, each list with the vector itself")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")
    faiss = measure.need("faiss", "python3-faiss")

    faiss.omp_set_num_threads(args.threads)
    X = np.ascontiguousarray(np.load(args.vectors), dtype=np.float32)
    peer = f"FAISS {faiss.__version__} IndexFlatIP"
    with measure.stage(peer, "neighbours") as s:
        index = faiss.IndexFlatIP(X.shape[1])
        index.add(X)
        scores, ids = index.search(X, args.neighbours + 1)
        s.update(articles=X.shape[0], dim=X.shape[1], k=args.neighbours, threads=args.threads, blas=measure.blas_kernel())
    if args.compare:
        measure.emit(peer, "agreement", same=agreement(np, X, np.load(args.compare)[:, :args.neighbours], ids, scores))
    if args.out:
        np.save(args.out + ".ids.npy", ids.astype(np.int32))
        np.save(args.out + ".scores.npy", scores)


if __name__ == "__main__":
    main()
