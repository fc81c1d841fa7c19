"""How many exercises the book has, of which kinds, and what it can say to a wrong answer.

    python -m mcnotes.exercises.counting
"""

from collections import Counter

from . import source, words

#: Sentences that are no diagnosis: they say that an answer is right, or that there is none.
_NO_DIAGNOSIS = {"right", "missing", "parts"}


def count():
    """Count what stands in the files of exercises.

    Returns
    -------
    chapters : dict of str to int
        How a file's name begins -> its exercises.
    kinds : Counter
        Kind of question -> how many are asked; ``"open"`` for those that one does and compares.
    said : dict of str to int
        ``"hints"``, ``"mistakes named"`` (each with a sentence of its own), and ``"diagnoses"``, the
        sentences that are found by rule.

    Examples
    --------
    >>> chapters, kinds, said = count()
    >>> chapters["try"], kinds["matrix"] > 3, said["diagnoses"] > 40
    (1, True, True)
    """
    chapters, kinds = Counter(), Counter()
    said = {"hints": 0, "mistakes named": 0, "diagnoses": len(set(words.WORDS) - _NO_DIAGNOSIS)}
    for name in source.names():
        exercise = source.find(name)
        chapters[name.rpartition("-")[0]] += 1
        kinds.update([part.kind for part in exercise.parts] or ["open"])
        said["hints"] += len(exercise.hints)
        said["mistakes named"] += sum(len(part.wrong) for part in exercise.parts)
    return dict(chapters), kinds, said


def main():
    """Print the counts."""
    chapters, kinds, said = count()
    print(f"{sum(chapters.values())} exercises: " + ", ".join(f"{name} {n}" for name, n in chapters.items()))
    print(f"{sum(kinds.values())} questions: " + ", ".join(f"{kind} {n}" for kind, n in kinds.most_common()))
    print(", ".join(f"{n} {what}" for what, n in said.items()))


if __name__ == "__main__":
    main()
