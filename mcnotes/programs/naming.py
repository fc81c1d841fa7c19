"""Names of arguments and of the arrays in them."""

import inspect

from .writing import Line, label


def argument_names(f, count):
    try:
        names = [p.name for p in inspect.signature(f).parameters.values()
                 if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = []
    names = [name for name in names if name != "np"]
    return names[:count] if len(names) >= count else ["x"] if count == 1 else [f"x{k + 1}" for k in range(count)]


def leaf_names(arguments, forms, inputs, known):
    """Name the arrays inside of lists and dicts, as `f` did where that is known; the lines that take them out."""
    paths, taken = {}, set(arguments)

    def enter(form, name, path):
        if type(form) is int:
            paths[form] = name, path
            return
        for key, part in form.items() if isinstance(form, dict) else enumerate(form):
            enter(part, label(str(key)) if isinstance(form, dict) else f"{name}_{key}", f"{path}[{key!r}]")
    for name, form in zip(arguments, forms, strict=True):
        enter(form, name, name)
    stems = {k: name if name == path else known[k] or name for k, (name, path) in paths.items()}
    lines = []
    for k, (name, path) in paths.items():
        stem, count = stems[k], 0
        if name == path:
            inputs[k].name = name
            continue
        several = list(stems.values()).count(stem) > 1 or not stem.isidentifier() or stem in taken
        while several and (not count or f"{stem}{count}" in taken):
            count += 1
        inputs[k].name = f"{stem}{count}" if several else stem
        taken.add(inputs[k].name)
        lines.append(Line(f"{inputs[k].name} = {path}", inputs[k].shape))
    return lines


def packed(form, texts):
    """The text of a list or dict with the text of each array."""
    if isinstance(form, dict):
        return "{" + ", ".join(f"{key!r}: {packed(part, texts)}" for key, part in form.items()) + "}"
    if isinstance(form, list):
        return f"[{', '.join(packed(part, texts) for part in form)}]"
    if isinstance(form, tuple):
        return f"({', '.join(packed(part, texts) for part in form)}{',' * (len(form) == 1)})"
    return texts[form]
