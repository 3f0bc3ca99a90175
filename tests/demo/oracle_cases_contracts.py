"""Hand-worked cases of contracts, payment and staff; see oracle_cases."""

from tests.demo.oracle_cases import many

CONTRACTS = {
    "C01": """
tenders id award_published_on
A 2026-01-01
B -
contracts id tender_id signed_on
30-days A 2026-01-31
31-days A 2026-02-01
unknown B 2026-02-01
direct - 2026-02-01
=> 31-days""",
    "C02": """
contracts id signed_on published_on
2-days 2026-04-30 2026-05-07
3-days 2026-04-30 2026-05-08
open-2 2026-06-26 -
open-3 2026-06-25 -
=> 3-days open-3""",
    "C03": """
contracts id starts_on ends_on
three 2023-07-01 2026-06-30
longer 2023-07-01 2026-07-01
leap 2024-02-29 2027-02-28
leap-longer 2024-02-29 2027-03-01
=> leap-longer longer""",
    "C04": """
contracts id amount_fen
exact 1000
above 1000
offset 1000
term 1000
free 0
contract_changes contract_id seq kind agreed_by_provider amount_delta_fen
exact 1 amount true 60
exact 2 amount false 40
above 1 amount false 60
above 2 amount true 41
offset 1 amount true 101
offset 2 amount true -100
term 1 term true 500
free 1 amount true 500
=> above offset""",
    "C05": """
contracts id framework_id framework_version
same F 1
id F 1
version F 1
agreed F 1
late F 1
undated F 1
unpinned - -
refused - -
evaluations id contract_id framework_id framework_version assigned_on
1 same F 1 2026-01-01
2 id G 1 2026-01-01
3 version F 2 2026-01-01
4 agreed F 2 2026-01-01
5 late F 2 2026-01-01
6 undated F 2 -
7 unpinned F 2 2026-01-01
contract_changes contract_id seq kind agreed_by_provider made_on
agreed 1 framework true 2026-01-01
late 1 framework true 2026-01-02
undated 1 framework true 2025-01-01
refused 1 framework false 2025-01-01
same 1 term false 2025-01-01
version 1 staff true 2025-01-01
=> id late refused undated version""",
    "C06": """
contracts id framework_id framework_version
some F 1
none F 2
parent G 1
bare H 1
unpinned - -
indicators framework_id framework_version id parent_id measures weight
F 1 a - outcome 0.01
F 1 b - output 99.99
F 2 a - outcome 0
F 2 b - - 100
G 1 top - outcome 100
G 1 leaf top output 100
G 2 leaf - outcome 100
=> none parent""",
    "C07": """
contracts id framework_id framework_version
exact F 1
below F 2
tree F 3
share F 4
bare F 5
indicators framework_id framework_version id parent_id dimension weight
F 1 a - output 20
F 1 b - benefit 40
F 1 c - process 40
F 2 a - output 59.99
F 2 c - decision 40.01
F 3 top - output 100
F 3 a top process 50
F 3 b top output 50
F 4 a - output 59.997
F 4 b - process 39.998
=> below tree""",
    "C08": """
areas code population
known 3000
empty -
contracts id area_code
K known
E empty
contract_terms contract_id id formula hours
K right "8 case/staff * 5 session/case * 6 hour/session * 14 staff" 3360
K near "3 hour" 3.05
K far "3 hour" 3.051
K people "0.005 * population person * 1 hour/person" 15
K wrong "0.005 * population person * 1 hour/person" 16
E people "0.005 * population person * 1 hour/person" 16
K unknown "X hour" 7
K silent "3 hour" -
K units "3 staff" -
K power "9**9**9" -
K zero "3 hour / 0" 1
=> K/far K/power K/units K/wrong K/zero""",
    "O01": """
contracts id
exact
above
ruled
free
contract_terms contract_id id group hours
exact a direct 900
exact b indirect 100
above a direct 1000
above b indirect -
ruled a direct 1000
free a direct -
task_requests id contract_id ruling hours
1 exact imposed 12.5
2 exact imposed 7.5
3 above imposed 20.01
4 ruled paid_variation 500
5 ruled imposed -
6 free imposed 5
=> above""",
    # Friday 19 June 2026 is the Dragon Boat holiday.
    "O02": """
task_requests id requested_on ruling
5-days 2026-06-23 open
6-days 2026-06-22 open
ruled 2026-01-01 refused
=> 6-days""",
    "M01": """
instalments contract_id seq due_on paid_on
A 1 2026-06-01 2026-06-01
A 2 2026-06-01 2026-06-02
A 3 2026-06-30 -
A 4 2026-06-29 -
=> A/2 A/4""",
    "M02": """
contracts id amount_fen
exact 100
over 100
raised 100
lowered 100
unpaid 0
instalments contract_id seq paid_fen
exact 1 60
exact 2 40
exact 3 -
over 1 101
raised 1 110
lowered 1 100
contract_changes contract_id seq kind agreed_by_provider amount_delta_fen
over 1 amount false 50
raised 1 amount true 10
lowered 1 amount true -1
=> lowered over""",
    "M03": """
instalments contract_id seq accepted_on paid_on
A 1 2026-06-01 2026-06-01
A 2 2026-06-02 2026-06-01
A 3 - 2026-06-01
A 4 2026-06-01 -
A 5 - -
=> A/2 A/3""",
    "N01": """
service_items code kind
A public_service
B auxiliary
contracts id service_item end_kind ends_on ended_on
30-days A completed 2026-05-31 -
31-days A completed 2026-05-30 -
ended A completed 2027-01-01 2026-05-30
noticed A completed 2026-01-01 -
otherwise A completed 2026-01-01 -
broken A terminated_by_both 2026-01-01 -
running A - 2026-01-01 -
auxiliary B completed 2026-01-01 -
notices kind subject_id
acceptance_result noticed
contract otherwise
=> 31-days ended otherwise""",
    "W01": """
areas code parent_code
city -
district city
street district
elsewhere -
organisations uscc area_code
P street
Q city
R elsewhere
wage_floors area_code year gross_wage_fen
city 2025 500
city 2026 600
district 2026 700
workers id uscc
p P
q Q
r R
payroll worker_id month gross_wage_fen
p 2025-12 500
p 2025-11 499
p 2026-01 700
p 2026-02 699
p 2024-01 1
q 2026-01 600
q 2026-02 599
r 2026-01 1
=> p@2025-11 p@2026-02 q@2026-02""",
    "W02": """
payroll worker_id month pension medical unemployment work_injury maternity housing_fund accident_cover
w 2026-01 true true true true true true true
w 2026-02 false true true true true true true
w 2026-03 true false true true true true true
w 2026-04 true true false true true true true
w 2026-05 true true true false true true true
w 2026-06 true true true true false true true
w 2026-07 true true true true true false true
w 2026-08 true true true true true true false
=> w@2026-02 w@2026-03 w@2026-04 w@2026-05 w@2026-06 w@2026-07 w@2026-08""",  # noqa: E501
    # The year begins on 2025-07-01. Heads of A: 8 and 8; B: 6 and 4; C: 5 and 4; D: 10 and 10.
    "W03": f"""
workers id uscc employed_from employed_to
{many(6, "a# A 2020-01-01 -")}
first-day A 2020-01-01 2025-07-01
last-day A 2025-08-01 2026-06-30
gone A 2020-01-01 2025-06-30
leaving A 2020-01-01 2026-07-01
coming A 2026-07-01 -
{many(4, "b# B 2020-01-01 -")}
{many(2, "bb# B 2020-01-01 2025-07-01")}
{many(4, "c# C 2020-01-01 -")}
{many(1, "cc# C 2020-01-01 2025-07-01")}
{many(3, "ccc# C 2025-08-01 2025-09-01")}
{many(10, "d# D 2020-01-01 -")}
{many(3, "dd# D 2025-08-01 2025-09-01")}
=> B D""",
}
