# ruff: noqa: E501 (a query is easier to follow on one line)
"""The yardstick of `almoner flags`: Cardinal's eleven indicators as a plain DuckDB script."""

import json
import sys

import duckdb

ORGANIZATION = "STRUCT(id VARCHAR)"
VALUE = "STRUCT(amount DOUBLE, currency VARCHAR)"
COLUMNS = {
    "ocid": "VARCHAR",
    "buyer": ORGANIZATION,
    "tender": "STRUCT(status VARCHAR, procurementMethod VARCHAR, numberOfTenderers BIGINT, "
    f"procuringEntity {ORGANIZATION}, tenderPeriod STRUCT(startDate TIMESTAMPTZ, endDate TIMESTAMPTZ))",
    "bids": "STRUCT(details STRUCT(status VARCHAR, date TIMESTAMPTZ, "
    f"tenderers {ORGANIZATION}[], value {VALUE})[])",
    "awards": f"STRUCT(status VARCHAR, suppliers {ORGANIZATION}[], "
    f"items STRUCT(classification {ORGANIZATION})[])[]",
}
FENCES = "quantile_cont({0}, .25) q1, quantile_cont({0}, .75) q3"
SCRIPT = f"""
SET TimeZone = 'UTC';
CREATE TEMP TABLE r AS SELECT * FROM read_ndjson('{{file}}', columns = {COLUMNS!r})
  WHERE tender.status IS DISTINCT FROM 'cancelled';
CREATE TEMP TABLE b AS SELECT ocid, buyer.id buyer, tender.procuringEntity.id entity,
    tender.tenderPeriod.endDate deadline, b.status, b.date, b.tenderers, b.value.amount amount,
    b.value.currency currency, len(b.tenderers) n, b.tenderers[1].id tenderer
  FROM (SELECT *, unnest(bids.details) b FROM r) WHERE b.status NOT IN ('invited', 'withdrawn');
CREATE TEMP TABLE a AS SELECT ocid, a.status, a.suppliers, a.items
  FROM (SELECT ocid, unnest(awards) a FROM r);
CREATE TEMP TABLE w AS SELECT ocid, any_value(suppliers[1].id) FILTER (status = 'active') winner
  FROM a GROUP BY ocid HAVING count(*) FILTER (status = 'active') = 1
    AND count(*) FILTER (status NOT IN ('active', 'cancelled', 'unsuccessful')) = 0
    AND any_value(len(suppliers)) FILTER (status = 'active') = 1;
CREATE TEMP TABLE d AS SELECT ocid, winner, min(amount) FILTER (tenderer = winner) won,
    min(amount) FILTER (tenderer <> winner) lost, arg_min(tenderer, amount) FILTER (tenderer <> winner) loser
  FROM b JOIN w USING (ocid) WHERE b.status = 'valid' AND n = 1 AND currency = 'USD' GROUP BY ALL;
CREATE TEMP TABLE ratio AS SELECT *, (lost - won) / won v FROM d WHERE won > 0 AND lost >= won;
CREATE TEMP TABLE f AS SELECT {FENCES.format("v")} FROM ratio;
CREATE TEMP TABLE same AS SELECT ocid, list_distinct(flatten(list(list_transform(tenderers, lambda t: t.id)))) ids
  FROM b WHERE amount IS NOT NULL GROUP BY ocid, amount, currency
  HAVING count(DISTINCT list_sort(list_transform(tenderers, lambda t: t.id))) > 1;
CREATE TEMP TABLE valid AS SELECT DISTINCT ocid, tenderer, tenderer = winner won
  FROM b JOIN w USING (ocid) WHERE b.status = 'valid' AND n = 1;
CREATE TEMP TABLE r25 AS SELECT tenderer id, avg(won::INT) v, count(*) n FROM valid GROUP BY 1;
CREATE TEMP TABLE out AS
  SELECT 'Buyer' g, buyer id, avg((status = 'disqualified')::INT) v, count(DISTINCT ocid) n FROM b GROUP BY buyer
  UNION ALL SELECT 'ProcuringEntity', entity, avg((status = 'disqualified')::INT), count(DISTINCT ocid)
  FROM b GROUP BY entity UNION ALL SELECT 'Tenderer', t.id, avg((status = 'disqualified')::INT), count(*)
  FROM (SELECT status, unnest(tenderers) t FROM b) GROUP BY t.id;
CREATE TEMP TABLE r48 AS SELECT id, count(DISTINCT class) v FROM (SELECT ocid, suppliers[1].id id,
    unnest(list_transform(items, lambda i: i.classification.id[:2])) class
  FROM a WHERE status = 'active' AND len(suppliers) = 1) GROUP BY id HAVING count(DISTINCT ocid) >= 20;
CREATE TEMP TABLE r35 AS SELECT ocid, any_value(winner) winner,
    count(DISTINCT tenderer) FILTER (b.status = 'disqualified' AND tenderer <> winner) v
  FROM b JOIN w USING (ocid) GROUP BY ocid HAVING v > 0
    AND count(DISTINCT tenderer) FILTER (b.status = 'valid') = 1 AND bool_or(b.status = 'valid' AND tenderer = winner);
"""
RESULTS = f"""
SELECT 'OCID' g, ocid id, 'R003' code, 1.0 v FROM r
  WHERE tender.tenderPeriod.endDate - tender.tenderPeriod.startDate < INTERVAL 15 DAY
UNION ALL SELECT 'OCID', ocid, 'R018', 1 FROM r
  WHERE tender.numberOfTenderers = 1 AND tender.procurementMethod IN ('open', 'selective')
UNION ALL SELECT 'OCID', ocid, 'R024', v FROM ratio, f WHERE q1 > 0 AND 2.5 * q1 - 1.5 * q3 > 0 AND v <= 2.5 * q1 - 1.5 * q3
UNION ALL SELECT 'OCID', ocid, 'R058', v FROM ratio, f WHERE v >= 2.5 * q3 - 1.5 * q1
UNION ALL SELECT 'Tenderer', winner, 'R058', 0 FROM ratio, f WHERE v >= 2.5 * q3 - 1.5 * q1
UNION ALL SELECT 'Tenderer', id, 'R025', v FROM r25, (SELECT {FENCES.format("v")}, quantile_cont(n, .75) top FROM r25)
  WHERE n >= top AND 2.5 * q1 - 1.5 * q3 > 0 AND v <= 2.5 * q1 - 1.5 * q3
UNION ALL SELECT DISTINCT 'OCID', ocid, 'R028', 1 FROM same
UNION ALL SELECT 'Tenderer', unnest(ids), 'R028', 1 FROM same
UNION ALL SELECT DISTINCT 'OCID', ocid, 'R030', 1 FROM b JOIN w USING (ocid)
  WHERE b.status = 'valid' AND date > deadline AND list_contains(tenderers, {{{{'id': winner}}}})
UNION ALL SELECT 'OCID', ocid, 'R035', v FROM r35 UNION ALL SELECT 'Tenderer', winner, 'R035', 0 FROM r35
UNION ALL SELECT 'OCID', ocid, 'R036', 1 FROM b SEMI JOIN (FROM a WHERE status = 'active') USING (ocid)
  WHERE currency = 'USD' GROUP BY ocid HAVING arg_min(status, amount) = 'disqualified' AND bool_or(status = 'valid')
UNION ALL SELECT g, id, 'R038', v FROM out JOIN (SELECT g, {FENCES.format("v")} FROM out WHERE n >= 2 GROUP BY g) USING (g)
  WHERE n >= 2 AND v > 0 AND v >= 2.5 * q3 - 1.5 * q1
UNION ALL SELECT 'Tenderer', id, 'R048', v FROM r48, (SELECT {FENCES.format("v")} FROM r48) WHERE v >= 2.5 * q3 - 1.5 * q1
"""


def main(file: str) -> None:
    """Print the results in Cardinal's shape."""
    connection = duckdb.connect(config={"preserve_insertion_order": "false"})
    connection.execute(SCRIPT.replace("{file}", file))
    groups: dict[str, dict[str, dict[str, float]]] = {}
    for group, key, code, value in connection.execute(RESULTS.format()).fetchall():
        groups.setdefault(group, {}).setdefault(key, {})[code] = float(value)
    print(json.dumps(groups))


if __name__ == "__main__":
    main(*sys.argv[1:])
