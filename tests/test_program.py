"""The derivative as a program: its text, that the text is what runs, and that it is right at other points."""

import ast
import html
import re
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from test_functions import MOVES, PEERS, PRODUCTS
from test_programs import STEPS, points, program, programs

import mcnotes as mc
from book._ext.catalog import lead_to_sections
from mcnotes.fitting import numbers

X = np.array([[0.5, -1.0, 0.3, 0.8, 0.1], [1.2, 0.1, -0.7, 0.4, -0.6], [-0.2, 0.9, 0.6, -1.1, 0.7]])
T = np.array([[0.2, -0.5, 0.1, 0.4, -0.3], [0.6, 0.3, -0.2, -0.1, 0.5]])
CLASSES = np.array([[1.0, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0]])
Y = np.array([1.0, -1.0, 1.0, 1.0, -1.0])
LENGTHS = np.array([1.0, 0.7, 0.4])
SIZES = [(3, 4), (4, 1), (4, 2), (2, 1)]


def some(*shapes, seed=0):
    random = np.random.default_rng(seed)
    return tuple(random.normal(size=shape) for shape in shapes)


def network(W1, b1, W2, b2):
    Z1 = W1.T @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2.T @ A1 + b2
    A2 = np.tanh(Z2)
    return 0.5 * np.sum((A2 - T) ** 2)


def logistic(w, b):
    z = X.T @ w + b
    return np.mean(np.log1p(np.exp(-Y * z))) + 0.05 * np.sum(w ** 2)


def classifier(W, b):
    Z = W.T @ X + b
    P = mc.network.softmax(Z)
    return mc.network.cross_entropy(P, CLASSES)


def arm(v):
    directions = np.cumsum(v)
    return np.stack([LENGTHS @ np.cos(directions), LENGTHS @ np.sin(directions)])


#: What X.23 teaches, line by line.
NETWORK = """\
# as recorded: X (3, 5), T (2, 5)
def derivative_of_network(W1, b1, W2, b2):
    # W1 (3, 4), b1 (4, 1), W2 (4, 2), b2 (2, 1)
    Z1 = W1.T @ X + b1                        # (4, 5)
    A1 = np.tanh(Z1)                          # (4, 5)
    Z2 = W2.T @ A1 + b2                       # (2, 5)
    A2 = np.tanh(Z2)                          # (2, 5)
    # backward
    by_A2 = A2 - T                            # (2, 5)
    by_Z2 = (1 - A2**2) * by_A2               # (2, 5)
    by_W2 = A1 @ by_Z2.T                      # (4, 2)
    by_b2 = by_Z2.sum(axis=1, keepdims=True)  # (2, 1)
    by_A1 = W2 @ by_Z2                        # (4, 5)
    by_Z1 = (1 - A1**2) * by_A1               # (4, 5)
    by_W1 = X @ by_Z1.T                       # (3, 4)
    by_b1 = by_Z1.sum(axis=1, keepdims=True)  # (4, 1)
    return by_W1, by_b1, by_W2, by_b2"""
LOGISTIC = """\
# as recorded: X (3, 5), Y (5,)
def derivative_of_logistic(w, b):
    # w (3,), b a number
    z = X.T @ w + b                  # (5,)
    z1 = np.exp(-Y * z)              # (5,)
    # backward
    by_z = -0.2 * Y * z1 / (1 + z1)  # (5,)
    by_w = 0.1 * w + X @ by_z        # (3,)
    by_b = by_z.sum()                # a number
    return by_w, by_b"""
CLASSIFIER = """\
# as recorded: X (3, 5), CLASSES (4, 5)
def derivative_of_classifier(W, b):
    # W (3, 4), b (4, 1)
    Z = W.T @ X + b                         # (4, 5)
    e = np.exp(Z - Z.max(axis=0))           # (4, 5)
    P = e / e.sum(axis=0)                   # (4, 5)
    # backward
    by_Z = P - CLASSES                      # (4, 5), as CLASSES adds up to 1
    by_W = X @ by_Z.T                       # (3, 4)
    by_b = by_Z.sum(axis=1, keepdims=True)  # (4, 1)
    return by_W, by_b"""
ARM = """\
# as recorded: LENGTHS (3,)
def derivative_of_arm(v):
    # v (3,)
    directions = np.cumsum(v)                                             # (3,)
    # backward
    g1 = -np.sin(directions) * LENGTHS                                    # (3,)
    by_directions = np.stack([g1, np.cos(directions) * LENGTHS], axis=1)  # (3, 2)
    by_v = np.cumsum(by_directions[::-1], axis=0)[::-1]                   # (3, 2)
    return by_v"""
