#!/usr/bin/python3
"""FAISS's exact search: the vectors nearest to each by inner product."""

import measure


def main():
    p = measure.parser(__doc__)
    p.add_argument("vectors", help="file of float32 vectors of length 1 (.npy)")
    p.add_argument("--neighbours", type=int, default=20, help="neighbours of each vector, itself not counted")
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
    if args.out:
        np.save(args.out + ".ids.npy", ids.astype(np.int32))
        np.save(args.out + ".scores.npy", scores)


if __name__ == "__main__":
    main()
