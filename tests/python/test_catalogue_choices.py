"""What an entry of the catalogue can ask of the fit, from the table to the words."""

import duckdb
import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from conftest import Warehouse
from own_feature_table import CATALOG_HEAD, declare
from test_customer_drivers import assert_contributions_add_up
from test_segment_functions import assert_segment_of_scores_like_the_model

FEATURES = {
    "app_used": "benefit: all, label: app used, unit: flag, transform: identity,"
    " null_policy: zero, role: clustering",
    "built": "benefit: home, label: year of construction, unit: year, transform: identity,"
    " null_policy: median, role: clustering",
    "cover_ratio": "benefit: home, label: cover ratio, unit: ratio, transform: identity,"
    " null_policy: median, role: clustering, weight: 2",
    "premium": "benefit: motor, label: motor premium, unit: amount, transform: clipped,"
    " null_policy: zero, role: clustering",
    "region": "benefit: all, label: home region, unit: category, transform: identity,"
    " null_policy: zero, role: clustering",
    "town": "benefit: all, label: town, unit: category, role: profiling",
    "height": "benefit: all, label: height, unit: amount, role: ignored",
    "remark": "benefit: all, label: remark, unit: category, role: ignored",
}
TEXTS = ("region", "town", "remark")

# Regions that are one name to SQL, or that end a text or a name in it.
CUSTOMERS = """
    create schema crm;
    create table crm.wide as
    select
        i as customer_id,
        case when i % 11 != 0 then if(i % 2 = 0, i % 10 < 8, i % 9 = 0) end as app_used,
        if(i % 2 = 0, 1950 + i % 30, 1990 + i % 25) as built,
        if(i % 2 = 0, 1.35, 0.8) + (i % 7) / 20 as cover_ratio,
        case when i = 7 then 28272 when i % 3 = 0 then 0 else 100 + i % 119 end as premium,
        case when i % 13 != 0 then
            if(i % 2 = 0, ['north', 'North', 'n/a "x"'], ['O''Hara', 'south'])[1 + i % 3]
        end as region,
        ['here', 'there'][1 + i % 2] as town,
        if(i = 9, cast('infinity' as double), 0) as height,
        'remark ' || i as remark
    from range(1, 401) as t (i)
"""


def catalogue(**replaced) -> str:
    entries = FEATURES | replaced
    return CATALOG_HEAD + "".join(
        f"      - name: {name}\n"
        f"        description: The feature {name}.\n"
        f"        data_type: {'varchar' if name in TEXTS else 'double'}\n"
        f"        config: {{meta: {{{entry}, input: wide}}}}\n"
        for name, entry in entries.items()
        if entry
    )


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """Return a warehouse with the table, of a company with this catalogue and these benefits."""

    def declared(catalog: str, weights: str = "home,2\nmotor,1\n", table=CUSTOMERS) -> Warehouse:
        folder = tmp_path_factory.mktemp("choices")
        rows = [line.split(",") for line in weights.split()]
        benefits = "benefit,label,singular,plural,is_owed,weight\n" + "".join(
            f"{name},{name},{name},{name}s,false,{weight}\n" for name, weight in rows
        )
        company = declare(folder / "company", catalog, benefits)
        warehouse = Warehouse(folder / "warehouse.duckdb", company=company)
        with duckdb.connect(str(warehouse.path)) as connection:
            connection.execute(table)
        return warehouse

    return declared


SETTINGS = ("--vars", "{input_relations: {wide: crm.wide}, segment_count: 2}")


@pytest.fixture(scope="module")
def chosen(make) -> Warehouse:
    return make(catalogue()).build(*SETTINGS)


REGIONS = ["region = North", "region = O'Hara", 'region = n/a "x"', "region = north"]


def test_an_ignored_feature_is_a_column_and_nothing_else(chosen):
    columns = chosen.frame("select * from features.customer_features limit 1").columns
    assert {"height", "remark"} < set(columns)
    for query in (
        "select feature from marts.feature_scalers",
        "select feature from marts.segment_feature_profiles",
        "select attribute from marts.segment_attribute_profiles",
        "select evidence_feature from marts.segment_cards",
    ):
        found = {name for (name,) in chosen.rows(query)}
        assert found
        assert not found & {"height", "remark"}


