"""OpenBLAS: calls cblas_sgemm straight from its shared library, or numpy.dot where there is no library of that name."""

import ctypes
import time

import numpy as np

from common import arguments, report

ROW_MAJOR, NO_TRANSPOSE = 101, 111


def library():
    for name in ("libopenblas.so.0", "libopenblas.so"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            pass
    return None


def product(a):
    n = a.sizes[0]
    random = np.random.default_rng(1)
    x = random.random((n, n), np.float32) - np.float32(0.5)
    y = random.random((n, n), np.float32) - np.float32(0.5)
    z = np.empty((n, n), np.float32)
    blas = library()
    if blas is None:
        version, multiply = "numpy %s's own BLAS" % np.__version__, lambda: np.dot(x, y, out=z)
    else:
        blas.openblas_get_config.restype = blas.openblas_get_corename.restype = ctypes.c_char_p
        blas.openblas_set_num_threads(a.threads)
        config, core = blas.openblas_get_config().decode(), blas.openblas_get_corename().decode()
        version = "%s, kernels for %s" % (" ".join(config.split()[:2]), core)
        at = [m.ctypes.data_as(ctypes.c_void_p) for m in (x, y, z)]
        one, zero = ctypes.c_float(1), ctypes.c_float(0)

        def multiply():
            blas.cblas_sgemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, n, n, n, one, at[0], n, at[1], n, zero, at[2], n)

    seconds, deadline = [], time.perf_counter() + 1.5       # half a second of this is for warming up
    while time.perf_counter() < deadline or len(seconds) < 5:
        started = time.perf_counter()
        multiply()
        seconds.append(time.perf_counter() - started)
    if np.abs(z - x @ y).max() > 1e-3:
        raise SystemExit("the product is wrong")
    report(seconds=seconds[len(seconds) // 3:], version=version)


if __name__ == "__main__":
    product(arguments())
