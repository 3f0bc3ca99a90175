--! E01 evaluations: evaluations contracts organisation_links
SELECT e.id FROM evaluations e JOIN contracts c ON c.id = e.contract_id
WHERE e.agency_uscc = c.provider_uscc OR e.paid_by_uscc = c.provider_uscc OR EXISTS (
    SELECT 1 FROM organisation_links l
    WHERE ((l.uscc = c.provider_uscc AND l.other_uscc = e.agency_uscc)
        OR (l.other_uscc = c.provider_uscc AND l.uscc = e.agency_uscc))
    AND in_force(l.from_on, l.to_on, e.assigned_on))
--! E04 evaluations: ratings
SELECT DISTINCT evaluation_id FROM ratings WHERE evidence_count = 0
--! E05 contracts: contracts evaluations
SELECT id FROM contracts c WHERE as_of() - actual_end > 180 AND NOT EXISTS (
    SELECT 1 FROM evaluations e WHERE e.contract_id = c.id AND e.reported_on <= as_of())
--! E06 evaluations: evaluations consequences
SELECT id FROM evaluations WHERE as_of() - reported_on > 90
    AND id NOT IN (SELECT evaluation_id FROM consequences)
--! V01 survey_waves: survey_waves
SELECT id FROM survey_waves WHERE drawn_by = 'provider'
--! V02 survey_waves: survey_waves survey_responses
SELECT id FROM survey_waves w WHERE drawn > 0 AND 100 * (
    SELECT count(DISTINCT respondent_id) FROM survey_responses r WHERE r.wave_id = w.id) < 60 * drawn
--! V03 complaints: complaints
SELECT id FROM complaints WHERE answered_on > due_on OR (answered_on IS NULL AND as_of() > due_on)
