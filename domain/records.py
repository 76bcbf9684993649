"""``dataclass`` for frozen, slotted classes whose methods are written when they are first needed.

The standard decorator compiles six functions for every class it meets, about 0.35 ms each time Python starts, for some
hundred classes of which a start uses a third. This one compiles ``__init__`` at the first instance and shares the rest.
To a type checker it *is* :func:`dataclasses.dataclass`; instances, ``replace``, ``fields``, ``asdict``, copies and pickles
behave as those of the standard one (``tests/domain/test_records.py`` holds the two side by side).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses
    from operator import attrgetter

    def dataclass(*, frozen=False, slots=False, kw_only=False):
        """Make a frozen, slotted dataclass; ``TypeError`` when asked for any other kind."""
        if not (frozen and slots):
            raise TypeError("domain.records makes frozen, slotted dataclasses; take the standard one for others")

        def decorate(cls):
            made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
            own = vars(made)
            names = tuple(each.name for each in dataclasses.fields(made))
            for name, method in _methods(made, names).items():
                if name not in own:
                    setattr(made, name, method)
            made.__init__ = _compiled_later(made)
            made.__setattr__ = _refuse_to_set
            made.__delattr__ = _refuse_to_delete
            return made

        return decorate

    def _methods(made, names):
        """Give what a frozen dataclass has beside ``__init__``, as closures: nothing is compiled."""
        compared = _reading(tuple(each.name for each in dataclasses.fields(made) if each.compare))
        values = _reading(names)

        def equal(self, other):
            return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

        def hashed(self):
            return hash(compared(self))

        def shown(self):
            fields = (each.name for each in dataclasses.fields(made) if each.repr)
            return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in fields)})"

        def state(self):
            return list(values(self))

        def restore(self, kept):
            for name, value in zip(names, kept, strict=True):
                object.__setattr__(self, name, value)

        methods = {"__repr__": shown, "__getstate__": state, "__setstate__": restore}
        if "__eq__" not in vars(made):
            methods["__eq__"] = equal
            methods["__hash__"] = hashed
        for name, method in methods.items():
            method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
        return methods

    def _reading(names):
        """Give what reads these fields of an instance into a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        return lambda instance: tuple(getattr(instance, name) for name in names)

    def _compiled_later(made):
        """Give an ``__init__`` that puts the real one in its place when it is called."""

        def __init__(self, *arguments, **named):  # noqa: N807  # it stands in for the real one
            made.__init__ = _compiled(made)
            made.__init__(self, *arguments, **named)

        return __init__

    def _compiled(made):
        """Compile ``__init__`` from the fields, as the standard decorator would."""
        names = {"_absent": dataclasses.MISSING}
        plain, keyword, body = [], [], []
        for each in dataclasses.fields(made):
            value = each.name
            if each.default_factory is not dataclasses.MISSING:
                names[f"_make_{each.name}"] = each.default_factory
                parameter = f"{each.name}=_absent"
                value = f"_make_{each.name}() if {each.name} is _absent else {each.name}"
            elif each.default is not dataclasses.MISSING:
                names[f"_default_{each.name}"] = each.default
                parameter = f"{each.name}=_default_{each.name}"
            else:
                parameter = each.name
            if not each.init:
                raise TypeError(
                    f"{made.__qualname__}.{each.name}: fields that are not given need the standard decorator"
                )
            (keyword if each.kw_only else plain).append(parameter)
            names[f"_set_{each.name}"] = getattr(made, each.name).__set__  # the slot's own: half of what setattr takes
            body.append(f"    _set_{each.name}(self, {value})")
        if hasattr(made, "__post_init__"):
            body.append("    self.__post_init__()")
        parameters = ", ".join(["self", *plain, *(["*", *keyword] if keyword else [])])
        exec(f"def __init__({parameters}):\n" + "\n".join(body or ["    pass"]), names)  # noqa: S102  # as dataclasses does
        made_init = names["__init__"]
        made_init.__qualname__ = f"{made.__qualname__}.__init__"
        return made_init

    def _refuse_to_set(_self, name, _value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _refuse_to_delete(_self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
