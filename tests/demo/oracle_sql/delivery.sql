--! D01 contract_terms: contract_terms contracts service_records
WITH anniversaries AS (
    SELECT id, starts_on, CASE WHEN plus_years(starts_on, year(as_of()) - year(starts_on)) > as_of()
        THEN year(as_of()) - year(starts_on) - 1 ELSE year(as_of()) - year(starts_on) END AS n
    FROM contracts WHERE in_force(starts_on, actual_end, as_of())),
spans AS (
    SELECT id, plus_years(starts_on, n) AS y0, as_of() - plus_years(starts_on, n) + 1 AS passed,
        plus_years(starts_on, n + 1) - plus_years(starts_on, n) AS days
    FROM anniversaries),
done AS (
    SELECT r.contract_id, r.term_id, sum(r.minutes) AS minutes
    FROM service_records r JOIN spans s ON s.id = r.contract_id
    WHERE r.day BETWEEN s.y0 AND as_of() GROUP BY ALL)
SELECT t.contract_id || '/' || t.id FROM contract_terms t JOIN spans s ON s.id = t.contract_id
LEFT JOIN done d ON d.contract_id = t.contract_id AND d.term_id = t.id
WHERE t."group" = 'direct' AND t.hours > 0 AND s.passed >= 60
    AND coalesce(d.minutes, 0) * s.days * 100 < t.hours * 60 * s.passed * 80
--! D02 workers: service_records
SELECT worker_id, CAST(day AS VARCHAR) FROM service_records
GROUP BY worker_id, day HAVING sum(minutes) > 600
--! D03 service_records: service_records
SELECT id FROM (
    SELECT id, started_at, max(started_at + to_minutes(minutes)) OVER (
        PARTITION BY worker_id ORDER BY started_at, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS busy_until
    FROM service_records)
WHERE started_at < busy_until
--! D04 service_records: service_records
SELECT later.id FROM service_records later JOIN (
    SELECT contract_id, worker_id, term_id, client_id, started_at, minutes, min(id) AS first_id
    FROM service_records GROUP BY ALL HAVING count(*) > 1) same
ON (later.contract_id, later.worker_id, later.term_id, later.started_at, later.minutes)
    = (same.contract_id, same.worker_id, same.term_id, same.started_at, same.minutes)
    AND later.client_id IS NOT DISTINCT FROM same.client_id
WHERE later.id > same.first_id
--! D05 contracts: service_records
SELECT contract_id, strftime(day, '%Y-%m') FROM service_records GROUP BY ALL
HAVING count(*) >= 20 AND 100 * sum(minutes) FILTER (
    microseconds_between(started_at, entered_at) > days_us(14)) > 30 * sum(minutes)
--! D06 service_records: service_records contracts
SELECT r.id FROM service_records r JOIN contracts c ON c.id = r.contract_id
WHERE r.day < c.starts_on OR r.day > c.actual_end
--! D07 service_records: service_records contracts workers
SELECT r.id FROM service_records r JOIN contracts c ON c.id = r.contract_id
JOIN workers w ON w.id = r.worker_id
WHERE w.uscc <> c.provider_uscc OR r.day < w.employed_from OR r.day > w.employed_to
--! D08 contracts: contracts service_records
WITH months AS (
    SELECT id, staff, unnest(generate_series(CAST(date_trunc('month', starts_on) AS DATE),
        least(actual_end, as_of()), INTERVAL 1 MONTH)) AS month_start, starts_on, actual_end
    FROM contracts WHERE staff > 0),
whole AS (
    SELECT id, staff, strftime(month_start, '%Y-%m') AS month FROM months
    WHERE month_start >= starts_on AND last_day(month_start) <= least(actual_end, as_of())),
busy AS (
    SELECT contract_id, strftime(day, '%Y-%m') AS month, worker_id FROM service_records
    GROUP BY ALL HAVING sum(minutes) >= 20 * 60)
SELECT w.id, w.month FROM whole w
LEFT JOIN busy b ON b.contract_id = w.id AND b.month = w.month
GROUP BY w.id, w.month, w.staff HAVING count(b.worker_id) * 100 < w.staff * 80
--! I01 contracts: contracts contract_terms service_records outcomes
WITH clients AS (
    SELECT DISTINCT c.id, r.client_id FROM contracts c
    JOIN contract_terms t ON t.contract_id = c.id AND t.type = 'case_work'
    JOIN service_records r ON r.contract_id = c.id AND r.term_id = t.id
    WHERE r.client_id IS NOT NULL AND in_force(c.starts_on, c.actual_end, as_of())
        AND plus_years(c.starts_on, 1) <= as_of()),
followed AS (
    SELECT DISTINCT contract_id, client_id FROM (
        SELECT contract_id, client_id FROM outcomes GROUP BY contract_id, client_id, instrument
        HAVING count(*) FILTER (wave = 'baseline') > 0 AND count(*) FILTER (wave <> 'baseline') > 0))
SELECT k.id FROM clients k
LEFT JOIN followed f ON f.contract_id = k.id AND f.client_id = k.client_id
GROUP BY k.id HAVING count(f.client_id) * 100 < count(*) * 30