def test_a_category_has_an_indicator_per_value_and_counts_once(chosen):
    rows = chosen.rows("""
        select feature, label, unit, category, feature_weight, weight
        from marts.feature_scalers where column_name = 'region' order by feature
    """)
    assert [row[0] for row in rows] == [*REGIONS, "region = south"]
    assert rows[1][1:4] == ("home region = O'Hara", "flag", "O'Hara")
    # The variances of the indicators add up to 1; region belongs to no benefit.
    assert sum(row[4] ** 2 for row in rows) == pytest.approx(1)
    assert [row[4] for row in rows] == [row[5] for row in rows]
    loadings = {name for (name,) in chosen.rows("select feature from marts.component_weights")}
    assert set(REGIONS) < loadings
    assert chosen.rows("""
        select count(distinct category) from marts.segment_attribute_profiles
        where attribute = 'region' and is_known
    """) == [(5,)]
    means = chosen.rows("""
        select distinct average from marts.segment_feature_profiles where feature = 'region = north'
    """)
    assert means == chosen.rows(
        "select avg(cast(region = 'north' as double)) from features.customer_features"
    )


def test_points_are_those_of_scikit_learn(chosen):
    """Weights first, then the balance of the benefits, then their weights."""
    scalers = chosen.frame("select * from marts.feature_scalers order by feature")
    everyone = chosen.frame("select * from features.customer_features order by customer_id")
    values = {}
    for row in scalers.itertuples():
        if row.unit == "flag" and row.column_name == "region":
            values[row.feature] = (everyone["region"] == row.category).to_numpy(float)
        else:
            values[row.feature] = everyone[row.column_name].astype(float).to_numpy()
    values["app_used"] = np.nan_to_num(values["app_used"])
    premium = values["premium"]
    first, third = np.quantile(premium[premium != 0], [0.25, 0.75])
    values["premium"] = premium.clip(min(0, first - 3 * (third - first)), 4 * third - 3 * first)
    scaled = {
        name: StandardScaler().fit_transform(column[:, None])[:, 0]
        for name, column in values.items()
    }
    scaled["cover_ratio"] *= 2
    regions = [name for name in scaled if name.startswith("region")]
    for name in regions:
        scaled[name] = (values[name] - values[name].mean()) / np.sqrt(values[name].mean())
    total = np.sqrt(sum(scaled[name].var() for name in regions))
    for name in regions:
        scaled[name] /= total

    home = np.column_stack([scaled["built"], scaled["cover_ratio"]])
    along = np.linalg.svd(home, compute_uv=False)[0] / np.sqrt(len(home))
    balanced = {"built": scaled["built"] / along, "cover_ratio": scaled["cover_ratio"] / along}
    balanced["premium"] = scaled["premium"]
    before = sum(scaled[name].var() for name in balanced)
    stretch = np.sqrt(before / sum(column.var() for column in balanced.values()))
    for name, column in balanced.items():
        scaled[name] = column * stretch * (1 if name == "premium" else 2)

    weights = chosen.frame("select * from marts.component_weights where component = 1")
    expected = sum(scaled[row.feature] * row.weight for row in weights.itertuples())
    found = chosen.frame("select component_1 from marts.customer_segments order by customer_id")
    assert found["component_1"].to_numpy() == pytest.approx(expected, abs=1e-9)


def test_functions_for_one_customer_take_the_category_itself(chosen):
    assert_segment_of_scores_like_the_model(chosen)
    assert_contributions_add_up(chosen)
    query = """
        select distance_to_centroid from marts.segment_of((
            select struct_update(customer, region := {region})
            from features.customer_features as customer where customer_id = '2'
        ))
    """
    unknown, new = (chosen.rows(query.format(region=word)) for word in ("null", "'moon'"))
    assert unknown == new
    assert new != chosen.rows(query.format(region="'south'"))


