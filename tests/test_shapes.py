"""Kinds, axes and shapes, counted the notes' way, against what derivatives really have."""

import numpy as np
import pytest

import mcnotes as mc
from mcnotes.shapes import kind_of_shape


@pytest.mark.parametrize("name, count, shapes", [
    ("scalar", 0, [(), (1, 1)]), ("vector", 1, [(4,), (4, 1), (1,)]), ("matrix", 2, [(2, 3), (1, 4), (3, 3)]),
    ("tensor", 3, [(2, 3, 4), (1, 1, 1)])])
def test_kinds_and_axes(name, count, shapes):
    for shape in shapes:
        thing = np.zeros(shape)
        assert mc.kind(thing) == kind_of_shape(shape) == name
        assert mc.axes(thing) == count and mc.size(thing) == thing.size


def test_numbers_and_lists_have_kinds_too():
    assert (mc.kind(3), mc.axes(3), mc.size(3)) == ("scalar", 0, 1)
    assert (mc.kind([1, 2, 3]), mc.axes([[1, 2, 3]]), mc.size([[1, 2, 3]])) == ("vector", 2, 3)


#: Definitions 9, 11, 13, 17, 18 and Concept 20: shape of y, shape of x, shape of dy/dx, name.
NINE = [
    ((), (), (), "derivative"),
    ((), (4,), (4, 1), "gradient"),
    ((3,), (), (1, 3), "vector derivative"),
    ((3,), (4,), (4, 3), "vector/vector"),
    ((2, 3), (), (3, 2), "matrix/scalar"),
    ((), (2, 3), (2, 3), "scalar/matrix"),
    ((3,), (4, 2), (4, 2, 3), "vector/matrix"),
    ((3, 2), (4,), (4, 3, 2), "matrix/vector"),
    ((3, 2), (4, 5), (4, 5, 3, 2), "matrix/matrix"),
]


@pytest.mark.parametrize("of, wrt, shape, name", NINE)
def test_the_nine_kinds_have_the_shapes_that_were_foretold(of, wrt, shape, name, random):
    known = mc.shape_of(of=of, wrt=wrt)
    assert known == (shape, name, len(of) + len(wrt), np.prod(of + wrt, dtype=int))
    weights = random.normal(size=(int(np.prod(of, dtype=int)), int(np.prod(wrt, dtype=int))))
    d = mc.derivative(lambda x: np.reshape(np.sin(weights @ np.reshape(x, (-1,))), of), random.normal(size=wrt))
    assert d.array.shape == wrt + of
    if known.axes <= 2:
        assert d.matrix.shape == d.shape == shape
    else:
        with pytest.raises(mc.LayoutError, match=f"has {known.axes} axes"):
            d.layout("numerator")


@pytest.mark.parametrize("of, wrt, known", [
    ((3, 1), (4, 1), mc.shape_of(of=(3,), wrt=(4,))), ((1, 1), (4, 1), mc.shape_of(of=(), wrt=(4,))),
    ((3, 1), (1, 1), mc.shape_of(of=(3,), wrt=())), ((1, 1), (2, 3), mc.shape_of(of=(), wrt=(2, 3))),
    ((), (1, 4), ((1, 4), "scalar/matrix", 2, 4)), ((1, 4), (), ((4, 1), "matrix/scalar", 2, 4)),
    ((3,), (1, 4), ((1, 4, 3), "vector/matrix", 3, 12))])
def test_a_column_counts_as_a_vector_and_a_row_as_a_matrix(of, wrt, known):
    assert mc.shape_of(of=of, wrt=wrt) == known


@pytest.mark.parametrize("wrong", [3, [3], "3", (3.0,), (2, None)])
def test_a_shape_is_a_tuple_of_whole_numbers(wrong):
    with pytest.raises(TypeError, match="of must be a shape"):
        mc.shape_of(of=wrong, wrt=(2,))
    with pytest.raises(TypeError, match="wrt must be a shape"):
        mc.shape_of(of=(2,), wrt=wrong)
