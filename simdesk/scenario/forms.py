"""What a pydantic model allows at a path: which keys, which forms of a value, which examples.

Knows pydantic models and type annotations; knows nothing about errors or YAML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, RootModel, Tag
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Form:
    """One form that a value may have: a branch of a union, or the only one.

    Args:
        type: a class or a generic such as ``dict[str, int]``; never a union.
        tags: what pydantic may call this branch in the place of an error.
        examples: values that the model's author gave as examples.
    """

    type: Any
    tags: frozenset[str] = frozenset()
    examples: tuple[Any, ...] = ()


def forms_of(annotation: Any, tags: Iterable[str] = (), examples: Iterable[Any] = ()) -> list[Form]:
    """The forms behind an annotation, unions and aliases taken apart."""
    tags, examples = frozenset(tags), tuple(examples)
    origin, parts = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__value__"):  # a `type` statement
        return forms_of(annotation.__value__, tags, examples)
    if origin is Annotated:
        tags |= {mark.tag for mark in parts[1:] if isinstance(mark, Tag)}
        given = [mark.examples for mark in parts[1:] if isinstance(mark, FieldInfo) and mark.examples]
        return forms_of(parts[0], tags, given[-1] if given else examples)
    if origin in (Union, UnionType):
        return [form for part in parts for form in forms_of(part, tags, examples)]
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return forms_of(annotation.model_fields["root"].annotation, tags | {annotation.__name__}, examples)
    name = getattr(annotation, "__name__", None)
    return [Form(annotation, tags | {name} if isinstance(name, str) else tags, examples)]


def below(forms: Sequence[Form], step: str | int) -> list[Form]:
    """The forms of the value under a key, or at an index."""
    found = []
    for form in forms:
        if (model := _model(form)) is not None:
            if (entry := _entries(model).get(step)) is not None:
                found += forms_of(entry.annotation, examples=entry.examples or ())
        else:
            found += forms_of(inner) if (inner := _element(form.type, step)) is not None else []
    return found


def key_forms(forms: Sequence[Form]) -> list[Form]:
    """The forms of the keys of mappings with free keys."""
    pairs = [get_args(form.type) for form in forms if _is_generic(form.type, Mapping)]
    return [form for pair in pairs if len(pair) == 2 for form in forms_of(pair[0])]


def narrowed(forms: Sequence[Form], tag: str) -> list[Form]:
    """The branches of a union that a tag in the place of an error speaks of; all of them if it is unclear."""
    return [form for form in forms if tag in form.tags or tag in _literals(form)] or list(forms)


def keys(forms: Sequence[Form]) -> list[str]:
    """The keys that a mapping may have here, in the order of the model; none if they are free."""
    known: dict[str, None] = {}
    for form in forms:
        if (model := _model(form)) is not None:
            known.update((_spellings(model, name, entry)[0], None) for name, entry in model.model_fields.items())
    return list(known)


def described(forms: Sequence[Form], key: str) -> tuple[str, tuple[Any, ...]]:
    """Description and examples of a field, as its author wrote them."""
    for form in forms:
        model = _model(form)
        for name, entry in (model.model_fields if model is not None else {}).items():
            if model is not None and key in _spellings(model, name, entry):
                inner = (form.examples for form in forms_of(entry.annotation) if form.examples)
                return entry.description or "", tuple(entry.examples or next(inner, ()))
    return "", ()


def _model(form: Form) -> type[BaseModel] | None:
    return form.type if isinstance(form.type, type) and issubclass(form.type, BaseModel) else None


@lru_cache(maxsize=256)
def _entries(model: type[BaseModel]) -> Mapping[str | int, FieldInfo]:
    """The fields of a model by every spelling; a file can ask for them ten thousand times."""
    fields = model.model_fields.items()
    return {written: entry for name, entry in fields for written in _spellings(model, name, entry)}


def _spellings(model: type[BaseModel], name: str, entry: FieldInfo) -> list[str]:
    """How a field may be written, its usual spelling first."""
    alias = entry.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    written = [choice for choice in choices if isinstance(choice, str)]
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    return [*written, name] if by_name or not written else written


def _is_generic(annotation: Any, kind: type) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, kind)


def _element(annotation: Any, step: str | int) -> Any:
    """The annotation of an element of a generic mapping or list."""
    parts = get_args(annotation)
    if _is_generic(annotation, Mapping):
        return parts[1] if len(parts) == 2 else None
    if not isinstance(step, int) or not parts or not _is_generic(annotation, Collection):
        return None
    if get_origin(annotation) is tuple and Ellipsis not in parts:
        return parts[step] if step < len(parts) else None
    return parts[0]


def _literals(form: Form) -> set[Any]:
    """The values by which a discriminated union may tell this branch from the others."""
    model = _model(form)
    if model is None:
        return set()
    annotations = [entry.annotation for entry in model.model_fields.values()]
    return {str(value) for kind in annotations if get_origin(kind) is Literal for value in get_args(kind)}
