"""Plain numbers that meet traced ones: one gate, through which every rule takes them.

Behind it there are real numbers of double precision only, whatever came: a truth
value counts as 0 or 1, and small whole numbers do not overflow. And no one can
change them any more. A small array is copied. A large one is kept as it is and
locked while `f` runs, so that a program that writes into it stops with an error.

One way round the lock is left: a view of a large array that was there before the
array was locked can still be written into. So one entry in eight thousand is
remembered, and compared when `f` is done. Who overwrites the whole array in this way
is found out; who changes a part of it may not be.
"""

import threading
from numbers import Real

import numpy as np

#: Arrays of more entries than this are locked, not copied.
SMALL = 2**14

COMPLEX = "f computes with complex numbers; take real and imaginary parts apart, and keep every number real"
CHANGED = ("f changed an array in place after it had computed with it (or the point itself); a derivative cannot "
           "follow that: change a copy, B = A.copy()")

_FLOAT = np.dtype(float)
_guard, _locks = threading.Lock(), {}       # id -> [array, how many traces need it as it is]


class UnsupportedError(TypeError):
    """A function or an operation has no rule."""


def constant(x, held):
    """A plain operand as real numbers of double precision that nobody can change.

    Parameters
    ----------
    x : number, array, or what NumPy makes an array of
    held : dict or None
        Receives the arrays that had to be locked; see `unlock`. None for a number that is used at once.

    Returns
    -------
    float or array of float

    Raises
    ------
    UnsupportedError
        `x` is complex, a matrix, a masked or sparse array, an array of objects, or not made of numbers.

    Examples
    --------
    >>> constant(np.array([True, False]), {})
    array([1., 0.])
    """
    kind = type(x)
    if kind is float or kind is np.float64:
        return x
    if kind is int:
        return float(x)
    if kind is np.ndarray and x.dtype is _FLOAT:
        if x.size <= SMALL:
            return x.copy()
        lock(x, held)
        return x
    return _converted(x, held)


def _converted(x, held):
    if hasattr(x, "tape"):
        raise UnsupportedError("a traced number stands where NumPy needs a plain one; the derivative by it has no rule")
    if isinstance(x, np.matrix):
        raise UnsupportedError("an np.matrix met a traced array; use arrays, np.asarray(M), and @ for products")
    if isinstance(x, np.ma.MaskedArray):
        raise UnsupportedError("a masked array met a traced array; fill it first, A.filled(0.0), or use np.where")
    if type(x).__module__.startswith("scipy.sparse"):
        raise UnsupportedError(f"a sparse array ({type(x).__name__}) met a traced array; use A.toarray()")
    if isinstance(x, np.ndarray) and type(x) is not np.ndarray and type(x).__module__.partition(".")[0] not in (
            "numpy", "mcnotes"):
        raise UnsupportedError(f"an array of type {type(x).__name__} met a traced array; use np.asarray(A)")
    array = np.asarray(x)
    kind = array.dtype.kind
    if kind == "c":
        raise UnsupportedError(COMPLEX)
    if kind == "O" and (array.ndim or isinstance(x, np.ndarray)):
        raise UnsupportedError("an array of objects met a traced array, and Python's own numbers follow other rules, "
                               "(-2) ** 0.5 is complex; use A.astype(float), and np.stack for traced numbers")
    if kind not in "biuf" and not isinstance(x, Real):
        raise UnsupportedError(f"f computes with {type(x).__name__} of dtype {array.dtype}; "
                               "a derivative needs real numbers")
    if array.ndim == 0:
        return float(array[()])
    return array.astype(float) if array.dtype is not _FLOAT else constant(array, held)


def owner(array):
    """The array whose memory this one shows."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _sample(array):
    """Some entries of an array, spread over it."""
    return array.ravel("K")[::8191].tobytes()


def lock(x, held):
    """Forbid to write into an array, until `unlock` is called with the same dict.

    NumPy cannot lock other views of the same memory that are there already. So some
    entries are remembered, and `unlock` says whether they are the same.
    """
    if held is None or id(x) in held:
        return
    if x.base is None:
        _hold(x, _sample(x), held)
        return
    whole = owner(x)
    if id(whole) not in held:
        _hold(whole, None, held)
    if whole is not x:
        _hold(x, _sample(x), held)


def _hold(array, sample, held):
    key = id(array)
    held[key] = array, sample
    with _guard:
        if key in _locks:
            _locks[key][1] += 1
        elif array.flags.writeable:
            array.setflags(write=False)
            _locks[key] = [array, 1]


def unlock(held):
    """Give back the arrays that were locked, when no other trace needs them; whether they are what they were."""
    with _guard:
        for key in held:
            if key in _locks:
                _locks[key][1] -= 1
                _restore(key)
        if _locks:
            for key in list(_locks):    # a view waits until the array that owns its memory is back
                _restore(key)
    return all(sample is None or sample == _sample(array) for array, sample in held.values())


def _restore(key):
    array, count = _locks[key]
    if count <= 0 and (array.base is None or owner(array) is array or owner(array).flags.writeable):
        array.setflags(write=True)
        del _locks[key]
