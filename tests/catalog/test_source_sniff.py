"""What a file is: format, encoding, delimiter, hash, and what is refused at the door."""

import codecs
import hashlib
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.source.sniff import SourceFormat, identify
from core.errors import InvalidInput, NotFound

REAL = Path("tests/data/sources")

CHINESE = """日期,监测点,首要污染物
20200402,荔园,细颗粒物
20200402,华侨城,臭氧八小时
20200402,南油,可吸入颗粒物
20200402,盐田,二氧化氮
"""
KOREAN = """기관명,소계,2013년도 이전
강남구,2780,1292
강동구,773,379
강북구,748,369
강서구,884,388
관악구,1496,846
"""
FRENCH = """Libellé,Arrondissement,Précision
Métropole de Lyon,1er,à côté de l’hôtel de ville
Forêt domaniale,2e,façade rénovée en été
"""
BRITISH = """Department,Supplier,Amount
Children’s Services,Café Nero – Leeds,£12.50
Adults,O’Neill & Sons,£3.00
"""
JAPANESE = """都道府県,市区町村,ふりがな
北海道,札幌市,さっぽろし
東京都,千代田区,ちよだく
"""
TAIWANESE = """編號,區別,里別,道路名稱
1,安南區,公親里,安中路
2,永康區,復興里,中華路
3,麻豆區,晉江里,民生路
"""


def write(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("areas.gb18030.csv", "gb18030"),
        ("metro.gb18030.csv", "gb18030"),
        ("industries.gb18030.csv", "gb18030"),
        ("tainan.big5.csv", "big5hkscs"),
        ("local-governments.sjis.csv", "cp932"),
        ("local-authorities.cp1252.csv", "cp1252"),
        ("shenzhen-air.csv", "utf_8"),
    ],
)
def test_real_files(name, encoding, tmp_path):
    source = identify(REAL / name, text=tmp_path / "utf8.csv")
    raw = (REAL / name).read_bytes()
    assert (source.format, source.encoding, source.delimiter) == ("csv", encoding, ",")
    assert (source.sha256, source.size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert source.text.read_bytes() == raw.decode(encoding).encode()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (KOREAN, "cp949"),
        (FRENCH, "cp1252"),
        (BRITISH, "cp1252"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (TAIWANESE, "big5hkscs"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_short_files(text, encoding, ends, tmp_path):
    raw = text.replace("\n", ends).encode(encoding)
    assert identify(write(tmp_path, raw)).encoding == encoding


@pytest.mark.parametrize("name", ["gb18030", "tainan", "sjis"])
def test_any_ten_lines_of_a_real_file_will_do(name, tmp_path):
    path = next(path for path in sorted(REAL.iterdir()) if name in path.name)
    whole = identify(path).encoding
    lines = path.read_bytes().splitlines(keepends=True)
    for start in range(0, len(lines) - 10, 10):
        part = write(tmp_path, b"".join(lines[start : start + 10]))
        assert identify(part).encoding == whole, f"lines from {start}"


@pytest.mark.parametrize(
    ("mark", "encoding", "found"),
    [
        (codecs.BOM_UTF8, "utf-8", "utf_8_sig"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "utf_16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "utf_16"),
    ],
)
def test_a_byte_order_mark_decides(mark, encoding, found, tmp_path):
    path = write(tmp_path, mark + CHINESE.encode(encoding))
    source = identify(path, text=tmp_path / "utf8.csv")
    assert source.encoding == found
    assert source.text.read_text(encoding="utf-8-sig") == CHINESE


def test_the_user_knows_best(tmp_path):
    path = write(tmp_path, CHINESE.encode("gbk"))
    assert identify(path, encoding="GBK").encoding == "gb18030"
    with pytest.raises(InvalidInput, match="offset 0 is not utf-8"):
        identify(path, encoding="utf-8")
    with pytest.raises(InvalidInput, match="no text encoding 'klingon'"):
        identify(path, encoding="klingon")


def test_what_cannot_be_told_is_not_guessed(tmp_path):
    too_short = write(tmp_path, "id,区\n1,德国\n".encode("gb18030"))
    with pytest.raises(InvalidInput, match="byte at offset 3") as caught:
        identify(too_short)
    assert "--encoding" in caught.value.hint


def test_one_damaged_byte_in_a_long_file_is_named(tmp_path):
    raw = CHINESE.encode("gb18030") * 20_000
    path = write(tmp_path, raw + b"\xff\n")
    with pytest.raises(InvalidInput, match=f"offset {len(raw)} is not gb18030"):
        identify(path)


def test_noise_is_not_a_table(tmp_path):
    with pytest.raises(InvalidInput, match="encoding cannot be told"):
        identify(write(tmp_path, bytes(range(128, 256)) * 20))


@pytest.mark.parametrize(("ends", "line"), [("\n", 3), ("\r\n", 3)])
def test_a_nul_byte_is_named_by_line(ends, line, tmp_path):
    path = write(tmp_path, f"a,b{ends}1,2{ends}3,\0{ends}".encode())
    with pytest.raises(InvalidInput, match=f"line {line}: there is a NUL byte"):
        identify(path)


def test_a_nul_in_another_encoding_is_named_too(tmp_path):
    path = write(tmp_path, codecs.BOM_UTF16_LE + "a\n\0".encode("utf-16-le"))
    with pytest.raises(InvalidInput, match="line 2: there is a NUL byte"):
        identify(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter, tmp_path):
    text = delimiter.join(("id", "name", "note")) + "\n"
    text += "".join(f'{i}{delimiter}"x, y; z"{delimiter}a b\n' for i in range(30))
    assert identify(write(tmp_path, text.encode())).delimiter == delimiter


def test_one_column_has_no_delimiter_to_find(tmp_path):
    assert identify(write(tmp_path, b"name\nfoo\nbar\n")).delimiter == ","


def test_a_suffix_means_nothing(tmp_path):
    book = tmp_path / "book.csv"
    with xlsxwriter.Workbook(book) as workbook:
        workbook.add_worksheet().write(0, 0, "a")
    assert identify(book).format is SourceFormat.EXCEL
    assert identify(write(tmp_path, b'[{"a": 1}]', "b.csv")).format is SourceFormat.JSON
    assert identify(write(tmp_path, b'\n{"a": 1}\n', "c.csv")).format is SourceFormat.JSON
    assert identify(write(tmp_path, b"{a},[b]\n1,2\n", "d.json")).format is SourceFormat.CSV
    assert identify(write(tmp_path, b"PAR1....PAR1", "e.txt")).format is SourceFormat.PARQUET


def test_what_is_no_table_is_named(tmp_path):
    for content, name in (
        (b"\x1f\x8b\x08", "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
    ):
        with pytest.raises(InvalidInput, match=name):
            identify(write(tmp_path, content))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="zip archive"):
        identify(tmp_path / "a.zip")


def test_nothing_to_read(tmp_path):
    with pytest.raises(NotFound, match=r"no file '.*none.csv'"):
        identify(tmp_path / "none.csv")
    with pytest.raises(InvalidInput, match="is not a file"):
        identify(tmp_path)
    with pytest.raises(InvalidInput, match="is empty"):
        identify(write(tmp_path, b""))
    with pytest.raises(InvalidInput, match="nothing but blanks"):
        identify(write(tmp_path, b"\xef\xbb\xbf \n\n"))


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_valid_utf8_is_never_taken_for_anything_else(tmp_path_factory, text):
    path = write(tmp_path_factory.mktemp("utf8"), ("x," + text).encode())
    assert identify(path).encoding == "utf_8"
