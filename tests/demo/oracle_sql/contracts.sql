--! C01 contracts: contracts tenders
SELECT c.id FROM contracts c JOIN tenders t ON t.id = c.tender_id
WHERE c.signed_on - t.award_published_on > 30
--! C03 contracts: contracts
SELECT id FROM contracts WHERE ends_on > plus_years(starts_on, 3) - 1
--! C04 contracts: contracts contract_changes
SELECT c.id FROM contracts c JOIN contract_changes g ON g.contract_id = c.id
WHERE g.kind = 'amount' AND g.amount_delta_fen > 0 AND c.amount_fen > 0
GROUP BY c.id, c.amount_fen HAVING sum(g.amount_delta_fen) * 10 > c.amount_fen
--! C05 contracts: contracts evaluations contract_changes
SELECT c.id FROM contracts c WHERE EXISTS (
    SELECT 1 FROM evaluations e WHERE e.contract_id = c.id
    AND (e.framework_id <> c.framework_id OR e.framework_version <> c.framework_version)
    AND c.framework_id IS NOT NULL AND c.framework_version IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM contract_changes g WHERE g.contract_id = c.id AND g.kind = 'framework'
        AND g.agreed_by_provider AND g.made_on <= e.assigned_on))
OR EXISTS (
    SELECT 1 FROM contract_changes g WHERE g.contract_id = c.id AND g.kind = 'framework'
    AND NOT g.agreed_by_provider)
--! C06 contracts: contracts indicators
SELECT c.id FROM contracts c
JOIN leaves v ON (v.framework_id, v.framework_version) = (c.framework_id, c.framework_version)
GROUP BY c.id HAVING coalesce(sum(v.weight) FILTER (v.measures = 'outcome'), 0) = 0
--! C07 contracts: contracts indicators
SELECT c.id FROM contracts c
JOIN leaves v ON (v.framework_id, v.framework_version) = (c.framework_id, c.framework_version)
GROUP BY c.id HAVING sum(v.weight) > 0
    AND coalesce(sum(v.weight) FILTER (v.dimension IN ('output', 'benefit')), 0) * 100
        < sum(v.weight) * 60
--! O01 contracts: contracts contract_terms task_requests
SELECT id FROM (
    SELECT id, (SELECT sum(hours) FROM contract_terms t WHERE t.contract_id = c.id) AS agreed,
        (SELECT sum(hours) FROM task_requests r
            WHERE r.contract_id = c.id AND r.ruling = 'imposed') AS imposed
    FROM contracts c)
WHERE agreed > 0 AND imposed * 50 > agreed
--! M01 instalments: instalments
SELECT contract_id || '/' || seq FROM instalments
WHERE paid_on > due_on OR (paid_on IS NULL AND as_of() > due_on)
--! M02 contracts: contracts instalments contract_changes
SELECT c.id FROM contracts c LEFT JOIN agreed_amounts g ON g.contract_id = c.id
WHERE (SELECT sum(paid_fen) FROM instalments i WHERE i.contract_id = c.id)
    > c.amount_fen + coalesce(g.fen, 0)
--! M03 instalments: instalments
SELECT contract_id || '/' || seq FROM instalments
WHERE paid_on < accepted_on OR (paid_on IS NOT NULL AND accepted_on IS NULL)
--! N01 contracts: contracts service_items notices
SELECT c.id FROM contracts c JOIN service_items s ON s.code = c.service_item
WHERE c.end_kind = 'completed' AND s.kind = 'public_service' AND as_of() - c.actual_end > 30
    AND NOT EXISTS (
        SELECT 1 FROM notices n WHERE n.subject_id = c.id AND n.kind = 'acceptance_result')
--! W01 workers: payroll workers organisations areas wage_floors
WITH floors AS (
    SELECT l.code, f.year, arg_min(f.gross_wage_fen, l.steps) AS fen
    FROM lineage l JOIN wage_floors f ON f.area_code = l.ancestor GROUP BY l.code, f.year)
SELECT p.worker_id, p.month FROM payroll p JOIN workers w ON w.id = p.worker_id
JOIN organisations o ON o.uscc = w.uscc
JOIN floors f ON f.code = o.area_code AND f.year = CAST(p.month[:4] AS BIGINT)
WHERE p.gross_wage_fen < f.fen
--! W02 workers: payroll
SELECT worker_id, month FROM payroll
WHERE NOT pension OR NOT medical OR NOT unemployment OR NOT work_injury OR NOT maternity
    OR NOT housing_fund OR NOT accident_cover
--! W03 organisations: workers
WITH counts AS (
    SELECT uscc, count(*) FILTER (employed_to BETWEEN first_day() AND as_of()) AS leavers,
        count(*) FILTER (in_force(employed_from, employed_to, first_day()))
        + count(*) FILTER (in_force(employed_from, employed_to, as_of())) AS both_headcounts
    FROM workers GROUP BY uscc)
SELECT uscc FROM counts WHERE both_headcounts >= 2 * 5 AND leavers * 2 * 4 > both_headcounts