def test_a_value_beyond_the_limits_is_read_as_the_limit(chosen):
    lower, upper, largest = chosen.rows("""
        select lower_limit, upper_limit, maximum from marts.feature_scalers
        where feature = 'premium'
    """)[0]
    assert lower <= 0
    assert 219 < upper < 1000
    assert largest == 28272
    rows = chosen.rows("""
        select filled_value, changed_value from marts.customer_drivers where feature = 'premium'
    """)
    assert any(filled == 28272 for filled, _ in rows)
    assert all(changed is None or changed < 1000 for _, changed in rows)
    query = """
        select * from marts.segment_of((
            select struct_update(customer, premium := {premium})
            from features.customer_features as customer where customer_id = '2'
        ))
    """
    assert chosen.rows(query.format(premium=upper)) == chosen.rows(query.format(premium=1e6))
    (mean,) = chosen.rows("select avg(premium) from features.customer_features")[0]
    averages = chosen.rows("""
        select distinct average from marts.segment_feature_profiles where feature = 'premium'
    """)
    assert averages == [(pytest.approx(mean),)]


def test_flags_years_and_ratios_are_told_in_their_words(chosen):
    cards = {sentence for (sentence,) in chosen.rows("select sentence from marts.segment_cards")}
    assert "Early year of construction: 1964 on average, 1983 among all customers." in cards
    assert "Often app used: yes for 80%, yes for 45% among all customers." in cards
    assert "High cover ratio: 1.50 on average, 1.22 among all customers." in cards
    assert chosen.rows("select segment_name from marts.segment_profiles order by 1") == [
        ("High cover ratio, often app used",),
        ("Low cover ratio, rarely app used",),
    ]
    rules = [sentence for (sentence,) in chosen.rows("select sentence from marts.segment_rules")]
    assert any("year of construction up to 1980," in sentence for sentence in rules)

    drivers = dict(
        chosen.rows("select feature, driver_sentence from marts.customer_segment_drivers(1)")
    )
    assert drivers["built"].startswith('Year of construction: 1991. Nearer to the centre of "Low')
    assert "(2001) than" in drivers["built"]
    assert drivers["app_used"].startswith("App used: no. ")
    assert "(yes for 72%)" in drivers["app_used"]
    assert drivers["region = south"].startswith("Home region = south: yes. ")
    changes = dict(chosen.rows("select feature, sentence from marts.customer_segment_drivers(1)"))
    assert "were 1860 instead of 1991 and" in changes["built"]
    assert "were 1.276 instead of 0.850 and" in changes["cover_ratio"]
    assert changes["region = south"] == (
        "The values of a category change together, so no change of home region = south alone"
        " is offered."
    )


def test_rules_and_changes_of_flags_say_yes_and_no(make):
    """Two groups that differ in a flag and in a category."""
    table = """
        create schema crm;
        create table crm.wide as
        select i as customer_id, i % 2 as app_used, ['here', 'there'][1 + i % 2] as region
        from range(1, 41) as t (i)
    """
    nothing_else = dict.fromkeys(FEATURES, "")
    for kept, rule, change in (
        ("app_used", "app used: yes, 100%", "If app used were no instead of yes and all"),
        ("region", "home region other than here, 100%", "The values of a category change together"),
    ):
        catalog = catalogue(**nothing_else | {kept: FEATURES[kept]})
        warehouse = make(catalog, table=table).build(*SETTINGS)
        words = warehouse.rows("select sentence from marts.segment_rules")
        words += warehouse.rows("select sentence from marts.customer_segment_drivers(1)")
        assert any(rule in sentence for (sentence,) in words), words
        assert any(sentence.startswith(change) for (sentence,) in words), words