MODELS = {"network": (network, some(*SIZES), NETWORK), "logistic": (logistic, some(3, ()), LOGISTIC),
          "classifier": (classifier, some((3, 4), (4, 1)), CLASSIFIER), "arm": (arm, some(3)[0], ARM)}


@pytest.mark.parametrize("name", MODELS)
def test_the_text_is_as_one_would_write_it(name):
    f, at, text = MODELS[name]
    assert str(mc.program(f, at)) == text


# Right at other points -------------------------------------------------------------------------------------

def agree(found, wanted, tolerance=1e-10):
    if isinstance(wanted, tuple):
        return type(found) is tuple and all(map(agree, found, wanted, [tolerance] * len(wanted)))
    wanted = wanted.array if wanted.outer == () else wanted.tensor
    return np.shape(found) == np.shape(wanted) and np.allclose(
        found, wanted, rtol=tolerance, atol=tolerance * 10 * (1 + np.abs(wanted).max(initial=0)))


def elsewhere(at, seed=1):
    random = np.random.default_rng(seed)
    if isinstance(at, tuple | list):
        return type(at)(elsewhere(x, seed + j) for j, x in enumerate(at))
    return np.asarray(at) + random.normal(size=np.shape(at)) * 0.5


def around(M):
    return np.concatenate([M[1:], M[:1] ** 2])


V, U = some(4, 3)
S = 3 * np.eye(3) + some((3, 3))[0] * 0.4
K = some((3, 2))[0]
CASES = {
    **{name: model[:2] for name, model in MODELS.items()},
    "vector network": (lambda a: np.tanh(T[:, :4] @ np.tanh(X[:2, :3] @ a + 0.1).repeat(2)), U),
    "one in a tuple": (lambda v: np.sum(v ** 3), (U,)),
    "layer by all": (lambda W, b, a: np.tanh(W.T @ a + b), some((3, 2), 2, 3)),
    "layer of columns": (lambda W, b, a: np.tanh(W.T @ a + b), some((3, 2), (2, 1), (3, 1))),
    "two layers of columns": (lambda a: np.tanh(K.T @ np.tanh(X[:, :3] @ a)), some((3, 1))[0]),
    "softmax": (lambda z: np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z))), V),
    "softmax of rows": (lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True), K),
    "softmax without safety": (lambda z: np.exp(z) / np.sum(np.exp(z)), V[:, None]),
    "log of softmax": (lambda z: np.log(np.exp(z) / np.sum(np.exp(z))), V),
    "not a softmax": (lambda Z: np.exp(Z) / np.sum(np.exp(Z), axis=1), some((3, 3))[0]),
    "exponents that are no shift": (lambda z: np.exp(z - z[::-1]) / np.sum(np.exp(z - z[::-1])), V),
    "classes that do not add up": (lambda Z: -np.sum(T[:, :2] * np.log(mc.network.softmax(Z))), some((2, 2))[0]),
    "log-sum-exp": (lambda z: np.log(np.sum(np.exp(z - np.max(z)))) + np.logaddexp.reduce(z), V),
    "log-sum-exp of all": (lambda M: np.logaddexp.reduce(M, axis=None) * M[0], K),
    "copies of a column": (lambda M, c: np.sum(np.sum(M + c, axis=1) ** 2), (K, U[:, None])),
    "norms": (lambda M: np.linalg.norm(M, axis=1), K),
    "inverse as a whole": (lambda M: np.linalg.inv(M) @ LENGTHS, S),
    "stack": (lambda v: np.array([v[0] * v[1], np.sin(v[2]), 3.0]), V),
    "list": (lambda v: [v[0] * v[1], np.sin(v[2])], V),
    "joined": (lambda v: np.concatenate([v[1:], v[:2] ** 2, [1.0]]), V),
    "parts without entries": (lambda M: around(around(M)), K[:1]),
    "rows": (lambda M: np.sum(M[1:] * M[:-1]) + np.sum(M[[0, 0, 2]] ** 2), K),
    "leaky": (lambda v: np.where(v > 0, v, 0.1 * v), V),
    "chosen": (lambda v: np.sum(np.where((v > 0) & (v < 1), v ** 2, np.cos(v))) * (1.0 if np.any(v > 9) else 2.0), V),
    "rows of a stack": (lambda v: np.sum(np.stack([np.sin(k * v) for k in range(1, 4)])), V),
    "largest": (lambda M: np.sum(np.max(M, axis=0) * np.min(M)), K),
    "broadcast": (lambda v: np.sum((v[:, None] - v) ** 3), V),
    "masks that meet": (lambda v: np.sum(v * (v > 0)) + np.sum(v * (v < 9) - (v > 0) * (v < 9) * v ** 3), V),
    "constant": (lambda v: X[:, 0] @ LENGTHS, V), "identity": (lambda v: v, V), "number": (lambda s: s**3 * X[0], 0.7),
    "mask": (lambda v: np.sum(v * (v > 0)) + np.sum(np.sign(v) * v ** 2), V),
    "quotients": (lambda v: (v[0] - v[1]) / (v[2] ** 2 + 1) - 1 / (2 + np.sin(v)), V),
    "powers": (lambda v: np.sum(2.0 ** v + np.abs(v) ** v), V),
}


