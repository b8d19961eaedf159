"""Measures the stages of a peer and prints one JSON line for each.

Every script of this folder begins with start(), before it imports anything that
computes: threads and processor kernels are chosen when those libraries load.
"""

import argparse
import contextlib
import ctypes
import importlib
import json
import os
import resource
import sys
import time


def parser(description):
    """An argument parser with the arguments that all scripts share."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="threads that may compute at once")
    return p


def start(args):
    """Fixes the threads, and lets OpenBLAS choose the kernel of this processor."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ[name] = str(args.threads)
    # An older processor's kernel, forced on all programs of a machine, would be unfair here.
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)


def need(module, package):
    """Imports a module, or ends the script with a sentence that says what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as err:
        sys.exit(f"{os.path.basename(sys.argv[0])}: {sys.executable} cannot import {module} ({err}); "
                 f"on Debian and Ubuntu: apt-get install {package}")


def blas_kernel():
    """The processor kernel that the loaded OpenBLAS runs, or why it is not known."""
    with open("/proc/self/maps") as maps:
        libraries = {line.split()[-1] for line in maps if "blas" in line and ".so" in line}
    for library in sorted(libraries):
        loaded = ctypes.CDLL(library)
        for name in ("openblas_get_corename", "openblas_get_corename64_", "scipy_openblas_get_corename64_"):
            if hasattr(loaded, name):
                corename = getattr(loaded, name)
                corename.restype = ctypes.c_char_p
                return "OpenBLAS " + corename().decode()
    return "not OpenBLAS: " + (", ".join(sorted(libraries)) or "no BLAS loaded")


def _reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
    except OSError:
        pass  # then the peak is that of the whole run so far


def _peak():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def emit(peer, stage, **figures):
    """Prints one line of figures."""
    print(json.dumps({"peer": peer, "stage": stage, **figures}), flush=True)


@contextlib.contextmanager
def stage(peer, name):
    """Times what happens in it. Figures added to the yielded dict are printed with the times."""
    figures = {}
    _reset_peak()
    wall, cpu = time.perf_counter(), time.process_time()
    yield figures
    times = {
        "seconds": round(time.perf_counter() - wall, 4),
        "cpu_seconds": round(time.process_time() - cpu, 4),
        "peak_bytes": _peak(),
    }
    emit(peer, name, **times, **figures)


def recall(found, exact):
    """The mean share of each row of exact that is in the same row of found."""
    hits = sum(len(set(map(int, f)) & set(map(int, e))) for f, e in zip(found, exact))
    return hits / exact.size
