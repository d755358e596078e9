"""Annotations of BioC: mentions, and what names an entity in no place of the text."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, StrictInt, StrictStr, ValidationError

from glre.documents.document import refusal
from glre.errors import InputError
from glre.formats.bioc.infons import Infons, as_text
from glre.formats.entity_ids import entity_ids
from glre.formats.mentions.placing import WITHOUT_ID, Marked
from glre.formats.passed_over import PassedOver
from glre.printable import printable

_ID_KEYS = (
    *("identifier", "mesh", "ncbigene", "normalizedid", "ncbihomologene", "omim", "conceptid", "meshid"),
    *("cui", "umls", "umlscui", "umlsid", "curie", "accession", "dbid", "databaseid", "kbid", "entityid", "termid"),
    *("ontologyid", "normid", "normalizedidentifier", "geneid", "entrez", "entrezid", "entrezgene"),
    *("entrezgeneid", "ncbigeneid", "ncbitaxonomy", "ncbitaxonomyid", "ncbitaxon", "taxonomyid", "taxid"),
    *("speciesid", "chebi", "chebiid", "chemicalid", "diseaseid", "drugbank", "drugbankid", "pubchem", "uniprot"),
    *("uniprotid", "tmvar", "hgvs", "rsid", "dbsnp", "snpid", "cellosaurus", "cvcl", "hpo", "hpoid", "mondo", "doid"),
    *("snomed", "snomedct", "icd10", "rxnorm", "goid", "identifiers", "ids"),
)
"""Keys of infons with the id of what is named, without case and signs, the first one that has any first."""
_TYPE_KEYS = ("type", "entitytype", "semantictype", "netype", "nertype", "label", "category", "class")
_KEYS_SHOWN, _KEY_SHOWN = 5, 30
_SHOWN = 100
_WITHOUT_LOCATION = "annotations without a location"


class _Location(BaseModel):
    offset: Annotated[int, Field(ge=0, lt=2**31)]
    length: Annotated[int, Field(ge=0, lt=2**31)]


class _Annotation(BaseModel):
    id: StrictStr | StrictInt | None = None
    infons: Infons | None = None
    text: StrictStr | None = None
    locations: list[_Location] | None = None


@dataclass(frozen=True, slots=True)
class ListedAnnotation:
    """An annotation with its own id, and the number of the passage that lists it."""

    id: str | None
    passage: int | None
    marked: Marked

    @property
    def has_place(self) -> bool:
        """Whether it says where in the text it is, if not rightly."""
        return bool(self.marked.parts) or self.marked.broken is not None

    def check(self) -> None:
        """InputError where it has no place."""
        if not self.has_place:
            raise InputError(self.marked.place, "no location", "one or more locations")

    def without_place(self) -> PassedOver:
        """What is said of one that has none."""
        return self.marked.counted_as(_WITHOUT_LOCATION)


def listed_annotation(content: Any, passage: int | None, place: str) -> ListedAnnotation:
    """The annotation of these keys and values; where they are none of an annotation, it is broken."""
    try:
        raw = _Annotation.model_validate(content)
    except ValidationError as error:
        infons = content.get("infons") if isinstance(content, dict) else None
        ids = _ids(infons) if isinstance(infons, dict) else ()
        text = content.get("text") if isinstance(content, dict) else None
        shown = text if isinstance(text, str) else None
        marked = Marked(place, (), shown, "", ids, refusal(error, f"{place}, annotation"))
        return ListedAnnotation(None, passage, marked)
    parts = tuple((own.offset, own.offset + own.length) for own in raw.locations or ())
    start = f", offset {min(parts)[0]}" if parts else ""
    place = f"{place}, annotation {str(raw.id)[:_SHOWN]!r}" if raw.id is not None else f"{place}{start}"
    infons = raw.infons or {}
    ids, kind = _ids(infons), _type(infons)
    broken = InputError(place, "no type among the infons", "an entity type") if parts and ids and not kind else None
    marked = Marked(place, parts, raw.text, kind, ids, broken, _without_id(infons))
    return ListedAnnotation(None if raw.id is None else str(raw.id), passage, marked)


def _ids(infons: Infons) -> tuple[str, ...]:
    squeezed, kind = _squeezed(infons), _type(infons)
    return next((ids for key in _ID_KEYS if (ids := entity_ids(as_text(squeezed.get(key)), kind))), ())


def _type(infons: Infons) -> str:
    squeezed = _squeezed(infons)
    return next((text for key in _TYPE_KEYS if (text := as_text(squeezed.get(key)).strip())), "")


def _squeezed(infons: Infons) -> Infons:
    """By keys in lower case, without what divides their words; of two that are the same then, the first."""
    squeezed: Infons = {}
    for key, value in infons.items():
        squeezed.setdefault("".join(filter(str.isalnum, key.lower())), value)
    return squeezed


def _without_id(infons: Infons) -> str:
    """What a mention that names nothing is counted as: where no key is one of an id, they are named."""
    others = sorted(key for key in infons if "".join(filter(str.isalnum, key.lower())) not in _TYPE_KEYS)
    if not others or not _squeezed(infons).keys().isdisjoint(_ID_KEYS):
        return WITHOUT_ID
    shown = ", ".join(printable(key[:_KEY_SHOWN]) for key in others[:_KEYS_SHOWN])
    return f"{WITHOUT_ID}, of infons {shown}{', …' if len(others) > _KEYS_SHOWN else ''}"