def call(f, at):
    return f(*at) if isinstance(at, tuple) else f(at)


@pytest.mark.parametrize("name", CASES)
def test_programs_hold_at_other_points_and_the_text_is_what_runs(name):
    f, at = CASES[name]
    found, there = mc.program(f, at), elsewhere(at)
    for seed in range(3):
        assert agree(call(found, elsewhere(at, seed)), mc.derivative(f, elsewhere(at, seed)))
    assert agree(call(found, at), mc.derivative(f, at, method="difference"), 1e-5)
    space, tree = {"np": np, **found.constants}, ast.parse(found.text)
    exec(found.text, space)
    assert repr(call(space[found.name], there)) == repr(call(found, there))
    arguments = [one.arg for one in tree.body[-1].args.args]
    space |= dict(zip(arguments, there if isinstance(there, tuple) else [there], strict=True))
    for line in found.lines:                            # each line on its own, and the shape beside it
        code = line.code.strip()
        if line.shape is not None and not code.startswith("def"):
            exec(code, space)
            if "+=" not in code and not code.startswith("np.add.at"):
                assert np.shape(space[code.partition(" = ")[0]]) == tuple(line.shape), code
    body = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    made = [text for text in (ast.unparse(node.value) for node in body) if not text.startswith("np.zeros")]
    assert len(set(made)) == len(made)                  # no step twice, and nothing unused
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert {ast.unparse(node.targets[0]).partition("[")[0] for node in body} <= used
    assert max(map(len, found.text.splitlines())) <= 125


@given(programs, points)
def test_random_programs_are_right_or_refused(names, point):
    random = np.random.default_rng(point[1])
    at = random.normal(size=point[0])
    f, names = program(names, at)
    weights = random.normal(size=np.shape(f(at)))
    for g in (f, lambda x: np.sum(f(x) * weights)):
        try:
            mc.derivative(g, at)
        except TypeError:
            return
        try:
            found = mc.program(g, at)
        except TypeError as error:
            assert "has no line in a program" in str(error), str(error)
            continue
        for x in (at, random.normal(size=point[0])):
            try:
                given = found(x)
            except ValueError as error:
                assert "this program holds where" in str(error)
                continue
            assert agree(given, mc.derivative(g, x), 1e-8)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_all_random_steps_have_lines(name):
    f, names = program([name], some((2, 3))[0])
    assert not names or "return" in mc.program(lambda x: np.sum(np.sin(f(x))), some((2, 3))[0]).text


RULE_CASES = {
    **{f"product: {name}": (lambda a, b, f=f: f(a, b), some(*shapes)) for name, (f, *shapes) in PRODUCTS.items()},
    **{f"move: {name}": (f, some((2, 3))[0]) for name, f in MOVES.items()},
    **{f"peer: {name}": (f(np), some((3, 3))[0] + 2 * np.eye(3)) for name, f in PEERS.items()},
}


@pytest.mark.parametrize("name", RULE_CASES)
def test_what_has_a_rule_has_a_line(name):
    f, at = RULE_CASES[name]

    def loss(*x):
        y = f(*x)
        return sum(np.sum(np.sin(part)) for part in (y if isinstance(y, list) else [y]))
    for g in (f, loss) if name not in ("move: nested array", "move: squared list") else (f,):
        found = mc.program(g, at)
        for seed in range(3):
            there = elsewhere(at, seed)
            assert agree(call(found, there), mc.derivative(g, there), 1e-8), f"{found}"


