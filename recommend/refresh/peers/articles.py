"""Reads articles as alsolike imports and exports them: JSON lines."""

import gzip
import json


def read_texts(paths):
    """The title and body of every article of files, gzipped or not."""
    for path in paths:
        with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as f:
            for line in f:
                if line.strip():
                    a = json.loads(line)
                    yield (a.get("title") or "") + "\n" + (a.get("body") or "")
