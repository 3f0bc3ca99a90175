"""Hand-worked cases of evaluation, users' voice and concentration; see oracle_cases."""

from tests.demo.oracle_cases import many

RESULTS = {
    "E01": """
contracts id provider_uscc
K P
evaluations id contract_id agency_uscc paid_by_uscc assigned_on
free K A G 2026-01-01
self K P G 2026-01-01
paid K A P -
first-day K B - 2026-01-01
last-day K B - 2026-01-31
after K B - 2026-02-01
undated K B - -
reverse K C - 2026-01-01
organisation_links uscc other_uscc from_on to_on
P B 2026-01-01 2026-01-31
C P - -
P D - -
=> first-day last-day paid reverse self""",
    "E02": """
evaluations id contract_id agency_uscc
1 K A
2 K B
3 L B
4 M C
5 N C
6 M D
7 O E
8 K E
9 Q F
ratings evaluation_id rater_id
1 r
1 s
2 r
3 r
4 r
5 r
6 r
7 r
=> 4 5 6 7""",
    "E02 of one piece": """
evaluations id contract_id agency_uscc
1 K A
2 K B
3 L B
9 Q F
ratings evaluation_id rater_id
1 r
2 r
3 r
=>""",
    "E04": """
ratings evaluation_id rater_id indicator_id evidence_count
1 r a 1
2 r a 1
2 r b 0
2 s b 0
=> 2""",
    "E05": """
contracts id ends_on ended_on
180-days 2026-01-01 -
181-days 2025-12-31 -
ended 2027-01-01 2025-12-31
told 2025-12-31 -
too-late 2025-12-31 -
silent 2025-12-31 -
evaluations id contract_id reported_on
1 told 2026-06-30
2 too-late 2026-07-01
3 silent -
=> 181-days ended silent too-late""",
    "E06": """
evaluations id reported_on
90-days 2026-04-01
91-days 2026-03-31
used 2026-03-31
unreported -
consequences evaluation_id kind
used no_action
=> 91-days""",
    "V01": """
survey_waves id drawn_by
1 provider
2 system
=> 1""",
    "V02": f"""
survey_waves id drawn
exact 100
below 100
nobody 5
empty 0
unknown -
survey_responses wave_id respondent_id question
{many(60, "exact # a")}
{many(59, "below # a")}
below 1 b
=> below nobody""",
    "V03": """
complaints id due_on answered_on
in-time 2026-06-01 2026-06-01
late 2026-06-01 2026-06-02
due 2026-06-30 -
overdue 2026-06-29 -
=> late overdue""",
    # S and T: 2,920 fen over 730 days are 1,460 a year, 80 % of 1,825 and more than that of 1,824.
    "I02": """
contracts id provider_uscc purchaser_uscc amount_fen starts_on ends_on
1 P G 800 2025-01-01 2025-12-31
2 P H 200 2025-01-01 2025-12-31
3 Q G 801 2025-01-01 2025-12-31
4 Q H 200 2025-01-01 2025-12-31
5 R G 800 2025-01-01 2025-12-31
6 S G 2920 2025-01-01 2026-12-31
7 S H 365 2026-01-01 2026-12-31
8 T G 2920 2025-01-01 2026-12-31
9 T H 364 2026-01-01 2026-12-31
10 U G 100 2027-01-01 2027-12-31
11 U G 100 2027-01-01 2027-12-31
12 V G 100 2026-12-31 2027-01-31
13 V G 100 2026-12-31 2027-01-31
14 W G 0 2025-01-01 2025-12-31
15 W G 0 2025-01-01 2025-12-31
=> Q@2025 T@2026 V@2026""",
    "I03": f"""
areas code level parent_code
city city -
D district city
D1 street D
D2 street D
E district city
F district city
contracts id provider_uscc area_code amount_fen starts_on ends_on
{many(3, "d# p# D1 100 2025-01-01 2025-12-31")}
d3 p3 D2 50 2025-01-01 2025-12-31
d4 p3 D 50 2025-01-01 2025-12-31
{many(3, "e# p# E 100 2025-01-01 2026-12-31")}
e3 p3 E 100 2025-01-01 2026-12-31
e4 p3 E 2 2025-12-31 2026-01-01
{many(4, "f# p0 F 100 2025-01-01 2025-12-31")}
{many(5, "c# p0 city 100 2025-01-01 2025-12-31")}
=> E@2025 E@2026""",
}
