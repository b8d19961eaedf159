#!/usr/bin/python3
"""The machine's multiply-add peak: a float32 matrix product by numpy's BLAS."""

import time

import measure


def main():
    p = measure.parser(__doc__)
    p.add_argument("--size", type=int, default=4096, help="rows and columns of the matrices")
    p.add_argument("--runs", type=int, default=5, help="products; the fastest counts")
    args = p.parse_args()
    measure.start(args)
    np = measure.need("numpy", "python3-numpy")

    rng = np.random.default_rng(1)
    a = rng.standard_normal((args.size, args.size), dtype=np.float32)
    b = rng.standard_normal((args.size, args.size), dtype=np.float32)
    out = np.empty_like(a)
    np.matmul(a[:256], b, out=out[:256])  # loads and starts what there is to start
    peer = f"numpy {np.__version__}"
    times = []
    for _ in range(args.runs):
        wall, cpu = time.perf_counter(), time.process_time()
        np.matmul(a, b, out=out)
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    best, cpu = min(times)
    measure.emit(peer, "sgemm", seconds=round(best, 4), cpu_seconds=round(cpu, 4), gflops=round(2 * args.size**3 / best / 1e9, 1),
                 size=args.size, threads=args.threads, blas=measure.blas_kernel())


if __name__ == "__main__":
    main()