# What is asked, and how ------------------------------------------------------------------------------------

def test_one_argument_alone():
    at, there = some(*SIZES), some(*SIZES, seed=2)
    by_b1 = mc.program(network, at, wrt="b1")
    assert "by_W1" not in by_b1.text and "by_b2" not in by_b1.text
    assert np.allclose(by_b1(*there), mc.derivative(network, there, wrt="b1").array)


def test_the_way_that_was_taken_is_said_and_held_to():
    def f(v):
        return np.sum(v ** 2) if v[0] > 0 and np.max(v) != v[0] else np.sum(v ** 3)
    found = mc.program(f, np.array([1.0, 2.0]))
    assert "holds where v[0] > 0" in found.text
    assert np.array_equal(found(np.array([2.0, 3.0])), [4.0, 6.0])
    for v in ([-1.0, 2.0], [3.0, 2.0]):
        with pytest.raises(ValueError, match="this program holds where"):
            found(np.array(v))


def assigned(v):
    chosen = np.zeros(4)
    chosen[v > 0.2] = 1.0
    return np.sum(chosen * v ** 2)


@pytest.mark.parametrize("f", [
    lambda v: v[np.argmax(v)] ** 2, lambda v: np.sum(v[v > 0] ** 2), lambda v: v[v.argmin().item()] ** 2, assigned,
    lambda v: np.sum(v[(v > 0).astype(int)] ** 2), lambda v: np.sum(np.take(v, np.argsort(v))[:2] ** 2),
    lambda v: np.sum(v * np.round(v)), lambda v: np.sum(v) * np.count_nonzero(v > 0), np.prod, np.cumprod,
    np.linalg.norm, lambda v: np.std(v) + np.var(v) * v[0]])
def test_what_follows_from_values_is_held_to_and_zeros_are_points_as_others(f):
    """A value without a slope that leaves the record; a quotient where it is 0 / 0."""
    found = mc.program(f, V)
    assert agree(found(V * 1.1), mc.derivative(f, V * 1.1))
    for there in (-V, V + [0, 3, -3, 1], np.zeros(4), np.array([0.0, 0.0, 1.0, -2.0])):
        try:
            given = found(there)
        except ValueError as error:
            assert "this program holds where" in str(error)
            continue
        assert agree(given, mc.derivative(f, there))


def changed_in_place(v):
    chosen = v > 0
    chosen[0] = not chosen[0]
    return np.sum(np.where(chosen, v, 0.0))


@pytest.mark.parametrize("f, words", [
    (lambda v: np.linalg.eigvalsh(np.diag(v**2 + 1)), "np.linalg.eigvalsh has no derivative rule"),
    (lambda v: np.interp(v, [0.0, 1.0], [0.0, 2.0]), "np.interp has no derivative rule"),
    (lambda v: mc.derivative(lambda x: np.sum(np.sin(x) * x[::-1]), v).array, "a derivative of a derivative"),
    (lambda v: np.sum(v ** 2) * float(numbers(v)[0]), "f fixes something by its values there"),
    (changed_in_place, "changed in place")])
def test_what_has_no_program_is_refused_with_the_reason(f, words):
    with pytest.raises(TypeError, match=words):
        mc.program(f, U)


def test_arguments_are_looked_at():
    found = mc.program(lambda W, a: np.sum(W.T @ a), (K, U))
    assert [x.shape for x in found(K.tolist(), [1, 2, 3])] == [(3, 2), (3,)]
    with pytest.raises(ValueError, match=r"W has an array of shape \(2, 3\); the program was made for shape \(3, 2\)"):
        found(K.T, U)
    with pytest.raises(TypeError, match=r"takes 2 arguments \(W, a\), it got 1"):
        found(K)
    with pytest.raises(TypeError, match="pass them as a tuple"):
        mc.program(arm, U, wrt="v")


