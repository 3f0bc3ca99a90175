--! P01 tenders: tenders service_items
SELECT t.id FROM tenders t LEFT JOIN service_items s ON s.code = t.service_item
WHERE s.code IS NULL
    OR shanghai_day(t.published_at) < s.valid_from OR shanghai_day(t.published_at) > s.valid_to
--! P02 contracts: contracts commitments contract_changes
SELECT id FROM contracts c LEFT JOIN agreed_amounts g ON g.contract_id = c.id
WHERE c.amount_fen + coalesce(g.fen, 0)
    > coalesce((SELECT sum(amount_fen) FROM commitments m WHERE m.contract_id = c.id), 0)
--! P03 appropriations: appropriations commitments
SELECT a.id FROM appropriations a JOIN commitments m ON m.appropriation_id = a.id
GROUP BY a.id, a.amount_fen HAVING sum(m.amount_fen) > a.amount_fen
--! P04 tenders: tenders service_items
SELECT t.id FROM tenders t JOIN service_items s ON s.code = t.service_item
WHERE s.kind = 'public_service' AND coalesce(t.demand_survey_respondents, 0) < 3
--! P05 tenders: tenders service_items
SELECT t.id FROM tenders t JOIN service_items s ON s.code = t.service_item
WHERE s.kind = 'public_service' AND coalesce(t.users_consulted, 0) = 0
--! P06 contracts: contracts
SELECT DISTINCT a.id FROM contracts a
JOIN contracts b ON a.service_item = b.service_item AND a.area_code = b.area_code AND a.id <> b.id
WHERE greatest(a.starts_on, b.starts_on) <= least(a.actual_end, b.actual_end)
    AND coalesce(a.tender_id <> b.tender_id, true)
--! P07 service_items: service_items tenders
SELECT code FROM service_items WHERE kind = 'public_service'
    AND (content IS NULL OR procedure IS NULL OR fee_basis IS NULL OR evaluation IS NULL)
    AND code IN (SELECT service_item FROM tenders)
--! T01 tenders: tenders bids
SELECT id FROM tenders t
WHERE method IN ('open', 'invited', 'consultation', 'negotiation') AND award_decided_on IS NOT NULL
    AND (SELECT count(*) FROM bids b WHERE b.tender_id = t.id AND b.status = 'valid') < 3
--! T02 tenders: tenders
SELECT id FROM tenders WHERE method = 'open'
    AND microseconds_between(published_at, bid_deadline) < days_us(20)
--! T03 tenders: tenders tender_criteria
SELECT t.id FROM tenders t JOIN tender_criteria k ON k.tender_id = t.id
GROUP BY t.id HAVING coalesce(sum(k.weight) FILTER (k.kind = 'outcome'), 0) = 0
--! T04 tenders: tenders tender_criteria
SELECT id FROM (
    SELECT t.id, sum(k.weight) AS total,
        coalesce(sum(k.weight) FILTER (k.kind = 'price'), 0) AS price
    FROM tenders t JOIN tender_criteria k ON k.tender_id = t.id WHERE t.method = 'open' GROUP BY t.id)
WHERE total > 0 AND (price * 100 < total * 10 OR price * 100 > total * 30)
--! T05 bids: bids
SELECT id FROM bids WHERE status = 'valid' AND staff > 0
    AND direct_hours * 1.10 > staff * (250 * 8 - 5 * 8 - 72 - 192)
--! T06 bids: bids tenders
SELECT b.id FROM bids b JOIN tenders t ON t.id = b.tender_id
WHERE b.status = 'valid' AND t.required_direct_hours > 0
    AND b.direct_hours > t.required_direct_hours * 1.10
--! T08 contracts: contracts organisation_links tenders
SELECT DISTINCT c.id FROM contracts c LEFT JOIN tenders t ON t.id = c.tender_id
JOIN organisation_links l ON (l.uscc, l.other_uscc) IN
    ((c.purchaser_uscc, c.provider_uscc), (c.provider_uscc, c.purchaser_uscc))
WHERE in_force(l.from_on, l.to_on, coalesce(t.award_decided_on, c.signed_on))
--! T09 workers: bid_staff contracts
-- The number of contracts in force only grows on a day when one starts, so those days are enough.
WITH promised AS (
    SELECT DISTINCT s.worker_id, s.bid_id, s.fte, c.starts_on, c.actual_end
    FROM bid_staff s JOIN contracts c ON c.bid_id = s.bid_id),
on_day AS (
    SELECT DISTINCT d.worker_id, d.starts_on AS day, p.bid_id, p.fte
    FROM promised d JOIN promised p ON p.worker_id = d.worker_id
        AND d.starts_on BETWEEN p.starts_on AND p.actual_end)
SELECT DISTINCT worker_id FROM
    (SELECT worker_id FROM on_day GROUP BY worker_id, day HAVING sum(fte) > 1)
--! T10 tenders: bids
SELECT DISTINCT tender_id FROM
    (SELECT tender_id FROM bids WHERE status = 'valid' GROUP BY tender_id, price_fen
    HAVING price_fen IS NOT NULL AND count(*) >= 2 AND count(DISTINCT provider_uscc) >= 2)
--! T11 tenders: tenders bids
SELECT t.id FROM tenders t JOIN bids b ON b.tender_id = t.id WHERE t.award_decided_on IS NOT NULL
GROUP BY t.id
HAVING count(*) FILTER (b.status = 'valid') = 1 AND count(*) FILTER (b.status = 'disqualified') >= 1
--! T12 bids: bids tenders
SELECT b.id FROM bids b JOIN tenders t ON t.id = b.tender_id
WHERE b.status = 'valid' AND b.submitted_at > t.bid_deadline
--! N02 tenders: tenders
SELECT id FROM tenders WHERE intention_published_on IS NULL
    OR shanghai_day(published_at) - intention_published_on < 30
