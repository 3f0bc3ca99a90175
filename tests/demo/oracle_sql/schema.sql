-- The tables that a rule reads. Numbers keep nine decimals, money is whole fen: comparisons stay exact.
CREATE TABLE areas (code VARCHAR, name_zh VARCHAR, name_en VARCHAR, level VARCHAR,
    parent_code VARCHAR, population BIGINT, population_source VARCHAR);
CREATE TABLE organisations (uscc VARCHAR, name_zh VARCHAR, name_en VARCHAR, kinds VARCHAR,
    area_code VARCHAR, registered_on DATE, supervising_uscc VARCHAR, status VARCHAR);
CREATE TABLE organisation_links (uscc VARCHAR, other_uscc VARCHAR, kind VARCHAR, from_on DATE,
    to_on DATE, note VARCHAR);
CREATE TABLE workers (id VARCHAR, uscc VARCHAR, licence VARCHAR, education VARCHAR,
    relevant_major BOOLEAN, retired_rehire BOOLEAN, employed_from DATE, employed_to DATE);
CREATE TABLE wage_floors (area_code VARCHAR, year BIGINT, gross_wage_fen BIGINT);
CREATE TABLE payroll (worker_id VARCHAR, month VARCHAR, gross_wage_fen BIGINT, pension BOOLEAN,
    medical BOOLEAN, unemployment BOOLEAN, work_injury BOOLEAN, maternity BOOLEAN,
    housing_fund BOOLEAN, accident_cover BOOLEAN);
CREATE TABLE service_items (code VARCHAR, parent_code VARCHAR, name_zh VARCHAR, name_en VARCHAR,
    kind VARCHAR, content VARCHAR, procedure VARCHAR, fee_basis VARCHAR, evaluation VARCHAR,
    valid_from DATE, valid_to DATE);
CREATE TABLE appropriations (id VARCHAR, fiscal_year BIGINT, payer_uscc VARCHAR, level VARCHAR,
    source VARCHAR, service_item VARCHAR, area_code VARCHAR, amount_fen BIGINT);
CREATE TABLE tenders (id VARCHAR, purchaser_uscc VARCHAR, service_item VARCHAR, area_code VARCHAR,
    method VARCHAR, intention_published_on DATE, demand_survey_respondents BIGINT,
    users_consulted BIGINT, published_at TIMESTAMPTZ, bid_deadline TIMESTAMPTZ,
    opened_at TIMESTAMPTZ, award_decided_on DATE, award_published_on DATE, ceiling_fen BIGINT,
    required_direct_hours DECIMAL(28, 9), required_staff DECIMAL(28, 9));
CREATE TABLE tender_criteria (tender_id VARCHAR, id VARCHAR, name VARCHAR, kind VARCHAR,
    weight DECIMAL(28, 9));
CREATE TABLE bids (id VARCHAR, tender_id VARCHAR, provider_uscc VARCHAR, submitted_at TIMESTAMPTZ,
    status VARCHAR, reason VARCHAR, price_fen BIGINT, direct_hours DECIMAL(28, 9),
    staff DECIMAL(28, 9));
CREATE TABLE bid_staff (bid_id VARCHAR, worker_id VARCHAR, fte DECIMAL(28, 9));
CREATE TABLE contracts (id VARCHAR, tender_id VARCHAR, bid_id VARCHAR, purchaser_uscc VARCHAR,
    provider_uscc VARCHAR, supervisor_uscc VARCHAR, area_code VARCHAR, service_item VARCHAR,
    signed_on DATE, published_on DATE, filed_on DATE, starts_on DATE, ends_on DATE, ended_on DATE,
    end_kind VARCHAR, amount_fen BIGINT, staff DECIMAL(28, 9), framework_id VARCHAR,
    framework_version VARCHAR, target_group VARCHAR,
    actual_end DATE GENERATED ALWAYS AS (coalesce(ended_on, ends_on)) VIRTUAL);
CREATE TABLE contract_terms (contract_id VARCHAR, id VARCHAR, "group" VARCHAR, type VARCHAR,
    category VARCHAR, formula VARCHAR, hours DECIMAL(28, 9));
CREATE TABLE contract_changes (contract_id VARCHAR, seq BIGINT, kind VARCHAR, made_on DATE,
    proposed_by_uscc VARCHAR, agreed_by_provider BOOLEAN, amount_delta_fen BIGINT, detail VARCHAR,
    reason VARCHAR);
CREATE TABLE commitments (contract_id VARCHAR, appropriation_id VARCHAR, amount_fen BIGINT);
CREATE TABLE instalments (contract_id VARCHAR, seq BIGINT, amount_fen BIGINT, condition VARCHAR,
    due_on DATE, accepted_on DATE, paid_on DATE, paid_fen BIGINT, delay_cause VARCHAR);