@pytest.mark.parametrize("f, text", [
    (lambda w: np.sum(np.exp(-(X.T @ w))), "-(X.T @ w)"), (lambda w: np.tanh(X.T @ w / 3), "np.tanh((X.T @ w) / 3)"),
    (lambda v: -np.sum(v * (v > 0)), "-(v > 0).astype(float)"),
    (lambda v: -np.sum(v ** 2 * (v > 0)), "-2 * v * (v > 0)"),
    (lambda v: -np.sum(v[:2] * v[1:]) / 3, " / 3"),
    (lambda v: -np.sin(v[0]) * v[1], "-np.cos(v[0]) * v[1], -np.sin(v[0])"),
    (lambda v: np.sum(np.where(v < 0, 0.1 * v, v)), "np.where(v < 0, 0.1, 1"),
    (lambda v: np.sum(np.maximum(v, 0) ** 2), "2 * np.heaviside(v, 0.5) * np.maximum(v, 0.0)"),
    (lambda v: v[0] ** 2 * v[1] + np.sin(v[2]), "np.array([2 * v[0] * v[1], v[0]**2, np.cos(v[2])])"),
    (lambda v: v[0] - (v[1] - 2.0) * (v[1] + v[2]), "g1 - (v[1] + v[2])"),
    (lambda v: np.linalg.norm(v, axis=0), "v / ")])
def test_brackets_and_signs_stand_where_a_reader_puts_them(f, text):
    assert text in mc.program(f, U).text


def test_truth_values_have_no_sign():
    found = mc.program(lambda v, w: -np.sum((v > 0) * w * LENGTHS) / 3, (U, U), wrt="w")
    assert "by_w = -1 * (v > 0) * LENGTHS / 3" in found.text


def test_a_derivative_that_f_computes_anyway_is_not_computed_again():
    found = mc.program(lambda v, w: np.sum(v * np.exp(w)) + np.sum(np.sin(np.exp(w)) ** 4), (U, U / 2))
    assert found.text.count("np.exp(w)") == 1


def test_constants_have_their_names_and_are_copies():
    scale, data = 0.3, np.arange(6.0).reshape(3, 2)
    found = mc.program(lambda v: scale * np.sum(np.tanh(data.T @ v)), U)
    assert set(found.constants) == {"scale", "data"}
    before = found(U)
    data[:] = 0.0
    assert np.array_equal(found(U), before)
    unnamed = mc.program(lambda v: np.sum(np.sin(v) * np.array([1.0, 2.0, 4.5])), U)
    assert "np.array([1.0, 2.0, 4.5])" in unnamed.text


def test_results_share_no_memory_with_arguments():
    found = mc.program(lambda v, W: W.T @ v, (U, K), wrt="v")
    given = K.copy()
    found(U, given)[:] = 0.0
    assert np.array_equal(given, K)
    by_v = mc.program(lambda v: LENGTHS @ v, U)
    by_v(U)[:] = 0.0
    assert np.array_equal(by_v(U), LENGTHS)


def test_names_that_meet_get_numbers():
    def f(v):
        for _ in range(3):
            v = np.tanh(v) * v
        return np.sum(v)
    text = mc.program(f, U).text
    assert "v1 = " in text and "v2 = " in text and text.splitlines()[0] == "def derivative_of_f(v):"
    assert str(mc.program(np.linalg.norm, U)).startswith("def derivative_of_norm(x):")


def test_on_a_page_each_line_leads_to_its_section():
    found = mc.program(network, some(*SIZES))
    sections = {line.code.split()[0]: line.section for line in found.lines if line.section}
    assert sections == {"by_A2": "X.19", "by_Z2": "X.23", "by_W2": "X.20", "by_A1": "X.21", "by_Z1": "X.23",
                        "by_W1": "X.20", "by_b1": "X.23", "by_b2": "X.23"}
    context = {"body": found._repr_html_()}
    builder = SimpleNamespace(get_relative_uri=lambda page, other: f"{page} to {other}")
    lead_to_sections(SimpleNamespace(builder=builder), "book/x", "", context, None)
    found_there = re.findall('href="book/x to book/([0-9]+)-', context["body"])
    assert found_there == ["19", "23", "20", "23", "21", "23", "20", "23"]
    told = html.unescape(re.sub("<[^>]+>", "", context["body"])).rstrip()
    assert re.sub(" X[.][0-9]+$", "", told, flags=re.M) == found.text
    softmax = {line.code.split()[0]: line.section for line in mc.program(*CASES["classifier"]).lines if line.section}
    assert softmax == {"by_Z": "X.22", "by_W": "X.20", "by_b": "X.23"}
    flat = mc.program(lambda W, b: np.sum(np.tanh(W.T @ X + b[:, None]) ** 2), some((3, 4), 4)).lines
    assert [line.section for line in flat if " by_b =" in line.code] == ["X.23"]
    ast.parse(told)                                         # copied from the page it is still a program
