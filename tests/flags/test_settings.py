import pytest

from almoner.flags import Settings, SettingsError, read_settings, settings_for
from almoner.flags.catalogue import CATALOGUE


@pytest.fixture
def read(tmp_path):
    def of(text):
        path = tmp_path / "settings.ini"
        path.write_text(text, encoding="utf-8")
        return read_settings(path)

    return of


def test_cardinals_settings_file(read):
    settings = read(
        "; a comment\ncurrency = USD\nno_price_comparison_procurement_methods = Draw|Sorteo\n"
        "[defaults]\nbid_status = valid\n[codelists.bid_status]\nqualified = valid\n"
        "[exclusions]\nprocurement_method_details = Random\n"
        "[R003]\nthreshold = 10 # days\nprocurement_methods = open|selective\n"
        "[R003.procurement_method_details]\nCotización = 7\nLicitación de Seguros = 12\n"
        "[R038]\nthreshold = 0.5\n[R030]\n"
    )
    assert settings.codes == ("R003", "R030", "R038")
    assert settings.currency == "USD"
    assert settings.not_compared == {"Draw", "Sorteo"}
    assert settings.excluded == {"Random"}
    assert settings.number("R003", "threshold") == 10
    assert settings.methods("R003") == {"open", "selective"}
    assert settings.days == {"Cotización": 7, "Licitación de Seguros": 12}
    assert settings.limit("R038", "threshold") == 0.5
    assert settings.number("R038", "minimum_submitted_bids") == 2
    assert settings.ignored == ("defaults", "codelists.bid_status")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[R999]\n", r"section \[R999\] is not known"),
        ("[R024]\nlimit = 1\n", "setting limit is not known; it may have threshold"),
        ("[R028]\nthreshold = 1\n", "it takes none"),
        ("money = USD\n", "above the first section: the setting money is not known"),
        ("[R003]\nthreshold = 1.5\n", "threshold must be a whole number, not '1.5'"),
        ("[R024]\nthreshold = nan\n", "threshold must be a number, not 'nan'"),
        ("[R025]\npercentile = 101\n", "percentile must be at most 100"),
        ("[R024]\n[R024]\n", r"settings.ini, line 2: the section \[R024\] stands there again"),
        ("[R024]\nthreshold = 1\nthreshold = 1\n", "line 3: the setting threshold stands there"),
        ("; releases\n" + '{"ocid": "1"}\n' * 9, r"line 2: no \[section\], .*no ; comment$"),
        ("[R003.procurement_method_details]\nx = soon\n", "x must be a whole number"),
    ],
)
def test_a_settings_file_that_is_not_understood(read, text, told):
    with pytest.raises(SettingsError, match=told):
        read(text)


def test_quotation_marks_are_no_part_of_a_value(read):
    settings = read(
        "currency = \"USD\"\nno_price_comparison_procurement_methods = 'Draw|Sorteo'\n"
        "[R024]\nthreshold = \"0.5\" # half\n[R003.procurement_method_details]\nCotización = '7'\n"
    )
    assert (settings.currency, settings.not_compared) == ("USD", {"Draw", "Sorteo"})
    assert (settings.limit("R024", "threshold"), settings.days) == (0.5, {"Cotización": 7})
    assert read('currency = "\n').currency == '"'
    assert read("currency = ''\n").currency is None


def test_without_a_settings_file(tmp_path):
    assert settings_for(None, with_guide=False) == Settings()
    assert settings_for(None, with_guide=True).codes == tuple(CATALOGUE)
    with pytest.raises(SettingsError, match="cannot be opened"):
        settings_for(tmp_path / "missing.ini", with_guide=True)


def test_periods_by_method_ask_for_their_indicator(read):
    settings = read("[R003.procurement_method_details]\nCotización = 7\n")
    assert (settings.codes, settings.days) == (("R003",), {"Cotización": 7})


def test_one_more_indicator_is_one_more_section(read):
    assert read("[R024]\n[R064]\n").codes == ("R024", "R064")
