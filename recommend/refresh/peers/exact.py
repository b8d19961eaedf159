"""Exact neighbours of a sample of rows, to measure the recall of approximate ones."""


def sample(np, rows, size, seed):
    """Rows drawn without repetition, in ascending order."""
    return np.sort(np.random.default_rng(seed).choice(rows, min(size, rows), replace=False))


def neighbours(np, X, rows, k, block=256):
    """The k rows of X nearest to each of rows by inner product, itself left out."""
    found = np.empty((len(rows), k), dtype=np.int64)
    for start in range(0, len(rows), block):
        at = rows[start:start + block]
        scores = X[at] @ X.T
        scores[np.arange(len(at)), at] = -np.inf
        found[start:start + len(at)] = np.argpartition(-scores, k, axis=1)[:, :k]
    return found


def without_self(np, ids, rows, k):
    """Each list without the row itself, cut to k."""
    return np.array([[j for j in found if j != i][:k] for i, found in zip(rows, ids)])
