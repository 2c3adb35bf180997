"""Counts what was found to hold, so that a run says how much it looked at."""

checks = 0


def holds(truth, what=""):
    global checks
    if not truth:
        raise AssertionError(what)
    checks += 1


def equal(found, wanted, what=""):
    holds(found == wanted, f"{what}: {found!r} is not {wanted!r}")


def tell(name):
    print(f"{name}: {checks} checks passed")
