#!/usr/bin/python3
"""PyNNDescent's approximate neighbour graph, with the first setting that reaches a recall."""

import exact
import measure


def main():
    p = measure.parser(__doc__)
    p.add_argument("vectors", help="file of float32 vectors of length 1 (.npy)")
    p.add_argument("--neighbours", type=int, default=20, help="neighbours of each vector, itself not counted")
    p.add_argument("--recall", type=float, default=0.98, help="recall to reach")
    p.add_argument("--sample", type=int, default=1000, help="vectors whose exact neighbours recall is measured against")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")
    pynndescent = measure.need("pynndescent", "python3-pynndescent")

    X = np.ascontiguousarray(np.load(args.vectors), dtype=np.float32)
    n, dim = X.shape
    k = args.neighbours
    rows = exact.sample(np, n, args.sample, 1)
    truth = exact.neighbours(np, X, rows, k)
    peer = f"PyNNDescent {pynndescent.__version__}"

    # Its functions are compiled at their first call, which is not what is measured.
    pynndescent.NNDescent(X[:min(n, 4000)], metric="cosine", n_neighbors=k + 1, random_state=1, n_jobs=args.threads)
    # More neighbours than asked for are what raises the recall of the graph.
    for wanted in (k + 1, k + 11, k + 21, 2 * k + 21):
        with measure.stage(peer, "build") as s:
            index = pynndescent.NNDescent(X, metric="cosine", n_neighbors=wanted, random_state=1, n_jobs=args.threads)
            ids = index.neighbor_graph[0]
            reached = measure.recall(exact.without_self(np, ids[rows], rows, k), truth)
            s.update(articles=n, dim=dim, k=k, n_neighbors=wanted, recall=round(reached, 4), threads=args.threads)
        if reached >= args.recall:
            return


if __name__ == "__main__":
    main()
