#!/usr/bin/python3
"""scikit-learn's latent semantic analysis and exact neighbours of the same articles.

Reads articles as JSON lines (title, body), or with --matrix the weighted
documents × terms matrix that alsolike bench --export wrote, and then does the
singular value decomposition alone.
"""

import os

import articles
import measure


def read_matrix(np, folder):
    sparse = measure.need("scipy.sparse", "python3-scipy")
    part = lambda name: np.load(os.path.join(folder, f"matrix.{name}.npy"))
    rows, columns = part("shape")
    return sparse.csr_matrix((part("data"), part("indices").astype(np.int32), part("indptr")), shape=(int(rows), int(columns)))


def main():
    p = measure.parser(__doc__)
    p.add_argument("articles", nargs="*", help="files of JSON lines, gzipped or not")
    p.add_argument("--matrix", metavar="FOLDER", help="decompose the matrix of this folder instead")
    p.add_argument("--rank", type=int, default=256, help="dimensions")
    p.add_argument("--neighbours", type=int, default=20, help="neighbours of each article")
    p.add_argument("--seed", type=int, default=1, help="of the decomposition")
    p.add_argument("--out", metavar="FOLDER", help="write vectors.npy and neighbours.npy there")
    args = p.parse_args()
    if bool(args.articles) == bool(args.matrix):
        p.error("name either files of articles or --matrix FOLDER")
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")
    sklearn = measure.need("sklearn", "python3-sklearn")
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import normalize

    peer = f"scikit-learn {sklearn.__version__}"
    if args.matrix:
        A = read_matrix(np, args.matrix)
    else:
        with measure.stage(peer, "read") as s:
            texts = list(articles.read_texts(args.articles))
            s["articles"] = len(texts)
        with measure.stage(peer, "tfidf") as s:
            vectorizer = TfidfVectorizer(lowercase=True, stop_words="english", sublinear_tf=True, min_df=2, max_df=0.5,
                                         norm="l2", dtype=np.float32)
            A = vectorizer.fit_transform(texts)
            s.update(articles=A.shape[0], terms=A.shape[1], nonzeros=int(A.nnz))

    svd = TruncatedSVD(n_components=args.rank, algorithm="randomized", random_state=args.seed)
    with measure.stage(peer, "svd") as s:
        X = svd.fit_transform(A)
        s.update(articles=A.shape[0], terms=A.shape[1], nonzeros=int(A.nnz), rank=X.shape[1],
                 threads=args.threads, blas=measure.blas_kernel())
    total = float(np.square(A.data, dtype=np.float64).sum())
    measure.emit(peer, "energy", total=total,
                 # of the singular values found, and of A projected on the axes found
                 sigma=float(np.square(svd.singular_values_, dtype=np.float64).sum()) / total,
                 captured=float(np.square(A @ svd.components_.T, dtype=np.float64).sum()) / total)
    if args.matrix:
        return
    with measure.stage(peer, "normalise"):
        X = normalize(X.astype(np.float32, copy=False), copy=False)
    # Of vectors of length 1 both metrics order alike; for distances scikit-learn has a faster search.
    for name, metric in (("neighbours", "cosine"), ("neighbours_by_distance", "euclidean")):
        with measure.stage(peer, name) as s:
            index = NearestNeighbors(metric=metric, algorithm="brute", n_neighbors=args.neighbours + 1, n_jobs=args.threads).fit(X)
            ids = index.kneighbors(X, return_distance=False)
            s.update(articles=X.shape[0], dim=X.shape[1], k=args.neighbours)
    if args.out:
        os.makedirs(args.out, exist_ok=True)
        np.save(os.path.join(args.out, "vectors.npy"), X)
        np.save(os.path.join(args.out, "neighbours.npy"), ids.astype(np.int32))


if __name__ == "__main__":
    main()
