#!/usr/bin/python3
"""hnswlib's approximate search, with the smallest ef that reaches a recall."""

import exact
import measure


def main():
    p = measure.parser(__doc__)
    p.add_argument("vectors", help="file of float32 vectors of length 1 (.npy)")
    p.add_argument("--neighbours", type=int, default=20, help="neighbours of each vector, itself not counted")
    p.add_argument("--recall", type=float, default=0.98, help="recall to reach")
    p.add_argument("--links", type=int, default=16, help="M: links of each node")
    p.add_argument("--ef-construction", type=int, default=200, help="candidates kept while building")
    p.add_argument("--sample", type=int, default=1000, help="vectors whose exact neighbours recall is measured against")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")
    hnswlib = measure.need("hnswlib", "python3-hnswlib")

    X = np.ascontiguousarray(np.load(args.vectors), dtype=np.float32)
    n, dim = X.shape
    k = args.neighbours
    rows = exact.sample(np, n, args.sample, 1)
    truth = exact.neighbours(np, X, rows, k)
    peer = f"hnswlib M={args.links} efConstruction={args.ef_construction}"

    index = hnswlib.Index(space="ip", dim=dim)
    with measure.stage(peer, "build") as s:
        index.init_index(max_elements=n, M=args.links, ef_construction=args.ef_construction, random_seed=1)
        index.add_items(X, num_threads=args.threads)
        s.update(articles=n, dim=dim, threads=args.threads)
    # The search for ef is not part of the time: whoever uses it knows ef by then.
    for ef in (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024):
        index.set_ef(max(ef, k + 1))
        ids, _ = index.knn_query(X[rows], k=k + 1, num_threads=args.threads)
        reached = measure.recall(exact.without_self(np, ids, rows, k), truth)
        if reached >= args.recall:
            break
    with measure.stage(peer, "query") as s:
        ids, _ = index.knn_query(X, k=k + 1, num_threads=args.threads)
        s.update(articles=n, dim=dim, k=k, ef=ef, recall=round(reached, 4), threads=args.threads)


if __name__ == "__main__":
    main()
