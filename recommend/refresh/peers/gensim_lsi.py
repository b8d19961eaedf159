#!/usr/bin/python3
"""gensim's latent semantic indexing of the same articles, in one pass over them."""

import re

import articles
import measure

WORD = re.compile(r"(?u)\b\w\w+\b")  # what scikit-learn takes for a word


def main():
    p = measure.parser(__doc__)
    p.add_argument("articles", nargs="+", help="files of JSON lines, gzipped or not")
    p.add_argument("--rank", type=int, default=256, help="dimensions")
    p.add_argument("--seed", type=int, default=1, help="of the decomposition")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")
    gensim = measure.need("gensim", "python3-gensim")
    from gensim.parsing.preprocessing import STOPWORDS

    peer = f"gensim {gensim.__version__}"
    with measure.stage(peer, "tfidf") as s:
        words = [[w for w in WORD.findall(t.lower()) if w not in STOPWORDS] for t in articles.read_texts(args.articles)]
        dictionary = gensim.corpora.Dictionary(words)
        dictionary.filter_extremes(no_below=2, no_above=0.5, keep_n=None)
        counts = [dictionary.doc2bow(w) for w in words]
        del words
        tfidf = gensim.models.TfidfModel(counts, smartirs="ltc")
        weighted = [tfidf[c] for c in counts]
        s.update(articles=len(weighted), terms=len(dictionary), nonzeros=sum(map(len, weighted)))
    with measure.stage(peer, "svd") as s:
        lsi = gensim.models.LsiModel(weighted, id2word=dictionary, num_topics=args.rank, dtype=np.float32, random_seed=args.seed)
        s.update(articles=len(weighted), rank=len(lsi.projection.s), threads=args.threads, blas=measure.blas_kernel())
    total = sum(v * v for doc in weighted for _, v in doc)
    measure.emit(peer, "energy", total=total, sigma=float(np.square(lsi.projection.s, dtype=np.float64).sum()) / total)


if __name__ == "__main__":
    main()