def test_one_extreme_value_does_not_make_a_segment_of_its_own(make):
    table = """
        create schema crm;
        create table crm.wide as
        select
            i as customer_id,
            300 + (i * 37) % 200 as built,
            (i * 53) % 150 as cover_ratio,
            if(i = 7, 28272, 100 + (i * 91) % 120) as premium
        from range(1000) as t (i)
    """
    plain = (
        "benefit: {}, label: {}, unit: amount, transform: {}, null_policy: zero, role: clustering"
    )
    for transform, smallest in (("identity", 1), ("clipped", 100), ("clipped_log1p", 100)):
        entries = dict.fromkeys(FEATURES, "") | {
            "built": plain.format("home", "home premium", "identity"),
            "cover_ratio": plain.format("life", "life premium", "identity"),
            "premium": plain.format("motor", "motor premium", transform),
        }
        warehouse = make(catalogue(**entries), "home,1\nlife,1\nmotor,1", table)
        settings = "{input_relations: {wide: crm.wide}, segment_count: 3}"
        warehouse.build("--vars", settings, dossier=False)
        found = warehouse.rows("select min(customers) from marts.segment_profiles")[0][0]
        assert found == 1 if smallest == 1 else found >= smallest


@pytest.mark.parametrize(
    ("entries", "weights", "said"),
    [
        (
            {"premium": FEATURES["premium"].replace("clipped", "log1p")},
            "home,1",
            "premium is -1 or less for 3 customers, and the transform log1p needs values above -1",
        ),
        (
            {"town": FEATURES["region"].replace("region", "town")},
            "home,1",
            "town has 27 values, and a category takes part in the clustering with at most 20.",
        ),
        (
            {"premium": FEATURES["premium"] + ", weight: 0"},
            "home,1",
            'the feature premium has weight "0"; it must be a number above 0.',
        ),
        (
            {"premium": FEATURES["premium"] + ", weight: heavy"},
            "home,1",
            'the feature premium has weight "heavy"; it must be a number above 0.',
        ),
        (
            {"town": FEATURES["town"] + ", weight: 2"},
            "home,1",
            'the feature town has weight "2"; a profiling feature has none.',
        ),
        ({}, "home,0", "benefits.csv, row 1: weight is 0; it must be a number above 0."),
        (
            {"region": FEATURES["region"].replace("identity", "clipped")},
            "home,1",
            'the feature region has transform "clipped"; a category has identity.',
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_before_the_fit(make, entries, weights, said):
    table = CUSTOMERS.replace("when i = 7 then 28272", "when i < 4 then -i").replace(
        "['here', 'there'][1 + i % 2]", "'town ' || i % 27"
    )
    warehouse = make(catalogue(**entries), weights, table)
    result = warehouse.dbt("build", "--exclude-resource-type", "unit_test", *SETTINGS)
    assert result.returncode != 0
    assert said in result.stdout
    assert "Traceback" not in result.stdout
    assert warehouse.rows(
        "select count(*) from duckdb_tables() where schema_name = 'marts' and"
        " table_name in ('feature_scalers', 'component_weights')"
    ) == [(0,)]


def test_a_benefit_that_is_not_listed_counts_but_is_shown(make):
    entries = dict.fromkeys(FEATURES, "") | {name: FEATURES[name] for name in ("built", "premium")}
    warehouse = make(catalogue(**entries), "home,2")
    result = warehouse.dbt("build", "--exclude", "tag:dossier", "test_type:unit", *SETTINGS)
    assert result.returncode == 0, result.stdout
    assert "WARN 1 assert_benefits_are_declared" in result.stdout
    weights = warehouse.rows("select feature, benefit_weight from marts.feature_scalers order by 1")
    assert weights == [("built", 2), ("premium", 1)]


def test_the_app_offers_the_values_of_a_category_and_yes_or_no(chosen, tmp_path, open_page):
    result = chosen.publish(tmp_path / "published")
    assert result.returncode == 0, result.stderr
    page = open_page("what_if", tmp_path / "published")
    assert not page.exception
    page.multiselect[0].set_value(["app_used", "region"]).run()
    assert not page.exception
    flag, category = page.selectbox
    assert (flag.label, category.label) == ("app used", "home region")
    assert flag.options == ["unknown", "no", "yes"]
    regions = ["North", "O'Hara", 'n/a "x"', "north", "south"]
    assert category.options == ["unknown", "another", *regions]
    before = page.table[0].value
    category.set_value("O'Hara").run()
    assert not page.exception
    assert not page.table[0].value.equals(before)
