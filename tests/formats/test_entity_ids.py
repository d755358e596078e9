import pytest
from hypothesis import given
from hypothesis import strategies as st

from glre.formats.entity_ids import as_one_id, entity_ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("MESH:D003920", ("MESH:D003920",)),
        ("D003920|D008103", ("D003920", "D008103")),
        ("D003920|D003920", ("D003920",)),
        ("D003920|-1", ("D003920",)),
        ("D003920||D008103|", ("D003920", "D008103")),
        ("MESH:D003920;MESH:D008103", ("MESH:D003920", "MESH:D008103")),
        ("7157;1017", ("7157", "1017")),
        ("7157,1017", ("7157", "1017")),
        ("7157; 1017", ("7157", "1017")),
        ("7157(Tax:9606);1017(Tax:9606)", ("7157(Tax:9606)", "1017(Tax:9606)")),
        ("CVCL_0030;CVCL_0031", ("CVCL_0030", "CVCL_0031")),
        ("2,4-dichlorobenzene", ("2,4-dichlorobenzene",)),
        ("vitamin B6; a compound", ("vitamin B6; a compound",)),
        (" D003920 ", ("D003920",)),
        ("", ()),
        ("-", ()),
        ("-1", ()),
        ("None", ()),
        (" ", ()),
    ],
)
def test_ids(text: str, ids: tuple[str, ...]) -> None:
    assert entity_ids(text) == ids


@pytest.mark.parametrize(
    "text",
    [
        "tmVar:p|SUB|V|600|E;HGVS:p.V600E;VariantGroup:1;CorrespondingGene:673;RS#:113488022",
        "tmVar:c|DEL|35|G",
        "c|SUB|G|1405|A",
        "p|FS|R|12||3",
        "|SUB|A|123|G",
        "p.R72C;CorrespondingGene:596",
        "RS#:854560;HGVS:p.L55M;CorrespondingGene:5444",
        "rs854560;CorrespondingGene:5444",
        "p.V600E,p.V600K",
    ],
)
def test_a_variant_stays_whole(text: str) -> None:
    assert entity_ids(text) == (text,)


@given(st.text("aD1;,|-%: \t", min_size=1) | st.sampled_from(["None", "-", "-1", "c|DEL|94|C", " c|DEL|94|C", "D1;D2"]))
def test_any_id_can_be_written_so_that_it_is_read_as_one(id: str) -> None:
    assert entity_ids(as_one_id(id)) == (as_one_id(id),)
    if entity_ids(id) == (id,):
        assert as_one_id(id) == id