CREATE TABLE service_records (id VARCHAR, contract_id VARCHAR, term_id VARCHAR, worker_id VARCHAR,
    started_at TIMESTAMPTZ, minutes BIGINT, participants BIGINT, client_id VARCHAR,
    entered_at TIMESTAMPTZ, channel VARCHAR,
    day DATE GENERATED ALWAYS AS (CAST(timezone('Asia/Shanghai', started_at) AS DATE)) VIRTUAL);
CREATE TABLE task_requests (id VARCHAR, contract_id VARCHAR, requested_by_uscc VARCHAR,
    requested_on DATE, summary VARCHAR, hours DECIMAL(28, 9), ruling VARCHAR, ruled_on DATE);
CREATE TABLE indicators (framework_id VARCHAR, framework_version VARCHAR, id VARCHAR,
    parent_id VARCHAR, name_zh VARCHAR, name_en VARCHAR, dimension VARCHAR, measures VARCHAR,
    weight DECIMAL(28, 9), min_score DECIMAL(28, 9), max_score DECIMAL(28, 9), common_id VARCHAR);
CREATE TABLE evaluations (id VARCHAR, contract_id VARCHAR, agency_uscc VARCHAR,
    commissioned_by_uscc VARCHAR, paid_by_uscc VARCHAR, framework_id VARCHAR,
    framework_version VARCHAR, stage VARCHAR, period_from DATE, period_to DATE, assigned_on DATE,
    reported_on DATE);
CREATE TABLE ratings (evaluation_id VARCHAR, rater_id VARCHAR, indicator_id VARCHAR,
    score DECIMAL(28, 9), evidence_count BIGINT);
CREATE TABLE consequences (evaluation_id VARCHAR, kind VARCHAR, decided_on DATE, amount_fen BIGINT);
CREATE TABLE survey_waves (id VARCHAR, contract_id VARCHAR, drawn_by VARCHAR, frame_size BIGINT,
    frame_sha256 VARCHAR, seed VARCHAR, drawn_on DATE, drawn BIGINT);
CREATE TABLE survey_responses (wave_id VARCHAR, respondent_id VARCHAR, question VARCHAR,
    score DECIMAL(28, 9), mode VARCHAR);
CREATE TABLE outcomes (contract_id VARCHAR, client_id VARCHAR, instrument VARCHAR, wave VARCHAR,
    measured_on DATE, score DECIMAL(28, 9));
CREATE TABLE complaints (id VARCHAR, contract_id VARCHAR, tender_id VARCHAR, from_kind VARCHAR,
    received_on DATE, due_on DATE, answered_on DATE, outcome VARCHAR);
CREATE TABLE notices (kind VARCHAR, subject_id VARCHAR, published_at TIMESTAMPTZ);

CREATE MACRO shanghai_day(instant) AS CAST(timezone('Asia/Shanghai', instant) AS DATE);
CREATE MACRO microseconds_between(a, b) AS epoch_us(b) - epoch_us(a);
CREATE MACRO days_us(n) AS n * 86400000000;
-- DuckDB ends a year after 29 February on the 28th; the catalogue says 1 March.
CREATE MACRO plus_years(d, n) AS CAST(d + to_years(n) AS DATE)
    + CASE WHEN day(d) = 29 AND month(d) = 2 AND day(d + to_years(n)) = 28 THEN 1 ELSE 0 END;
CREATE MACRO in_force(from_day, to_day, d) AS
    d >= coalesce(from_day, DATE '0001-01-01') AND d <= coalesce(to_day, DATE '9999-12-31');
CREATE VIEW agreed_amounts AS
    SELECT contract_id, sum(amount_delta_fen) AS fen FROM contract_changes
    WHERE kind = 'amount' AND agreed_by_provider GROUP BY contract_id;
CREATE VIEW leaves AS
    SELECT * FROM indicators i WHERE NOT EXISTS (
        SELECT 1 FROM indicators k WHERE k.parent_id = i.id
        AND k.framework_id = i.framework_id AND k.framework_version = i.framework_version);
CREATE VIEW lineage AS  -- every area with itself (0 steps) and each ancestor
    WITH RECURSIVE up(code, ancestor, steps) AS (
        SELECT code, code, 0 FROM areas
        UNION ALL
        SELECT up.code, a.parent_code, steps + 1 FROM up JOIN areas a ON a.code = up.ancestor
        WHERE a.parent_code IS NOT NULL AND steps < 20)
    SELECT * FROM up;
CREATE VIEW districts AS  -- the district that an area is or lies in
    SELECT l.code, arg_min(l.ancestor, l.steps) AS district
    FROM lineage l JOIN areas a ON a.code = l.ancestor WHERE a.level = 'district' GROUP BY l.code;
